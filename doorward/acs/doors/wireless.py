"""Wireless doors: the hub and the lock that their addresses name, as lines of the wiring."""

from collections.abc import Iterable

from doorward.acs.decision.policy import DoorKind
from doorward.acs.devices import DeviceKind, InputLine, LockLine
from doorward.acs.doors.models import Device, Door
from doorward.acs.doors.wiring import MAX_PORT, InputPurpose


def lock_number(lock_address: str) -> int | None:
    """The number of a lock at its hub; None if the address is none."""
    is_number = lock_address.isascii() and lock_address.isdigit() and len(lock_address) <= len(str(MAX_PORT))
    return int(lock_address) if is_number and int(lock_address) <= MAX_PORT else None


def hub_of(hub_address: str, devices: Iterable[Device]) -> Device | None:
    """The hub at an address: the serial port and the OSDP address (`/dev/ttyUSB0:5`), or the device's name or id.

    Two devices of that name are no answer.
    """
    found = [
        device
        for device in devices
        if device.kind is DeviceKind.OSDP and hub_address in (f"{device.port}:{device.address}", device.name, device.id)
    ]
    return found[0] if len(found) == 1 else None


async def wireless_lines(
    controller_id: str, devices: Iterable[Device], sensed: Iterable[str]
) -> tuple[list[LockLine], list[InputLine]]:
    """The lock of each wireless door, and its own position sensor unless the door is among `sensed` by other wires.

    A door whose hub or lock is not found has no line, and so stays offline.
    """
    hubs, with_wires = list(devices), set(sensed)
    locks: list[LockLine] = []
    inputs: list[InputLine] = []
    for door in await Door.filter(controller_id=controller_id, kind=DoorKind.WIRELESS).order_by("id"):
        hub, number = hub_of(door.hub_address, hubs), lock_number(door.lock_address)
        if hub is None or number is None:
            continue
        locks.append(LockLine(door.id, hub.id, number))
        if door.has_position and door.id not in with_wires:
            inputs.append(InputLine(door.id, InputPurpose.POSITION, hub.id, number))
    return locks, inputs


async def wireless_user(device: Device, number: int) -> Door | None:
    """The wireless door whose lock has this number at this hub."""
    doors = Door.filter(controller_id=device.controller_id, kind=DoorKind.WIRELESS)
    for door in await doors.order_by("id"):
        if lock_number(door.lock_address) == number and hub_of(door.hub_address, [device]) is not None:
            return door
    return None
