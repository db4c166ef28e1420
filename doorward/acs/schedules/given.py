"""What people give as slots, weeks and dates: checked with a sentence each, and turned into what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from doorward.acs.decision.schedule import MINUTES_A_DAY, Interval, Slots
from doorward.acs.errors import ValidationFailed

Minutes = tuple[int, int]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_SLOTS = 24
MOST_PERIODS = 100
MOST_DATES = 4_000
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Dates, both ends included; one date has the same twice. `yearly`: again every year, by month and day.

    `slots` replace the day; None: those of the override schedule.
    """

    first: date
    last: date
    yearly: bool = False
    slots: Sequence[Minutes] | None = None


@dataclass(frozen=True, slots=True)
class PeriodGiven:
    """Seven days, from Monday, that stand instead of the week's from `first` to `last`, both included."""

    first: date
    last: date
    days: Sequence[Sequence[Minutes]]


def checked_slots(given: Sequence[Minutes], when: str, path: str) -> list[list[int]]:
    """The slots in order. `when` names the day in messages."""
    if len(given) > MOST_SLOTS:
        raise ValidationFailed(f"{when} has {len(given)} slots; {MOST_SLOTS} are the most.", path)
    slots = sorted(_interval(minutes, when, path) for minutes in given)
    for before, after in zip(slots, slots[1:], strict=False):
        if after[0] < before[1]:
            raise ValidationFailed(f"On {when}, {words(after)} begins before {words(before)} has ended.", path)
    return slots


def _interval(minutes: Minutes, when: str, path: str) -> list[int]:
    start, end = minutes
    if start == end:
        raise ValidationFailed(f"On {when}, the slot {words(minutes)} is empty. End it later than it begins.", path)
    try:
        Interval(start, end)
    except ValueError as error:
        raise ValidationFailed(f"On {when}, {error}.", path) from error
    return [start, end]


def words(slot: Sequence[int]) -> str:
    """A slot for people: 22:00-06:00 (+1 day)."""
    start, end = (f"{minute // 60 % 24:02d}:{minute % 60:02d}" for minute in slot)
    if slot[1] == MINUTES_A_DAY:
        return f"{start}-24:00"
    return f"{start}-{end}" + (" (+1 day)" if slot[1] > MINUTES_A_DAY else "")


def checked_week(given: Sequence[Sequence[Minutes]], path: str) -> list[list[list[int]]]:
    """Seven days of slots."""
    if len(given) != 7:
        raise ValidationFailed(f"A week has seven days from Monday; these are {len(given)}.", path)
    return [checked_slots(day, name, path) for name, day in zip(WEEKDAYS, given, strict=True)]


def checked_overrides(given: Mapping[str, Sequence[Minutes]], path: str) -> dict[str, list[list[int]]]:
    """Slots by ISO date."""
    if len(given) > MOST_DATES:
        raise ValidationFailed(f"These are {len(given)} dates; {MOST_DATES} are the most.", path)
    for day in given:
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise ValidationFailed(f"{day} is not a date; write it like 2026-12-24.", path) from error
    return {date.fromisoformat(day).isoformat(): checked_slots(slots, day, path) for day, slots in given.items()}


def checked_periods(given: Sequence[PeriodGiven], path: str) -> list[dict[str, Any]]:
    """The periods by date; two of them must not share a date."""
    if len(given) > MOST_PERIODS:
        raise ValidationFailed(f"These are {len(given)} date ranges; {MOST_PERIODS} are the most.", path)
    periods = sorted(given, key=lambda period: period.first)
    for period in periods:
        range_of(period.first, period.last, path)
    for before, after in zip(periods, periods[1:], strict=False):
        if after.first <= before.last:
            raise ValidationFailed(
                f"The date range from {after.first} begins before the one from {before.first} has ended.", path
            )
    return [
        {
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "days": checked_week(period.days, path),
        }
        for period in periods
    ]


def checked_dates(given: Sequence[DateRange], path: str) -> list[dict[str, Any]]:
    """The dates of an override schedule in order."""
    for dates in given:
        range_of(dates.first, dates.last, path)
        if dates.yearly and dates.last - dates.first >= _YEAR:
            raise ValidationFailed(f"{dates.first} to {dates.last} is longer than the year that it repeats in.", path)
    if (count := sum((dates.last - dates.first).days + 1 for dates in given)) > MOST_DATES:
        raise ValidationFailed(f"These are {count} days; {MOST_DATES} are the most.", path)
    return [
        {
            "first": dates.first.isoformat(),
            "last": dates.last.isoformat(),
            "yearly": dates.yearly,
            "slots": None if dates.slots is None else checked_slots(dates.slots, dates.first.isoformat(), path),
        }
        for dates in sorted(given, key=lambda dates: (dates.first, dates.last))
    ]


def range_of(first: date | None, last: date | None, path: str) -> None:
    """The last day is not before the first."""
    if first is not None and last is not None and last < first:
        raise ValidationFailed(f"The last day, {last}, is before the first, {first}.", path)


def slots_of(stored: Sequence[Sequence[int]]) -> Slots:
    """Stored slots as the policy has them."""
    return tuple(Interval(start, end) for start, end in stored)


def week_of(stored: Sequence[Sequence[Sequence[int]]]) -> tuple[Slots, ...]:
    """A stored week as the policy has it."""
    return tuple(slots_of(day) for day in stored)


def days_between(first: date, last: date) -> list[date]:
    """Every date from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
