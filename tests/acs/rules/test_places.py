"""Which door sides a zone in an access rule means."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.rules.places import differing_zones, zone_sides
from doorward.acs.zones.borders import ZoneDoorPlace
from doorward.acs.zones.layout import Layout
from doorward.acs.zones.nesting import ancestors
from tests.acs.zones.layouts import ZONES, layouts


def both(door_id: str) -> set[DoorSide]:
    return {DoorSide(door_id, Side.A), DoorSide(door_id, Side.B)}


def test_an_internal_door_and_a_door_to_the_outside_are_passed_both_ways() -> None:
    layout = Layout({"hall": None}, [ZoneDoorPlace("hall", "inner", None), ZoneDoorPlace("hall", "gate", Side.A)])
    assert zone_sides(layout, "hall") == both("inner") | both("gate")


def test_a_door_between_neighbours_is_passed_only_into_the_zone_of_the_rule() -> None:
    layout = Layout(
        {"hall": None, "lab": None}, [ZoneDoorPlace("lab", "d", Side.A), ZoneDoorPlace("hall", "d", Side.B)]
    )
    assert zone_sides(layout, "lab") == {DoorSide("d", Side.A)}
    assert zone_sides(layout, "hall") == {DoorSide("d", Side.B)}


def test_a_zone_is_left_into_what_contains_it_but_an_outer_zone_does_not_open_an_inner_one() -> None:
    layout = Layout(
        {"hall": None, "lab": "hall"}, [ZoneDoorPlace("lab", "d", Side.A), ZoneDoorPlace("hall", "d", Side.B)]
    )
    assert zone_sides(layout, "lab") == both("d")
    assert zone_sides(layout, "hall") == {DoorSide("d", Side.B)}


@given(layouts())
def test_a_rule_never_lets_anybody_into_a_zone_that_neither_it_names_nor_contains_what_it_names(
    layout: Layout,
) -> None:
    for zone in ZONES:
        allowed = {None, zone, *ancestors(zone, layout.parents)}
        for place in zone_sides(layout, zone):
            entered = {
                other.zone_id
                for other in layout.of_door[place.door_id]
                if other.internal or other.enter_side is place.side
            }
            assert entered <= allowed


@given(layouts())
def test_every_side_that_enters_a_zone_and_no_door_of_another_zone_is_in_its_rule(layout: Layout) -> None:
    for zone in ZONES:
        sides = zone_sides(layout, zone)
        assert {place.door_id for place in sides} == {place.door_id for place in layout.of_zone.get(zone, [])}
        for place in layout.of_zone.get(zone, []):
            assert place.enter_side is None or DoorSide(place.door_id, place.enter_side) in sides


@given(layouts(), layouts(), st.sampled_from(ZONES))
def test_the_zones_that_a_change_concerns_are_those_that_mean_other_sides(
    before: Layout, after: Layout, zone: str
) -> None:
    assert (zone in differing_zones(before, after)) == (zone_sides(before, zone) != zone_sides(after, zone))
    assert not differing_zones(before, before)
