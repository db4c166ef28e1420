"""What may be asked about schedules, override schedules and holiday calendars."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.connection import get_connection
from tortoise.expressions import Subquery

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.schedule import is_active_at, local_moment
from doorward.acs.decision.schedule_walk import WeekPreview, next_change, preview
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.keyset import NAMES, among, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.schedules.models import (
    Holiday,
    HolidayCalendar,
    OverrideCalendar,
    OverrideSchedule,
    ScheduleKind,
    ScheduleOverride,
    ScheduleRow,
)
from doorward.acs.schedules.operations import ScheduleChanges, checked_override_schedules, new_row, put_terms
from doorward.acs.schedules.policy import schedule_following, schedules, schedules_of
from doorward.acs.schedules.uses import SCHEDULE_USES
from doorward.acs.site.time_zone import site_zone
from doorward.acs.used_by import Use, uses_of

HORIZON = timedelta(days=366)
"""How far ahead the next change is looked for."""


async def page_schedules(actor: Actor, request: PageRequest, *, kind: ScheduleKind | None = None) -> Page[ScheduleRow]:
    """Schedules by name; also for who makes rules for some places, which name them."""
    actor.reach(Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN)
    return await page_rows(where(named(ScheduleRow.all(), request), kind=kind), NAMES, request)


async def schedule_by_id(actor: Actor, schedule_id: str) -> ScheduleRow | None:
    """One schedule; for whom they all are."""
    actor.reach(Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN)
    return await ScheduleRow.get_or_none(id=schedule_id)


async def active_schedules(domain: Domain, rows: Sequence[ScheduleRow]) -> set[str]:
    """The ids of those schedules that apply now, in the site's time zone, for rows the caller was allowed to read."""
    moment = local_moment(domain.clock(), await site_zone())
    return {schedule.id for schedule in await schedules_of(rows) if is_active_at(schedule, moment)}


async def next_change_of(domain: Domain, actor: Actor, schedule_id: str) -> datetime | None:
    """When the schedule next begins or ceases to apply, aware UTC; None if not within a year."""
    changes = await next_changes_of(domain, actor, [schedule_id])
    if schedule_id not in changes:
        raise NotFound("There is no such schedule.", "id")
    return changes[schedule_id]


async def next_changes_of(domain: Domain, actor: Actor, ids: Collection[str]) -> dict[str, datetime | None]:
    """The same for each of these schedules that exists, by id."""
    actor.reach(Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN)
    zone, now = await site_zone(), domain.clock()
    return {schedule.id: next_change(schedule, now, zone, HORIZON) for schedule in await schedules(ids)}


async def preview_of(actor: Actor, schedule_id: str, monday: date) -> WeekPreview:
    """The week from a Monday as the schedule will be, DST, override schedules and holidays included."""
    actor.require(Permission.CONFIGURATION_VIEW)
    _check_monday(monday)
    for schedule in await schedules([schedule_id]):
        return preview(schedule, monday, await site_zone())
    raise NotFound("There is no such schedule.", "id")


async def preview_of_draft(actor: Actor, draft: ScheduleChanges, monday: date) -> WeekPreview:
    """The week from a Monday of a schedule that is only written down, checked like one that is to be stored."""
    actor.require(Permission.CONFIGURATION_VIEW)
    _check_monday(monday)
    row = new_row()
    row.name = ""
    put_terms(row, draft)
    override_ids = await checked_override_schedules(draft.get("override_schedule_ids", ()), get_connection("default"))
    return preview(await schedule_following(row, override_ids), monday, await site_zone())


def _check_monday(monday: date) -> None:
    if monday.weekday() != 0:
        raise ValidationFailed(f"{monday} is a {monday:%A}. Give a Monday.", "monday")
    if not 1970 <= monday.year < 9000:
        raise ValidationFailed("Give a week from 1970 on.", "monday")


