"""What may be done to doors, readers and devices: adding them. Commanding a door is in `commands.py`."""

from dataclasses import dataclass, field

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import DoorKind
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.adding import add_door, put_reader, wire_door_io
from doorward.acs.doors.commands import command_door
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.doors.osdp_devices import OsdpPlace, add_osdp_device
from doorward.acs.doors.reader_settings import NewReader
from doorward.acs.doors.settings import NewDoor
from doorward.acs.doors.stored import locked_door
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.zones.doors import enter_zone_by
from doorward.acs.zones.models import Zone

__all__ = [
    "NewDevice",
    "NewDoor",
    "NewReader",
    "command_door",
    "create_device",
    "create_door",
    "create_reader",
]


@dataclass(frozen=True, slots=True)
class NewDevice:
    """An OSDP device: a reader (`reader_id`) or a door's inputs and outputs. `key` has 16 bytes;
    None: it is derived from the site's main key, and the device must be given it.

    The output and inputs, as OSDP numbers them, become the door's primary lock, position sensor and REX device on
    side B unless the door has these already; an input is active when it reads as such.
    """

    role: DeviceRole
    door_id: str
    port: str
    address: int
    key: bytes | None = field(repr=False)
    baud: int = 115_200
    reader_id: str | None = None
    strike_output: int = 0
    position_input: int = 0
    rex_input: int = 1


@operation(Permission.CONFIGURATION_WRITE)
async def create_door(work: Work, given: NewDoor) -> Door:
    """A new door without readers or wiring. A floor is added to its elevator instead."""
    if given.kind is DoorKind.FLOOR:
        raise ValidationFailed("A floor is added to its elevator.", "kind")
    return await add_door(work, given, Door(id=new_id()))


@operation(Permission.CONFIGURATION_WRITE)
async def create_reader(work: Work, given: NewReader) -> Reader:
    """A new reader at a door side, or (at a floor) in the cab of the elevator."""
    door = await locked_door(work, given.door_id, "doorId")
    if given.enters_zone_id is not None:
        await check.exist(Zone, [given.enters_zone_id], "entersZoneId", work.connection)
    reader = Reader(id=new_id(), door_id=door.id, elevator_id=door.elevator_id)
    await put_reader(work, reader, door, given)
    await reader.save(using_db=work.connection, force_create=True)
    work.changed(PolicyPart.READER, reader.id)
    if given.enters_zone_id is not None:
        await enter_zone_by(work, given.enters_zone_id, door.id, given.side)
    work.audit(
        EventType.DEVICE_CREATED,
        of=reader,
        after={"reader": reader.name, "type": reader.type.value},
        door_id=reader.door_id,
        door_name=door.name,
        side=reader.side,
        reader_id=reader.id,
    )
    return reader


@operation(Permission.CONFIGURATION_WRITE)
async def create_device(work: Work, given: NewDevice) -> Device:
    """Wire an OSDP device. Its key is stored sealed. Inputs and outputs wire the door as far as it is not yet."""
    door = await locked_door(work, given.door_id, "doorId")
    if door.kind is DoorKind.PROVISIONED:
        raise ValidationFailed("A provisioned door has no hardware yet. Change its kind first.", "doorId")
    if (given.role is DeviceRole.READER) != (given.reader_id is not None):
        raise ValidationFailed("A reader device names its reader; a door's inputs and outputs do not.", "readerId")
    if given.reader_id is not None:
        await check.exist(Reader, [given.reader_id], "readerId", work.connection)
        if not await Reader.filter(id=given.reader_id, door_id=door.id).using_db(work.connection).exists():
            raise ValidationFailed("This reader is at another door.", "readerId")
    place = OsdpPlace(given.port, given.address, given.key, given.baud)
    device = await add_osdp_device(work, door.controller_id, place, given.role, door.id, given.reader_id)
    if given.role is DeviceRole.DOOR_IO:
        await wire_door_io(work, door, device.id, given.strike_output, given.position_input, given.rex_input)
        door.version += 1
        await door.save(using_db=work.connection, update_fields=["version"])
    return device
