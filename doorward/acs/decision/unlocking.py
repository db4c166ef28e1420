"""Unlock schedules: whether they want a door unlocked, with the first person in, and when that changes.

Pure and by the minute: the controller tells the door (`ScheduleChanged`) and asks again at `changes_at`,
when a first person has come in, and when the policy changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.decision.schedule import Schedule, is_active

HORIZON = timedelta(days=8)
"""How far ahead a change is looked for. Weekly schedules repeat within it; ask again then."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


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
    midnight until the period ends in which they came, if that began less than 24 hours ago.
    """
    known = [schedules[schedule_id] for schedule_id in door.unlock_schedules if schedule_id in schedules]
    if not known:
        return UnlockWish(False, None)
    unlocked = _wants(door, known, zone, now, first_person_at)
    for moment in _minutes(now, HORIZON):
        if _wants(door, known, zone, moment, first_person_at) is not unlocked:
            return UnlockWish(unlocked, moment)
    return UnlockWish(unlocked, now + HORIZON)


def _wants(
    door: DoorPolicy, schedules: list[Schedule], zone: tzinfo, now: datetime, first_person_at: datetime | None
) -> bool:
    if not _any_active(schedules, now, zone):
        return False
    return door.first_person is None or _counts(schedules, zone, now, first_person_at)


def _counts(schedules: list[Schedule], zone: tzinfo, now: datetime, came_at: datetime | None) -> bool:
    """Whether who came in at `came_at` is still the first person."""
    if came_at is None or came_at > now:
        return False
    if came_at.astimezone(zone).date() == now.astimezone(zone).date():
        return True
    if now - came_at >= _DAY:
        return False
    came_minute = came_at.replace(second=0, microsecond=0)
    unbroken = _any_active(schedules, came_at, zone) and all(
        _any_active(schedules, moment, zone) for moment in _minutes(came_minute, now - came_minute)
    )
    return unbroken and any(
        not _any_active(schedules, moment, zone) for moment in _minutes(now - _DAY, came_at - (now - _DAY))
    )


def _any_active(schedules: list[Schedule], now: datetime, zone: tzinfo) -> bool:
    return any(is_active(schedule, now, zone) for schedule in schedules)


def _minutes(start: datetime, length: timedelta) -> Iterator[datetime]:
    """The whole minutes after `start`, up to its end. Schedules change at no other time."""
    moment = start.replace(second=0, microsecond=0)
    while (moment := moment + _MINUTE) <= start + length:
        yield moment