async def used_by(actor: Actor, schedule_id: str) -> list[Use]:
    """Everything that uses a schedule."""
    if not actor.reach(Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN).everything:
        return []
    return await uses_of(SCHEDULE_USES, schedule_id)


@dataclass(frozen=True, slots=True)
class OverrideParts:
    """An override schedule with the calendars it follows and the schedules that follow it."""

    row: OverrideSchedule
    calendars: list[HolidayCalendar]
    schedules: list[Use]


async def list_override_schedules(actor: Actor, ids: Collection[str] | None = None) -> list[OverrideParts]:
    """Every override schedule by name, or those of `ids`."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = OverrideSchedule.all() if ids is None else OverrideSchedule.filter(id__in=list(ids))
    return await _overrides(await rows.order_by("name"))


async def page_override_schedules(
    actor: Actor, request: PageRequest, *, calendar_id: str | None = None, schedule_id: str | None = None
) -> Page[OverrideParts]:
    """Override schedules by name: those that follow a calendar, those that a schedule follows."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = named(OverrideSchedule.all(), request)
    if calendar_id is not None:
        rows = rows.filter(id__in=Subquery(OverrideCalendar.filter(calendar_id=calendar_id).values("override_id")))
    if schedule_id is not None:
        rows = rows.filter(id__in=Subquery(ScheduleOverride.filter(schedule_id=schedule_id).values("override_id")))
    page = await page_rows(rows, NAMES, request)
    return page.of(await _overrides(page.rows))


async def _overrides(found: Sequence[OverrideSchedule]) -> list[OverrideParts]:
    calendars: dict[str, list[HolidayCalendar]] = defaultdict(list)
    links = OverrideCalendar.filter(override_id__in=[row.id for row in found])
    for link in await links.prefetch_related("calendar").order_by("calendar__name"):
        calendars[link.override_id].append(link.calendar)
    followers: dict[str, list[Use]] = defaultdict(list)
    schedules = ScheduleOverride.filter(override_id__in=[row.id for row in found]).order_by("schedule__name")
    for override_id, *schedule in await schedules.values_list("override_id", "schedule_id", "schedule__name"):
        followers[override_id].append(Use("schedule", *schedule))
    return [OverrideParts(row, calendars[row.id], followers[row.id]) for row in found]


async def override_schedules_of(schedule_ids: Collection[str]) -> dict[str, list[OverrideSchedule]]:
    """The override schedules of schedules that the caller was allowed to read, the most important first."""
    found: dict[str, list[OverrideSchedule]] = defaultdict(list)
    links = ScheduleOverride.filter(schedule_id__in=list(schedule_ids)).prefetch_related("override")
    for link in await links.order_by("position", "id"):
        found[link.schedule_id].append(link.override)
    return found


async def page_holiday_calendars(
    actor: Actor, request: PageRequest, *, ids: Collection[str] | None = None
) -> Page[HolidayCalendar]:
    """Holiday calendars by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await page_rows(named(among(HolidayCalendar.all(), ids), request), NAMES, request)


async def holidays_of(actor: Actor, calendar_id: str) -> list[Holiday]:
    """The dates of a calendar in order."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await Holiday.filter(calendar_id=calendar_id).order_by("day")


async def users_of_override(override_id: str) -> list[Use]:
    """The schedules that follow an override schedule, for callers who were allowed to ask."""
    links = await ScheduleOverride.filter(override_id=override_id).values_list("schedule_id", flat=True)
    rows = await ScheduleRow.filter(id__in=links).order_by("name")
    return [Use("schedule", row.id, row.name) for row in rows]


async def users_of_calendar(calendar_id: str) -> list[Use]:
    """The override schedules that follow a calendar, for callers who were allowed to ask."""
    links = await OverrideCalendar.filter(calendar_id=calendar_id).values_list("override_id", flat=True)
    rows = await OverrideSchedule.filter(id__in=links).order_by("name")
    return [Use("override schedule", row.id, row.name) for row in rows]
