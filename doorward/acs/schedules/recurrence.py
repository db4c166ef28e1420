"""Recurrence rules of whole days (RFC 5545, 3.3.10), counted out to a last date and never beyond it.

Supported are YEARLY, MONTHLY, WEEKLY and DAILY with INTERVAL, COUNT, UNTIL, WKST, BYMONTH, BYMONTHDAY, BYDAY and
BYSETPOS. A rule may come from anybody's file: the work is bounded by the dates, whatever the rule says.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

_SUPPORTED = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"})
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_ONE_DAY = timedelta(days=1)


class RuleUnreadable(ValueError):
    """The rule is wrong, or says what is not supported."""


class Frequency(StrEnum):
    """How long a period is."""

    YEARLY = "YEARLY"
    MONTHLY = "MONTHLY"
    WEEKLY = "WEEKLY"
    DAILY = "DAILY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `weekdays`: (ordinal or 0 for each, Monday 0). Negative numbers count from the end."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | None = None
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def rule_of(parts: Mapping[str, Sequence[Any]]) -> Rule:
    """The rule with these parts, as `icalendar` lists them. Raises RuleUnreadable."""
    if unknown := {str(key).upper() for key in parts} - _SUPPORTED:
        raise RuleUnreadable(f"{', '.join(sorted(unknown))} is not supported")
    given = {str(key).upper(): list(values) for key, values in parts.items()}
    try:
        return Rule(
            frequency=Frequency(str(given["FREQ"][0]).upper()),
            interval=_positive(given.get("INTERVAL", [1])[0]),
            count=_positive(given["COUNT"][0]) if "COUNT" in given else None,
            until=_date(given["UNTIL"][0]) if "UNTIL" in given else None,
            months=frozenset(int(month) for month in given.get("BYMONTH", ())),
            month_days=frozenset(int(day) for day in given.get("BYMONTHDAY", ())),
            weekdays=tuple(_weekday(str(day)) for day in given.get("BYDAY", ())),
            positions=tuple(int(position) for position in given.get("BYSETPOS", ())),
            week_start=_WEEKDAYS.index(str(given.get("WKST", ["MO"])[0]).upper()),
        )
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise RuleUnreadable(str(error)) from error


def occurrences(rule: Rule, start: date, last: date) -> list[date]:
    """The recurrences from `start`, which counts if the rule names it, to `last` at most, in order."""
    end = last if rule.until is None else min(last, rule.until)
    return list(islice(_found(rule, start, end), rule.count))


def _found(rule: Rule, start: date, end: date) -> Iterator[date]:
    for period in _periods(rule, start, end):
        days = [day for day in period if _matches(rule, day, start)]
        for day in _at_positions(days, rule.positions):
            if start <= day <= end:
                yield day


def _periods(rule: Rule, start: date, end: date) -> Iterator[list[date]]:
    """The days of every period that the interval meets, up to the end."""
    if rule.frequency is Frequency.YEARLY:
        for year in range(start.year, end.year + 1, rule.interval):
            yield [day for month in range(1, 13) for day in _month(year, month)]
    elif rule.frequency is Frequency.MONTHLY:
        for month in range(start.year * 12 + start.month - 1, end.year * 12 + end.month, rule.interval):
            yield _month(month // 12, month % 12 + 1)
    else:
        length = 7 if rule.frequency is Frequency.WEEKLY else 1
        first = start - _ONE_DAY * ((start.weekday() - rule.week_start) % length)
        for number in range(0, (end - first).days + 1, length * rule.interval):
            yield [first + timedelta(days=number + day) for day in range(length)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _matches(rule: Rule, day: date, start: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not _is_month_day(rule.month_days, day):
        return False
    if rule.weekdays and not any(_is_weekday(rule, wanted, day) for wanted in rule.weekdays):
        return False
    if rule.month_days or rule.weekdays:
        return True
    return _as_at_start(rule, day, start)


def _as_at_start(rule: Rule, day: date, start: date) -> bool:
    """What a rule leaves open is as it is on the first day."""
    if rule.frequency is Frequency.YEARLY:
        return day.day == start.day and (bool(rule.months) or day.month == start.month)
    if rule.frequency is Frequency.MONTHLY:
        return day.day == start.day
    return rule.frequency is Frequency.DAILY or day.weekday() == start.weekday()


def _is_month_day(wanted: frozenset[int], day: date) -> bool:
    return day.day in wanted or day.day - monthrange(day.year, day.month)[1] - 1 in wanted


def _is_weekday(rule: Rule, wanted: tuple[int, int], day: date) -> bool:
    ordinal, weekday = wanted
    if day.weekday() != weekday:
        return False
    if ordinal == 0 or rule.frequency in {Frequency.WEEKLY, Frequency.DAILY}:
        return True
    if rule.frequency is Frequency.YEARLY and not rule.months:
        first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    else:
        first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return ordinal in {(day - first).days // 7 + 1, -((last - day).days // 7) - 1}


def _at_positions(days: list[date], positions: tuple[int, ...]) -> list[date]:
    if not positions:
        return days
    return [day for place, day in enumerate(days) if place + 1 in positions or place - len(days) in positions]


def _positive(value: Any) -> int:
    number = int(value)
    if number < 1:
        raise RuleUnreadable(f"{number} is less than 1")
    return number


def _weekday(text: str) -> tuple[int, int]:
    found = _WEEKDAY.fullmatch(text.upper())
    if found is None:
        raise RuleUnreadable(f"{text[:10]} is no weekday")
    return int(found[1] or 0), _WEEKDAYS.index(found[2])


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise RuleUnreadable("its end is no date")
