"""What may be done to readers and devices that there are."""

from dataclasses import replace
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.doors.adding import READER_COLUMNS, put_reader
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.doors.reader_settings import NewReader, ReaderChanges
from doorward.acs.doors.uses import DEVICE_USES
from doorward.acs.errors import Conflict, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.used_by import named, uses_of
from doorward.acs.zones.doors import refuse_lost_reader


@operation(Permission.CONFIGURATION_WRITE)
async def update_reader(
    work: Work, reader_id: str, changes: ReaderChanges, expected_version: int | None = None
) -> Reader:
    """Change a reader. Raises Conflict if it is no longer at `expected_version`."""
    reader, door = await _locked(work, reader_id)
    check.version(reader.version, expected_version)
    before = settings_of_reader(reader)
    after = replace(before, **changes)
    if after.type is not before.type and await _devices(work, reader_id):
        raise Conflict("A device is wired to this reader as it is. Delete that device first.", "type")
    await put_reader(work, reader, door, after)
    if settings_of_reader(reader) == before:
        return reader
    reader.version += 1
    await reader.save(using_db=work.connection)
    for setting in ("side", "muster"):
        if getattr(after, setting) != getattr(before, setting):
            await refuse_lost_reader(work, door.id, setting)
    work.changed(PolicyPart.READER, reader.id)
    work.audit(
        EventType.READER_UPDATED,
        of=reader,
        before=_snapshot(before),
        after=_snapshot(settings_of_reader(reader)),
        door_id=door.id,
        door_name=door.name,
        side=reader.side,
        reader_id=reader.id,
    )
    return reader


@operation(Permission.CONFIGURATION_WRITE)
async def delete_reader(work: Work, reader_id: str, expected_version: int | None = None) -> None:
    """Delete a reader and its devices.

    Refused while a lock or an input is wired to such a device, or a zone's anti-passback needs the reader.
    """
    reader, door = await _locked(work, reader_id)
    check.version(reader.version, expected_version)
    for device_id in await _devices(work, reader_id):
        await remove_device(work, device_id)
    await reader.delete(using_db=work.connection)
    await refuse_lost_reader(work, door.id, "id")
    work.changed(PolicyPart.READER, reader_id)
    work.audit(
        EventType.READER_DELETED,
        of=reader,
        before=_snapshot(settings_of_reader(reader)),
        door_id=door.id,
        door_name=door.name,
        side=reader.side,
        reader_id=reader_id,
    )


@operation(Permission.CONFIGURATION_WRITE)
async def delete_device(work: Work, device_id: str, expected_version: int | None = None) -> None:
    """Delete a device. Refused while a lock or an input of a door is on it."""
    device = await Device.get_or_none(id=device_id, using_db=work.connection)
    if device is None:
        raise NotFound("There is no such device.", "id")
    check.version(device.version, expected_version)
    await remove_device(work, device_id)
    door = await Door.get_or_none(id=device.door_id or "", using_db=work.connection)
    work.audit(
        EventType.DEVICE_DELETED,
        of=device,
        before={"role": device.role.value, "port": device.port, "address": device.address},
        door_id=device.door_id,
        door_name=door.name if door is not None else None,
        reader_id=device.reader_id,
    )


async def remove_device(work: Work, device_id: str) -> None:
    """Delete a device of any kind within another operation. Raises Conflict while a lock or an input is on it."""
    for model in (DoorLock, DoorInput):
        wired = await model.filter(device_id=device_id).using_db(work.connection).prefetch_related("door").first()
        if wired is not None:
            raise Conflict(f"A lock or an input of {wired.door.name} is on this device. Rewire that door first.", "id")
    if users := await uses_of(DEVICE_USES, device_id):
        raise Conflict(f"On this device there is {named(users)}. Delete that first.", "id")
    await Device.filter(id=device_id).using_db(work.connection).delete()
    work.changed(PolicyPart.DEVICE, device_id)


async def _devices(work: Work, reader_id: str) -> list[str]:
    return [device.id for device in await Device.filter(reader_id=reader_id).using_db(work.connection)]


async def _locked(work: Work, reader_id: str) -> tuple[Reader, Door]:
    found = await Reader.select_for_update().using_db(work.connection).get_or_none(id=reader_id)
    if found is None:
        raise NotFound("There is no such reader.", "id")
    return found, await Door.get(id=found.door_id, using_db=work.connection)


def settings_of_reader(reader: Reader) -> NewReader:
    """All that is set on a reader, apart from where it leads."""
    return NewReader(reader.door_id, **{column: getattr(reader, column) for column in READER_COLUMNS})


def _snapshot(given: NewReader) -> dict[str, Any]:
    return {column: getattr(given, column) for column in READER_COLUMNS}
