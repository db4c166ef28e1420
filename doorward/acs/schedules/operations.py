"""What may be done to schedules."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.schedules.given import (
    Minutes,
    PeriodGiven,
    checked_overrides,
    checked_periods,
    checked_week,
    range_of,
)
from doorward.acs.schedules.models import OverrideSchedule, ScheduleKind, ScheduleOverride, ScheduleRow
from doorward.acs.schedules.uses import SCHEDULE_USES
from doorward.acs.used_by import named, uses_of

__all__ = ["Minutes", "ScheduleChanges", "create_schedule", "delete_schedule", "update_schedule"]

_NO_WEEK: tuple[tuple[Minutes, ...], ...] = ((),) * 7
MOST_OVERRIDE_SCHEDULES = 20


class ScheduleChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. See `create_schedule`."""

    name: str
    kind: ScheduleKind
    weekly: Sequence[Sequence[Minutes]]
    overrides: Mapping[str, Sequence[Minutes]]
    periods: Sequence[PeriodGiven]
    first_day: date | None
    last_day: date | None
    override_schedule_ids: Sequence[str]


@operation(Permission.CONFIGURATION_WRITE)
async def create_schedule(
    work: Work,
    name: str,
    weekly: Sequence[Sequence[Minutes]] = _NO_WEEK,
    overrides: Mapping[str, Sequence[Minutes]] | None = None,
    *,
    kind: ScheduleKind = ScheduleKind.WEEKLY,
    periods: Sequence[PeriodGiven] = (),
    first_day: date | None = None,
    last_day: date | None = None,
    override_schedule_ids: Sequence[str] = (),
) -> ScheduleRow:
    """A new schedule. `weekly`: seven days from Monday, each a list of (start, end) minutes; overrides by ISO date.

    `periods` have their own slots; a daily schedule has those of its periods only. It applies from `first_day` to
    `last_day`. Of the override schedules, an earlier one wins.
    """
    row = new_row()
    changes: ScheduleChanges = {
        "name": name,
        "kind": kind,
        "weekly": weekly,
        "overrides": overrides or {},
        "periods": periods,
        "first_day": first_day,
        "last_day": last_day,
    }
    await _apply(work, row, changes)
    await row.save(using_db=work.connection, force_create=True)
    await _follow(work, row, override_schedule_ids)
    work.changed(PolicyPart.SCHEDULE, row.id)
    work.audit(EventType.SCHEDULE_CREATED, of=row, after={"id": row.id, **await _snapshot(work, row)})
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def update_schedule(
    work: Work, schedule_id: str, changes: ScheduleChanges, expected_version: int | None = None
) -> ScheduleRow:
    """Change a schedule. Raises Conflict if it is no longer at `expected_version`."""
    row = await _locked(work, schedule_id)
    check.version(row.version, expected_version)
    before = await _snapshot(work, row)
    await _apply(work, row, changes)
    if "override_schedule_ids" in changes:
        await _follow(work, row, changes["override_schedule_ids"])
    after = await _snapshot(work, row)
    if after == before:
        return row
    row.version += 1
    await row.save(using_db=work.connection)
    work.changed(PolicyPart.SCHEDULE, row.id)
    work.audit(EventType.SCHEDULE_UPDATED, of=row, before=before, after=after)
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def delete_schedule(work: Work, schedule_id: str, expected_version: int | None = None) -> None:
    """Delete a schedule that nothing uses. Raises Conflict naming what does."""
    row = await _locked(work, schedule_id)
    check.version(row.version, expected_version)
    if uses := await uses_of(SCHEDULE_USES, row.id):
        raise Conflict(f"{row.name} is in use by {named(uses)}. Give them another schedule first.", "id")
    before = {"id": row.id, **await _snapshot(work, row)}
    await row.delete(using_db=work.connection)
    work.changed(PolicyPart.SCHEDULE, row.id)
    work.audit(EventType.SCHEDULE_DELETED, of=row, before=before)


