"""Doors, readers and devices as controllers get them."""

from collections import defaultdict
from collections.abc import Collection, Iterable

import msgspec

from doorward.acs.decision.policy import DoorPolicy, ReaderPolicy
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.doors.settings import NewDoor
from doorward.acs.doors.stored import settings_of, wires_of
from doorward.acs.doors.wiring import InputPurpose, InputWire, RexAction
from doorward.acs.formats.policy import reader_formats, reader_pin_rules
from doorward.acs.messages import DeviceRole, OsdpDevice
from doorward.acs.sealing import Sealer

_CHUNK = 200
"""So many doors are read in one turn of the event loop (some milliseconds)."""
UNWIRED = 255
"""The number of an output or input that no device has: it is never set and never reads as active."""


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
    rex = [wire.rex for wire in inputs if wire.purpose is InputPurpose.REX]
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
        rex_unlocks=given.rex_unlocks and (not rex or RexAction.UNLOCK in rex),
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


async def osdp_devices(
    sealer: Sealer, controller_id: str, ids: Collection[str] | None = None
) -> tuple[OsdpDevice, ...]:
    """The OSDP devices at a controller's doors, or those of `ids`, by id, with what is wired to them."""
    rows = Device.filter(door__controller_id=controller_id)
    devices = await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("id")
    return tuple(_device(sealer, *parts) for parts in await _wired(devices))


async def _wired(devices: list[Device]) -> list[tuple[Device, list[DoorLock], list[DoorInput]]]:
    """Each device with the locks and inputs on it that belong to its own door."""
    ids = [device.id for device in devices]
    locks = await DoorLock.filter(device_id__in=ids).order_by("rank")
    inputs = await DoorInput.filter(device_id__in=ids).order_by("id")
    return [
        (
            device,
            [lock for lock in locks if lock.device_id == device.id and lock.door_id == device.door_id],
            [row for row in inputs if row.device_id == device.id and row.door_id == device.door_id],
        )
        for device in devices
    ]


def _device(sealer: Sealer, device: Device, locks: list[DoorLock], inputs: list[DoorInput]) -> OsdpDevice:
    key = sealer.open(device.sealed_key, f"device:{device.id}")
    place = OsdpDevice(
        id=device.id,
        role=device.role,
        door_id=device.door_id,
        port=device.port,
        address=device.address,
        key=key,
        baud=device.baud,
        reader_id=device.reader_id,
    )
    if device.role is not DeviceRole.DOOR_IO:
        return place
    return msgspec.structs.replace(
        place,
        strike_output=locks[0].output if locks else UNWIRED,
        position_input=_first(row.port for row in inputs if row.purpose is InputPurpose.POSITION),
        rex_input=_rex(inputs),
    )


def _rex(inputs: list[DoorInput]) -> int:
    """The one REX that a device's message has room for: one that unlocks, if there is one."""
    devices = [row for row in inputs if row.purpose is InputPurpose.REX]
    unlocking = [row.port for row in devices if row.rex is RexAction.UNLOCK]
    return _first([*unlocking, *(row.port for row in devices)])


def _first(ports: Iterable[int]) -> int:
    return next(iter(ports), UNWIRED)
