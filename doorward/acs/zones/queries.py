"""What may be asked about zones, interlocks, and who is where."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tortoise.expressions import Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import Side
from doorward.acs.doors.models import Door
from doorward.acs.keyset import NAMES, Column, NameOrder, Order, Orders, among, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.reach import EVERYWHERE, PlaceKind, Reach
from doorward.acs.used_by import Use
from doorward.acs.zones.doors import doors_with_position
from doorward.acs.zones.layout import Layout, read_layout
from doorward.acs.zones.models import AntiPassbackMode, Interlock, InterlockDoor, Presence, Zone, ZoneDoor

_OCCUPANTS: Orders = {
    NameOrder.NAME: Order("name", (Column("cardholder__sort_name"), Column("cardholder_id"))),
}


@dataclass(frozen=True, slots=True)
class ZoneParts:
    """A zone with its doors. `shared`: its perimeter hangs on several controllers.

    `without_position`: ids of perimeter doors whose openings nobody sees, although anti-passback needs to know them.
    """

    zone: Zone
    doors: list[ZoneDoor]
    shared: bool
    without_position: frozenset[str]


async def list_zones(actor: Actor, ids: Collection[str] | None = None) -> list[ZoneParts]:
    """Every zone within reach, or those of them that are named, by name, with their doors by name."""
    rows = actor.reach(Permission.DOOR_VIEW).within(PlaceKind.ZONE, Zone.all())
    return await _zones(
        await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("name").select_related("parent")
    )


async def page_zones(
    actor: Actor,
    request: PageRequest,
    *,
    ids: Collection[str] | None = None,
    parent_id: str | None = None,
    door_id: str | None = None,
    anti_passback: AntiPassbackMode | None = None,
    muster: bool | None = None,
) -> Page[ZoneParts]:
    """Zones within reach, by name: those directly in a zone, those that a door belongs to."""
    within = actor.reach(Permission.DOOR_VIEW).within(PlaceKind.ZONE, Zone.all())
    rows = where(named(among(within, ids), request), parent_id=parent_id, anti_passback=anti_passback)
    rows = where(rows, muster=muster)
    if door_id is not None:
        rows = rows.filter(id__in=Subquery(ZoneDoor.filter(door_id=door_id).values("zone_id")))
    page = await page_rows(rows.select_related("parent"), NAMES, request)
    return page.of(await _zones(page.rows))


async def _zones(zones: Sequence[Zone]) -> list[ZoneParts]:
    doors: dict[str, list[ZoneDoor]] = defaultdict(list)
    for row in await ZoneDoor.filter(zone_id__in=[zone.id for zone in zones]).select_related("door"):
        doors[row.zone_id].append(row)
    sensed = await doors_with_position({row.door_id for found in doors.values() for row in found})
    return [_parts(zone, sorted(doors[zone.id], key=lambda row: row.door.name), sensed) for zone in zones]


def _parts(zone: Zone, doors: list[ZoneDoor], sensed: frozenset[str]) -> ZoneParts:
    perimeter = [row for row in doors if row.enter_side is not None]
    lacking = {row.door_id for row in perimeter} - sensed
    return ZoneParts(
        zone,
        doors,
        shared=len({row.door.controller_id for row in perimeter}) > 1,
        without_position=frozenset(lacking if zone.anti_passback is not AntiPassbackMode.OFF else ()),
    )


async def zones_entered(door_ids: Collection[str]) -> dict[tuple[str, Side], Zone]:
    """The zone that each side of these doors leads into; no entry: outside. For callers who may read the doors."""
    layout = await read_layout(door_ids=door_ids)
    found = {(door_id, side): layout.entered(door_id, side) for door_id in door_ids for side in Side}
    zones = {zone.id: zone for zone in await Zone.filter(id__in=list({*found.values()} - {None}))}
    return {place: zones[zone_id] for place, zone_id in found.items() if zone_id in zones}


@dataclass(frozen=True, slots=True)
class InterlockParts:
    """An interlock with its doors by name. `shared`: they hang on several controllers."""

    interlock: Interlock
    doors: list[Door]

    @property
    def shared(self) -> bool:
        """Whether its controllers must hear of each other for a door of it to be released."""
        return len({door.controller_id for door in self.doors}) > 1


async def list_interlocks(actor: Actor, ids: Collection[str] | None = None) -> list[InterlockParts]:
    """Every interlock, or those named, by name; only those of whose doors all are within reach."""
    reach = actor.reach(Permission.DOOR_VIEW)
    rows = Interlock.all() if ids is None else Interlock.filter(id__in=list(ids))
    return await _interlocks(await _interlocks_within(reach, rows).order_by("name"))


async def page_interlocks(actor: Actor, request: PageRequest, *, door_id: str | None = None) -> Page[InterlockParts]:
    """Interlocks all of whose doors are within reach, by name: those of a door, or all."""
    rows = named(_interlocks_within(actor.reach(Permission.DOOR_VIEW), Interlock.all()), request)
    if door_id is not None:
        rows = rows.filter(id__in=Subquery(InterlockDoor.filter(door_id=door_id).values("interlock_id")))
    page = await page_rows(rows, NAMES, request)
    return page.of(await _interlocks(page.rows))


def _interlocks_within(reach: Reach, rows: QuerySet[Interlock]) -> QuerySet[Interlock]:
    if reach.everything:
        return rows
    within = reach.within(PlaceKind.DOOR, InterlockDoor.all(), "door_id")
    beyond = InterlockDoor.exclude(door_id__in=sorted(reach.doors))
    rows = rows.filter(id__in=Subquery(within.values("interlock_id")))
    return rows.exclude(id__in=Subquery(beyond.values("interlock_id")))


async def _interlocks(interlocks: Sequence[Interlock]) -> list[InterlockParts]:
    doors: dict[str, list[Door]] = defaultdict(list)
    members = InterlockDoor.filter(interlock_id__in=[interlock.id for interlock in interlocks])
    for row in await members.select_related("door").order_by("door__name"):
        doors[row.interlock_id].append(row.door)
    return [InterlockParts(interlock, doors[interlock.id]) for interlock in interlocks]


async def door_uses(door_ids: Collection[str]) -> list[Use]:
    """The zones and interlocks that any of these doors belongs to, by name."""
    zones = ZoneDoor.filter(door_id__in=list(door_ids)).distinct().values_list("zone_id", "zone__name")
    locks = InterlockDoor.filter(door_id__in=list(door_ids)).distinct()
    return sorted(
        [Use("zone", zone_id, name) for zone_id, name in await zones]
        + [Use("interlock", row, name) for row, name in await locks.values_list("interlock_id", "interlock__name")],
        key=lambda use: (use.kind, use.name),
    )


async def occupancy(actor: Actor, zone_ids: Collection[str] | None = None) -> dict[str, int]:
    """How many people are in each zone, those in the zones inside it included."""
    reach = actor.reach(Permission.DOOR_VIEW)
    layout = await read_layout()
    rows = (
        await Presence.filter(zone_id__isnull=False)
        .group_by("zone_id")
        .annotate(n=Count("id"))
        .values_list("zone_id", "n")
    )
    counts = Counter(dict(rows))
    wanted = layout.parents.keys() if zone_ids is None else layout.parents.keys() & set(zone_ids)
    return {
        zone_id: sum(counts[inner] for inner in layout.within[zone_id])
        for zone_id in wanted
        if reach.has(PlaceKind.ZONE, zone_id)
    }


async def page_occupants(actor: Actor, zone_id: str, request: PageRequest) -> Page[Presence]:
    """The people in a zone and in those inside it, by name, with their cardholder and zone; none out of reach."""
    actor.require(Permission.CARDHOLDER_VIEW)
    layout: Layout = await read_layout()
    seen = _reach(actor).has(PlaceKind.ZONE, zone_id)
    rows = Presence.filter(zone_id__in=list(layout.within.get(zone_id, ()) if seen else ()))
    for word in request.words:
        rows = rows.filter(cardholder__sort_name__contains=word.casefold())
    return await page_rows(rows.select_related("cardholder", "zone"), _OCCUPANTS, request)


async def where_is(actor: Actor, cardholder_id: str) -> Presence | None:
    """Where a cardholder was last seen to go, with the zone (None: outside).

    None when nothing is known, or it is not within reach: outside is for those who see every zone.
    """
    actor.require(Permission.CARDHOLDER_VIEW)
    rows = _reach(actor).within(PlaceKind.ZONE, Presence.filter(cardholder_id=cardholder_id), "zone_id")
    return await rows.select_related("zone", "cardholder").first()


def _reach(actor: Actor) -> Reach:
    """The zones in which somebody sees people: only a door.view with a scope restricts what cardholder.view shows."""
    return actor.reaches.get(Permission.DOOR_VIEW, EVERYWHERE)
