"""Commanding the doors of a zone: all at once, each on its own, whatever becomes of the others."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import DoorKind
from doorward.acs.domain import Domain
from doorward.acs.doors.command_rate import take_turn
from doorward.acs.doors.commands import (
    COMMAND_LIFETIME_S,
    NO_ANSWER,
    NO_CONTROLLER,
    Manual,
    audit_command,
    audit_failure,
    derived_id,
    door_command,
    send_command,
)
from doorward.acs.doors.models import Door
from doorward.acs.errors import ControllerOffline, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import CommandResult, CommandStatus, DoorCommand
from doorward.acs.operation import Work, operation
from doorward.acs.reach import PlaceKind
from doorward.acs.requests.keyed import AlreadyDone, id_under_key, keep_outcome, outcome_of
from doorward.acs.requests.models import KeyedRequest
from doorward.acs.site.reasons import CommandKind, require_reason
from doorward.acs.zones.layout import read_layout
from doorward.acs.zones.models import Zone

logger = logging.getLogger(__name__)

WITHOUT_LOCK = frozenset({DoorKind.MONITORING, DoorKind.PROVISIONED})


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What became of the command at one door; `detail` is a sentence for the operator when it was not confirmed."""

    door: Door
    status: CommandStatus
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ZoneAnswer:
    """What became of a command to a zone: door by door, by name. `skipped` have no lock and were not asked."""

    command_id: str
    doors: tuple[DoorAnswer, ...]
    skipped: tuple[Door, ...]

    @property
    def confirmed(self) -> bool:
        """Whether every door that was asked has done it."""
        return all(answer.status is CommandStatus.CONFIRMED for answer in self.doors)


@dataclass(frozen=True, slots=True)
class _Requested:
    manual: Manual
    doors: tuple[tuple[Door, str], ...]
    skipped: tuple[Door, ...]

    def outcome(self) -> dict[str, Any]:
        """What is kept until the answers are there."""
        return _told(tuple(DoorAnswer(door, CommandStatus.REQUESTED) for door, _ in self.doors), self.skipped)


async def command_zone(
    domain: Domain,
    actor: Actor,
    zone_id: str,
    action: DoorAction,
    reason: str = "",
    *,
    include_nested: bool = False,
    until: datetime | None = None,
    duration_ms: int | None = None,
    expires_at: datetime | None = None,
) -> ZoneAnswer:
    """Ask every door of the zone, perimeter and internal, to act, and wait for all answers (at most 5 s).

    `include_nested`: also the doors of the zones inside it. The zone's and each door's audit share one correlation.
    """
    manual = Manual(action, reason, until, duration_ms, expires_at)
    command_id = id_under_key()
    try:
        requested = await request_zone_command(domain, actor, zone_id, manual, include_nested, command_id)
    except AlreadyDone as done:
        return await _standing(done.request, domain.clock())
    # Their lifetime begins here: to write all of them down may have taken a while.
    asked = [
        _answer(domain, door, door_command(domain, actor, door.id, requested.manual, door_command_id))
        for door, door_command_id in requested.doors
    ]
    answers = tuple(await asyncio.gather(*asked))
    failed = tuple(answer for answer in answers if answer.status is not CommandStatus.CONFIRMED)
    if failed:
        await record_zone_failures(domain, actor, action, failed, command_id)
    await keep_outcome(_told(answers, requested.skipped))
    return ZoneAnswer(command_id, answers, requested.skipped)


def _told(answers: tuple[DoorAnswer, ...], skipped: tuple[Door, ...]) -> dict[str, Any]:
    doors = {answer.door.id: [answer.status.value, answer.detail] for answer in answers}
    return {"doors": doors, "skipped": [door.id for door in skipped]}


async def _standing(request: KeyedRequest, now: datetime) -> ZoneAnswer:
    """How a command stands that was given before under the same key, at the doors that are still there."""
    outcome = outcome_of(request) or {"doors": {}, "skipped": []}
    rows = await Door.filter(id__in=[*outcome["doors"], *outcome["skipped"]]).order_by("name")
    late = now > request.created_at + timedelta(seconds=COMMAND_LIFETIME_S)
    answers = []
    for row in rows:
        if row.id in outcome["doors"]:
            status, detail = outcome["doors"][row.id]
            if late and status == CommandStatus.REQUESTED:
                status, detail = CommandStatus.EXPIRED, NO_ANSWER
            answers.append(DoorAnswer(row, CommandStatus(status), detail))
    skipped = tuple(row for row in rows if row.id in outcome["skipped"])
    return ZoneAnswer(request.attempt, tuple(answers), skipped)


@operation(Permission.DOOR_COMMAND, placed=True)
async def request_zone_command(
    work: Work, zone_id: str, manual: Manual, include_nested: bool, command_id: str
) -> _Requested:
    """Write down that somebody commands a zone, and each of its doors that has a lock, with a command id for it."""
    zone = await Zone.get_or_none(id=zone_id, using_db=work.connection)
    if zone is None or not work.reach().has(PlaceKind.ZONE, zone.id):
        raise NotFound("There is no such zone.", "zoneId")
    manual = manual.checked(work.now)
    await require_reason(work, CommandKind(manual.action), manual.reason)
    take_turn(work, zone.id, "zoneId", manual.action)
    doors = await _doors(work, zone.id, include_nested)
    lockable = [door for door in doors if door.kind not in WITHOUT_LOCK]
    skipped = tuple(door for door in doors if door.kind in WITHOUT_LOCK)
    told = {"zone": zone.name, "include_nested": include_nested, "doors": len(lockable), "skipped": len(skipped)}
    after = {**manual.told(), **told}
    work.audit(EventType.ZONE_COMMANDED, of=zone, after=after, zone_id=zone.id, correlation=command_id)
    named = tuple((door, derived_id(f"{command_id}\n{door.id}")) for door in lockable)
    for door, door_command_id in named:
        audit_command(work, door, manual, door_command_id, command_id)
    return _Requested(manual, named, skipped)


async def _doors(work: Work, zone_id: str, include_nested: bool) -> list[Door]:
    layout = await read_layout(work.connection)
    zones = layout.within[zone_id] if include_nested else {zone_id}
    ids = {place.door_id for zone in zones for place in layout.of_zone.get(zone, ())}
    doors = work.reach().within(PlaceKind.DOOR, Door.filter(id__in=list(ids)))
    return await doors.using_db(work.connection).order_by("name")


async def _answer(domain: Domain, door: Door, command: DoorCommand) -> DoorAnswer:
    """One door's answer. Raises nothing that is the door's own: the others must be reached whatever becomes of it."""
    if door.controller_id is None:
        return DoorAnswer(door, CommandStatus.FAILED, NO_CONTROLLER)
    try:
        result: CommandResult = await send_command(domain, door.controller_id, command)
    except ControllerOffline as error:
        return DoorAnswer(door, CommandStatus.FAILED, error.message)
    except Exception:
        logger.exception("command %s to door %s could not be sent", command.id, door.id)
        return DoorAnswer(door, CommandStatus.FAILED, "The command could not be sent. See the server's log.")
    return DoorAnswer(door, result.status, result.detail)


@operation(Permission.DOOR_COMMAND, placed=True)
async def record_zone_failures(
    work: Work, action: DoorAction, failed: tuple[DoorAnswer, ...], correlation: str
) -> None:
    """Write down which doors of a commanded zone did not do it, and why."""
    reach = work.reach()
    for answer in failed:
        if reach.has(PlaceKind.DOOR, answer.door.id):
            audit_failure(work, answer.door, action, correlation, answer.status, answer.detail)
