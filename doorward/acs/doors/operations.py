"""What may be done to doors, readers and devices: configuring them, and commanding a door."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import RelockOn, Side
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller, Device, Door, Reader
from doorward.acs.errors import ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import CommandResult, CommandStatus, DeviceRole, DoorCommand
from doorward.acs.operation import Work, operation
from doorward.acs.zones.doors import enter_zone_by
from doorward.acs.zones.models import Zone

COMMAND_LIFETIME_S = 5.0
MAX_DOOR_TIME_MS = 24 * 60 * 60 * 1000
OSDP_KEY_BYTES = 16
OSDP_MAX_ADDRESS = 0x7E
OSDP_BAUDS = frozenset({9_600, 19_200, 38_400, 57_600, 115_200, 230_400})


@dataclass(frozen=True, slots=True)
class NewDoor:
    """A door to create. Times in milliseconds."""

    name: str
    controller_id: str
    access_time_ms: int = 7_000
    held_after_ms: int = 20_000
    relock_on: RelockOn = RelockOn.CLOSE
    relock_delay_ms: int = 0
    forced_alarm: bool = True
    held_alarm: bool = True
    rex_unlocks: bool = True


@dataclass(frozen=True, slots=True)
class NewReader:
    """A reader at a door side. Passing there enters the zone: the door borders it (None: it stays as it is)."""

    door_id: str
    side: Side
    name: str
    enters_zone_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewDevice:
    """An OSDP device: a reader (`reader_id`) or a door's inputs and outputs. `key` has 16 bytes."""

    role: DeviceRole
    door_id: str
    port: str
    address: int
    key: bytes
    baud: int = 115_200
    reader_id: str | None = None
    strike_output: int = 0
    position_input: int = 0
    rex_input: int = 1


@operation(Permission.CONFIGURATION_WRITE)
async def create_door(work: Work, given: NewDoor) -> Door:
    """A new door of one controller, without readers."""
    name = check.text(given.name, "name", longest=100)
    await check.unique(Door, work.connection, f"There is a door called {name} already.", "name", name=name)
    await check.exist(Controller, [given.controller_id], "controllerId", work.connection)
    for field, value in (("accessTimeMs", given.access_time_ms), ("heldAfterMs", given.held_after_ms)):
        if not 100 <= value <= MAX_DOOR_TIME_MS:
            raise ValidationFailed(f"This is between 100 ms and one day, not {value} ms.", field)
    if not 0 <= given.relock_delay_ms <= given.access_time_ms:
        raise ValidationFailed("The relock delay is between 0 and the access time.", "relockDelayMs")
    door = await Door.create(
        using_db=work.connection,
        id=new_id(),
        name=name,
        controller_id=given.controller_id,
        access_time_ms=given.access_time_ms,
        held_after_ms=given.held_after_ms,
        relock_on=given.relock_on,
        relock_delay_ms=given.relock_delay_ms,
        forced_alarm=given.forced_alarm,
        held_alarm=given.held_alarm,
        rex_unlocks=given.rex_unlocks,
    )
    work.policy_changed = True
    work.audit(
        EventType.DOOR_CREATED,
        after={"name": name, "access_time_ms": door.access_time_ms, "held_after_ms": door.held_after_ms},
        door_id=door.id,
        door_name=name,
    )
    return door


@operation(Permission.CONFIGURATION_WRITE)
async def create_reader(work: Work, given: NewReader) -> Reader:
    """A new reader at a door side that has none."""
    await check.exist(Door, [given.door_id], "doorId", work.connection)
    if given.enters_zone_id is not None:
        await check.exist(Zone, [given.enters_zone_id], "entersZoneId", work.connection)
    await check.unique(
        Reader,
        work.connection,
        "This side has a reader already.",
        "side",
        door_id=given.door_id,
        side=given.side,
    )
    reader = await Reader.create(
        using_db=work.connection,
        id=new_id(),
        name=check.text(given.name, "name", longest=100),
        door_id=given.door_id,
        side=given.side,
    )
    if given.enters_zone_id is not None:
        await enter_zone_by(work, given.enters_zone_id, given.door_id, given.side)
    work.policy_changed = True
    work.audit(
        EventType.DEVICE_CREATED,
        after={"reader": reader.name},
        door_id=reader.door_id,
        side=reader.side,
        reader_id=reader.id,
    )
    return reader


