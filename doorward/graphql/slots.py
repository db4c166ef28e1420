"""Slots of a day in the API: clock times in, clock times out."""

import re
from collections.abc import Sequence

import strawberry

from doorward.acs.decision.schedule import MINUTES_A_DAY
from doorward.acs.errors import ValidationFailed

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


@strawberry.type(
    description="A part of a day, local time: HH:MM, the end excluded; 24:00 is midnight, 30:00 is 06:00 the next day."
)
class Interval:
    """From `start` to `end`."""

    start: str
    """When it begins, HH:MM."""
    end: str
    """When it ends, HH:MM, excluded; past 24:00 it is on the next day."""


@strawberry.input(
    description="A part of a day, local time, HH:MM. An end before the start, or after 24:00, is on the next day: "
    "22:00 to 06:00 is 22:00 to 30:00."
)
class IntervalInput:
    """See Interval."""

    start: str
    """When it begins, HH:MM, such as 07:30."""
    end: str
    """When it ends, HH:MM, excluded."""


@strawberry.type(description="A weekday's intervals.")
class ScheduleDay:
    """A day of the week; 0 is Monday."""

    weekday: int = strawberry.field(description="0 is Monday, 6 is Sunday.")
    intervals: list[Interval]
    """When it applies on that weekday; none: not at all."""


@strawberry.input(description="The intervals of a weekday; days that are left out have none.")
class ScheduleDayInput:
    """See ScheduleDay."""

    weekday: int = strawberry.field(description="0 is Monday, 6 is Sunday.")
    intervals: list[IntervalInput]


def shown_slots(slots: Sequence[Sequence[int]]) -> list[Interval]:
    """Stored slots as clock times."""
    return [Interval(start=_shown(start), end=_shown(end)) for start, end in slots]


def shown_week(week: Sequence[Sequence[Sequence[int]]]) -> list[ScheduleDay]:
    """A stored week as seven days."""
    return [ScheduleDay(weekday=weekday, intervals=shown_slots(slots)) for weekday, slots in enumerate(week)]


def given_slots(slots: Sequence[IntervalInput], path: str) -> list[tuple[int, int]]:
    """Clock times as minutes of the day."""
    return [_given(slot, path) for slot in slots]


def given_week(days: Sequence[ScheduleDayInput], path: str) -> list[list[tuple[int, int]]]:
    """Days by their number as a week from Monday."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for day in days:
        if not 0 <= day.weekday <= 6:
            raise ValidationFailed(f"There is no weekday {day.weekday}; 0 is Monday, 6 is Sunday.", path)
        week[day.weekday].extend(given_slots(day.intervals, path))
    return week


def _given(slot: IntervalInput, path: str) -> tuple[int, int]:
    start, end = _minute(slot.start, path), _minute(slot.end, path)
    return start, end + MINUTES_A_DAY if end < start else end


def _minute(clock: str, path: str) -> int:
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise ValidationFailed(f"{clock[:20]} is not a time; write it like 07:30.", path)
    return int(found[1]) * 60 + int(found[2])


def _shown(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
