"""What several operations share when they add or change doors and readers. Within their transaction."""

from dataclasses import replace
from typing import Any

from tortoise.expressions import Q

from doorward.acs import check
from doorward.acs.decision.policy import DoorKind, Side
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.doors.reader_settings import NewReader, check_reader
from doorward.acs.doors.settings import NewDoor, check_settings
from doorward.acs.doors.stored import check_references, lock_wiring, put_settings, snapshot, wires_of, write_uses
from doorward.acs.doors.uses import INPUT_USES, OUTPUT_USES, PortUses
from doorward.acs.doors.wiring import (
    InputPurpose,
    InputWire,
    LockRank,
    LockWire,
    ReaderType,
    RexAction,
    check_wiring,
)
from doorward.acs.errors import Conflict, NotFound, ValidationFailed, under
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work
from doorward.acs.policy_part import PolicyPart
from doorward.acs.profiles.pin_alone import pin_alone_profiles, require_unique_pins


async def add_door(work: Work, given: NewDoor, door: Door, like: NewDoor | None = None) -> Door:
    """Check and write a new door, whose row so far has what no setting says (its id, its elevator).

    `like`: the settings of the door that it is a copy of.
    """
    given = await checked_settings(work, given, door, like)
    put_settings(door, given)
    await door.save(using_db=work.connection, force_create=True)
    await write_uses(work, door.id, given)
    work.changed(PolicyPart.DOOR, door.id)
    work.audit(EventType.DOOR_CREATED, after=snapshot(given), door_id=door.id, door_name=door.name)
    return door


async def checked_settings(work: Work, given: NewDoor, door: Door, before: NewDoor | None = None) -> NewDoor:
    """The settings with tidy texts, if the door may have them."""
    given = replace(
        given,
        name=check.text(given.name, "name", longest=100),
        hub_address=check.text(given.hub_address, "hubAddress", longest=255, empty=True),
        lock_address=check.text(given.lock_address, "lockAddress", longest=64, empty=True),
    )
    check_settings(given, before)
    taken = f"There is a door called {given.name} already."
    await check.unique(Door, work.connection, taken, "name", but=door.id, name=given.name)
    await check_references(work, given)
    if given.kind is DoorKind.WIRELESS:
        taken = f"Another door has the lock {given.lock_address} of hub {given.hub_address}."
        place = {"hub_address": given.hub_address, "lock_address": given.lock_address}
        await check.unique(Door, work.connection, taken, "lockAddress", but=door.id, **place)
    is_new = given.profile_id is not None and given.profile_id != (before.profile_id if before else None)
    if is_new and await pin_alone_profiles([given.profile_id or ""], work.connection):
        await require_unique_pins(work)
    return given


async def put_reader(work: Work, reader: Reader, door: Door, given: NewReader) -> None:
    """Check a reader's settings and put them on its row, without saving it."""
    given = replace(
        given,
        name=check.text(given.name, "name", longest=100),
        address=check.text(given.address, "address", longest=255, empty=True),
    )
    check_reader(given, door.kind)
    if given.type is ReaderType.WIEGAND:
        await lock_wiring(work)
        taken = f"Another Wiegand reader of this controller is on reader port {given.port}."
        place: dict[str, Any] = {"door__controller_id": door.controller_id, "port": given.port}
        await check.unique(Reader, work.connection, taken, "port", but=reader.id, **place)
    for column in READER_COLUMNS:
        setattr(reader, column, getattr(given, column))


READER_COLUMNS = (
    "name", "side", "type", "port", "address", "has_keypad", "pairs_mobile", "muster", "led_control", "tamper_when",
    "tamper_debounce_ms", "supervision", "resistor_ohm",
)  # fmt: skip


async def wire_door_io(work: Work, door: Door, device_id: str, strike: int, position: int, rex: int) -> None:
    """Put on a door's new input/output device what the door has room for and does not have yet."""
    found = await wires_of([door.id], work.connection)
    locks, inputs = found[0].get(door.id, []), found[1].get(door.id, [])
    if not locks and door.kind in {DoorKind.DOOR, DoorKind.FLOOR}:
        locks = [LockWire(strike, LockRank.PRIMARY, device_id)]
    present = {wire.purpose for wire in inputs}
    if door.has_position and door.kind is not DoorKind.FLOOR and InputPurpose.POSITION not in present:
        inputs = [*inputs, InputWire(InputPurpose.POSITION, position, device_id=device_id)]
    if door.kind in {DoorKind.DOOR, DoorKind.WIRELESS} and InputPurpose.REX not in present:
        action = RexAction.UNLOCK if door.rex_unlocks else RexAction.NONE
        inputs = [*inputs, InputWire(InputPurpose.REX, rex, Side.B, device_id, rex=action)]
    await write_wiring(work, door, locks, inputs)


