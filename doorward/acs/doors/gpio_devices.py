"""What may be done to pins of a controller's own: a chip's pins, and converter channels, as one device."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.devices import DeviceKind, DeviceRole, GpioDevice, LocalInput, MeasuredInput, PinInput, PinOutput
from doorward.acs.doors.models import Controller, Device, DoorInput, DoorLock
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.doors.uses import INPUT_USES, OUTPUT_USES
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

MAX_PIN = 1_023
MAX_LINES = 64
PULL_UP_OHM = (100, 1_000_000)
SUPPLY_MV = (1_000, 24_000)
_CHIP = re.compile(r"/dev/gpiochip[0-9]{1,3}")
_CONVERTER = re.compile(r"iio:device[0-9]{1,3}")


class GpioLines(msgspec.Struct, frozen=True):
    """The inputs and outputs of a GPIO device, as `device.settings` keeps them."""

    inputs: tuple[LocalInput, ...] = ()
    outputs: tuple[PinOutput, ...] = ()


@dataclass(frozen=True, slots=True)
class NewGpioDevice:
    """Pins of a controller's own. The places in both lists are the numbers by which locks and inputs find them."""

    controller_id: str
    name: str
    chip: str
    lines: GpioLines


@operation(Permission.CONFIGURATION_WRITE)
async def create_gpio_device(work: Work, given: NewGpioDevice) -> Device:
    """A chip of a controller, by its device file, with the pins that are used. One device for each chip."""
    name = check.text(given.name, "name", longest=100)
    if not _CHIP.fullmatch(given.chip):
        raise ValidationFailed("A chip is named by its device file, for example /dev/gpiochip0.", "chip")
    check_lines(given.lines)
    await check.exist(Controller, [given.controller_id], "controllerId", work.connection)
    place: dict[str, Any] = {"controller_id": given.controller_id, "port": given.chip}
    await check.unique(Device, work.connection, f"{given.chip} of this controller is there already.", "chip", **place)
    device = await Device.create(
        using_db=work.connection,
        id=new_id(),
        kind=DeviceKind.GPIO,
        name=name,
        role=DeviceRole.DOOR_IO,
        address=0,
        settings=msgspec.to_builtins(given.lines),
        **place,
    )
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(EventType.DEVICE_CREATED, of=device, after=_told(device))
    return device


@operation(Permission.CONFIGURATION_WRITE)
async def update_gpio_device(
    work: Work, device_id: str, name: str, lines: GpioLines, expected_version: int | None = None
) -> Device:
    """Rename a GPIO device and give its pins anew. Refused where a lock or an input would lose its pin."""
    await lock_wiring(work)
    rows = Device.select_for_update().using_db(work.connection)
    device = await rows.get_or_none(id=device_id, kind=DeviceKind.GPIO)
    if device is None:
        raise NotFound("There is no such GPIO device.", "id")
    check.version(device.version, expected_version)
    check_lines(lines)
    await _refuse_lost(work, device, lines)
    before = _told(device)
    device.name, device.settings = check.text(name, "name", longest=100), msgspec.to_builtins(lines)
    if _told(device) == before:
        return device
    device.version += 1
    await device.save(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(EventType.GPIO_DEVICE_UPDATED, of=device, before=before, after=_told(device))
    return device


async def _refuse_lost(work: Work, device: Device, lines: GpioLines) -> None:
    """What is wired to a pin keeps one."""
    before = lines_of(device)
    for number in range(len(lines.outputs), len(before.outputs)):
        locks = DoorLock.filter(device_id=device.id, output=number).using_db(work.connection)
        users = [lock.door.name for lock in await locks.prefetch_related("door")]
        users += [name for find in OUTPUT_USES for _, _, name in await find(device.id, number)]
        _refuse(users, f"Output {number}", "outputs")
    for number in range(len(lines.inputs), len(before.inputs)):
        inputs = DoorInput.filter(device_id=device.id, port=number).using_db(work.connection)
        users = [wire.door.name for wire in await inputs.prefetch_related("door")]
        users += [name for find in INPUT_USES for _, _, name in await find(device.id, number)]
        _refuse(users, f"Input {number}", "inputs")


def _refuse(users: Sequence[str], what: str, path: str) -> None:
    if users:
        raise Conflict(f"{what} is used by {', '.join(sorted(set(users)))}. Rewire that first.", path)


def check_lines(lines: GpioLines) -> None:
    """The lines by themselves. Raises ValidationFailed."""
    if not lines.inputs and not lines.outputs:
        raise ValidationFailed("Name one input or output at least.", "inputs")
    for many, path in ((lines.inputs, "inputs"), (lines.outputs, "outputs")):
        if len(many) > MAX_LINES:
            raise ValidationFailed(f"A device has {MAX_LINES} {path} at most.", path)
    taken: set[int | tuple[str, int]] = set()
    for given, place in [
        *((one, ("inputs", str(number))) for number, one in enumerate(lines.inputs)),
        *((one, ("outputs", str(number))) for number, one in enumerate(lines.outputs)),
    ]:
        spot = _measured_spot(given, *place) if isinstance(given, MeasuredInput) else _pin(given, *place)
        if spot in taken:
            raise ValidationFailed("A pin or a channel can be used once only.", *place)
        taken.add(spot)


def _pin(given: PinInput | PinOutput, *path: str) -> int:
    if not 0 <= given.pin <= MAX_PIN:
        raise ValidationFailed(f"A pin is 0 to {MAX_PIN}, as the chip numbers its lines.", *path, "pin")
    return given.pin


def _measured_spot(given: MeasuredInput, *path: str) -> tuple[str, int]:
    if not _CONVERTER.fullmatch(given.converter):
        raise ValidationFailed(
            "A converter is named as in /sys/bus/iio/devices, for example iio:device0.", *path, "converter"
        )
    for value, (least, most), name in (
        (given.channel, (0, 255), "channel"),
        (given.pull_up_ohm, PULL_UP_OHM, "pullUpOhm"),
        (given.supply_mv, SUPPLY_MV, "supplyMv"),
    ):
        if not least <= value <= most:
            raise ValidationFailed(f"This is {least} to {most}, not {value}.", *path, name)
    return given.converter, given.channel


def lines_of(device: Device) -> GpioLines:
    """The pins of a GPIO device."""
    return msgspec.convert(device.settings or {}, GpioLines)


def gpio_device(device: Device) -> GpioDevice:
    """A GPIO device as its controller gets it."""
    lines = lines_of(device)
    return GpioDevice(device.id, device.port or "", lines.inputs, lines.outputs)


def _told(device: Device) -> dict[str, Any]:
    return {
        "kind": device.kind.value,
        "name": device.name,
        "chip": device.port,
        **msgspec.to_builtins(lines_of(device)),
    }
