"""What may be asked about doors and readers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from enum import StrEnum

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind
from doorward.acs.domain import Domain
from doorward.acs.doors.live import DoorCondition, condition
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.keyset import ID, NAMES, Column, Order, Orders, among, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.reach import PlaceKind
from doorward.acs.zones.models import ZoneDoor


async def list_doors(actor: Actor, ids: Sequence[str] | None = None) -> list[Door]:
    """Every door within reach, or those of them that are named, by name."""
    rows = actor.reach(Permission.DOOR_VIEW).within(PlaceKind.DOOR, Door.all())
    return await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("name")


async def doors_named(actor: Actor, ids: Sequence[str]) -> list[Door]:
    """The doors that access rules name, for who may see these rules; by name."""
    reach = actor.reach(Permission.DOOR_VIEW, Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN)
    return await reach.within(PlaceKind.DOOR, Door.filter(id__in=list(ids))).order_by("name")


async def page_doors(
    domain: Domain,
    actor: Actor,
    request: PageRequest,
    *,
    ids: Collection[str] | None = None,
    controller_id: str | None = None,
    zone_id: str | None = None,
    conditions: Collection[DoorCondition] | None = None,
) -> Page[Door]:
    """Doors within reach, by name: of a controller, of a zone, in one of these conditions now."""
    rows = matching_doors(request, ids=ids, controller_id=controller_id, zone_id=zone_id)
    rows = actor.reach(Permission.DOOR_VIEW).within(PlaceKind.DOOR, rows)
    if conditions is not None:
        rows = rows.filter(_in_condition(domain, frozenset(conditions)))
    return await page_rows(rows, NAMES, request)


def matching_doors(
    request: PageRequest, *, ids: Collection[str] | None, controller_id: str | None, zone_id: str | None
) -> QuerySet[Door]:
    """The doors that are asked for, for callers who may read them."""
    rows = where(named(among(Door.all(), ids), request), controller_id=controller_id)
    if zone_id is None:
        return rows
    return rows.filter(id__in=Subquery(ZoneDoor.filter(zone_id=zone_id).values("door_id")))


def _in_condition(domain: Domain, wanted: Collection[DoorCondition]) -> Q:
    """Doors of which nothing is known are offline, and no id of theirs is at hand."""
    found = {door_id: condition(status) for door_id, status in domain.doors.known().items()}
    if DoorCondition.OFFLINE in wanted:
        return ~Q(id__in=[door_id for door_id, now in found.items() if now not in wanted])
    return Q(id__in=[door_id for door_id, now in found.items() if now in wanted])


async def page_readers(actor: Actor, request: PageRequest) -> Page[Reader]:
    """Readers by name."""
    actor.require(Permission.DOOR_VIEW)
    return await page_rows(named(Reader.all(), request), NAMES, request)


async def readers_of(door_ids: Sequence[str]) -> dict[str, list[Reader]]:
    """The readers of doors that the caller was allowed to read; side A first."""
    found: dict[str, list[Reader]] = defaultdict(list)
    for reader in await Reader.filter(door_id__in=list(door_ids)).order_by("side"):
        found[reader.door_id].append(reader)
    return found


_NAME = Order("name", (Column("name"), ID))
_PLACE = Order("place", (Column("port", nullable=True), Column("address", int, nullable=True), ID))
_OF_CONTROLLER = Order("controller_place", (Column("controller_id", nullable=True), *_PLACE.columns))


class PlacedOrder(StrEnum):
    """How devices of one kind can be ordered; by place is by line and number, or by chip."""

    PLACE = "place"
    """By line and number, or by chip."""
    NAME = "name"
    """By name."""


_ORDERS: dict[DeviceKind, Orders] = {
    DeviceKind.OSDP: {PlacedOrder.PLACE: _PLACE, PlacedOrder.NAME: _NAME},
    DeviceKind.GPIO: {PlacedOrder.PLACE: _OF_CONTROLLER, PlacedOrder.NAME: _NAME},
    DeviceKind.WIEGAND: {PlacedOrder.PLACE: _OF_CONTROLLER, PlacedOrder.NAME: _NAME},
    DeviceKind.IP: NAMES,
}


async def page_devices(
    actor: Actor,
    request: PageRequest,
    kind: DeviceKind,
    *,
    controller_id: str | None = None,
    door_id: str | None = None,
    reader_id: str | None = None,
) -> Page[Device]:
    """Devices of a kind with their doors and readers: those on the network by name, others by where they are found."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = named(Device.filter(kind=kind), request, "name", "port")
    rows = where(rows, controller_id=controller_id, door_id=door_id, reader_id=reader_id)
    return await page_rows(rows.select_related("door", "reader"), _ORDERS[kind], request)
