"""What may be done to local rules. Auxiliary inputs and outputs are in `inputs.py` and `outputs.py`."""

from dataclasses import asdict, replace
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.doors.models import Door
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.errors import NotFound, ValidationFailed, under
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.local_io.given import TRIGGER_FIELDS, LocalRuleChanges, NewLocalRule, RuleTrigger, check_rule
from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.threats.models import ThreatLevel

MAX_RULES = 200
"""On one controller, which asks every one of them in every turn."""


@operation(Permission.CONFIGURATION_WRITE)
async def create_local_rule(work: Work, given: NewLocalRule) -> LocalRuleRow:
    """A new local rule. Its output, and the input or the door that it goes by, hang on one controller."""
    row = LocalRuleRow(id=new_id(), version=1)
    controller_id = await _put(work, row, given)
    others = LocalRuleRow.filter(output__device__controller_id=controller_id)
    if await others.using_db(work.connection).count() >= MAX_RULES:
        raise ValidationFailed(f"A controller has {MAX_RULES} local rules at most.", "outputId")
    await row.save(using_db=work.connection, force_create=True)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.LOCAL_RULE_CREATED, of=row, after=_told(row), **_door(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def update_local_rule(
    work: Work, rule_id: str, changes: LocalRuleChanges, expected_version: int | None = None
) -> LocalRuleRow:
    """Change a local rule, which then begins anew. Raises Conflict if it is no longer at `expected_version`."""
    row = await _locked(work, rule_id)
    check.version(row.version, expected_version)
    before = _told(row)
    await _put(work, row, replace(settings_of_rule(row), **changes))
    if _told(row) == before:
        return row
    row.version += 1
    await row.save(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.LOCAL_RULE_UPDATED, of=row, before=before, after=_told(row), **_door(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def delete_local_rule(work: Work, rule_id: str, expected_version: int | None = None) -> None:
    """Delete a local rule. What it had switched on is switched off."""
    row = await _locked(work, rule_id)
    check.version(row.version, expected_version)
    await row.delete(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.LOCAL_RULE_DELETED, of=row, before=_told(row), **_door(row))


async def _put(work: Work, row: LocalRuleRow, given: NewLocalRule) -> str | None:
    """Check the settings and put them on the row, without saving it. Returns the controller that it is for."""
    given = replace(given, name=check.text(given.name, "name", longest=100))
    check_rule(given)
    taken = f"There is a local rule called {given.name} already."
    await check.unique(LocalRuleRow, work.connection, taken, "name", but=row.id, name=given.name)
    await lock_wiring(work)
    output = await AuxOutput.filter(id=given.output_id).using_db(work.connection).prefetch_related("device").first()
    if output is None:
        raise NotFound("There is no such auxiliary output.", "outputId")
    with under("trigger"):
        await _check_references(work, given.trigger, output.device.controller_id)
    row.name, row.enabled, row.action = given.name, given.enabled, given.action
    row.output_id, row.pulse_ms, row.trigger = given.output_id, given.pulse_ms, given.trigger.kind
    for field in TRIGGER_FIELDS:
        setattr(row, field, getattr(given.trigger, field))
    return output.device.controller_id


async def _check_references(work: Work, given: RuleTrigger, controller_id: str | None) -> None:
    """All that the trigger names exists, and hangs on the controller of the output: it works without the server."""
    connection = work.connection
    if given.input_id is not None:
        found = await AuxInput.filter(id=given.input_id).using_db(connection).prefetch_related("device").first()
        if found is None:
            raise NotFound("There is no such auxiliary input.", "inputId")
        if found.device.controller_id != controller_id:
            raise ValidationFailed("This input hangs on another controller than the output.", "inputId")
    if given.door_id is not None:
        door = await Door.get_or_none(id=given.door_id, using_db=connection)
        if door is None:
            raise NotFound("There is no such door.", "doorId")
        if door.controller_id != controller_id:
            raise ValidationFailed("This door hangs on another controller than the output.", "doorId")
    if given.schedule_id is not None:
        await check.exist(ScheduleRow, [given.schedule_id], "scheduleId", connection)
    if given.threat_level_id is not None:
        await check.exist(ThreatLevel, [given.threat_level_id], "threatLevelId", connection)


async def _locked(work: Work, rule_id: str) -> LocalRuleRow:
    row = await LocalRuleRow.select_for_update().using_db(work.connection).get_or_none(id=rule_id)
    if row is None:
        raise NotFound("There is no such local rule.", "id")
    return row


def trigger_of(row: LocalRuleRow) -> RuleTrigger:
    """What a rule goes by, as its row has it."""
    return RuleTrigger(row.trigger, **{field: getattr(row, field) for field in TRIGGER_FIELDS})


def settings_of_rule(row: LocalRuleRow) -> NewLocalRule:
    """All that is set on a rule."""
    return NewLocalRule(row.name, trigger_of(row), row.action, row.output_id, row.pulse_ms, row.enabled)


def _told(row: LocalRuleRow) -> dict[str, Any]:
    told = asdict(settings_of_rule(row))
    return {**told, "trigger": {key: value for key, value in told["trigger"].items() if value is not None}}


def _door(row: LocalRuleRow) -> dict[str, Any]:
    return {"door_id": row.door_id} if row.door_id is not None else {}
