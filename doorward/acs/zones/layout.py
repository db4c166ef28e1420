"""All zones with their parents and doors, as one value: what rules, events and policies are worked out from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.policy import Side
from doorward.acs.zones.borders import ZoneDoorPlace, zone_entered
from doorward.acs.zones.models import Zone, ZoneDoor
from doorward.acs.zones.nesting import Parents, descendants


class Layout:
    """Every zone's parent, and every door's places. Unchanging."""

    def __init__(self, parents: Parents, places: Iterable[ZoneDoorPlace]) -> None:
        self.parents = parents
        self.of_zone: dict[str, list[ZoneDoorPlace]] = defaultdict(list)
        self.of_door: dict[str, list[ZoneDoorPlace]] = defaultdict(list)
        for place in places:
            self.of_zone[place.zone_id].append(place)
            self.of_door[place.door_id].append(place)

    def entered(self, door_id: str, side: Side) -> str | None:
        """The zone in which one stands after passing the door from this side; None: outside, or not known."""
        return zone_entered(self.of_door.get(door_id, ()), side, self.parents)

    @cached_property
    def within(self) -> dict[str, frozenset[str]]:
        """For each zone, the zones inside it and itself."""
        return {zone_id: descendants(zone_id, self.parents) | {zone_id} for zone_id in self.parents}


async def read_layout(connection: BaseDBAsyncClient | None = None, door_ids: Collection[str] | None = None) -> Layout:
    """The layout as it is now, with every door or only these."""
    parents: list[tuple[str, str | None]] = await _rows(Zone, ("id", "parent_id"), connection)
    columns = ("zone_id", "door_id", "enter_side")
    places: list[tuple[str, str, str | None]] = await _rows(ZoneDoor, columns, connection, door_ids)
    return Layout(
        dict(parents),
        (ZoneDoorPlace(zone_id, door_id, Side(side) if side else None) for zone_id, door_id, side in places),
    )


async def _rows(
    model: type[Zone | ZoneDoor],
    columns: tuple[str, ...],
    connection: BaseDBAsyncClient | None,
    door_ids: Collection[str] | None = None,
) -> list[Any]:
    rows = model.all() if door_ids is None else model.filter(door_id__in=list(door_ids))
    if connection is not None:
        rows = rows.using_db(connection)
    return list(await rows.order_by("id").values_list(*columns))
