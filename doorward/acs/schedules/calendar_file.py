"""Holidays from an iCalendar file (RFC 5545): its events of whole days. Can be slow: call it in a thread.

Recurring events are written out for the years of `holiday.window`; `icalendar` reads their rules and dateutil,
which it stands on, counts them out.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules.given import days_between
from doorward.acs.schedules.holiday import LONGEST_NAME, Filling, filling, merged, window
from doorward.acs.schedules.models import CalendarSource

LARGEST_FILE = 1_000_000
MOST_EVENTS = 2_000
LONGEST_EVENT = timedelta(days=366)
_EARLIEST = date(1900, 1, 1)
_FREQUENCIES = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY"})
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
    try:
        calendar = Calendar.from_ical(text)
        events = [event for event in calendar.walk("VEVENT") if _value(event, "DTSTART") is not None]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValidationFailed("This is not an iCalendar file. Export it again as .ics.", _PATH) from error
    if len(events) > MOST_EVENTS:
        raise ValidationFailed(f"The file has {len(events)} events; {MOST_EVENTS} are the most.", _PATH)
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
    found: set[date] = set()
    for rule in rules:
        frequency = str((rule.get("FREQ") or [""])[0]).upper()
        if frequency not in _FREQUENCIES or start < _EARLIEST:
            raise ValidationFailed(f"{_name(event)} recurs in a way that holidays do not. Remove it.", _PATH)
        found |= _counted_out(event, rule, start, first, last)
    return found


def _counted_out(event: Any, rule: Any, start: date, first: date, last: date) -> set[date]:
    # Whole days have no zone: an UNTIL with one would be refused beside them. One is always set when there is no
    # COUNT, so that a rule that never comes true again ends.
    parts = {key: value for key, value in rule.items() if key != "UNTIL"}
    until = min([last, *(day for day in map(_date, rule.get("UNTIL") or []) if day is not None)])
    try:
        text = type(rule)(parts).to_ical().decode()
        if "COUNT" not in parts:
            text += f";UNTIL={until:%Y%m%d}"
        counted = rrulestr(text, dtstart=datetime.combine(start, time()))
        between = counted.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValidationFailed(f"The rule by which {_name(event)} recurs cannot be read: {error}.", _PATH) from error
    return {moment.date() for moment in between}


def _listed(event: Any, name: str) -> set[date]:
    found = event.get(name)
    lists = found if isinstance(found, list) else [found] if found is not None else []
    values = (getattr(value, "dt", None) for dates in lists for value in getattr(dates, "dts", ()))
    return {day for day in map(_date, values) if day is not None}


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
