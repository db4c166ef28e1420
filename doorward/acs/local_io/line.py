"""What auxiliary inputs and outputs have in common: making, changing and deleting one. Within a transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Generic, TypeVar

from doorward.acs import check
from doorward.acs.doors.models import Device
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput
from doorward.acs.local_io.models import AuxInput, AuxOutput, LocalRuleRow
from doorward.acs.local_io.stored import device_with_ports, refuse_used
from doorward.acs.operation import Work
from doorward.acs.policy_part import PolicyPart
from doorward.acs.used_by import UseFinder

Row = TypeVar("Row", AuxInput, AuxOutput)
Given = TypeVar("Given", NewAuxInput, NewAuxOutput)


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row, Given]):
    """An input or an output: its table, what is given of it (fields as columns), and what it is called.

    `check` looks at the given by itself, `refuse_taken` at what else is on the port. `rules` are those that use it by
    their `column`, as `bound` says.
    """

    model: type[Row]
    given: type[Given]
    noun: str
    column: str
    bound: str
    check: Callable[[Given], None]
    refuse_taken: Callable[[Work, str, int, str], Awaitable[None]]
    uses: UseFinder
    created: EventType
    updated: EventType
    deleted: EventType


async def create(work: Work, kind: Kind[Row, Given], given: Given) -> Row:
    """A new one, on a port that nothing else is on."""
    row = kind.model(id=new_id())
    await _put(work, kind, row, given)
    await row.save(using_db=work.connection, force_create=True)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(kind.created, of=row, after=asdict(given_of(kind, row)))
    return row


async def update(
    work: Work, kind: Kind[Row, Given], row_id: str, changes: Mapping[str, Any], expected_version: int | None
) -> Row:
    """Change one. Raises Conflict if it is no longer at `expected_version`."""
    row = await _locked(work, kind, row_id)
    check.version(row.version, expected_version)
    before, device_before = asdict(given_of(kind, row)), row.device_id
    await _put(work, kind, row, replace(given_of(kind, row), **changes))
    after = asdict(given_of(kind, row))
    if after == before:
        return row
    await _check_controller(work, kind, row, device_before)
    row.version += 1
    await row.save(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(kind.updated, of=row, before=before, after=after)
    return row


async def delete(work: Work, kind: Kind[Row, Given], row_id: str, expected_version: int | None) -> None:
    """Delete one. Refused while a local rule uses it."""
    row = await _locked(work, kind, row_id)
    check.version(row.version, expected_version)
    await refuse_used(kind.uses, row.id, f"The {kind.noun}")
    await row.delete(using_db=work.connection)
    work.changed(PolicyPart.DEVICE, row.id)
    work.audit(kind.deleted, of=row, before=asdict(given_of(kind, row)))


def given_of(kind: Kind[Row, Given], row: Row) -> Given:
    """A row as it would be given."""
    return kind.given(**{field.name: getattr(row, field.name) for field in fields(kind.given)})


async def _put(work: Work, kind: Kind[Row, Given], row: Row, given: Given) -> None:
    given = replace(given, name=check.text(given.name, "name", longest=100))
    kind.check(given)
    await device_with_ports(work, given.device_id)
    taken = f"There is an auxiliary {kind.noun} called {given.name} already."
    await check.unique(kind.model, work.connection, taken, "name", but=row.id, name=given.name)
    await kind.refuse_taken(work, given.device_id, given.number, row.id)
    for column, value in asdict(given).items():
        setattr(row, column, value)


async def _check_controller(work: Work, kind: Kind[Row, Given], row: Row, device_before: str) -> None:
    """What rules use stays on their controller."""
    rules = LocalRuleRow.filter(**{kind.column: row.id}).using_db(work.connection)
    if row.device_id == device_before or not await rules.exists():
        return
    devices = await Device.filter(id__in=[row.device_id, device_before]).using_db(work.connection)
    if len({device.controller_id for device in devices}) > 1:
        raise ValidationFailed(f"Local rules {kind.bound} this {kind.noun}: it stays on its controller.", "deviceId")


async def _locked(work: Work, kind: Kind[Row, Given], row_id: str) -> Row:
    row = await kind.model.select_for_update().using_db(work.connection).get_or_none(id=row_id)
    if row is None:
        raise NotFound(f"There is no such auxiliary {kind.noun}.", "id")
    return row
