"""Schedules in time: weekly and daily slots of local time, date ranges, and days that are replaced wholly.

The rule, all of it: a local date has slots (`day_slots`), and a slot belongs to the date it starts on. A schedule
applies at a moment when the wall clock of the site's time zone shows a minute of a slot of today, or of a slot of
yesterday that runs past midnight. So an interval that daylight saving repeats applies both times, one that it
skips does not apply that day, and an edge inside a skipped hour takes effect where the clock jumps.
"""

from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import msgspec

MINUTES_A_DAY = 24 * 60
LATEST_END = 2 * MINUTES_A_DAY

_ONE_DAY = timedelta(days=1)


class Interval(msgspec.Struct, frozen=True, array_like=True):
    """A slot: minutes from the local midnight it belongs to, `start` included and `end` excluded.

    `start` is 0 to 1439. `end` 1440 is the next midnight; up to 2880 it runs into the next day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < MINUTES_A_DAY or not self.start < self.end <= LATEST_END:
            raise ValueError(
                f"an interval runs from a minute of the day (0-{MINUTES_A_DAY - 1}) to a later one, "
                f"at most the end of the next day ({LATEST_END}), not from {self.start} to {self.end}"
            )


Slots = tuple[Interval, ...]


class Period(msgspec.Struct, frozen=True):
    """From `first` to `last`, both included, these seven days (Monday first) stand instead of the weekly ones."""

    first: date
    last: date
    days: tuple[Slots, ...]

    def __post_init__(self) -> None:
        _seven(self.days)
        if self.first > self.last:
            raise ValueError(f"a range of dates ends on its first day or later, not {self.first} to {self.last}")


class CauseKind(StrEnum):
    """What gives a date its slots."""

    WEEKLY = "weekly"
    """The week."""
    PERIOD = "period"
    """A date range of the schedule."""
    OVERRIDE = "override"
    """An override day of the schedule, or a date of an override schedule."""
    HOLIDAY = "holiday"
    """A holiday of a calendar that an override schedule follows."""
    OUTSIDE = "outside"
    """The date is before the schedule's first day or after its last."""


class Cause(msgspec.Struct, frozen=True):
    """Why a date has the slots it has: the override schedule's name, and the holiday's if one brought it."""

    kind: CauseKind
    override: str = ""
    holiday: str = ""


class Schedule(msgspec.Struct, frozen=True):
    """When something applies. `weekly[0]` is Monday.

    The slots of a date come from the first of these that names it: `overrides` (by ISO date), `yearly` (by "MM-DD"),
    a period, the week. Before `first` and after `last` no date has slots. Into a date of `cuts` (ISO date, or "MM-DD"
    unless `overrides` has the date) no slot of the day before reaches. `causes` names what is behind an override,
    for people. `overnight`, whether any slot runs past midnight, is found out by itself.
    """

    id: str
    name: str
    weekly: tuple[Slots, ...]
    overrides: dict[str, Slots] = {}
    periods: tuple[Period, ...] = ()
    first: date | None = None
    last: date | None = None
    yearly: dict[str, Slots] = {}
    cuts: frozenset[str] = frozenset()
    causes: dict[str, Cause] = {}
    overnight: bool = False

    def __post_init__(self) -> None:
        _seven(self.weekly)
        for day in self.overrides:
            date.fromisoformat(day)
        days = chain(
            self.weekly, self.overrides.values(), self.yearly.values(), *(period.days for period in self.periods)
        )
        # Known once, because a decision then need not look at yesterday.
        overnight = any(slot.end > MINUTES_A_DAY for slots in days for slot in slots)
        msgspec.structs.force_setattr(self, "overnight", overnight)


def _seven(days: tuple[Slots, ...]) -> None:
    if len(days) != 7:
        raise ValueError(f"a weekly schedule has seven days, not {len(days)}")


class LocalDay(NamedTuple):
    """A date with the keys that a schedule finds it by."""

    date: date
    iso: str
    month_day: str
    weekday: int


class LocalMoment(NamedTuple):
    """What the wall clock shows: the minute of today, and the day before."""

    minute: int
    today: LocalDay
    yesterday: LocalDay


def local_day(day: date) -> LocalDay:
    """The date, ready to be looked up."""
    iso = day.isoformat()
    return LocalDay(day, iso, iso[5:], day.weekday())


@lru_cache(maxsize=64)
def _two_days(today: date) -> tuple[LocalDay, LocalDay]:
    """Today and yesterday; the same all day long, so they are made once."""
    return local_day(today), local_day(today - _ONE_DAY)


def local_moment(now: datetime, zone: tzinfo) -> LocalMoment:
    """What the wall clock of the zone shows at `now` (aware). Make it once for all schedules of a decision."""
    local = now.astimezone(zone)
    today, yesterday = _two_days(local.date())
    return LocalMoment(local.hour * 60 + local.minute, today, yesterday)


def day_slots(schedule: Schedule, day: LocalDay) -> Slots:
    """The slots that belong to a date."""
    if schedule.first is not None and day.date < schedule.first:
        return ()
    if schedule.last is not None and day.date > schedule.last:
        return ()
    if schedule.overrides and (found := schedule.overrides.get(day.iso)) is not None:
        return found
    if schedule.yearly and (found := schedule.yearly.get(day.month_day)) is not None:
        return found
    for period in schedule.periods:
        if period.first <= day.date <= period.last:
            return period.days[day.weekday]
    return schedule.weekly[day.weekday]


def is_cut(schedule: Schedule, day: LocalDay) -> bool:
    """Whether the slots of the day before end at the midnight that begins this date."""
    if day.iso in schedule.cuts:
        return True
    return day.month_day in schedule.cuts and day.iso not in schedule.overrides


def is_active_at(schedule: Schedule, moment: LocalMoment) -> bool:
    """Whether the schedule applies at a local moment."""
    minute = moment.minute
    for slot in day_slots(schedule, moment.today):
        if slot.start <= minute < slot.end:
            return True
    if not schedule.overnight:
        return False
    minute += MINUTES_A_DAY
    for slot in day_slots(schedule, moment.yesterday):
        if minute < slot.end:
            return not (schedule.cuts and is_cut(schedule, moment.today))
    return False


def is_active(schedule: Schedule, now: datetime, zone: tzinfo) -> bool:
    """Whether the schedule applies at `now` (aware) in the site's time zone."""
    return is_active_at(schedule, local_moment(now, zone))
