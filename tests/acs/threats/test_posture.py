"""What a threat level does to doors and rules, for any layout of zones and any level."""

from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.policy import AccessRulePolicy, DoorPolicy, Side
from doorward.acs.threats.models import RuleSwitch
from doorward.acs.threats.posture import (
    CALM,
    Place,
    PlaceProfile,
    Posture,
    Switches,
    posture_of,
    touched_doors,
    touched_rules,
    under_threat,
)
from doorward.acs.zones.borders import ZoneDoorPlace
from doorward.acs.zones.layout import Layout

DOORS, ZONES, RULES, PROFILES = ([f"{kind}{number}" for number in range(4)] for kind in ("door", "zone", "rule", "p"))

CAMPUS = Layout(
    {"zone0": None, "zone1": "zone0", "zone2": "zone1", "zone3": None},
    [
        ZoneDoorPlace("zone0", "door0", Side.A),
        ZoneDoorPlace("zone1", "door1", Side.A),
        ZoneDoorPlace("zone2", "door2", None),
        ZoneDoorPlace("zone3", "door0", Side.B),
    ],
)

places = st.one_of(st.builds(Place, door_id=st.sampled_from(DOORS)), st.builds(Place, zone_id=st.sampled_from(ZONES)))
switches = st.builds(
    Switches,
    st.sampled_from(RuleSwitch),
    st.lists(st.sampled_from(RULES), unique=True).map(tuple),
    st.lists(places, unique=True).map(tuple),
    st.lists(st.builds(PlaceProfile, places, st.sampled_from(PROFILES)), unique_by=lambda one: one.place).map(tuple),
)
layouts = st.builds(
    Layout,
    st.fixed_dictionaries(
        {zone: st.none() | st.sampled_from(ZONES[:number] or [None]) for number, zone in enumerate(ZONES)}  # type: ignore[list-item]
    ),
    st.lists(
        st.builds(ZoneDoorPlace, st.sampled_from(ZONES), st.sampled_from(DOORS), st.none() | st.sampled_from(Side))
    ),
)
postures = st.just(CALM) | st.builds(posture_of, st.sampled_from(["Raised", "Severe"]), switches, layouts)
own_profiles = st.none() | st.sampled_from(PROFILES)
doors = st.tuples(*[st.builds(DoorPolicy, st.just(door), st.just(door), profile_id=own_profiles) for door in DOORS])
rules = st.just(tuple(AccessRulePolicy(rule, rule, ("g",), (), ("s",), ()) for rule in RULES))

Content = tuple[tuple[DoorPolicy, ...], tuple[AccessRulePolicy, ...]]


def told(content: Content, base: Content, before: Posture, after: Posture) -> Content:
    """What a controller holds that was sent only what the change of level touches."""
    kept = {door.id: door for door in content[0]}
    kept_rules = {rule.id: rule for rule in content[1]}
    some = touched_doors(before, after)
    some_rules = touched_rules(before, after, RULES)
    sent, sent_rules = under_threat(
        after, [door for door in base[0] if door.id in some], [rule for rule in base[1] if rule.id in some_rules]
    )
    kept.update({door.id: door for door in sent})
    kept_rules = {rule_id: rule for rule_id, rule in kept_rules.items() if rule_id not in some_rules}
    kept_rules.update({rule.id: rule for rule in sent_rules})
    return tuple(kept[key] for key in sorted(kept)), tuple(kept_rules[key] for key in sorted(kept_rules))


@settings(max_examples=300, deadline=None)
@given(doors, rules, st.lists(postures, max_size=4))
def test_whatever_levels_were_in_force_releasing_gives_back_exactly_the_policy_before(
    doors: tuple[DoorPolicy, ...], rules: tuple[AccessRulePolicy, ...], levels: list[Posture]
) -> None:
    """Sent only what each change touches, a controller holds at every level the whole policy under that level."""
    base = (doors, rules)
    held, present = base, CALM
    for level in [*levels, CALM]:
        held, present = told(held, base, present, level), level
        assert held == under_threat(level, doors, rules)
    assert held == base


@settings(max_examples=200, deadline=None)
@given(doors, rules, postures)
def test_a_level_changes_nothing_but_lockdown_profile_and_which_rules_there_are(
    doors: tuple[DoorPolicy, ...], rules: tuple[AccessRulePolicy, ...], level: Posture
) -> None:
    found, left = under_threat(level, doors, rules)
    for door, was in zip(found, doors, strict=True):
        assert door.lockdown == (door.id in level.locked_down)
        assert door.profile_id == level.profiles.get(door.id, was.profile_id)
        assert {**_fields(door), "lockdown": 0, "profile_id": 0} == {**_fields(was), "lockdown": 0, "profile_id": 0}
    assert left == tuple(rule for rule in rules if level.allows(rule.id))


def _fields(door: DoorPolicy) -> dict[str, object]:
    return {name: getattr(door, name) for name in door.__struct_fields__}


def test_a_zone_stands_for_its_doors_and_those_of_the_zones_inside_it() -> None:
    def locked_down(zone: str) -> frozenset[str]:
        return posture_of("Severe", Switches(lockdowns=(Place(zone_id=zone),)), CAMPUS).locked_down

    assert locked_down("zone0") == {"door0", "door1", "door2"}
    assert locked_down("zone1") == {"door1", "door2"}
    assert locked_down("zone3") == {"door0"}
    assert locked_down("gone") == frozenset()


def test_the_nearest_place_decides_which_profile_a_door_gets() -> None:
    def of(*given: tuple[Place, str]) -> dict[str, str]:
        profiles = tuple(PlaceProfile(place, profile) for place, profile in given)
        return dict(posture_of("Severe", Switches(profiles=profiles), CAMPUS).profiles)

    outer, inner, door = Place(zone_id="zone0"), Place(zone_id="zone1"), Place(door_id="door2")
    assert of((outer, "p0"), (inner, "p1"), (door, "p2")) == {"door0": "p0", "door1": "p1", "door2": "p2"}
    assert of((Place(zone_id="zone3"), "p3"), (outer, "p0"))["door0"] == "p3", "among equals the first in the list"


def test_rules_are_left_disabled_or_left_alone() -> None:
    def left(switch: RuleSwitch, *named: str) -> list[str]:
        posture = posture_of("Severe", Switches(switch, named), CAMPUS)
        return [rule for rule in RULES if posture.allows(rule)]

    assert left(RuleSwitch.ALL) == RULES
    assert left(RuleSwitch.DISABLE, "rule0") == ["rule1", "rule2", "rule3"]
    assert left(RuleSwitch.ONLY, "rule0") == ["rule0"]
    assert left(RuleSwitch.ONLY) == [], "no rule at all is left"
