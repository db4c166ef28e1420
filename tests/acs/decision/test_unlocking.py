"""Unlock schedules: what they want, when that changes, and who is the first person in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.policy import DoorPolicy, FirstPersonIn
from doorward.acs.decision.schedule import Interval, Schedule, is_active
from doorward.acs.decision.unlocking import HORIZON, UnlockWish, unlock_wish

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY_8_TO_18 = Schedule("office", "Office hours", ((Interval(480, 1080),),) * 7)
NIGHT = Schedule("night", "Night", ((Interval(0, 120), Interval(1320, 1440)),) * 7)
ALWAYS = Schedule("always", "Always", ((Interval(0, 1440),),) * 7)
SCHEDULES = {schedule.id: schedule for schedule in (EVERY_DAY_8_TO_18, NIGHT, ALWAYS)}


def door(*schedules: str, first_person: bool = False) -> DoorPolicy:
    return DoorPolicy(
        "door", "Shop", unlock_schedules=schedules, first_person=FirstPersonIn() if first_person else None
    )


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    """A moment of March 2026 in Berlin, as UTC."""
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def wish(policy: DoorPolicy, now: datetime, first_person_at: datetime | None = None) -> UnlockWish:
    return unlock_wish(policy, SCHEDULES, BERLIN, now, first_person_at)


def test_the_door_is_to_be_unlocked_while_its_schedule_applies() -> None:
    assert wish(door("office"), at(7, 59)) == UnlockWish(False, at(8))
    assert wish(door("office"), at(8)) == UnlockWish(True, at(18))
    assert wish(door("office"), at(18)) == UnlockWish(False, at(8, day=5))


def test_seconds_into_a_minute_do_not_move_the_change() -> None:
    assert wish(door("office"), at(7, 59) + timedelta(seconds=30)).changes_at == at(8)


@pytest.mark.parametrize("schedules", [(), ("gone",)])
def test_without_a_known_schedule_nothing_is_wished_for(schedules: tuple[str, ...]) -> None:
    assert wish(door(*schedules), at(12)) == UnlockWish(False, None)


def test_any_of_several_schedules_is_enough_and_what_joins_them_is_no_change() -> None:
    evening = Schedule("evening", "Evening", ((Interval(1080, 1200),),) * 7)
    result = unlock_wish(door("office", "evening"), SCHEDULES | {"evening": evening}, BERLIN, at(12))
    assert result == UnlockWish(True, at(20))


def test_what_never_changes_is_to_be_asked_again_after_the_horizon() -> None:
    assert wish(door("always"), at(12)) == UnlockWish(True, at(12) + HORIZON)


def test_the_schedule_waits_for_the_first_person_of_the_day() -> None:
    waiting = door("office", first_person=True)
    assert not wish(waiting, at(9)).unlocked
    assert not wish(waiting, at(9), at(17, day=3)).unlocked, "yesterday's"
    assert wish(waiting, at(9), at(8, 30)) == UnlockWish(True, at(18))


def test_who_came_before_the_schedule_began_is_the_first_person_of_that_day() -> None:
    assert wish(door("office", first_person=True), at(7), at(6, 30)) == UnlockWish(False, at(8))


def test_a_night_goes_on_past_midnight_with_the_person_who_began_it() -> None:
    waiting = door("night", first_person=True)
    assert wish(waiting, at(1, day=5), at(22, 30)) == UnlockWish(True, at(2, day=5))
    assert not wish(waiting, at(1, day=5), at(9)).unlocked, "that was before the night"


def test_a_schedule_that_never_ends_waits_for_somebody_anew_every_day() -> None:
    assert wish(door("always", first_person=True), at(12), at(8)) == UnlockWish(True, at(0, day=5))
    assert not wish(door("always", first_person=True), at(1, day=5), at(8)).unlocked


@settings(max_examples=25)
@given(
    st.sampled_from([EVERY_DAY_8_TO_18, NIGHT]),
    st.datetimes(datetime(2026, 3, 25), datetime(2026, 4, 2), timezones=st.just(UTC)),
    st.sampled_from([BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")]),
)
def test_the_wish_holds_until_it_changes_also_across_daylight_saving(
    schedule: Schedule, now: datetime, zone: ZoneInfo
) -> None:
    result = unlock_wish(door(schedule.id), {schedule.id: schedule}, zone, now)
    assert result.changes_at is not None
    assert is_active(schedule, result.changes_at, zone) is not result.unlocked
    moment = now
    while moment < result.changes_at:
        assert is_active(schedule, moment, zone) is result.unlocked
        moment += timedelta(minutes=1)
