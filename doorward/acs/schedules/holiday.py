"""Holidays as they are given: by hand, from an iCalendar file, or for a country."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorward.acs import check
from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules.given import MOST_DATES
from doorward.acs.schedules.models import CalendarSource

LONGEST_NAME = 200
YEARS_BACK = 1
YEARS_AHEAD = 10


@dataclass(frozen=True, slots=True)
class HolidayGiven:
    """A date and its name; `yearly`: again every year, by month and day."""

    day: date
    name: str
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class Filling:
    """All the dates of a holiday calendar, and where they are from.

    `covers_to`: the last date that the source was asked about. `skipped`: events with a time of day, which are no
    holidays.
    """

    source: CalendarSource
    holidays: tuple[HolidayGiven, ...]
    country: str | None = None
    subdivision: str | None = None
    categories: tuple[str, ...] = ()
    covers_to: date | None = None
    skipped: int = 0


def window(today: date) -> tuple[date, date]:
    """The dates that are written out from a source: whole years, last year to ten years ahead."""
    return date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)


def by_hand(given: Sequence[HolidayGiven]) -> Filling:
    """Dates that somebody typed."""
    times = Counter(holiday.day for holiday in given)
    if twice := sorted(day for day, count in times.items() if count > 1):
        raise ValidationFailed(f"{twice[0]} is there twice.", "holidays")
    named = (
        HolidayGiven(holiday.day, check.text(holiday.name, "holidays", longest=LONGEST_NAME), holiday.yearly)
        for holiday in given
    )
    return filling(CalendarSource.MANUAL, tuple(named))


def filling(source: CalendarSource, holidays: tuple[HolidayGiven, ...]) -> Filling:
    """A filling in order of date, not too large."""
    if len(holidays) > MOST_DATES:
        raise ValidationFailed(f"These are {len(holidays)} dates; {MOST_DATES} are the most.", "holidays")
    return Filling(source, tuple(sorted(holidays, key=lambda holiday: holiday.day)))


def merged(found: Sequence[tuple[date, str]]) -> tuple[HolidayGiven, ...]:
    """One holiday for each date: several names become one."""
    names: dict[date, list[str]] = {}
    for day, name in found:
        if name not in names.setdefault(day, []):
            names[day].append(name)
    return tuple(HolidayGiven(day, " / ".join(names[day])[:LONGEST_NAME]) for day in sorted(names))
