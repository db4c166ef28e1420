"""Schedules in time: weekly intervals of local time, and override days that replace a whole day."""

from datetime import date, datetime, tzinfo

import msgspec

MINUTES_A_DAY = 24 * 60


class Interval(msgspec.Struct, frozen=True, array_like=True):
    """Minutes of a local day, `start` included and `end` excluded; `end` 1440 is midnight."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise ValueError(
                f"an interval runs from a minute of the day to a later one (0-{MINUTES_A_DAY}), "
                f"not from {self.start} to {self.end}"
            )


class Schedule(msgspec.Struct, frozen=True):
    """When something applies. `weekly[0]` is Monday; an override (ISO date) replaces that day wholly."""

    id: str
    name: str
    weekly: tuple[tuple[Interval, ...], ...]
    overrides: dict[str, tuple[Interval, ...]] = {}

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError(f"a weekly schedule has seven days, not {len(self.weekly)}")
        for day in self.overrides:
            date.fromisoformat(day)


def is_active(schedule: Schedule, now: datetime, zone: tzinfo) -> bool:
    """Whether the schedule applies at `now` (aware, UTC) in the site's time zone.

    Local minutes are those of the wall clock: an interval that daylight saving repeats applies
    both times, one that it skips does not apply that day.
    """
    local = now.astimezone(zone)
    override = schedule.overrides.get(local.date().isoformat()) if schedule.overrides else None
    minute = local.hour * 60 + local.minute
    for interval in schedule.weekly[local.weekday()] if override is None else override:
        if interval.start <= minute < interval.end:
            return True
    return False
