"""Doors, readers and devices as controllers get them."""

from collections import defaultdict
from collections.abc import Callable, Collection

import msgspec

from doorward.acs.decision.debounce import MAX_DEBOUNCE_MS
from doorward.acs.decision.policy import DoorPolicy, ReaderPolicy
from doorward.acs.devices import (
    DEFAULT_BAUD,
    DeviceKind,
    GpioDevice,
    InputLine,
    LockLine,
    OsdpDevice,
    ReaderLine,
    WiegandDevice,
    Wiring,
)
from doorward.acs.devices import Device as AnyDevice
from doorward.acs.doors.gpio_devices import gpio_device
from doorward.acs.doors.ip_settings import ip_device
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.doors.settings import NewDoor
from doorward.acs.doors.signal_sets import signals_by_reader
from doorward.acs.doors.signals import signals_of_site
from doorward.acs.doors.stored import settings_of, wires_of
from doorward.acs.doors.wiegand_rows import converter_of
from doorward.acs.doors.wireless import wireless_lines
from doorward.acs.doors.wiring import Circuit, InputPurpose, InputWire, LedControl, RexAction
from doorward.acs.formats.policy import reader_formats, reader_pin_rules
from doorward.acs.sealing import Sealer
from doorward.acs.signals import Signals

_CHUNK = 200
"""So many doors are read in one turn of the event loop (some milliseconds)."""


async def door_policies(controller_id: str, ids: Collection[str] | None = None) -> tuple[DoorPolicy, ...]:
    """The doors of a controller, or those of `ids` that it has, by id."""
    rows = Door.filter(controller_id=controller_id)
    rows = (rows if ids is None else rows.filter(id__in=list(ids))).order_by("id").limit(_CHUNK)
    found: list[DoorPolicy] = []
    while doors := await rows.filter(id__gt=found[-1].id if found else ""):
        settings = await settings_of(doors)
        _, inputs = await wires_of([door.id for door in doors])
        found += [_door(door, settings[door.id], inputs.get(door.id, [])) for door in doors]
    return tuple(found)


def _door(door: Door, given: NewDoor, inputs: list[InputWire]) -> DoorPolicy:
    emergency = [wire.emergency for wire in inputs if wire.purpose is InputPurpose.EMERGENCY]
    return DoorPolicy(
        id=door.id,
        name=given.name,
        access_time_ms=given.access_time_ms,
        held_after_ms=given.held_after_ms,
        relock_on=given.relock_on,
        relock_delay_ms=given.relock_delay_ms,
        forced_alarm=given.forced_alarm,
        held_alarm=given.held_alarm,
        rex_unlocks=given.rex_unlocks,
        kind=given.kind,
        long_access_time_ms=given.long_access_time_ms,
        long_held_after_ms=given.long_held_after_ms,
        pre_alarm_ms=given.pre_alarm_ms,
        has_position=given.has_position,
        emergency=emergency[0] if emergency else None,
        maintenance=door.maintenance,
        profile_id=given.profile_id,
        two_person=given.two_person,
        double_swipe=given.double_swipe,
        escort_required=given.escort_required,
        unlock_schedules=given.unlock_schedule_ids,
        first_person=given.first_person,
    )


async def reader_policies(controller_id: str, ids: Collection[str] | None = None) -> tuple[ReaderPolicy, ...]:
    """The readers at a controller's doors, or those of `ids`, by id."""
    rows = Reader.filter(door__controller_id=controller_id)
    columns = ("id", "door_id", "side", "elevator_id", "muster")
    readers = await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("id").values_list(*columns)
    floors: dict[str, list[str]] = defaultdict(list)
    elevators = {reader[3] for reader in readers if reader[3] is not None}
    for elevator_id, door_id in (
        await Door.filter(elevator_id__in=list(elevators)).order_by("id").values_list("elevator_id", "id")
    ):
        floors[elevator_id].append(door_id)
    named = [reader[0] for reader in readers]
    formats, pins = await reader_formats(named), await reader_pin_rules(named)
    return tuple(
        ReaderPolicy(
            id=reader_id,
            door_id=door_id,
            side=side,
            formats=formats.get(reader_id),
            pin=pins.get(reader_id),
            floors=tuple(floors.get(elevator_id, ())),
            muster=bool(muster),
        )
        for reader_id, door_id, side, elevator_id, muster in readers
    )


