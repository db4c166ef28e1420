"""Schedules as controllers get them: override schedules and holidays written out as dates."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.schedule import Cause, CauseKind, Period, Schedule, Slots
from doorward.acs.schedules.given import days_between, slots_of, week_of
from doorward.acs.schedules.models import (
    Holiday,
    OverrideCalendar,
    OverrideSchedule,
    ScheduleOverride,
    ScheduleRow,
)

_LEAP_YEAR = 2024
"""A yearly date is a day of any year, the 29th of February too."""


async def schedules(ids: Collection[str] | None = None) -> tuple[Schedule, ...]:
    """Every schedule, or those of `ids` that exist, ready for a policy."""
    rows = ScheduleRow.all() if ids is None else ScheduleRow.filter(id__in=list(ids))
    return await schedules_of(await rows.order_by("id"))


async def schedules_of(rows: Sequence[ScheduleRow]) -> tuple[Schedule, ...]:
    """The schedules in these rows."""
    assigned = await _assigned([row.id for row in rows])
    return await _followed(rows, assigned)


async def schedule_following(row: ScheduleRow, override_ids: Sequence[str]) -> Schedule:
    """The schedule of a row that need not be stored, as if it followed these override schedules."""
    (schedule,) = await _followed([row], {row.id: list(override_ids)})
    return schedule


async def _followed(rows: Sequence[ScheduleRow], assigned: Mapping[str, Sequence[str]]) -> tuple[Schedule, ...]:
    written_out = await _written_out({override for found in assigned.values() for override in found})
    return tuple(_schedule(row, [written_out[override] for override in assigned.get(row.id, ())]) for row in rows)


async def schedules_with_overrides(override_ids: Collection[str], connection: BaseDBAsyncClient) -> list[str]:
    """The ids of the schedules that follow any of these override schedules."""
    found = ScheduleOverride.filter(override_id__in=list(override_ids)).using_db(connection)
    return sorted({str(schedule_id) for schedule_id in await found.values_list("schedule_id", flat=True)})


async def schedules_with_calendar(calendar_id: str, connection: BaseDBAsyncClient) -> list[str]:
    """The ids of the schedules that a holiday calendar touches."""
    found = OverrideCalendar.filter(calendar_id=calendar_id).using_db(connection)
    override_ids = [str(override_id) for override_id in await found.values_list("override_id", flat=True)]
    return await schedules_with_overrides(override_ids, connection)


@dataclass(slots=True)
class _Replaced:
    """Whole days that are replaced: by ISO date, and by "MM-DD" for every year."""

    dated: dict[str, Slots] = field(default_factory=dict)
    yearly: dict[str, Slots] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    cuts: set[str] = field(default_factory=set)

    def put(self, day: date, yearly: bool, slots: Slots, cause: Cause, cut: bool) -> None:
        """Add a day, unless something more important has it already."""
        iso = day.isoformat()
        key = iso[5:] if yearly else iso
        taken = key in self.yearly if yearly else key in self.dated or iso[5:] in self.yearly
        if taken:
            return
        (self.yearly if yearly else self.dated)[key] = slots
        self.causes[key] = cause
        if cut:
            self.cuts.add(key)

    def follow(self, other: "_Replaced") -> None:
        """Add the days of something less important."""
        for key, slots in other.dated.items():
            self.put(date.fromisoformat(key), False, slots, other.causes[key], key in other.cuts)
        for key, slots in other.yearly.items():
            day = date.fromisoformat(f"{_LEAP_YEAR}-{key}")
            self.put(day, True, slots, other.causes[key], key in other.cuts)


def _schedule(row: ScheduleRow, overrides: Sequence[_Replaced]) -> Schedule:
    replaced = _Replaced()
    for day, stored in row.overrides.items():
        replaced.put(date.fromisoformat(day), False, slots_of(stored), Cause(CauseKind.OVERRIDE), False)
    for override in overrides:
        replaced.follow(override)
    return Schedule(
        id=row.id,
        name=row.name,
        weekly=week_of(row.weekly),
        overrides=replaced.dated,
        periods=tuple(_period(stored) for stored in row.periods or ()),
        first=row.first_day,
        last=row.last_day,
        yearly=replaced.yearly,
        cuts=frozenset(replaced.cuts),
        causes=replaced.causes,
    )


def _period(stored: dict[str, Any]) -> Period:
    return Period(date.fromisoformat(stored["first"]), date.fromisoformat(stored["last"]), week_of(stored["days"]))


async def _assigned(schedule_ids: Collection[str]) -> dict[str, list[str]]:
    """The override schedules of each schedule, the most important first."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = ScheduleOverride.filter(schedule_id__in=list(schedule_ids)).order_by("position", "id")
    for schedule_id, override_id in await rows.values_list("schedule_id", "override_id"):
        found[schedule_id].append(override_id)
    return found


async def _written_out(override_ids: Collection[str]) -> dict[str, _Replaced]:
    holidays = await _holidays(override_ids)
    rows = await OverrideSchedule.filter(id__in=list(override_ids))
    return {row.id: _replaced(row, holidays[row.id]) for row in rows}


async def _holidays(override_ids: Collection[str]) -> dict[str, list[tuple[date, bool, str]]]:
    """The holidays of each override schedule's calendars: date, yearly, name."""
    links = await OverrideCalendar.filter(override_id__in=list(override_ids)).values_list("override_id", "calendar_id")
    rows = Holiday.filter(calendar_id__in=list({calendar_id for _, calendar_id in links})).order_by("day", "id")
    by_calendar: dict[str, list[tuple[date, bool, str]]] = defaultdict(list)
    for calendar_id, day, yearly, name in await rows.values_list("calendar_id", "day", "yearly", "name"):
        by_calendar[calendar_id].append((_date(day), bool(yearly), name))
    found: dict[str, list[tuple[date, bool, str]]] = defaultdict(list)
    for override_id, calendar_id in sorted(links):
        found[override_id].extend(by_calendar[calendar_id])
    return found


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _replaced(row: OverrideSchedule, holidays: Sequence[tuple[date, bool, str]]) -> _Replaced:
    """Dates named one by one win over the calendars', and dates of one year over those of every year."""
    replaced = _Replaced()
    cut, whole = row.cuts_midnight, slots_of(row.slots)
    for stored in sorted(row.dates, key=lambda dates: dates["yearly"]):
        slots = whole if stored["slots"] is None else slots_of(stored["slots"])
        for day in days_between(date.fromisoformat(stored["first"]), date.fromisoformat(stored["last"])):
            replaced.put(day, stored["yearly"], slots, Cause(CauseKind.OVERRIDE, row.name), cut)
    for day, yearly, name in sorted(holidays, key=lambda holiday: holiday[1]):
        replaced.put(day, yearly, whole, Cause(CauseKind.HOLIDAY, row.name, name), cut)
    return replaced
