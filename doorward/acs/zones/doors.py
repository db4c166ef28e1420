"""Which doors a zone has: what is allowed, and what anti-passback needs of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from doorward.acs import check
from doorward.acs.decision.policy import Side
from doorward.acs.doors.models import Door, Reader
from doorward.acs.errors import Conflict, ValidationFailed
from doorward.acs.operation import Work
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.marking import mark_rules_of_zones
from doorward.acs.rules.places import differing_zones
from doorward.acs.zones.borders import ZoneDoorPlace, objection
from doorward.acs.zones.layout import Layout, read_layout
from doorward.acs.zones.models import AntiPassbackMode, Zone, ZoneDoor
from doorward.acs.zones.uses import AFTER_LAYOUT


@dataclass(frozen=True, slots=True)
class GivenDoor:
    """A door to put into a zone: entered by from `enter_side`, or internal (None)."""

    door_id: str
    enter_side: Side | None = Side.A


async def doors_with_position(door_ids: Collection[str]) -> frozenset[str]:
    """Those of the doors that have a position sensor."""
    found = Door.filter(id__in=list(door_ids), has_position=True)
    return frozenset(str(door_id) for door_id in await found.values_list("id", flat=True))


async def put_doors(work: Work, zone_id: str, given: Sequence[GivenDoor]) -> None:
    """Make these the zone's doors. Raises with the reason and the door's name where one cannot be."""
    ids = [door.door_id for door in given]
    await check.exist(Door, ids, "doors", work.connection)
    if len(set(ids)) < len(ids):
        raise ValidationFailed("A door can be named once only.", "doors")
    await _lock(work, ids)
    kept = ZoneDoor.filter(zone_id=zone_id).using_db(work.connection)
    before = {row.door_id: row for row in await kept}
    after = {door.door_id: door.enter_side for door in given}
    for door_id, row in before.items():
        if door_id not in after:
            await row.delete(using_db=work.connection)
        elif row.enter_side != after[door_id]:
            row.enter_side = after[door_id]
            await row.save(using_db=work.connection)
    added = [door_id for door_id in after if door_id not in before]
    await ZoneDoor.bulk_create(
        [ZoneDoor(zone_id=zone_id, door_id=door_id, enter_side=after[door_id]) for door_id in added],
        using_db=work.connection,
    )
    await _object(work, ids)


async def _lock(work: Work, door_ids: Collection[str]) -> None:
    """Be the only one who says how these doors lie, until the transaction ends."""
    await Door.filter(id__in=list(door_ids)).order_by("id").select_for_update(no_key=True).using_db(work.connection)


async def _object(work: Work, door_ids: Collection[str]) -> None:
    layout = await read_layout(work.connection)
    names: dict[str, str] | None = None
    for door_id in door_ids:
        places = layout.of_door[door_id]
        if len(places) < 2:
            continue
        names = names or dict(await Zone.all().using_db(work.connection).values_list("id", "name"))
        if reason := objection(places, names):
            door = await Door.get(id=door_id, using_db=work.connection)
            raise Conflict(f"{door.name}: {reason}", "doors")


async def enter_zone_by(work: Work, zone_id: str, door_id: str, side: Side) -> None:
    """Passing the door from this side enters the zone from now on; entered from both sides, it has the door inside."""
    await _lock(work, [door_id])
    before = await read_layout(work.connection)
    row = await ZoneDoor.get_or_none(zone_id=zone_id, door_id=door_id, using_db=work.connection)
    if row is None:
        await ZoneDoor.create(using_db=work.connection, zone_id=zone_id, door_id=door_id, enter_side=side)
    elif row.enter_side not in (None, side):
        row.enter_side = None
        await row.save(using_db=work.connection)
    await _object(work, [door_id])
    await refuse_missing_readers(work, [zone_id])
    await mark_layout(work, before, await read_layout(work.connection), zone_id)


async def mark_layout(work: Work, before: Layout, after: Layout, zone_id: str) -> None:
    """Tell the policy what a change to this zone means: itself, its borders, and the rules that it concerns."""
    work.changed(PolicyPart.ZONE, zone_id)
    borders = _borders(before, zone_id) ^ _borders(after, zone_id)
    work.changed(PolicyPart.BORDER, *{f"{zone_id}/{place.door_id}" for place in borders})
    await mark_rules_of_zones(work, differing_zones(before, after))
    for tell in AFTER_LAYOUT:
        await tell(work, before, after)


def _borders(layout: Layout, zone_id: str) -> set[ZoneDoorPlace]:
    return {place for place in layout.of_zone.get(zone_id, ()) if not place.internal}


async def refuse_missing_readers(work: Work, zone_ids: Collection[str]) -> None:
    """Hard anti-passback without a timeout ends only when one is seen to leave: it needs readers on both sides."""
    for zone, lacking in (await _lacking_readers(work, zone_ids)).items():
        names = await Door.filter(id__in=lacking).using_db(work.connection).order_by("name")
        raise ValidationFailed(
            "Hard anti-passback without a timeout needs a reader on both sides of every perimeter door of "
            f"{zone.name}. One is missing at: {', '.join(door.name for door in names)}. "
            "Add it, set a timeout, or choose soft anti-passback.",
            "antiPassback",
        )


async def refuse_lost_reader(work: Work, door_id: str, path: str) -> None:
    """The same after a reader of this door has gone or moved. Raises Conflict."""
    zones = ZoneDoor.filter(door_id=door_id, enter_side__isnull=False).using_db(work.connection)
    zone_ids = [str(zone_id) for zone_id in await zones.values_list("zone_id", flat=True)]
    for zone, lacking in (await _lacking_readers(work, zone_ids)).items():
        if door_id in lacking:
            raise Conflict(
                f"{zone.name} has hard anti-passback without a timeout, which needs a reader on both sides of this "
                "door. Give the zone a timeout or soft anti-passback first, or add another reader there.",
                path,
            )


async def _lacking_readers(work: Work, zone_ids: Collection[str]) -> dict[Zone, list[str]]:
    """Those with hard anti-passback without a timeout, and their perimeter doors without both readers."""
    found: dict[Zone, list[str]] = {}
    hard = Zone.filter(id__in=list(zone_ids), anti_passback=AntiPassbackMode.HARD, timeout_s=0)
    for zone in await hard.using_db(work.connection).order_by("name"):
        borders = ZoneDoor.filter(zone_id=zone.id, enter_side__isnull=False).using_db(work.connection)
        ids = [str(door_id) for door_id in await borders.values_list("door_id", flat=True)]
        # At a muster reader nobody passes.
        readers = Reader.filter(door_id__in=ids, muster=False).using_db(work.connection)
        sides = {(door_id, Side(side)) for door_id, side in await readers.values_list("door_id", "side")}
        lacking = [door_id for door_id in ids if not {(door_id, Side.A), (door_id, Side.B)} <= sides]
        if lacking:
            found[zone] = lacking
    return found
