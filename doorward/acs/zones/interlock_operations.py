"""What may be done to interlocks: sets of doors of which one may be open at a time (mantraps)."""

from collections.abc import Sequence
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.doors.models import Door
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.zones.models import Interlock, InterlockDoor

FEWEST_DOORS = 2


@operation(Permission.CONFIGURATION_WRITE)
async def create_interlock(work: Work, name: str, door_ids: Sequence[str]) -> Interlock:
    """A new interlock of at least two doors. A door may be in several."""
    interlock = Interlock(id=new_id(), version=1)
    await _name(work, interlock, name)
    await interlock.save(using_db=work.connection, force_create=True)
    await _put_doors(work, interlock.id, door_ids)
    work.changed(PolicyPart.INTERLOCK, interlock.id)
    _audit(work, EventType.INTERLOCK_CREATED, interlock, None, await _snapshot(work, interlock))
    return interlock


@operation(Permission.CONFIGURATION_WRITE)
async def update_interlock(
    work: Work,
    interlock_id: str,
    name: str | None = None,
    door_ids: Sequence[str] | None = None,
    expected_version: int | None = None,
) -> Interlock:
    """Change an interlock; what is None stays as it is."""
    interlock = await _locked(work, interlock_id)
    check.version(interlock.version, expected_version)
    before = await _snapshot(work, interlock)
    if name is not None:
        await _name(work, interlock, name)
    if door_ids is not None:
        await _put_doors(work, interlock.id, door_ids)
    after = await _snapshot(work, interlock)
    if after == before:
        return interlock
    interlock.version += 1
    await interlock.save(using_db=work.connection)
    work.changed(PolicyPart.INTERLOCK, interlock.id)
    _audit(work, EventType.INTERLOCK_UPDATED, interlock, before, after)
    return interlock


@operation(Permission.CONFIGURATION_WRITE)
async def delete_interlock(work: Work, interlock_id: str, expected_version: int | None = None) -> None:
    """Delete an interlock; its doors no longer wait for each other."""
    interlock = await _locked(work, interlock_id)
    check.version(interlock.version, expected_version)
    before = await _snapshot(work, interlock)
    await interlock.delete(using_db=work.connection)
    work.changed(PolicyPart.INTERLOCK, interlock.id)
    _audit(work, EventType.INTERLOCK_DELETED, interlock, before, None)


async def _locked(work: Work, interlock_id: str) -> Interlock:
    found = await Interlock.select_for_update().using_db(work.connection).get_or_none(id=interlock_id)
    if found is None:
        raise NotFound("There is no such interlock.", "id")
    return found


async def _name(work: Work, interlock: Interlock, name: str) -> None:
    interlock.name = check.text(name, "name", longest=100)
    message = f"There is an interlock called {interlock.name} already."
    await check.unique(Interlock, work.connection, message, "name", but=interlock.id, name=interlock.name)


async def _put_doors(work: Work, interlock_id: str, door_ids: Sequence[str]) -> None:
    ids = list(dict.fromkeys(door_ids))
    if len(ids) < FEWEST_DOORS:
        raise ValidationFailed(f"An interlock needs at least {FEWEST_DOORS} different doors.", "doorIds")
    await check.exist(Door, ids, "doorIds", work.connection)
    await InterlockDoor.filter(interlock_id=interlock_id).using_db(work.connection).delete()
    rows = [InterlockDoor(interlock_id=interlock_id, door_id=door_id) for door_id in ids]
    await InterlockDoor.bulk_create(rows, using_db=work.connection)


async def _snapshot(work: Work, interlock: Interlock) -> dict[str, Any]:
    doors = InterlockDoor.filter(interlock_id=interlock.id).using_db(work.connection).order_by("door__name")
    return {"name": interlock.name, "doors": list(await doors.values_list("door__name", flat=True))}


def _audit(
    work: Work,
    event_type: EventType,
    interlock: Interlock,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """An audit event that names its interlock whatever changed."""
    work.audit(event_type, of=interlock, before=before, after=after)
