"""When a schedule applies, as moments: a look-up instead of a walk through its slots, for every badge.

`schedule.is_active` says what the rule is; a timetable remembers, for the few UTC days that it was asked about, at
which moments its answer changes. Daylight saving is in the moments, exact to the microsecond.
"""

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta, tzinfo

from doorward.acs.decision.schedule import Schedule, is_active
from doorward.acs.decision.schedule_walk import next_change
from doorward.acs.decision.trace import TraceStep

KEPT_DAYS = 16
"""So many days are remembered: doors ask about today, operators about some week."""
_ONE_DAY = timedelta(days=1)


class Timetable:
    """One schedule in one time zone, both for good; another schedule has another timetable. Any thread may ask."""

    __slots__ = ("_days", "schedule", "step", "zone")

    def __init__(self, schedule: Schedule, zone: tzinfo) -> None:
        self.schedule = schedule
        self.zone = zone
        self.step = TraceStep("schedule", True, schedule.name)
        self._days: dict[int, tuple[datetime, ...]] = {}

    def applies(self, now: datetime) -> bool:
        """Whether the schedule applies at `now` (aware)."""
        if now.tzinfo is not UTC:
            now = now.astimezone(UTC)
        edges = self._days.get(now.toordinal())
        if edges is None:
            try:
                edges = self._look_up(now)
            except OverflowError:  # the calendar of computers ends here
                return is_active(self.schedule, now, self.zone)
        return bisect_right(edges, now) & 1 == 1

    def _look_up(self, now: datetime) -> tuple[datetime, ...]:
        """The moments of this UTC day at which the schedule begins, ceases, begins to apply, and so on."""
        midnight = datetime.combine(now.date(), time(), UTC)
        edges = [midnight] if is_active(self.schedule, midnight, self.zone) else []
        end = midnight + _ONE_DAY
        change = next_change(self.schedule, midnight, self.zone, _ONE_DAY)
        while change is not None and change < end:
            edges.append(change)
            change = next_change(self.schedule, change, self.zone, end - change)
        if len(self._days) >= KEPT_DAYS:
            self._days.clear()
        self._days[now.toordinal()] = found = tuple(edges)
        return found