async def controller_wiring(sealer: Sealer, controller_id: str) -> Wiring:
    """The devices at a controller's doors with the keys of their secure channels, and all lines on them, by id."""
    devices = await Device.filter(controller_id=controller_id).prefetch_related("reader").order_by("id")
    locks = await DoorLock.filter(device__controller_id=controller_id).order_by("door_id", "rank")
    inputs = await DoorInput.filter(device__controller_id=controller_id).order_by("door_id", "id")
    of_site, of_reader = await signals_of_site(), await signals_by_reader()
    readers = {row.id: row for row in await Reader.filter(door__controller_id=controller_id)}
    sensed = [row.door_id for row in inputs if row.purpose is InputPurpose.POSITION]
    radio_locks, radio_inputs = await wireless_lines(controller_id, devices, sensed)
    return Wiring(
        tuple(
            _showing(of_reader.get(device.reader_id or "", of_site), _KINDS[device.kind](sealer, device))
            for device in devices
            if device.kind in _KINDS
        ),
        tuple(
            ReaderLine(reader.id, reader.door_id, device.id, led_control=reader.led_control)
            for device in devices
            if (reader := readers.get(device.reader_id or "")) is not None
        ),
        (*(LockLine(row.door_id, row.device_id or "", row.output, row.rank) for row in locks), *radio_locks),
        (*(_input(row) for row in inputs), *radio_inputs),
    )


def _osdp(sealer: Sealer, device: Device) -> OsdpDevice:
    key = sealer.open(device.sealed_key or b"", f"device:{device.id}")
    following = None
    if device.sealed_next_key is not None:
        following = sealer.open(device.sealed_next_key, f"device-next:{device.id}")
    return OsdpDevice(
        device.id,
        device.port or "",
        device.address or 0,
        key,
        device.baud or DEFAULT_BAUD,
        following,
        (device.next_key_number or 0) if following is not None else 0,
        next_address=device.next_address,
        next_baud=device.next_baud,
    )


_SHOWING: tuple[type, ...] = (OsdpDevice,)


def _showing(signals: Signals, device: AnyDevice) -> AnyDevice:
    """The device with its reader's signals or the site's, if it is of a kind that shows them."""
    return msgspec.structs.replace(device, signals=signals) if isinstance(device, _SHOWING) else device


def _gpio(_: Sealer, device: Device) -> GpioDevice:
    return gpio_device(device)


def _wiegand(_: Sealer, device: Device) -> WiegandDevice:
    given, reader = converter_of(device), device.reader
    return WiegandDevice(
        device.id,
        device.port or "",
        given.framing,
        given.channel,
        given.baud,
        given.keypad,
        given.pin_facility,
        given.pin_digits,
        reader.led_control if reader else LedControl.SINGLE,
        reader.tamper_when if reader else Circuit.OPEN,
        min(reader.tamper_debounce_ms, MAX_DEBOUNCE_MS) if reader else 0,
    )


_KINDS: dict[DeviceKind, Callable[[Sealer, Device], AnyDevice]] = {
    DeviceKind.OSDP: _osdp,
    DeviceKind.WIEGAND: _wiegand,
    DeviceKind.GPIO: _gpio,
    DeviceKind.IP: ip_device,
}
"""What a controller gets of each kind of device."""


def _input(row: DoorInput) -> InputLine:
    return InputLine(
        row.door_id,
        row.purpose,
        row.device_id or "",
        row.port,
        active_when=row.active_when,
        debounce_ms=min(row.debounce_ms, MAX_DEBOUNCE_MS),
        supervision=row.supervision,
        resistor_ohm=row.resistor_ohm,
        side=row.side,
        rex_unlocks=row.rex is not RexAction.NONE,
    )
