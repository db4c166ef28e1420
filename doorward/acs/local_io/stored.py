"""What the operations on auxiliary inputs, outputs and local rules share. Within their transaction."""

from doorward.acs.devices import DeviceKind
from doorward.acs.doors.models import Device, DoorInput, DoorLock
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.doors.wireless import wireless_user
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.local_io.models import AuxInput, AuxOutput
from doorward.acs.operation import Work
from doorward.acs.used_by import UseFinder, named

WITH_PORTS = frozenset({DeviceKind.OSDP, DeviceKind.GPIO})
"""The kinds of device that have inputs and outputs."""


async def device_with_ports(work: Work, device_id: str) -> Device:
    """The device that an input or an output is on. From here on nobody else shares out ports."""
    await lock_wiring(work)
    device = await Device.get_or_none(id=device_id, using_db=work.connection)
    if device is None:
        raise NotFound("There is no such device.", "deviceId")
    if device.kind not in WITH_PORTS or device.controller_id is None:
        raise ValidationFailed("This device has no inputs and outputs of its own.", "deviceId")
    return device


async def refuse_taken_input(work: Work, device_id: str, number: int, but: str = "") -> None:
    """No other contact is on this input."""
    door_input = DoorInput.filter(device_id=device_id, port=number).using_db(work.connection)
    if (taken := await door_input.prefetch_related("door").first()) is not None:
        raise Conflict(f"Input {number} has the {taken.purpose.value} contact of {taken.door.name}.", "number")
    other = AuxInput.filter(device_id=device_id, number=number).exclude(id=but)
    if (found := await other.using_db(work.connection).first()) is not None:
        raise Conflict(f"Input {number} of this device is {found.name}.", "number")


async def refuse_taken_output(work: Work, device_id: str, number: int, but: str = "") -> None:
    """No lock and no other output is there: a rule never moves a lock."""
    lock = DoorLock.filter(device_id=device_id, output=number).using_db(work.connection)
    if (taken := await lock.prefetch_related("door").first()) is not None:
        raise Conflict(
            f"Output {number} has the {taken.rank.value} lock of {taken.door.name}, which only that door moves.",
            "number",
        )
    device = await Device.get(id=device_id, using_db=work.connection)
    if (door := await wireless_user(device, number)) is not None:
        raise Conflict(f"Lock {number} of this hub is that of {door.name}, which only that door moves.", "number")
    other = AuxOutput.filter(device_id=device_id, number=number).exclude(id=but)
    if (found := await other.using_db(work.connection).first()) is not None:
        raise Conflict(f"Output {number} of this device is {found.name}.", "number")


async def refuse_used(find: UseFinder, entity_id: str, what: str) -> None:
    """What rules use is not deleted."""
    if users := await find([entity_id]):
        raise Conflict(f"{what} is used by {named(users)}. Change or delete that first.", "id")
