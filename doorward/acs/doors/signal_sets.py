"""Signals with a name, and the readers that show these instead of the site's."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TypedDict

import msgspec

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.doors.models import Device, Door, Reader, SignalSet
from doorward.acs.errors import Conflict, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.keyset import NAMES, named, page_rows
from doorward.acs.operation import Work, operation
from doorward.acs.paging import Page, PageRequest
from doorward.acs.policy_part import PolicyPart
from doorward.acs.signals import Signals, check_signals


class SignalSetChanges(TypedDict, total=False):
    """What to change of a set; a missing key stays as it is."""

    name: str
    signals: Signals


@dataclass(frozen=True, slots=True)
class SignalSetUse:
    """A set, and the readers that show it, by name."""

    row: SignalSet
    readers: tuple[Reader, ...]


def signals_of(row: SignalSet) -> Signals:
    """What readers with this set show and sound."""
    return msgspec.convert(row.signals, Signals)


async def page_signal_sets(actor: Actor, request: PageRequest) -> Page[SignalSetUse]:
    """Sets by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    page = await page_rows(named(SignalSet.all(), request), NAMES, request)
    readers: dict[str | None, list[Reader]] = defaultdict(list)
    for reader in await Reader.filter(signal_set_id__in=[row.id for row in page.rows]).order_by("name", "id"):
        readers[reader.signal_set_id].append(reader)
    return page.of([SignalSetUse(row, tuple(readers[row.id])) for row in page.rows])


async def signals_by_reader() -> dict[str, Signals]:
    """The signals of each reader that has some of its own."""
    sets = {row.id: signals_of(row) for row in await SignalSet.all()}
    rows = await Reader.filter(signal_set_id__isnull=False).values_list("id", "signal_set_id")
    return {reader_id: sets[set_id] for reader_id, set_id in rows if set_id in sets}


@operation(Permission.CONFIGURATION_WRITE)
async def create_signal_set(work: Work, name: str, signals: Signals) -> SignalSet:
    """A new set, which no reader shows yet."""
    row = SignalSet(id=new_id(), name=await _free_name(work, name), signals=_kept(signals))
    await row.save(using_db=work.connection, force_create=True)
    work.audit(EventType.SIGNAL_SET_CREATED, of=row, after=_snapshot(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def update_signal_set(
    work: Work, set_id: str, changes: SignalSetChanges, expected_version: int | None = None
) -> SignalSet:
    """Change a set; its readers show it at once. Raises Conflict if it is no longer at `expected_version`."""
    row = await _locked(work, set_id)
    check.version(row.version, expected_version)
    before = _snapshot(row)
    if "name" in changes:
        row.name = await _free_name(work, changes["name"], but=row.id)
    if "signals" in changes:
        row.signals = _kept(changes["signals"])
    if _snapshot(row) == before:
        return row
    row.version += 1
    await row.save(using_db=work.connection)
    for reader in await Reader.filter(signal_set_id=row.id).using_db(work.connection):
        await _tell_devices(work, reader)
    work.audit(EventType.SIGNAL_SET_UPDATED, of=row, before=before, after=_snapshot(row))
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def delete_signal_set(work: Work, set_id: str, expected_version: int | None = None) -> None:
    """Delete a set. Refused while a reader shows it."""
    row = await _locked(work, set_id)
    check.version(row.version, expected_version)
    users = [reader.name for reader in await Reader.filter(signal_set_id=row.id).using_db(work.connection)]
    if users:
        raise Conflict(f"{', '.join(sorted(set(users)))} shows this. Choose other signals there first.", "id")
    await row.delete(using_db=work.connection)
    work.audit(EventType.SIGNAL_SET_DELETED, of=row, before=_snapshot(row))


@operation(Permission.CONFIGURATION_WRITE)
async def choose_signals(work: Work, reader_id: str, set_id: str | None, expected_version: int | None = None) -> Reader:
    """Let a reader show a set (None: the site's signals) from now on."""
    reader = await Reader.select_for_update().using_db(work.connection).get_or_none(id=reader_id)
    if reader is None:
        raise NotFound("There is no such reader.", "readerId")
    check.version(reader.version, expected_version)
    names: dict[str | None, str | None] = {None: None}
    for row in await SignalSet.all().using_db(work.connection):
        names[row.id] = row.name
    if set_id not in names:
        raise NotFound("There is no such set of signals.", "signalSetId")
    if reader.signal_set_id == set_id:
        return reader
    before = {"signal_set": names[reader.signal_set_id]}
    reader.signal_set_id = set_id
    reader.version += 1
    await reader.save(using_db=work.connection, update_fields=["signal_set_id", "version"])
    await _tell_devices(work, reader)
    door = await Door.get(id=reader.door_id, using_db=work.connection)
    work.audit(
        EventType.READER_UPDATED,
        of=reader,
        before=before,
        after={"signal_set": names[set_id]},
        door_id=door.id,
        door_name=door.name,
        side=reader.side,
        reader_id=reader.id,
    )
    return reader


async def _locked(work: Work, set_id: str) -> SignalSet:
    row = await SignalSet.select_for_update().using_db(work.connection).get_or_none(id=set_id)
    if row is None:
        raise NotFound("There is no such set of signals.", "id")
    return row


async def _free_name(work: Work, name: str, but: str = "") -> str:
    name = check.text(name, "name", longest=100)
    await check.unique(SignalSet, work.connection, f"There is a set called {name} already.", "name", but=but, name=name)
    return name


async def _tell_devices(work: Work, reader: Reader) -> None:
    ids = await Device.filter(reader_id=reader.id).using_db(work.connection).values_list("id", flat=True)
    work.changed(PolicyPart.DEVICE, *[str(device_id) for device_id in ids])


def _kept(signals: Signals) -> dict[str, object]:
    return msgspec.to_builtins(check_signals(signals))  # type: ignore[no-any-return]


def _snapshot(row: SignalSet) -> dict[str, object]:
    return {"name": row.name, **row.signals}
