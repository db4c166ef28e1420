"""Commanding a door: what is asked is written down, sent to its controller, and answered or expired."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.door import DoorAction
from doorward.acs.domain import Domain
from doorward.acs.doors.command_rate import take_turn
from doorward.acs.doors.models import Door
from doorward.acs.errors import ControllerOffline, Expired, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand
from doorward.acs.operation import Work, operation
from doorward.acs.reach import PlaceKind
from doorward.acs.requests.keyed import AlreadyDone, free_key, id_under_key, keep_outcome, outcome_of
from doorward.acs.requests.models import KeyedRequest
from doorward.acs.site.reasons import CommandKind, require_reason

COMMAND_LIFETIME_S = 5.0
SHORTEST_GRANT_MS = 1_000
LONGEST_GRANT_MS = 24 * 60 * 60 * 1_000
LONGEST_SETTING = timedelta(days=366)
_WITH_END = frozenset({DoorAction.UNLOCK, DoorAction.LOCK, DoorAction.LOCKDOWN})
NO_ANSWER = "The controller did not answer in time. Look at the door before you repeat it."
NO_CONTROLLER = "The door has no controller yet, so there is nothing to command."


@dataclass(frozen=True, slots=True)
class Manual:
    """A manual action. UNLOCK, LOCK and LOCKDOWN may end at `until` (aware), GRANT_ACCESS may last `duration_ms`."""

    action: DoorAction
    reason: str = ""
    until: datetime | None = None
    duration_ms: int | None = None
    expires_at: datetime | None = None

    def checked(self, now: datetime) -> "Manual":
        """The same with a tidy reason and the end in UTC. Raises ValidationFailed with what would be acceptable."""
        self._check_until(now)
        self._check_duration()
        check_expiry(self.expires_at, now)
        reason = check.text(self.reason, "reason", longest=500, empty=True)
        until = self.until.astimezone(UTC) if self.until else None
        return Manual(self.action, reason, until, self.duration_ms, self.expires_at)

    def _check_until(self, now: datetime) -> None:
        if self.until is None:
            return
        if self.action not in _WITH_END:
            raise ValidationFailed("Only unlock, lock and lockdown have an end time.", "until")
        if self.until.tzinfo is None:
            raise ValidationFailed("Give the time with its zone, for example 2026-01-31T12:00:00Z.", "until")
        if not now < self.until <= now + LONGEST_SETTING:
            raise ValidationFailed(f"The end is later than now, and within {LONGEST_SETTING.days} days.", "until")

    def _check_duration(self) -> None:
        if self.duration_ms is None:
            return
        if self.action is not DoorAction.GRANT_ACCESS:
            raise ValidationFailed("Only granting access has a duration. Give the others an end time.", "durationMs")
        if not SHORTEST_GRANT_MS <= self.duration_ms <= LONGEST_GRANT_MS:
            raise ValidationFailed("A grant lasts between 1 second (1000) and 24 hours (86400000).", "durationMs")

    def told(self) -> dict[str, Any]:
        """What the audit says of it."""
        told: dict[str, Any] = {"action": self.action.value, "reason": self.reason}
        if self.until is not None:
            told["until"] = self.until
        if self.duration_ms is not None:
            told["duration_ms"] = self.duration_ms
        return told


async def command_door(
    domain: Domain,
    actor: Actor,
    door_id: str,
    action: DoorAction,
    reason: str = "",
    until: datetime | None = None,
    duration_ms: int | None = None,
    expires_at: datetime | None = None,
) -> CommandResult:
    """Ask a door's controller to act, and wait for its answer (at most 5 s). Asked and failed are both audited.

    `expires_at`: after that moment it is not carried out. A repeat under the same key tells how the command stands.
    """
    manual = Manual(action, reason, until, duration_ms, expires_at)
    try:
        controller_id, command = await request_command(domain, actor, door_id, manual, id_under_key())
    except AlreadyDone as done:
        return standing_of(done.request, domain.clock())
    try:
        result = await send_command(domain, controller_id, command)
    except ControllerOffline as error:
        await record_command_failure(domain, actor, command, CommandStatus.FAILED, error.message)
        await free_key()
        raise
    if result.status is not CommandStatus.CONFIRMED:
        await record_command_failure(domain, actor, command, result.status, result.detail)
    await keep_outcome({"status": result.status.value, "detail": result.detail})
    return result


def standing_of(request: KeyedRequest, now: datetime) -> CommandResult:
    """How a command stands that was given before under the same key."""
    if (outcome := outcome_of(request)) is not None:
        return CommandResult(request.attempt, CommandStatus(outcome["status"]), outcome["detail"])
    if now > request.created_at + timedelta(seconds=COMMAND_LIFETIME_S):
        return CommandResult(request.attempt, CommandStatus.EXPIRED, NO_ANSWER)
    return CommandResult(request.attempt, CommandStatus.REQUESTED)


def derived_id(of: str) -> str:
    """An id that follows from a text."""
    return str(uuid.UUID(bytes=hashlib.sha256(of.encode()).digest()[:16], version=5))


def door_command(domain: Domain, actor: Actor, door_id: str, manual: Manual, command_id: str) -> DoorCommand:
    """The message for the door's controller; it expires `COMMAND_LIFETIME_S` from now by the server's clock."""
    expires_at = end_of_command(domain.clock(), manual.expires_at)
    return DoorCommand(
        command_id,
        door_id,
        manual.action,
        actor.user_id or "",
        manual.reason,
        expires_at,
        manual.until,
        manual.duration_ms,
    )


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """Raises Expired for a command that comes too late."""
    if expires_at is None:
        return
    if expires_at.tzinfo is None:
        raise ValidationFailed("Give the time with its zone, for example 2026-01-31T12:00:00Z.", "expiresAt")
    if expires_at <= now:
        raise Expired("This came too late: it was to be done before expiresAt. Nothing was done.", "expiresAt")


def end_of_command(now: datetime, expires_at: datetime | None) -> datetime:
    """Until when a controller may carry a command out (UTC): `COMMAND_LIFETIME_S` from now at the latest."""
    latest = now + timedelta(seconds=COMMAND_LIFETIME_S)
    return latest if expires_at is None else min(latest, expires_at.astimezone(UTC))


async def send_command(domain: Domain, controller_id: str, command: DoorCommand) -> CommandResult:
    """Send it and wait for the answer. Raises ControllerOffline when it cannot be sent."""
    return await domain.doors.command(controller_id, command, COMMAND_LIFETIME_S)


@operation(Permission.DOOR_COMMAND, placed=True)
async def request_command(work: Work, door_id: str, manual: Manual, command_id: str) -> tuple[str, DoorCommand]:
    """Write down that somebody commands a door; the controller to ask, and the command for it."""
    door = await Door.get_or_none(id=door_id, using_db=work.connection)
    if door is None or not work.reach().has(PlaceKind.DOOR, door.id):
        raise NotFound("There is no such door.", "doorId")
    if door.controller_id is None:
        raise ControllerOffline(NO_CONTROLLER, "doorId")
    manual = manual.checked(work.now)
    await require_reason(work, CommandKind(manual.action), manual.reason)
    take_turn(work, door.id, "doorId", manual.action)
    audit_command(work, door, manual, command_id, command_id)
    return door.controller_id, door_command(work.domain, work.actor, door.id, manual, command_id)


def audit_command(work: Work, door: Door, manual: Manual, command_id: str, correlation: str) -> None:
    """Say that a door is commanded; by the command's id its own records are found."""
    work.audit(
        EventType.DOOR_COMMANDED,
        after=manual.told(),
        door_id=door.id,
        door_name=door.name,
        correlation=correlation,
    )
    work.events[-1].data["command_id"] = command_id


@operation(Permission.DOOR_COMMAND, placed=True)
async def record_command_failure(work: Work, command: DoorCommand, status: CommandStatus, detail: str) -> None:
    """Write down that a command was not carried out, and why."""
    if not work.reach().has(PlaceKind.DOOR, command.door_id):
        raise NotFound("There is no such door.", "doorId")
    door = await Door.get(id=command.door_id, using_db=work.connection)
    audit_failure(work, door, command.action, command.id, status, detail)


def audit_failure(
    work: Work, door: Door, action: DoorAction, correlation: str, status: CommandStatus, detail: str
) -> None:
    """Say that a door did not do what it was asked."""
    work.audit(
        EventType.DOOR_COMMAND_FAILED,
        after={"action": action.value, "status": status.value, "detail": detail},
        door_id=door.id,
        door_name=door.name,
        correlation=correlation,
    )
