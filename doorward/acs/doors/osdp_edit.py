"""Changing an OSDP device in the configuration, after somebody has changed it by hand."""

from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.devices import DEFAULT_BAUD, DeviceRole
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.doors.osdp_keys import osdp_device, place_of
from doorward.acs.doors.osdp_line import check_free, check_place, check_speed, on_line, place_name
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

BUSY = "Something is being done with this device already. Wait for its end, or stop it."
_COLUMNS = ["name", "role", "door_id", "reader_id", "port", "address", "baud", "next_address", "next_baud"]


class OsdpChanges(TypedDict, total=False):
    """What to change of an OSDP device; a missing key stays as it is. `reader_id` None: it is no reader."""

    name: str
    port: str
    address: int
    baud: int
    reader_id: str | None


@operation(Permission.CONFIGURATION_WRITE)
async def update_osdp_device(
    work: Work, device_id: str, changes: OsdpChanges, expected_version: int | None = None
) -> Device:
    """Say where an OSDP device is and what it serves, as somebody has set it. The device itself is told nothing.

    A line has one baud rate: it changes for all OSDP devices on the line. A place that the device was to be moved to
    is forgotten when another is given.
    """
    await lock_wiring(work)
    device = await osdp_device(work, device_id)
    check.version(device.version, expected_version)
    before = snapshot(device)
    if "name" in changes:
        device.name = check.text(changes["name"], "name", longest=100)
    if "reader_id" in changes:
        await _serve(work, device, changes["reader_id"])
    sharing = await _put_place(work, device, changes)
    if snapshot(device) == before:
        return device
    if work.domain.orders.busy(device.id):
        raise Conflict(BUSY, "id")
    await _save(work, device, before)
    for other in sharing:
        theirs = snapshot(other)
        other.baud = device.baud
        await _save(work, other, theirs)
    return device


async def _put_place(work: Work, device: Device, changes: OsdpChanges) -> list[Device]:
    """Put the place on the row. The devices of the line that get another baud rate with it."""
    port = check.text(changes.get("port", device.port or ""), "port", longest=255)
    address = changes.get("address", device.address or 0)
    baud = changes.get("baud", device.baud or DEFAULT_BAUD)
    if (port, address, baud) == (device.port, device.address, device.baud):
        return []
    check_place(port, address, baud)
    others = await on_line(work, device.controller_id, port, but=device.id)
    check_free(others, port, address)
    if port != device.port:
        check_speed(others, port, baud)
    put_place(device, port, address, baud)
    return [other for other in others if other.baud != baud]


def put_place(device: Device, port: str, address: int, baud: int) -> None:
    """The device is there, and to go nowhere else. A name that is only its place follows. Without saving it."""
    if device.name == place_name(device.port or "", device.address or 0):
        device.name = place_name(port, address)
    device.port, device.address, device.baud = port, address, baud
    device.next_address = device.next_baud = None


async def _serve(work: Work, device: Device, reader_id: str | None) -> None:
    """Make the device this reader, or no reader."""
    if reader_id == device.reader_id:
        return
    device.reader_id = reader_id
    device.role = DeviceRole.DOOR_IO if reader_id is None else DeviceRole.READER
    if reader_id is None:
        return
    reader = await Reader.get_or_none(id=reader_id, using_db=work.connection)
    if reader is None:
        raise NotFound("There is no such reader.", "readerId")
    if reader.type is not ReaderType.OSDP:
        raise ValidationFailed("This is not an OSDP reader. Change its type first.", "readerId")
    door = await Door.get(id=reader.door_id, using_db=work.connection)
    if door.controller_id != device.controller_id:
        raise ValidationFailed("This reader is at a door of another controller.", "readerId")
    other = await Device.filter(reader_id=reader_id).exclude(id=device.id).using_db(work.connection).first()
    if other is not None:
        raise Conflict(f"This reader is {other.name} already. Delete that device first.", "readerId")
    device.door_id = door.id


def snapshot(device: Device) -> dict[str, Any]:
    """The device as the audit writes it."""
    return {
        "name": device.name,
        "role": device.role.value,
        "reader_id": device.reader_id,
        "port": device.port,
        "address": device.address,
        "baud": device.baud,
        "next_address": device.next_address,
        "next_baud": device.next_baud,
    }


async def _save(work: Work, device: Device, before: dict[str, Any]) -> None:
    device.version += 1
    await device.save(using_db=work.connection, update_fields=[*_COLUMNS, "version"])
    work.changed(PolicyPart.DEVICE, device.id)
    after, place = snapshot(device), await place_of(work, device)
    work.audit(EventType.DEVICE_UPDATED, of=device, before=before, after=after, **place)
