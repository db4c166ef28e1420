"""What may be done to a door that there is: changing its settings, maintenance, copying and deleting it."""

from collections.abc import Sequence
from dataclasses import replace

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.cameras.models import CameraView
from doorward.acs.decision.policy import DoorKind
from doorward.acs.doors.adding import add_door, checked_settings
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Elevator, Reader
from doorward.acs.doors.settings import DoorChanges, NewDoor
from doorward.acs.doors.stored import locked_door, put_settings, settings_of, snapshot, wires_of, write_uses
from doorward.acs.doors.uses import DOOR_USES
from doorward.acs.doors.wiring import READER_KINDS, WORDS, InputPurpose, check_wiring
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.used_by import named, uses_of


@operation(Permission.CONFIGURATION_WRITE, placed=True)
async def update_door(work: Work, door_id: str, changes: DoorChanges, expected_version: int | None = None) -> Door:
    """Change a door's settings. Raises Conflict if it is no longer at `expected_version`."""
    door = await locked_door(work, door_id)
    check.version(door.version, expected_version)
    before = (await settings_of([door], work.connection))[door.id]
    after = replace(before, **changes)
    if after.kind is not before.kind or after.controller_id != before.controller_id:
        await _check_hardware(work, door, before, after)
    if door.elevator_id is not None and after.name != before.name:
        raise ValidationFailed("A floor is named after its elevator. Rename the floor or the elevator.", "name")
    if before.has_position and not after.has_position:
        await _check_no_sensor(work, door)
    after = await checked_settings(work, after, door, before)
    if after == before:
        return door
    put_settings(door, after)
    door.version += 1
    await door.save(using_db=work.connection)
    await write_uses(work, door.id, after)
    work.changed(PolicyPart.DOOR, door.id)
    work.audit(
        EventType.DOOR_UPDATED,
        before=snapshot(before),
        after=snapshot(after),
        door_id=door.id,
        door_name=door.name,
    )
    return door


async def _check_hardware(work: Work, door: Door, before: NewDoor, after: NewDoor) -> None:
    """What is wired to the door fits its new kind, and nothing is wired when the controller changes."""
    if DoorKind.FLOOR in {before.kind, after.kind} and before.kind is not after.kind:
        raise ValidationFailed("A floor stays a floor, and is added at its elevator.", "kind")
    found = await wires_of([door.id], work.connection)
    locks, inputs = found[0].get(door.id, []), found[1].get(door.id, [])
    readers = await Reader.filter(door_id=door.id).using_db(work.connection).exists()
    devices = await Device.filter(door_id=door.id).using_db(work.connection).exists()
    if after.controller_id != before.controller_id:
        if door.elevator_id is not None:
            raise ValidationFailed("A floor hangs on the controller of its elevator.", "controllerId")
        if locks or inputs or readers or devices:
            raise Conflict("Remove the door's readers, devices, locks and inputs first.", "controllerId")
    check_wiring(after.kind, locks, inputs)
    if readers and after.kind not in READER_KINDS:
        raise Conflict(f"{WORDS[after.kind]} has no reader. Delete the door's readers first.", "kind")
    if devices and after.kind is DoorKind.PROVISIONED:
        raise Conflict("A provisioned door has no hardware. Delete the door's devices first.", "kind")


async def _check_no_sensor(work: Work, door: Door) -> None:
    sensors = DoorInput.filter(door_id=door.id, purpose=InputPurpose.POSITION)
    if await sensors.using_db(work.connection).exists():
        raise Conflict("A position sensor is wired to the door. Remove that input first.", "hasPosition")


@operation(Permission.CONFIGURATION_WRITE, placed=True)
async def set_maintenance(work: Work, door_id: str, on: bool, reason: str, expected_version: int | None = None) -> Door:
    """Begin or end a door's maintenance, with the reason: meanwhile it raises no alarm and takes no card."""
    door = await locked_door(work, door_id)
    check.version(door.version, expected_version)
    reason = check.text(reason, "reason", longest=500)
    if door.maintenance is on:
        raise Conflict("The door is under maintenance already." if on else "The door is not under maintenance.", "on")
    door.maintenance = on
    door.version += 1
    await door.save(using_db=work.connection, update_fields=["maintenance", "version"])
    work.changed(PolicyPart.DOOR, door.id)
    work.audit(
        EventType.DOOR_MAINTENANCE_SET,
        before={"maintenance": not on},
        after={"maintenance": on, "reason": reason},
        door_id=door.id,
        door_name=door.name,
    )
    return door


