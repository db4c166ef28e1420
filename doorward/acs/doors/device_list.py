"""Every device of whatever kind in one list: where it is, what uses it, and whether it is there now."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind
from doorward.acs.domain import Domain
from doorward.acs.doors.live import LiveDoors
from doorward.acs.doors.models import Device, DoorInput, DoorLock
from doorward.acs.keyset import ID, NAMES, Column, NameOrder, Order, Orders, among, named, page_rows, where
from doorward.acs.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class DeviceWires:
    """What of a door is on a device: its locks and its inputs."""

    door_id: str
    door_name: str
    locks: int
    inputs: int


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A device, read with its controller, its door and its reader. `online` None: nobody tells.

    A reader's is as its controller reports it. Of another device its doors tell: one that is online has all that it
    needs, and one that is offline and needs nothing else misses this device.
    """

    row: Device
    wires: tuple[DeviceWires, ...]
    online: bool | None


class ListedOrder(StrEnum):
    """How devices of any kind can be ordered; by place is by controller, kind, line and number."""

    PLACE = "place"
    """By controller, kind, line and number."""
    NAME = "name"
    """By name."""


_ORDERS: Orders = {
    ListedOrder.PLACE: Order(
        "place",
        (
            Column("controller__name", nullable=True),
            Column("kind", DeviceKind),
            Column("port", nullable=True),
            Column("address", int, nullable=True),
            Column("name"),
            ID,
        ),
    ),
    ListedOrder.NAME: NAMES[NameOrder.NAME],
}


async def page_all_devices(
    domain: Domain,
    actor: Actor,
    request: PageRequest,
    *,
    ids: Collection[str] | None = None,
    controller_id: str | None = None,
    kind: DeviceKind | None = None,
    door_id: str | None = None,
    online: bool | None = None,
) -> Page[ListedDevice]:
    """Devices of any kind, by controller and by where they are found. `online` asks for those that are known to be."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = named(among(Device.all(), ids), request, "name", "port")
    rows = where(rows, controller_id=controller_id, kind=kind, door_id=door_id)
    wires = await _wires()
    if online is not None:
        there = _listed(domain, await Device.all(), wires)
        rows = rows.filter(id__in=[one.row.id for one in there if one.online is online])
    page = await page_rows(rows.select_related("controller", "door", "reader"), _ORDERS, request)
    return page.of(_listed(domain, page.rows, wires))


def _listed(domain: Domain, rows: Sequence[Device], wires: Mapping[str, list[DeviceWires]]) -> list[ListedDevice]:
    carriers: dict[str, set[str]] = defaultdict(set)
    for device_id, on_it in wires.items():
        for wire in on_it:
            carriers[wire.door_id].add(device_id)
    return [
        ListedDevice(row, tuple(wires.get(row.id, ())), _online(domain, row, wires.get(row.id, ()), carriers))
        for row in rows
    ]


async def _wires() -> dict[str, list[DeviceWires]]:
    """What is on each device, by its id; doors in the order of their names."""
    counted: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for place, model in enumerate((DoorLock, DoorInput)):
        rows = model.filter(device_id__isnull=False)
        for device_id, door_id, name in await rows.values_list("device_id", "door_id", "door__name"):
            counted[device_id, name, door_id][place] += 1
    found: dict[str, list[DeviceWires]] = defaultdict(list)
    for (device_id, name, door_id), (locks, inputs) in sorted(counted.items()):
        found[device_id].append(DeviceWires(door_id, name, locks, inputs))
    return found


def _online(domain: Domain, row: Device, wires: Collection[DeviceWires], carriers: dict[str, set[str]]) -> bool | None:
    if row.controller_id is None or not domain.controllers.of(row.controller_id).connected:
        return None
    if row.reader_id is not None and row.door_id is not None:
        return domain.doors.status(row.door_id).readers_online.get(row.reader_id)
    return _online_by_doors(domain.doors, wires, carriers)


def _online_by_doors(doors: LiveDoors, wires: Collection[DeviceWires], carriers: dict[str, set[str]]) -> bool | None:
    online = [(doors.status(wire.door_id).online, len(carriers[wire.door_id])) for wire in wires]
    if any(there for there, _ in online):
        return True
    return False if any(needed == 1 for _, needed in online) else None
