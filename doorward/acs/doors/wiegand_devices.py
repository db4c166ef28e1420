"""What may be done to Wiegand readers behind serial converters, and asked about them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypedDict

import msgspec

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind, DeviceRole
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.doors.readers import remove_device
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.doors.wiegand import FRAMINGS, Converter, Framing, KeypadMode, check_converter
from doorward.acs.doors.wiegand_rows import converter_of, put_converter
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart


class ConverterChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    port: str
    framing: str
    channel: int
    baud: int
    keypad: KeypadMode
    pin_facility: int | None
    pin_digits: int


@operation(Permission.CONFIGURATION_WRITE)
async def create_wiegand_device(work: Work, reader_id: str, port: str, given: Converter) -> Device:
    """Wire a Wiegand reader to a channel of a converter. `port` is the converter's serial line."""
    port = check.text(port, "port", longest=255)
    check_converter(given)
    await lock_wiring(work)
    reader, door = await _reader(work, reader_id)
    if await Device.filter(reader_id=reader_id).using_db(work.connection).exists():
        raise Conflict("This reader is wired already. Delete its device first.", "readerId")
    device = Device(
        id=new_id(),
        kind=DeviceKind.WIEGAND,
        name=reader.name,
        controller_id=door.controller_id,
        role=DeviceRole.READER,
        door_id=door.id,
        reader_id=reader_id,
        port=port,
    )
    put_converter(device, given)
    await _check_line(work, device, given)
    await device.save(using_db=work.connection, force_create=True)
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(EventType.DEVICE_CREATED, of=device, after=_snapshot(device), **_subjects(device, door))
    return device


@operation(Permission.CONFIGURATION_WRITE)
async def update_wiegand_device(
    work: Work, device_id: str, changes: ConverterChanges, expected_version: int | None = None
) -> Device:
    """Change how a reader is reached. Framing and baud rate are the converter's: they change for all on its line."""
    await lock_wiring(work)
    device = await _wiegand_device(work, device_id)
    check.version(device.version, expected_version)
    before, given = _snapshot(device), {**changes}
    port = check.text(str(given.pop("port", device.port)), "port", longest=255)
    settings = replace(converter_of(device), **given)  # type: ignore[arg-type]
    check_converter(settings)
    sharing = await _on_line(work, device, port) if port == device.port else []
    device.port = port
    put_converter(device, settings)
    if _snapshot(device) == before:
        return device
    for other in sharing:
        await _follow(work, other, settings)
    await _check_line(work, device, settings)
    await _save(work, device, before)
    return device


@operation(Permission.CONFIGURATION_WRITE)
async def delete_wiegand_device(work: Work, device_id: str, expected_version: int | None = None) -> None:
    """Unwire a Wiegand reader. The reader itself stays."""
    await lock_wiring(work)
    device = await _wiegand_device(work, device_id)
    check.version(device.version, expected_version)
    door = await Door.get(id=device.door_id, using_db=work.connection)
    await remove_device(work, device_id)
    work.audit(EventType.DEVICE_DELETED, of=device, before=_snapshot(device), **_subjects(device, door))


def list_framings(actor: Actor) -> Sequence[Framing]:
    """Every framing that there is."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return tuple(FRAMINGS.values())


async def _reader(work: Work, reader_id: str) -> tuple[Reader, Door]:
    reader = await Reader.select_for_update().using_db(work.connection).get_or_none(id=reader_id)
    if reader is None:
        raise NotFound("There is no such reader.", "readerId")
    if reader.type is not ReaderType.WIEGAND:
        raise ValidationFailed("This is not a Wiegand reader. Change its type first.", "readerId")
    return reader, await Door.get(id=reader.door_id, using_db=work.connection)


async def _wiegand_device(work: Work, device_id: str) -> Device:
    rows = Device.select_for_update().using_db(work.connection)
    device = await rows.get_or_none(id=device_id, kind=DeviceKind.WIEGAND)
    if device is None:
        raise NotFound("There is no such Wiegand device.", "id")
    return device


async def _on_line(work: Work, device: Device, port: str) -> list[Device]:
    rows = Device.filter(controller_id=device.controller_id, port=port).exclude(id=device.id)
    return await rows.using_db(work.connection).order_by("id")


async def _check_line(work: Work, device: Device, given: Converter) -> None:
    """Everything on a line is of one converter, and each channel is one reader's."""
    port = device.port or ""
    for other in await _on_line(work, device, port):
        if other.kind is not DeviceKind.WIEGAND:
            raise Conflict(
                f"{port} is the line of {other.name}, which is no Wiegand reader. "
                "Choose another port, or delete that device first.",
                "port",
            )
        theirs = converter_of(other)
        if (theirs.framing, theirs.baud) != (given.framing, given.baud):
            raise Conflict(
                f"The converter on {port} has the framing {theirs.framing} at {theirs.baud} baud, for all its readers.",
                "framing",
            )
        if theirs.channel == given.channel:
            raise Conflict(f"Channel {given.channel} of the converter on {port} has another reader.", "channel")


async def _follow(work: Work, other: Device, given: Converter) -> None:
    """Another reader of the same converter, which gets its new framing and baud rate."""
    if other.kind is not DeviceKind.WIEGAND:
        return
    before = _snapshot(other)
    settings = replace(converter_of(other), framing=given.framing, baud=given.baud)
    check_converter(settings)
    put_converter(other, settings)
    if _snapshot(other) != before:
        await _save(work, other, before)


async def _save(work: Work, device: Device, before: dict[str, Any]) -> None:
    device.version += 1
    await device.save(using_db=work.connection, update_fields=["port", "address", "baud", "settings", "version"])
    work.changed(PolicyPart.DEVICE, device.id)
    door = await Door.get(id=device.door_id, using_db=work.connection)
    work.audit(
        EventType.WIEGAND_DEVICE_UPDATED,
        of=device,
        before=before,
        after=_snapshot(device),
        **_subjects(device, door),
    )


def _subjects(device: Device, door: Door) -> dict[str, Any]:
    return {"door_id": door.id, "door_name": door.name, "reader_id": device.reader_id}


def _snapshot(device: Device) -> dict[str, Any]:
    return {"port": device.port, **msgspec.to_builtins(converter_of(device))}
