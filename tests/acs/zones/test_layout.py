"""How zones nest and how doors lie to them: which arrangements are allowed, and where one stands after passing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.policy import Side
from doorward.acs.errors import ValidationFailed
from doorward.acs.zones.borders import ZoneDoorPlace, objection
from doorward.acs.zones.layout import Layout
from doorward.acs.zones.nesting import MAX_DEPTH, ancestors, check_parent, descendants
from tests.acs.zones.layouts import DOORS, ZONES, layouts

NAMES = {"u": "Yard", "v": "Hall", "w": "Vault"}


@given(layouts())
def test_a_zone_is_within_another_exactly_when_that_one_contains_it(layout: Layout) -> None:
    for zone in ZONES:
        assert zone not in ancestors(zone, layout.parents)
        for other in ZONES:
            assert (other in descendants(zone, layout.parents)) == (zone in ancestors(other, layout.parents))


@given(layouts(), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_a_parent_is_refused_exactly_when_it_would_close_a_circle(layout: Layout, zone: str, parent: str) -> None:
    circle = parent == zone or parent in descendants(zone, layout.parents)
    if circle:
        with pytest.raises(ValidationFailed, match="within itself"):
            check_parent(zone, parent, layout.parents)
    else:
        check_parent(zone, parent, layout.parents)


def test_zones_nest_eight_deep_with_all_that_is_inside_them() -> None:
    chain = {str(depth): str(depth - 1) if depth else None for depth in range(MAX_DEPTH)}
    check_parent("7", "6", chain)
    with pytest.raises(ValidationFailed, match="8 deep"):
        check_parent("new", "7", {**chain, "new": None})
    with pytest.raises(ValidationFailed, match="8 deep"):
        check_parent("0", "outer", {**chain, "outer": None})
    check_parent("1", "outer", {**chain, "outer": None})


@pytest.mark.parametrize(
    "places, words",
    [
        ([("u", Side.A)], None),
        ([("u", None)], None),
        ([("u", Side.A), ("v", Side.B)], None),
        ([("u", Side.A), ("v", Side.A)], "From side A this door would enter Hall and Yard"),
        ([("u", None), ("v", Side.A)], "internal door belongs to one zone only"),
        ([("u", Side.A), ("v", Side.B), ("w", Side.A)], "borders two zones at most"),
    ],
)
def test_a_door_borders_two_zones_at_most_and_has_one_only_when_internal(
    places: list[tuple[str, Side | None]], words: str | None
) -> None:
    found = objection([ZoneDoorPlace(zone, "door", side) for zone, side in places], NAMES)
    assert found is None if words is None else words in (found or "")


def test_the_manual_s_example_of_two_zones_and_three_doors() -> None:
    places = [
        ZoneDoorPlace("green", "green door", None),
        ZoneDoorPlace("blue", "blue door", Side.A),
        ZoneDoorPlace("blue", "brown door", Side.A),
        ZoneDoorPlace("green", "brown door", Side.B),
    ]
    layout = Layout({"green": None, "blue": None}, places)
    assert all(objection(layout.of_door[door], {"green": "Green", "blue": "Blue"}) is None for door in layout.of_door)
    led = {door: (layout.entered(door, Side.A), layout.entered(door, Side.B)) for door in layout.of_door}
    assert led == {"green door": ("green", "green"), "blue door": ("blue", None), "brown door": ("blue", "green")}


@given(layouts(), st.sampled_from(DOORS), st.sampled_from(Side))
def test_passing_a_door_leads_to_the_zone_entered_or_out_to_what_contains_the_zone_left(
    layout: Layout, door: str, side: Side
) -> None:
    inside = layout.entered(door, side)
    for place in layout.of_door.get(door, []):
        if place.internal or place.enter_side is side:
            assert inside == place.zone_id
        elif len(layout.of_door[door]) == 1:
            assert inside == layout.parents[place.zone_id]
    if door not in layout.of_door:
        assert inside is None
