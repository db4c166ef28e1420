"""Unlock schedules: whether they want a door unlocked, with the first person in, and when that changes.

Pure: the controller tells the door (`ScheduleChanged`) and asks again at `changes_at`,
when a first person has come in, and when the policy changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.decision.schedule import Schedule, is_active
from doorward.acs.decision.schedule_walk import next_change

HORIZON = timedelta(days=8)
"""How far ahead a change is looked for. Weekly schedules repeat within it; ask again then."""

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
    bounds = (bound for bound in here if now < bound <= now + HORIZON)
    for moment in sorted({*_edges(known, zone, now, now + HORIZON), *bounds}):
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
    began = came_at - _DAY if not _any_active(schedules, came_at - _DAY, zone) else None
    for edge in _edges(schedules, zone, came_at - _DAY, came_at):
        if began is not None or not _any_active(schedules, edge, zone):
            began = edge
    if began is None:
        return came_at, day_ends
    later = _edges(schedules, zone, came_at, began + _DAY)
    ends_at = next((edge for edge in later if not _any_active(schedules, edge, zone)), day_ends)
    return came_at, max(day_ends, ends_at)


def _local_midnight_after(moment: datetime, zone: tzinfo) -> datetime:
    tomorrow = moment.astimezone(zone).date() + _DAY
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def _any_active(schedules: list[Schedule], now: datetime, zone: tzinfo) -> bool:
    return any(is_active(schedule, now, zone) for schedule in schedules)


def _edges(schedules: list[Schedule], zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments after `start`, up to `end`, at which any of the schedules begins or ceases to apply."""
    moment = start
    while moment < end:
        changes = [next_change(schedule, moment, zone, end - moment) for schedule in schedules]
        following = min((change for change in changes if change is not None), default=None)
        if following is None:
            return
        moment = following
        yield moment
