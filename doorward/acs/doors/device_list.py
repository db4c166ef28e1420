"""Every device of whatever kind in one list: where it is, what uses it, and whether it is there now."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.doors.live import LiveDoors
from doorward.acs.doors.models import Device, DoorInput, DoorLock


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


async def list_all_devices(domain: Domain, actor: Actor, controller_id: str | None = None) -> list[ListedDevice]:
    """Every device, or a controller's, by controller and by where it is found."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = Device.all() if controller_id is None else Device.filter(controller_id=controller_id)
    devices = await rows.prefetch_related("controller", "door", "reader").order_by(
        "controller__name", "kind", "port", "address", "name", "id"
    )
    wires = await _wires()
    carriers: dict[str, set[str]] = defaultdict(set)
    for device_id, on_it in wires.items():
        for wire in on_it:
            carriers[wire.door_id].add(device_id)
    return [
        ListedDevice(row, tuple(wires.get(row.id, ())), _online(domain, row, wires.get(row.id, ()), carriers))
        for row in devices
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
