"""Holidays from an iCalendar file (RFC 5545): its events of whole days. Can be slow: call it in a thread.

Recurring events are written out for the years of `holiday.window`: `icalendar` reads their rules, but does not
count them out (`recurrence` does).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules.given import days_between
from doorward.acs.schedules.holiday import LONGEST_NAME, Filling, filling, merged, window
from doorward.acs.schedules.models import CalendarSource
from doorward.acs.schedules.recurrence import RuleUnreadable, occurrences, rule_of

LARGEST_FILE = 1_000_000
MOST_EVENTS = 2_000
LONGEST_EVENT = timedelta(days=366)
MOST_RECURRING = 300
_EARLIEST = date(1900, 1, 1)
_PATH = "icalendar"


def from_icalendar(text: str, today: date) -> Filling:
    """The whole-day events. Raises ValidationFailed for anything that is no such calendar."""
    if len(text.encode()) > LARGEST_FILE:
        raise ValidationFailed(f"The file is larger than {LARGEST_FILE:,} bytes.", _PATH)
    events = _events(text)
    whole = [event for event in events if not isinstance(_value(event, "DTSTART"), datetime)]
    moved = _moved(whole)
    found: list[tuple[date, str]] = []
    for event in whole:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        found.extend((day, _name(event)) for day in _days(event, moved, today))
    if not found:
        first, last = window(today)
        raise ValidationFailed(f"The file has no event of a whole day from {first} to {last}.", _PATH)
    return replace(
        filling(CalendarSource.ICALENDAR, merged(found)), covers_to=window(today)[1], skipped=len(events) - len(whole)
    )


def _events(text: str) -> list[Any]:
    if not text.rstrip().upper().endswith("END:VCALENDAR"):
        raise ValidationFailed("This is not an iCalendar file, or its end is missing. Export it again as .ics.", _PATH)
    try:
        calendar = Calendar.from_ical(text)
        events = [event for event in calendar.walk("VEVENT") if _value(event, "DTSTART") is not None]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValidationFailed("This iCalendar file cannot be read. Export it again as .ics.", _PATH) from error
    if len(events) > MOST_EVENTS:
        raise ValidationFailed(f"The file has {len(events)} events; {MOST_EVENTS} are the most.", _PATH)
    if (recurring := sum("RRULE" in event for event in events)) > MOST_RECURRING:
        raise ValidationFailed(f"{recurring} of its events recur; {MOST_RECURRING} are the most.", _PATH)
    return events


def _value(event: Any, name: str) -> Any:
    """The date, datetime or timedelta of a property; None if there is none that can be read."""
    found = event.get(name)
    return getattr(found[0] if isinstance(found, list) and found else found, "dt", None)


def _name(event: Any) -> str:
    words = "".join(character if character.isprintable() else " " for character in str(event.get("SUMMARY", "")))
    return " ".join(words.split())[:LONGEST_NAME] or "Holiday"


def _moved(events: list[Any]) -> dict[str, set[date]]:
    """By UID the recurrences that an event of their own stands for."""
    found: dict[str, set[date]] = defaultdict(set)
    for event in events:
        if (original := _date(_value(event, "RECURRENCE-ID"))) is not None:
            found[str(event.get("UID", ""))].add(original)
    return found


def _days(event: Any, moved: dict[str, set[date]], today: date) -> Iterator[date]:
    first, last = window(today)
    length = _length(event)
    for start in _starts(event, moved, first - length, last):
        yield from (day for day in days_between(start, start + length - timedelta(days=1)) if first <= day <= last)


def _length(event: Any) -> timedelta:
    start, end, duration = (_value(event, name) for name in ("DTSTART", "DTEND", "DURATION"))
    length = timedelta(days=1)
    if (end_day := _date(end)) is not None:
        length = end_day - start
    elif isinstance(duration, timedelta):
        length = timedelta(days=duration.days)
    if length > LONGEST_EVENT:
        raise ValidationFailed(f"{_name(event)} is longer than {LONGEST_EVENT.days} days.", _PATH)
    return max(length, timedelta(days=1))


def _starts(event: Any, moved: dict[str, set[date]], first: date, last: date) -> set[date]:
    """The first days of the event and of its recurrences, between two dates."""
    start: date = _value(event, "DTSTART")
    starts = {start, *_listed(event, "RDATE")}
    if event.get("RRULE") is not None and _value(event, "RECURRENCE-ID") is None:
        starts |= _recurrences(event, start, first, last)
        starts -= moved.get(str(event.get("UID", "")), set())
    return {day for day in starts - _listed(event, "EXDATE") if first <= day <= last}


def _recurrences(event: Any, start: date, first: date, last: date) -> set[date]:
    rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
    if start < _EARLIEST:
        raise ValidationFailed(
            f"{_name(event)} recurs since before {_EARLIEST.year}. Give it a later beginning.", _PATH
        )
    try:
        found = {day for rule in rules for day in occurrences(rule_of(rule), start, last)}
    except RuleUnreadable as error:
        raise ValidationFailed(f"The rule by which {_name(event)} recurs cannot be used: {error}.", _PATH) from error
    return {day for day in found if day >= first}


def _listed(event: Any, name: str) -> set[date]:
    found = event.get(name)
    lists = found if isinstance(found, list) else [found] if found is not None else []
    values = (getattr(value, "dt", None) for dates in lists for value in getattr(dates, "dts", ()))
    return {day for day in map(_date, values) if day is not None}


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