@operation(Permission.CONFIGURATION_WRITE)
async def copy_door(
    work: Work,
    door_id: str,
    name: str,
    controller_id: str | None,
    hub_address: str = "",
    lock_address: str = "",
) -> Door:
    """A new door with all the settings of another, but none of its hardware: readers, devices, locks and inputs.

    A wireless door's copy has a lock of its own to name.
    """
    original = await Door.get_or_none(id=door_id, using_db=work.connection)
    if original is None:
        raise NotFound("There is no such door.", "id")
    if original.kind is DoorKind.FLOOR:
        raise ValidationFailed("A floor is added to its elevator, not copied.", "id")
    given = (await settings_of([original], work.connection))[original.id]
    copy = replace(given, name=name, controller_id=controller_id, hub_address=hub_address, lock_address=lock_address)
    return await add_door(work, copy, Door(id=new_id()), like=given)


@operation(Permission.CONFIGURATION_WRITE)
async def delete_door(work: Work, door_id: str, expected_version: int | None = None) -> None:
    """Delete a door with its readers, devices, locks and inputs. Refused while others use it; its events stay.

    The last floor of an elevator takes the elevator with it.
    """
    door = await locked_door(work, door_id)
    check.version(door.version, expected_version)
    await _check_unused(work, door)
    if door.elevator_id is not None:
        await _leave_elevator(work, door, door.elevator_id)
    before = snapshot((await settings_of([door], work.connection))[door.id])
    await _delete_hardware(work, door)
    await CameraView.filter(door_id=door.id).using_db(work.connection).delete()
    await door.delete(using_db=work.connection)
    work.changed(PolicyPart.DOOR, door.id)
    work.audit(EventType.DOOR_DELETED, before=before, door_id=door.id, door_name=door.name)


async def _check_unused(work: Work, door: Door) -> None:
    if uses := await uses_of(DOOR_USES, door.id):
        raise Conflict(f"{door.name} is used by {named(uses)}. Take it out there first.", "id")
    own = [device.id for device in await Device.filter(door_id=door.id).using_db(work.connection)]
    guests: set[str] = set()
    for model in (DoorLock, DoorInput):
        rows = model.filter(device_id__in=own).exclude(door_id=door.id).using_db(work.connection)
        guests.update([row.door.name for row in await rows.prefetch_related("door")])
    if guests:
        raise Conflict(f"A device of this door also serves {', '.join(sorted(guests))}. Rewire these first.", "id")


async def _delete_hardware(work: Work, door: Door) -> None:
    connection = work.connection
    await DoorLock.filter(door_id=door.id).using_db(connection).delete()
    await DoorInput.filter(door_id=door.id).using_db(connection).delete()
    for part, rows in (
        (PolicyPart.DEVICE, Device.filter(door_id=door.id)),
        (PolicyPart.READER, Reader.filter(door_id=door.id)),
    ):
        work.changed(part, *[row.id for row in await rows.using_db(connection)])
        await rows.using_db(connection).delete()


async def _leave_elevator(work: Work, door: Door, elevator_id: str) -> None:
    """The readers of the cab move to the next floor; without one, they and the elevator go."""
    elevator = await Elevator.select_for_update().using_db(work.connection).get(id=elevator_id)
    others = Door.filter(elevator_id=elevator_id).exclude(id=door.id).using_db(work.connection)
    floors: Sequence[Door] = await others.order_by("id")
    readers = Reader.filter(elevator_id=elevator_id).using_db(work.connection)
    work.changed(PolicyPart.READER, *[reader.id for reader in await readers])
    if floors:
        heir = floors[0].id
        await readers.filter(door_id=door.id).update(door_id=heir)
        cab = Device.filter(door_id=door.id, reader_id__isnull=False).using_db(work.connection)
        work.changed(PolicyPart.DEVICE, *[device.id for device in await cab])
        await cab.update(door_id=heir)
        return
    await readers.update(elevator_id=None)
    door.elevator_id = None
    await door.save(using_db=work.connection, update_fields=["elevator_id"])
    await elevator.delete(using_db=work.connection)
    work.audit(EventType.ELEVATOR_DELETED, of=elevator, before={"id": elevator.id, "name": elevator.name})
