"""What may be done to holiday calendars. A calendar that changes changes every schedule that follows it."""

import asyncio
from datetime import date
from typing import Any

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, Conflict, NotFound
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.schedules.country import from_country
from doorward.acs.schedules.holiday import Filling, window
from doorward.acs.schedules.models import CalendarSource, Holiday, HolidayCalendar
from doorward.acs.schedules.policy import schedules_with_calendar
from doorward.acs.schedules.queries import users_of_calendar
from doorward.acs.used_by import named


@operation(Permission.CONFIGURATION_WRITE)
async def create_holiday_calendar(work: Work, name: str, filling: Filling) -> HolidayCalendar:
    """A new calendar with these dates (see `holiday.by_hand`, `from_icalendar` and `from_country`)."""
    row = HolidayCalendar(id=new_id(), name=await _free_name(work, name), version=1)
    _describe(work, row, filling)
    await row.save(using_db=work.connection, force_create=True)
    await _fill(work, row, filling)
    work.audit(EventType.HOLIDAY_CALENDAR_CREATED, of=row, after={"id": row.id, **await _snapshot(work, row)})
    return row


@operation(Permission.CONFIGURATION_WRITE)
async def fill_holiday_calendar(
    work: Work, calendar_id: str, filling: Filling, expected_version: int | None = None
) -> HolidayCalendar:
    """Replace all dates of a calendar, wherever they came from before."""
    row = await _locked(work, calendar_id)
    check.version(row.version, expected_version)
    before = await _snapshot(work, row)
    _describe(work, row, filling)
    await _fill(work, row, filling)
    return await _changed(work, row, before)


@operation(Permission.CONFIGURATION_WRITE)
async def rename_holiday_calendar(
    work: Work, calendar_id: str, name: str, expected_version: int | None = None
) -> HolidayCalendar:
    """Give a calendar another name."""
    row = await _locked(work, calendar_id)
    check.version(row.version, expected_version)
    before = await _snapshot(work, row)
    row.name = await _free_name(work, name, but=row.id)
    return await _changed(work, row, before)


@operation(Permission.CONFIGURATION_WRITE)
async def delete_holiday_calendar(work: Work, calendar_id: str, expected_version: int | None = None) -> None:
    """Delete a calendar that no override schedule follows. Raises Conflict naming those that do."""
    row = await _locked(work, calendar_id)
    check.version(row.version, expected_version)
    if uses := await users_of_calendar(row.id):
        raise Conflict(f"{row.name} is in use by {named(uses)}. Take it out of them first.", "id")
    before = {"id": row.id, **await _snapshot(work, row)}
    await row.delete(using_db=work.connection)
    work.audit(EventType.HOLIDAY_CALENDAR_DELETED, of=row, before=before)


async def refresh_country_calendars(domain: Domain, actor: Actor, today: date) -> int:
    """Write out the years that have come nearer for every country's calendar; how many there were. Run it daily.

    A calendar that cannot be (its country's holidays are no longer known, say) keeps no other from it; then raises
    Conflict, naming each with its reason.
    """
    due = await HolidayCalendar.filter(source=CalendarSource.COUNTRY, covers_to__lt=window(today)[1]).order_by("name")
    failed = []
    for row in due:
        given = (row.country or "", row.subdivision, tuple(row.categories or ()))
        try:
            filling = await asyncio.to_thread(from_country, *given, today)
            await fill_holiday_calendar(domain, actor, row.id, filling, row.version)
        except AcsError as error:
            failed.append(f"{row.name}: {error.message}")
    if failed:
        raise Conflict(f"These calendars stay as they are. {' '.join(failed)}")
    return len(due)


async def _locked(work: Work, calendar_id: str) -> HolidayCalendar:
    found = await HolidayCalendar.select_for_update().using_db(work.connection).get_or_none(id=calendar_id)
    if found is None:
        raise NotFound("There is no such holiday calendar.", "id")
    return found


async def _free_name(work: Work, name: str, but: str = "") -> str:
    name = check.text(name, "name", longest=100)
    message = f"There is a holiday calendar called {name} already."
    await check.unique(HolidayCalendar, work.connection, message, "name", but=but, name=name)
    return name


def _describe(work: Work, row: HolidayCalendar, filling: Filling) -> None:
    row.source = filling.source
    row.country, row.subdivision = filling.country, filling.subdivision
    row.categories = list(filling.categories)
    row.covers_to = filling.covers_to
    row.filled_at = work.now


async def _fill(work: Work, row: HolidayCalendar, filling: Filling) -> None:
    await Holiday.filter(calendar_id=row.id).using_db(work.connection).delete()
    holidays = [
        Holiday(calendar_id=row.id, day=given.day, name=given.name, yearly=given.yearly) for given in filling.holidays
    ]
    await Holiday.bulk_create(holidays, using_db=work.connection)


async def _changed(work: Work, row: HolidayCalendar, before: dict[str, Any]) -> HolidayCalendar:
    after = await _snapshot(work, row)
    row.version += after != before
    await row.save(using_db=work.connection)
    if after == before:
        return row
    if schedules := await schedules_with_calendar(row.id, work.connection):
        work.changed(PolicyPart.SCHEDULE, *schedules)
    work.audit(EventType.HOLIDAY_CALENDAR_UPDATED, of=row, before=before, after=after)
    return row


async def _snapshot(work: Work, row: HolidayCalendar) -> dict[str, Any]:
    rows = Holiday.filter(calendar_id=row.id).using_db(work.connection).order_by("day")
    return {
        "name": row.name,
        "source": row.source.value,
        "country": row.country,
        "subdivision": row.subdivision,
        "categories": row.categories,
        "covers_to": row.covers_to and row.covers_to.isoformat(),
        "holidays": [
            [str(day), name, *(["yearly"] if yearly else [])]
            for day, name, yearly in await rows.values_list("day", "name", "yearly")
        ],
    }
