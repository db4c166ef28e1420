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
from doorward.acs.doors.models import Door
from doorward.acs.errors import ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand
from doorward.acs.operation import Work, operation
from doorward.acs.reach import PlaceKind

COMMAND_LIFETIME_S = 5.0
SHORTEST_GRANT_MS = 1_000
LONGEST_GRANT_MS = 24 * 60 * 60 * 1_000
LONGEST_SETTING = timedelta(days=366)
_WITH_END = frozenset({DoorAction.UNLOCK, DoorAction.LOCK, DoorAction.LOCKDOWN})
NO_CONTROLLER = "The door has no controller yet, so there is nothing to command."


@dataclass(frozen=True, slots=True)
class Manual:
    """A manual action. UNLOCK, LOCK and LOCKDOWN may end at `until` (aware), GRANT_ACCESS may last `duration_ms`."""

    action: DoorAction
    reason: str = ""
    until: datetime | None = None
    duration_ms: int | None = None

    def checked(self, now: datetime) -> "Manual":
        """The same with a tidy reason and the end in UTC. Raises ValidationFailed with what would be acceptable."""
        self._check_until(now)
        self._check_duration()
        reason = check.text(self.reason, "reason", longest=500, empty=True)
        until = self.until.astimezone(UTC) if self.until else None
        return Manual(self.action, reason, until, self.duration_ms)

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
    idempotency_key: str | None = None,
    until: datetime | None = None,
    duration_ms: int | None = None,
) -> CommandResult:
    """Ask a door's controller to act, and wait for its answer (at most 5 s). Asked and failed are both audited."""
    manual = Manual(action, reason, until, duration_ms)
    command_id = command_id_of(actor, idempotency_key)
    controller_id, command = await request_command(domain, actor, door_id, manual, command_id)
    try:
        result = await send_command(domain, controller_id, command)
    except ControllerOffline as error:
        await record_command_failure(domain, actor, command, error.message)
        raise
    if result.status is not CommandStatus.CONFIRMED:
        await record_command_failure(domain, actor, command, result.detail)
    return result


def command_id_of(actor: Actor, idempotency_key: str | None) -> str:
    """The same key of the same user is the same command, so that a repeated request acts once."""
    return new_id() if idempotency_key is None else derived_id(f"{actor.user_id}\n{idempotency_key}")


def derived_id(of: str) -> str:
    """An id that follows from a text."""
    return str(uuid.UUID(bytes=hashlib.sha256(of.encode()).digest()[:16], version=5))


def door_command(domain: Domain, actor: Actor, door_id: str, manual: Manual, command_id: str) -> DoorCommand:
    """The message for the door's controller; it expires `COMMAND_LIFETIME_S` from now by the server's clock."""
    expires_at = domain.clock() + timedelta(seconds=COMMAND_LIFETIME_S)
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
async def record_command_failure(work: Work, command: DoorCommand, detail: str) -> None:
    """Write down that a command was not carried out, and why."""
    if not work.reach().has(PlaceKind.DOOR, command.door_id):
        raise NotFound("There is no such door.", "doorId")
    door = await Door.get(id=command.door_id, using_db=work.connection)
    audit_failure(work, door, command.action, command.id, detail)


def audit_failure(work: Work, door: Door, action: DoorAction, correlation: str, detail: str) -> None:
    """Say that a door did not do what it was asked."""
    work.audit(
        EventType.DOOR_COMMAND_FAILED,
        after={"action": action.value, "detail": detail},
        door_id=door.id,
        door_name=door.name,
        correlation=correlation,
    )