async def write_wiring(work: Work, door: Door, locks: list[LockWire], inputs: list[InputWire]) -> None:
    """Check and write all that is wired to a door, anew. Tells the controllers of every device concerned."""
    check_wiring(door.kind, locks, inputs)
    await lock_wiring(work)
    await _check_devices(work, door, locks, inputs)
    await _check_free(work, door, locks, inputs)
    before = await wires_of([door.id], work.connection)
    await DoorLock.filter(door_id=door.id).using_db(work.connection).delete()
    await DoorInput.filter(door_id=door.id).using_db(work.connection).delete()
    for lock in locks:
        await DoorLock.create(
            using_db=work.connection,
            id=new_id(),
            door_id=door.id,
            rank=lock.rank,
            device_id=lock.device_id,
            output=lock.output,
        )
    for wire in inputs:
        await DoorInput.create(
            using_db=work.connection,
            id=new_id(),
            door_id=door.id,
            purpose=wire.purpose,
            side=wire.side,
            device_id=wire.device_id,
            port=wire.port,
            active_when=wire.active_when,
            debounce_ms=wire.debounce_ms,
            supervision=wire.supervision,
            resistor_ohm=wire.resistor_ohm,
            rex=wire.rex,
            emergency=wire.emergency,
        )
    work.changed(PolicyPart.DOOR, door.id)
    devices = _devices(locks, inputs) | _devices(before[0].get(door.id, []), before[1].get(door.id, []))
    work.changed(PolicyPart.DEVICE, *devices)


def _devices(locks: list[LockWire], inputs: list[InputWire]) -> set[str]:
    used = [lock.device_id for lock in locks] + [wire.device_id for wire in inputs]
    return {device_id for device_id in used if device_id is not None}


async def _check_devices(work: Work, door: Door, locks: list[LockWire], inputs: list[InputWire]) -> None:
    wanted = list(_devices(locks, inputs))
    rows = await Device.filter(id__in=wanted).using_db(work.connection)
    devices = {device.id: device for device in rows}
    used = {"locks": [lock.device_id for lock in locks], "inputs": [wire.device_id for wire in inputs]}
    for many, ids in used.items():
        for place, device_id in enumerate(ids):
            with under(many, str(place)):
                _check_device(door, device_id, devices)


def _check_device(door: Door, device_id: str | None, devices: dict[str, Device]) -> None:
    if device_id is None:
        return
    if device_id not in devices:
        raise NotFound(f"There is no such device: {device_id}.", "deviceId")
    if devices[device_id].controller_id != door.controller_id:
        raise ValidationFailed("This device hangs on another controller than the door.", "deviceId")


async def _check_free(work: Work, door: Door, locks: list[LockWire], inputs: list[InputWire]) -> None:
    """No port serves two doors, except that one emergency contact may act on many."""
    for place, lock in enumerate(locks):
        others = DoorLock.filter(_same_place(door, lock.device_id), output=lock.output)
        other = await others.exclude(door_id=door.id).using_db(work.connection).prefetch_related("door").first()
        if other is not None:
            words = f"Output {lock.output} has the {other.rank.value} lock of {other.door.name}."
            raise Conflict(words, "locks", str(place), "output")
        await _refuse_used(OUTPUT_USES, lock.device_id, lock.output, "locks", str(place), "output")
    for place, wire in enumerate(inputs):
        taken = DoorInput.filter(_same_place(door, wire.device_id), port=wire.port).exclude(door_id=door.id)
        if wire.purpose is InputPurpose.EMERGENCY:
            taken = taken.exclude(purpose=InputPurpose.EMERGENCY)
        user = await taken.using_db(work.connection).prefetch_related("door").first()
        if user is not None:
            words = f"Input {wire.port} has the {user.purpose.value} contact of {user.door.name}."
            raise Conflict(words, "inputs", str(place), "port")
        await _refuse_used(INPUT_USES, wire.device_id, wire.port, "inputs", str(place), "port")


async def _refuse_used(finders: list[PortUses], device_id: str | None, number: int, *path: str) -> None:
    if device_id is None:
        return
    for kind, _, name in [use for find in finders for use in await find(device_id, number)]:
        raise Conflict(f"This port has the {kind} {name}. Delete that, or take another port.", *path)


def _same_place(door: Door, device_id: str | None) -> Q:
    if device_id is not None:
        return Q(device_id=device_id)
    return Q(device_id__isnull=True, door__controller_id=door.controller_id)
