"""Unlock schedules: whether they want a door unlocked, with the first person in, and when that changes.

Pure and by the minute: the controller tells the door (`ScheduleChanged`) and asks again at `changes_at`,
when a first person has come in, and when the policy changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.decision.schedule import Schedule, is_active

HORIZON = timedelta(days=8)
"""How far ahead a change is looked for. Weekly schedules repeat within it; ask again then."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_NEVER = (_ALWAYS[1], _ALWAYS[1])


@dataclass(frozen=True, slots=True)
class UnlockWish:
    """Whether the schedules want the door unlocked. `changes_at` (aware UTC): when to ask again, at the latest.

    Until then the wish stays, unless a first person comes in. It is None where there is nothing to wish for.
    """

    unlocked: bool
    changes_at: datetime | None


def unlock_wish(
    door: DoorPolicy,
    schedules: Mapping[str, Schedule],
    zone: tzinfo,
    now: datetime,
    first_person_at: datetime | None = None,
) -> UnlockWish:
    """What the unlock schedules of the door want at `now` (aware UTC) in the site's time zone.

    A schedule that is not known wants nothing. Where the door waits for a first person, `first_person_at` (aware
    UTC) is when one of the right group last came in. They count for the rest of that local day, and beyond
    midnight until the period ends in which they came, unless that lasts for more than a day.
    """
    known = [schedules[schedule_id] for schedule_id in door.unlock_schedules if schedule_id in schedules]
    if not known:
        return UnlockWish(False, None)
    here = _first_person_counts(known, zone, first_person_at) if door.first_person else _ALWAYS
    unlocked = _wants(known, zone, here, now)
    for moment in _minutes(now, HORIZON):
        if _wants(known, zone, here, moment) is not unlocked:
            return UnlockWish(unlocked, moment)
    return UnlockWish(unlocked, now + HORIZON)


def _wants(schedules: list[Schedule], zone: tzinfo, here: tuple[datetime, datetime], now: datetime) -> bool:
    return here[0] <= now < here[1] and _any_active(schedules, now, zone)


def _first_person_counts(
    schedules: list[Schedule], zone: tzinfo, came_at: datetime | None
) -> tuple[datetime, datetime]:
    """From when until when somebody who came in at `came_at` is the first person."""
    if came_at is None:
        return _NEVER
    day_ends = _local_midnight_after(came_at, zone)
    if not _any_active(schedules, came_at, zone):
        return came_at, day_ends
    minutes_before = _minutes(came_at - _DAY, _DAY)
    idle = [moment for moment in minutes_before if not _any_active(schedules, moment, zone)]
    if not idle:
        return came_at, day_ends
    period = _minutes(came_at, idle[-1] + _DAY - came_at)
    ends_at = next((moment for moment in period if not _any_active(schedules, moment, zone)), day_ends)
    return came_at, max(day_ends, ends_at)


def _local_midnight_after(moment: datetime, zone: tzinfo) -> datetime:
    tomorrow = moment.astimezone(zone).date() + _DAY
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def _any_active(schedules: list[Schedule], now: datetime, zone: tzinfo) -> bool:
    return any(is_active(schedule, now, zone) for schedule in schedules)


def _minutes(start: datetime, length: timedelta) -> Iterator[datetime]:
    """The whole minutes after `start`, up to its end. Schedules change at no other time."""
    moment = start.replace(second=0, microsecond=0)
    while (moment := moment + _MINUTE) <= start + length:
        yield moment