@operation(Permission.CONFIGURATION_WRITE)
async def create_device(work: Work, given: NewDevice) -> Device:
    """Wire an OSDP device. Its key is stored sealed."""
    port = check.text(given.port, "port", longest=255)
    await check.exist(Door, [given.door_id], "doorId", work.connection)
    if (given.role is DeviceRole.READER) != (given.reader_id is not None):
        raise ValidationFailed("A reader device names its reader; a door's inputs and outputs do not.", "readerId")
    if given.reader_id is not None:
        await check.exist(Reader, [given.reader_id], "readerId", work.connection)
    if not 0 <= given.address <= OSDP_MAX_ADDRESS:
        raise ValidationFailed(f"An OSDP address is 0 to {OSDP_MAX_ADDRESS}.", "address")
    if given.baud not in OSDP_BAUDS:
        raise ValidationFailed(f"OSDP runs at one of {sorted(OSDP_BAUDS)} baud.", "baud")
    if len(given.key) != OSDP_KEY_BYTES:
        raise ValidationFailed(f"A secure-channel key has {OSDP_KEY_BYTES} bytes.", "key")
    await check.unique(
        Device,
        work.connection,
        f"Another device has address {given.address} on {port}.",
        "address",
        port=port,
        address=given.address,
    )
    device_id = new_id()
    device = await Device.create(
        using_db=work.connection,
        id=device_id,
        role=given.role,
        door_id=given.door_id,
        reader_id=given.reader_id,
        port=port,
        baud=given.baud,
        address=given.address,
        sealed_key=work.domain.sealer.seal(given.key, f"device:{device_id}"),
        strike_output=given.strike_output,
        position_input=given.position_input,
        rex_input=given.rex_input,
    )
    work.policy_changed = True
    work.audit(
        EventType.DEVICE_CREATED,
        after={"role": given.role.value, "port": port, "address": given.address},
        door_id=given.door_id,
        reader_id=given.reader_id,
    )
    return device


async def note_applied_version(controller_id: str, version: int) -> None:
    """A controller says which policy it runs. It is nobody's change, so it has no actor and no audit event."""
    await Controller.filter(id=controller_id).update(applied_version=version)


@dataclass(frozen=True, slots=True)
class _Requested:
    controller_id: str
    command: DoorCommand


async def command_door(
    domain: Domain,
    actor: Actor,
    door_id: str,
    action: DoorAction,
    reason: str = "",
    idempotency_key: str | None = None,
) -> CommandResult:
    """Ask a door's controller to act, and wait for its answer (at most 5 s). Asked and failed are both audited."""
    command_id = _command_id(actor, idempotency_key)
    requested = await request_command(domain, actor, door_id, action, reason, command_id)
    try:
        result = await domain.doors.command(requested.controller_id, requested.command, COMMAND_LIFETIME_S)
    except ControllerOffline as error:
        await record_command_failure(domain, actor, requested.command, error.message)
        raise
    if result.status is not CommandStatus.CONFIRMED:
        await record_command_failure(domain, actor, requested.command, result.detail)
    return result


def _command_id(actor: Actor, idempotency_key: str | None) -> str:
    """The same key of the same user is the same command, so that a repeated request acts once."""
    if idempotency_key is None:
        return new_id()
    digest = hashlib.sha256(f"{actor.user_id}\n{idempotency_key}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=5))


@operation(Permission.DOOR_COMMAND)
async def request_command(work: Work, door_id: str, action: DoorAction, reason: str, command_id: str) -> _Requested:
    """Write down that somebody commands a door."""
    door = await Door.get_or_none(id=door_id, using_db=work.connection)
    if door is None:
        raise NotFound("There is no such door.", "doorId")
    reason = check.text(reason, "reason", longest=500, empty=True)
    command = DoorCommand(
        command_id,
        door.id,
        action,
        work.actor.user_id or "",
        reason,
        work.now + timedelta(seconds=COMMAND_LIFETIME_S),
    )
    work.audit(
        EventType.DOOR_COMMANDED,
        after={"action": action.value, "reason": reason},
        door_id=door.id,
        door_name=door.name,
        correlation=command_id,
    )
    return _Requested(door.controller_id, command)


@operation(Permission.DOOR_COMMAND)
async def record_command_failure(work: Work, command: DoorCommand, detail: str) -> None:
    """Write down that a command was not carried out, and why."""
    door = await Door.get(id=command.door_id, using_db=work.connection)
    work.audit(
        EventType.DOOR_COMMAND_FAILED,
        after={"action": command.action.value, "detail": detail},
        door_id=door.id,
        door_name=door.name,
        correlation=command.id,
    )