async def _locked(work: Work, schedule_id: str) -> ScheduleRow:
    found = await ScheduleRow.select_for_update().using_db(work.connection).get_or_none(id=schedule_id)
    if found is None:
        raise NotFound("There is no such schedule.", "id")
    return found


async def _apply(work: Work, row: ScheduleRow, changes: ScheduleChanges) -> None:
    """Check the changes and put them on the row, without saving it."""
    if "name" in changes:
        row.name = check.text(changes["name"], "name", longest=100)
        message = f"There is a schedule called {row.name} already."
        await check.unique(ScheduleRow, work.connection, message, "name", but=row.id, name=row.name)
    put_terms(row, changes)


def new_row() -> ScheduleRow:
    """A schedule without a name that never applies, not stored."""
    return ScheduleRow(id=new_id(), kind=ScheduleKind.WEEKLY, weekly=[], overrides={}, periods=[], version=1)


def put_terms(row: ScheduleRow, changes: ScheduleChanges) -> None:
    """Check when the schedule is to apply and put that on the row, without saving it. The name is left alone."""
    row.kind = changes.get("kind", row.kind)
    if "weekly" in changes:
        row.weekly = checked_week(changes["weekly"], "days")
    if "overrides" in changes:
        row.overrides = checked_overrides(changes["overrides"], "overrides")
    if "periods" in changes:
        row.periods = checked_periods(changes["periods"], "periods")
    if "first_day" in changes:
        row.first_day = changes["first_day"]
    if "last_day" in changes:
        row.last_day = changes["last_day"]
    range_of(row.first_day, row.last_day, "lastDay")
    if row.kind is ScheduleKind.DAILY:
        _check_daily(row)


def _check_daily(row: ScheduleRow) -> None:
    if any(row.weekly):
        raise ValidationFailed("A daily schedule has no slots by weekday. Give its slots with its dates.", "days")
    if not row.periods:
        raise ValidationFailed("A daily schedule needs dates. Add at least one range.", "periods")
    for period in row.periods:
        if any(day != period["days"][0] for day in period["days"]):
            raise ValidationFailed("A daily schedule has the same slots on every day of a range.", "periods")


async def checked_override_schedules(override_ids: Sequence[str], connection: BaseDBAsyncClient) -> list[str]:
    """Override schedules to follow, each once, in their order. Raises if one is not there, or they are too many."""
    wanted = list(dict.fromkeys(override_ids))
    if len(wanted) > MOST_OVERRIDE_SCHEDULES:
        raise ValidationFailed(
            f"These are {len(wanted)} override schedules; {MOST_OVERRIDE_SCHEDULES} are the most.",
            "overrideScheduleIds",
        )
    await check.exist(OverrideSchedule, wanted, "overrideScheduleIds", connection)
    return wanted


async def _follow(work: Work, row: ScheduleRow, override_ids: Sequence[str]) -> None:
    """Make these the override schedules of the schedule, in this order."""
    wanted = await checked_override_schedules(override_ids, work.connection)
    await ScheduleOverride.filter(schedule_id=row.id).using_db(work.connection).delete()
    links = [
        ScheduleOverride(schedule_id=row.id, override_id=override_id, position=position)
        for position, override_id in enumerate(wanted)
    ]
    await ScheduleOverride.bulk_create(links, using_db=work.connection)


async def _snapshot(work: Work, row: ScheduleRow) -> dict[str, Any]:
    links = ScheduleOverride.filter(schedule_id=row.id).using_db(work.connection).order_by("position")
    return {
        "name": row.name,
        "kind": row.kind.value,
        "weekly": row.weekly,
        "overrides": row.overrides,
        "periods": row.periods or [],
        "first_day": row.first_day and row.first_day.isoformat(),
        "last_day": row.last_day and row.last_day.isoformat(),
        "override_schedule_ids": await links.values_list("override_id", flat=True),
    }
