"""What may be done to the locks and inputs of a door."""

from collections.abc import Sequence
from typing import Any

import msgspec

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import DoorKind
from doorward.acs.doors.adding import write_wiring
from doorward.acs.doors.models import Door
from doorward.acs.doors.stored import locked_door, wires_of
from doorward.acs.doors.wiring import InputPurpose, InputWire, LockWire
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation


@operation(Permission.CONFIGURATION_WRITE)
async def set_wiring(
    work: Work,
    door_id: str,
    locks: Sequence[LockWire],
    inputs: Sequence[InputWire],
    expected_version: int | None = None,
) -> Door:
    """Say all that is wired to a door; what is not named is no longer there.

    A door has a position sensor from now on if one of the inputs is one; a wireless lock may have its own.
    """
    door = await locked_door(work, door_id)
    check.version(door.version, expected_version)
    before = await _snapshot(work, door)
    has_sensor = any(wire.purpose is InputPurpose.POSITION for wire in inputs)
    if door.kind is DoorKind.MONITORING and not has_sensor:
        raise ValidationFailed("A monitoring door is nothing but its position sensor.", "inputs")
    await write_wiring(work, door, list(locks), list(inputs))
    if has_sensor or door.kind is not DoorKind.WIRELESS:
        door.has_position = has_sensor
    after = await _snapshot(work, door)
    if after == before:
        return door
    door.version += 1
    await door.save(using_db=work.connection, update_fields=["has_position", "version"])
    work.audit(EventType.DOOR_WIRED, before=before, after=after, door_id=door.id, door_name=door.name)
    return door


async def _snapshot(work: Work, door: Door) -> dict[str, Any]:
    locks, inputs = await wires_of([door.id], work.connection)
    wired = {"locks": locks.get(door.id, []), "inputs": inputs.get(door.id, []), "has_position": door.has_position}
    return msgspec.to_builtins(wired)  # type: ignore[no-any-return]
