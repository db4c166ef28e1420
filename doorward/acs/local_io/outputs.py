"""What may be done to auxiliary outputs. They are switched by local rules."""

from dataclasses import asdict, replace
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.doors.models import Device
from doorward.acs.doors.wiring import check_port
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.local_io.given import AuxOutputChanges, NewAuxOutput
from doorward.acs.local_io.models import AuxOutput, LocalRuleRow
from doorward.acs.local_io.stored import device_with_ports, refuse_taken_output, refuse_used
from doorward.acs.local_io.uses import output_uses
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

_COLUMNS = ("name", "device_id", "number")


@operation(Permission.CONFIGURATION_WRITE)
async def create_aux_output(work: Work, given: NewAuxOutput) -> AuxOutput:
    """A new auxiliary output, on an output of a device that nothing else is on. A lock's is refused."""
    row = AuxOutput(id=new_id())
    await _put(work, row, given)
    await row.save(using_db=work.connection, force_create=True)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.AUX_OUTPUT_CREATED, of=row, after=_told(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def update_aux_output(
    work: Work, output_id: str, changes: AuxOutputChanges, expected_version: int | None = None
) -> AuxOutput:
    """Change an auxiliary output. Raises Conflict if it is no longer at `expected_version`."""
    row = await _locked(work, output_id)
    check.version(row.version, expected_version)
    before, device_before = _told(row), row.device_id
    await _put(work, row, replace(_given(row), **changes))
    if _told(row) == before:
        return row
    await _check_controller(work, row, device_before)
    row.version += 1
    await row.save(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.AUX_OUTPUT_UPDATED, of=row, before=before, after=_told(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def delete_aux_output(work: Work, output_id: str, expected_version: int | None = None) -> None:
    """Delete an auxiliary output; its controller switches it off. Refused while a local rule switches it."""
    row = await _locked(work, output_id)
    check.version(row.version, expected_version)
    await refuse_used(output_uses, row.id, "The output")
    await row.delete(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.AUX_OUTPUT_DELETED, of=row, before=_told(row))


async def _put(work: Work, row: AuxOutput, given: NewAuxOutput) -> None:
    given = replace(given, name=check.text(given.name, "name", longest=100))
    check_port(given.number, "number")
    await device_with_ports(work, given.device_id)
    taken = f"There is an auxiliary output called {given.name} already."
    await check.unique(AuxOutput, work.connection, taken, "name", but=row.id, name=given.name)
    await refuse_taken_output(work, given.device_id, given.number, row.id)
    for column in _COLUMNS:
        setattr(row, column, getattr(given, column))


async def _check_controller(work: Work, row: AuxOutput, device_before: str) -> None:
    """An output that rules switch stays on their controller."""
    if row.device_id == device_before or not await LocalRuleRow.filter(output_id=row.id).using_db(work.connection):
        return
    devices = await Device.filter(id__in=[row.device_id, device_before]).using_db(work.connection)
    if len({device.controller_id for device in devices}) > 1:
        raise ValidationFailed("Local rules switch this output: it stays on its controller.", "deviceId")


async def _locked(work: Work, output_id: str) -> AuxOutput:
    row = await AuxOutput.select_for_update().using_db(work.connection).get_or_none(id=output_id)
    if row is None:
        raise NotFound("There is no such auxiliary output.", "id")
    return row


def _given(row: AuxOutput) -> NewAuxOutput:
    return NewAuxOutput(**{column: getattr(row, column) for column in _COLUMNS})


def _told(row: AuxOutput) -> dict[str, Any]:
    return asdict(_given(row))
