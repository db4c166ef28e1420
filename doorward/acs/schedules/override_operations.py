"""What may be done to override schedules: what replaces whole days of the schedules that follow them."""

from collections.abc import Sequence
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import Conflict, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.schedules.given import DateRange, Minutes, checked_dates, checked_slots
from doorward.acs.schedules.models import HolidayCalendar, OverrideCalendar, OverrideSchedule
from doorward.acs.schedules.policy import schedules_with_overrides
from doorward.acs.schedules.queries import users_of_override
from doorward.acs.used_by import named


class OverrideChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. See `create_override_schedule`."""

    name: str
    slots: Sequence[Minutes]
    dates: Sequence[DateRange]
    calendar_ids: Sequence[str]
    cuts_midnight: bool


@operation(Permission.CONFIGURATION_WRITE)
async def create_override_schedule(
    work: Work,
    name: str,
    slots: Sequence[Minutes] = (),
    dates: Sequence[DateRange] = (),
    calendar_ids: Sequence[str] = (),
    *,
    cuts_midnight: bool = False,
) -> OverrideSchedule:
    """A new override schedule. `slots` replace the days of `dates` and of the holiday calendars; none: never.

    `cuts_midnight`: also what the day before would carry into those days ends at midnight.
    """
    row = OverrideSchedule(id=new_id(), name="", slots=[], dates=[], cuts_midnight=cuts_midnight, version=1)
    await _apply(work, row, {"name": name, "slots": slots, "dates": dates})
    await row.save(using_db=work.connection, force_create=True)
    await _use_calendars(work, row, calendar_ids)
    work.audit(EventType.OVERRIDE_SCHEDULE_CREATED, of=row, after={"id": row.id, **await _snapshot(work, row)})
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def update_override_schedule(
    work: Work, override_id: str, changes: OverrideChanges, expected_version: int | None = None
) -> OverrideSchedule:
    """Change an override schedule, and with it every schedule that follows it."""
    row = await _locked(work, override_id)
    check.version(row.version, expected_version)
    before = await _snapshot(work, row)
    await _apply(work, row, changes)
    if "calendar_ids" in changes:
        await _use_calendars(work, row, changes["calendar_ids"])
    after = await _snapshot(work, row)
    if after == before:
        return row
    row.version += 1
    await row.save(using_db=work.connection)
    if schedules := await schedules_with_overrides([row.id], work.connection):
        work.changed(PolicyPart.SCHEDULE, *schedules)
    work.audit(EventType.OVERRIDE_SCHEDULE_UPDATED, of=row, before=before, after=after)
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def delete_override_schedule(work: Work, override_id: str, expected_version: int | None = None) -> None:
    """Delete an override schedule that no schedule follows. Raises Conflict naming those that do."""
    row = await _locked(work, override_id)
    check.version(row.version, expected_version)
    if uses := await users_of_override(row.id):
        raise Conflict(f"{row.name} is in use by {named(uses)}. Take it out of them first.", "id")
    before = {"id": row.id, **await _snapshot(work, row)}
    await row.delete(using_db=work.connection)
    work.audit(EventType.OVERRIDE_SCHEDULE_DELETED, of=row, before=before)


async def _locked(work: Work, override_id: str) -> OverrideSchedule:
    found = await OverrideSchedule.select_for_update().using_db(work.connection).get_or_none(id=override_id)
    if found is None:
        raise NotFound("There is no such override schedule.", "id")
    return found


async def _apply(work: Work, row: OverrideSchedule, changes: OverrideChanges) -> None:
    """Check the changes and put them on the row, without saving it."""
    if "name" in changes:
        row.name = check.text(changes["name"], "name", longest=100)
        message = f"There is an override schedule called {row.name} already."
        await check.unique(OverrideSchedule, work.connection, message, "name", but=row.id, name=row.name)
    if "slots" in changes:
        row.slots = checked_slots(changes["slots"], "an override day", "intervals")
    if "dates" in changes:
        row.dates = checked_dates(changes["dates"], "dates")
    row.cuts_midnight = changes.get("cuts_midnight", row.cuts_midnight)


async def _use_calendars(work: Work, row: OverrideSchedule, calendar_ids: Sequence[str]) -> None:
    await check.exist(HolidayCalendar, calendar_ids, "calendarIds", work.connection)
    await OverrideCalendar.filter(override_id=row.id).using_db(work.connection).delete()
    links = [
        OverrideCalendar(override_id=row.id, calendar_id=calendar_id) for calendar_id in dict.fromkeys(calendar_ids)
    ]
    await OverrideCalendar.bulk_create(links, using_db=work.connection)


async def _snapshot(work: Work, row: OverrideSchedule) -> dict[str, Any]:
    links = OverrideCalendar.filter(override_id=row.id).using_db(work.connection)
    return {
        "name": row.name,
        "slots": row.slots,
        "dates": row.dates,
        "cuts_midnight": row.cuts_midnight,
        "calendar_ids": sorted(await links.values_list("calendar_id", flat=True)),
    }
