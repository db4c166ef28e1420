"""What a zone in an access rule means: the door sides that lead into it, about in it, and out of it."""

from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.zones.borders import ZoneDoorPlace
from doorward.acs.zones.layout import Layout
from doorward.acs.zones.nesting import ancestors


def zone_sides(layout: Layout, zone_id: str) -> frozenset[DoorSide]:
    """The door sides that a rule naming this zone lets people through.

    Internal doors: both sides. Perimeter doors: the side that enters the zone, and the side that leaves it,
    unless that side enters another zone which does not contain this one: that zone asks for its own rule.
    Doors of the zones inside this one are not among them.
    """
    found: set[DoorSide] = set()
    for place in layout.of_zone.get(zone_id, ()):
        if place.enter_side is None:
            found.update((DoorSide(place.door_id, Side.A), DoorSide(place.door_id, Side.B)))
            continue
        found.add(DoorSide(place.door_id, place.enter_side))
        if _may_leave(layout, place):
            found.add(DoorSide(place.door_id, place.enter_side.other))
    return frozenset(found)


def _may_leave(layout: Layout, place: ZoneDoorPlace) -> bool:
    containing = ancestors(place.zone_id, layout.parents)
    neighbours = {other.zone_id for other in layout.of_door[place.door_id]} - {place.zone_id}
    return neighbours.issubset(containing)


def differing_zones(before: Layout, after: Layout) -> set[str]:
    """The zones that mean other door sides after a change than before it."""
    return {
        zone_id
        for zone_id in before.parents.keys() | after.parents.keys()
        if zone_sides(before, zone_id) != zone_sides(after, zone_id)
    }
