"""Switching an auxiliary output by hand: what is asked is written down, sent to its controller, answered or expired."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.local_rules import MAX_PULSE_MS, MIN_PULSE_MS
from doorward.acs.domain import Domain
from doorward.acs.doors.command_rate import take_turn
from doorward.acs.doors.commands import (
    COMMAND_LIFETIME_S,
    LONGEST_SETTING,
    check_expiry,
    end_of_command,
    standing_of,
)
from doorward.acs.errors import ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.local_io.models import AuxOutput
from doorward.acs.messages import CommandResult, CommandStatus, OutputCommand
from doorward.acs.operation import Work, operation
from doorward.acs.reach import PlaceKind
from doorward.acs.requests.keyed import AlreadyDone, free_key, id_under_key, keep_outcome
from doorward.acs.site.reasons import CommandKind, require_reason

_WITH_END = frozenset({HandAction.ON, HandAction.OFF})


@dataclass(frozen=True, slots=True)
class ByHandOrder:
    """What to do with an output. ON and OFF may end at `until` (aware); PULSE lasts `pulse_ms` (100 to 3,600,000)."""

    action: HandAction
    reason: str = ""
    until: datetime | None = None
    pulse_ms: int | None = None
    expires_at: datetime | None = None

    def checked(self, now: datetime) -> "ByHandOrder":
        """The same with a tidy reason and the end in UTC. Raises ValidationFailed with what would be acceptable."""
        self._check_until(now)
        self._check_pulse()
        check_expiry(self.expires_at, now)
        reason = check.text(self.reason, "reason", longest=500, empty=True)
        until = self.until.astimezone(UTC) if self.until else None
        return ByHandOrder(self.action, reason, until, self.pulse_ms, self.expires_at)

    def _check_until(self, now: datetime) -> None:
        if self.until is None:
            return
        if self.action not in _WITH_END:
            raise ValidationFailed("Only on and off have an end time. A pulse has a length.", "until")
        if self.until.tzinfo is None:
            raise ValidationFailed("Give the time with its zone, for example 2026-01-31T12:00:00Z.", "until")
        if not now < self.until <= now + LONGEST_SETTING:
            raise ValidationFailed(f"The end is later than now, and within {LONGEST_SETTING.days} days.", "until")

    def _check_pulse(self) -> None:
        if self.action is not HandAction.PULSE:
            if self.pulse_ms is not None:
                raise ValidationFailed("Only a pulse has a length.", "pulseMs")
        elif self.pulse_ms is None or not MIN_PULSE_MS <= self.pulse_ms <= MAX_PULSE_MS:
            raise ValidationFailed(f"A pulse lasts {MIN_PULSE_MS} to {MAX_PULSE_MS} ms; say how long.", "pulseMs")

    def told(self) -> dict[str, Any]:
        """What the audit says of it."""
        told: dict[str, Any] = {"action": self.action.value, "reason": self.reason}
        if self.until is not None:
            told["until"] = self.until
        if self.pulse_ms is not None:
            told["pulse_ms"] = self.pulse_ms
        return told


async def command_output(domain: Domain, actor: Actor, output_id: str, order: ByHandOrder) -> CommandResult:
    """Ask an output's controller to switch it, and wait for its answer (at most 5 s). Asked and failed are audited.

    A repeat under the same key tells how the command stands.
    """
    try:
        controller_id, command = await request_output_command(domain, actor, output_id, order, id_under_key())
    except AlreadyDone as done:
        return standing_of(done.request, domain.clock())
    try:
        result = await domain.doors.command(controller_id, command, COMMAND_LIFETIME_S)
    except ControllerOffline as error:
        await record_output_failure(domain, actor, command, CommandStatus.FAILED, error.message)
        await free_key()
        raise
    if result.status is not CommandStatus.CONFIRMED:
        await record_output_failure(domain, actor, command, result.status, result.detail)
    await keep_outcome({"status": result.status.value, "detail": result.detail})
    return result


@operation(Permission.IO_WRITE, placed=True)
async def request_output_command(
    work: Work, output_id: str, order: ByHandOrder, command_id: str
) -> tuple[str, OutputCommand]:
    """Write down that somebody switches an output; the controller to ask, and the command for it."""
    row = await AuxOutput.get_or_none(id=output_id, using_db=work.connection).prefetch_related("device")
    if row is None or not work.reach().has(PlaceKind.OUTPUT, row.id):
        raise NotFound("There is no such auxiliary output.", "outputId")
    controller_id = row.device.controller_id
    if controller_id is None:
        raise ControllerOffline("The output's device has no controller, so there is nothing to command.", "outputId")
    order = order.checked(work.now)
    await require_reason(work, CommandKind.OUTPUT, order.reason)
    take_turn(work, row.id, "outputId")
    work.audit(EventType.AUX_OUTPUT_COMMANDED, of=row, after=order.told(), correlation=command_id)
    work.events[-1].data["command_id"] = command_id
    return controller_id, OutputCommand(
        command_id,
        row.id,
        order.action,
        work.actor.user_id or "",
        order.reason,
        end_of_command(work.now, order.expires_at),
        order.until,
        order.pulse_ms or 0,
    )


@operation(Permission.IO_WRITE, placed=True)
async def record_output_failure(work: Work, command: OutputCommand, status: CommandStatus, detail: str) -> None:
    """Write down that an output was not switched, and why. One that is deleted meanwhile needs no such word."""
    row = await AuxOutput.get_or_none(id=command.output_id, using_db=work.connection)
    if row is not None and work.reach().has(PlaceKind.OUTPUT, row.id):
        after = {"action": command.action.value, "status": status.value, "detail": detail}
        work.audit(EventType.AUX_OUTPUT_COMMAND_FAILED, of=row, after=after, correlation=command.id)
