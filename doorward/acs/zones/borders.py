"""How doors lie to zones: on the border between two, or inside one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from doorward.acs.decision.policy import Side
from doorward.acs.zones.nesting import Parents


@dataclass(frozen=True, slots=True)
class ZoneDoorPlace:
    """A door of a zone. Passing it from `enter_side` enters the zone, from the other leaves it; None: internal."""

    zone_id: str
    door_id: str
    enter_side: Side | None

    @property
    def internal(self) -> bool:
        """Whether the door has the zone on both of its sides."""
        return self.enter_side is None


def objection(places: Sequence[ZoneDoorPlace], names: Mapping[str, str]) -> str | None:
    """What is wrong with one door lying to these zones (`names` by zone id), in words; None: nothing.

    An internal door belongs to one zone. A perimeter door borders at most two; one of them is entered
    from side A and the other from side B.
    """
    zones = " and ".join(sorted(names[place.zone_id] for place in places))
    if len(places) > 1 and any(place.internal for place in places):
        return f"An internal door belongs to one zone only, but this one would belong to {zones}."
    if len(places) > 2:
        return f"A perimeter door borders two zones at most, but this one would border {zones}."
    if len(places) == 2 and places[0].enter_side == places[1].enter_side:
        side = places[0].enter_side
        return f"From side {side} this door would enter {zones}. One of two neighbours is left there."
    return None


def zone_entered(places: Iterable[ZoneDoorPlace], side: Side, parents: Parents) -> str | None:
    """The zone in which one stands after passing a door (these are its places) from `side`; None: outside.

    Who leaves a zone and enters no neighbour is in its parent.
    """
    left: ZoneDoorPlace | None = None
    for place in places:
        if place.internal or place.enter_side is side:
            return place.zone_id
        left = place
    return parents.get(left.zone_id) if left else None
