"""Schedules as policies have them."""

from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.schedules.models import ScheduleRow


def schedule_of(row: ScheduleRow) -> Schedule:
    """The schedule in a row."""
    return Schedule(
        id=row.id,
        name=row.name,
        weekly=tuple(tuple(Interval(*part) for part in day) for day in row.weekly),
        overrides={day: tuple(Interval(*part) for part in parts) for day, parts in row.overrides.items()},
    )
