"""What a threat level does to a policy. Pure: it is put on top of what the areas say, and taken off without a trace."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from doorward.acs.decision.policy import AccessRulePolicy, DoorPolicy
from doorward.acs.threats.models import RuleSwitch
from doorward.acs.zones.layout import Layout
from doorward.acs.zones.nesting import ancestors


@dataclass(frozen=True, slots=True)
class Place:
    """A door or a zone (the other is None). A zone stands for all its doors and those of the zones inside it."""

    door_id: str | None = None
    zone_id: str | None = None

    @property
    def id(self) -> str:
        """The id of whichever it is."""
        return self.door_id or self.zone_id or ""


@dataclass(frozen=True, slots=True)
class PlaceProfile:
    """A place, and the identification profile that its doors get instead of their own."""

    place: Place
    profile_id: str


@dataclass(frozen=True, slots=True)
class Switches:
    """What a level switches, as somebody set it."""

    rule_switch: RuleSwitch = RuleSwitch.ALL
    rule_ids: tuple[str, ...] = ()
    lockdowns: tuple[Place, ...] = ()
    profiles: tuple[PlaceProfile, ...] = ()


@dataclass(frozen=True, slots=True)
class Posture:
    """A level in force (name "": none), its zones resolved to doors."""

    name: str = ""
    rule_switch: RuleSwitch = RuleSwitch.ALL
    rule_ids: frozenset[str] = frozenset()
    locked_down: frozenset[str] = frozenset()
    profiles: Mapping[str, str] = field(default_factory=dict)

    def allows(self, rule_id: str) -> bool:
        """Whether this access rule applies."""
        match self.rule_switch:
            case RuleSwitch.ALL:
                return True
            case RuleSwitch.DISABLE:
                return rule_id not in self.rule_ids
            case RuleSwitch.ONLY:
                return rule_id in self.rule_ids


CALM = Posture()
"""No level is in force."""


def posture_of(name: str, switches: Switches, layout: Layout) -> Posture:
    """The level's switches for the zones as they lie now.

    A profile given to a door itself goes before one given to a zone, that of an inner zone before that of an outer
    one, and among equals the first in the list.
    """
    locked_down = {door_id for place in switches.lockdowns for door_id in doors_of(place, layout)}
    profiles: dict[str, str] = {}
    for given in sorted(switches.profiles, key=lambda given: -_nearness(given.place, layout)):
        for door_id in doors_of(given.place, layout):
            profiles.setdefault(door_id, given.profile_id)
    return Posture(name, switches.rule_switch, frozenset(switches.rule_ids), frozenset(locked_down), profiles)


def doors_of(place: Place, layout: Layout) -> frozenset[str]:
    """The doors that a place stands for."""
    if place.door_id is not None:
        return frozenset({place.door_id})
    zones = layout.within.get(place.zone_id or "", frozenset())
    return frozenset(found.door_id for zone_id in zones for found in layout.of_zone.get(zone_id, ()))


def _nearness(place: Place, layout: Layout) -> float:
    return float("inf") if place.zone_id is None else len(ancestors(place.zone_id, layout.parents))


def under_threat(
    posture: Posture, doors: Sequence[DoorPolicy], rules: Sequence[AccessRulePolicy]
) -> tuple[tuple[DoorPolicy, ...], tuple[AccessRulePolicy, ...]]:
    """The doors and rules of a policy, or some of them, as they are while this level is in force."""
    return tuple(_door(posture, door) for door in doors), tuple(rule for rule in rules if posture.allows(rule.id))


def _door(posture: Posture, door: DoorPolicy) -> DoorPolicy:
    locked_down, profile_id = door.id in posture.locked_down, posture.profiles.get(door.id)
    if locked_down:
        door = msgspec.structs.replace(door, lockdown=True)
    return door if profile_id is None else msgspec.structs.replace(door, profile_id=profile_id)


def touched_doors(before: Posture, after: Posture) -> frozenset[str]:
    """The doors that are another way after one posture gave way to another."""
    named = before.locked_down | after.locked_down | before.profiles.keys() | after.profiles.keys()
    return _differing(named, _of_door, before, after)


def touched_rules(before: Posture, after: Posture, rule_ids: Iterable[str]) -> frozenset[str]:
    """Those of these rules that apply after but did not before, or the other way round."""
    return _differing(rule_ids, lambda posture, rule_id: posture.allows(rule_id), before, after)


def _of_door(posture: Posture, door_id: str) -> tuple[bool, str | None]:
    return door_id in posture.locked_down, posture.profiles.get(door_id)


def _differing(
    ids: Iterable[str], says: Callable[[Posture, str], object], before: Posture, after: Posture
) -> frozenset[str]:
    return frozenset(one for one in ids if says(before, one) != says(after, one))
