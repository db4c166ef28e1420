"""What may be done to auxiliary inputs."""

from dataclasses import asdict, replace
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.doors.models import Device
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.local_io.given import AuxInputChanges, NewAuxInput, check_aux_input
from doorward.acs.local_io.models import AuxInput, LocalRuleRow
from doorward.acs.local_io.stored import device_with_ports, refuse_taken_input, refuse_used
from doorward.acs.local_io.uses import input_uses
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart

_COLUMNS = ("name", "device_id", "number", "active_when", "debounce_ms", "supervision", "resistor_ohm")


@operation(Permission.CONFIGURATION_WRITE)
async def create_aux_input(work: Work, given: NewAuxInput) -> AuxInput:
    """A new auxiliary input, on an input of a device that nothing else is on."""
    row = AuxInput(id=new_id())
    await _put(work, row, given)
    await row.save(using_db=work.connection, force_create=True)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.AUX_INPUT_CREATED, of=row, after=_told(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def update_aux_input(
    work: Work, input_id: str, changes: AuxInputChanges, expected_version: int | None = None
) -> AuxInput:
    """Change an auxiliary input. Raises Conflict if it is no longer at `expected_version`."""
    row = await _locked(work, input_id)
    check.version(row.version, expected_version)
    before, device_before = _told(row), row.device_id
    await _put(work, row, replace(_given(row), **changes))
    if _told(row) == before:
        return row
    await _check_controller(work, row, device_before)
    row.version += 1
    await row.save(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.AUX_INPUT_UPDATED, of=row, before=before, after=_told(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def delete_aux_input(work: Work, input_id: str, expected_version: int | None = None) -> None:
    """Delete an auxiliary input. Refused while a local rule goes by it."""
    row = await _locked(work, input_id)
    check.version(row.version, expected_version)
    await refuse_used(input_uses, row.id, "The input")
    await row.delete(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(EventType.AUX_INPUT_DELETED, of=row, before=_told(row))


async def _put(work: Work, row: AuxInput, given: NewAuxInput) -> None:
    given = replace(given, name=check.text(given.name, "name", longest=100))
    check_aux_input(given)
    await device_with_ports(work, given.device_id)
    taken = f"There is an auxiliary input called {given.name} already."
    await check.unique(AuxInput, work.connection, taken, "name", but=row.id, name=given.name)
    await refuse_taken_input(work, given.device_id, given.number, row.id)
    for column in _COLUMNS:
        setattr(row, column, getattr(given, column))


async def _check_controller(work: Work, row: AuxInput, device_before: str) -> None:
    """An input that rules go by stays on their controller."""
    if row.device_id == device_before or not await LocalRuleRow.filter(input_id=row.id).using_db(work.connection):
        return
    devices = await Device.filter(id__in=[row.device_id, device_before]).using_db(work.connection)
    if len({device.controller_id for device in devices}) > 1:
        raise ValidationFailed("Local rules go by this input: it stays on its controller.", "deviceId")


async def _locked(work: Work, input_id: str) -> AuxInput:
    row = await AuxInput.select_for_update().using_db(work.connection).get_or_none(id=input_id)
    if row is None:
        raise NotFound("There is no such auxiliary input.", "id")
    return row


def _given(row: AuxInput) -> NewAuxInput:
    return NewAuxInput(**{column: getattr(row, column) for column in _COLUMNS})


def _told(row: AuxInput) -> dict[str, Any]:
    return asdict(_given(row))
