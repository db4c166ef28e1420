"""A timetable says what its schedule says, at every moment, where clocks change and where the calendar ends."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.schedule import Interval, Schedule, is_active
from doorward.acs.decision.timetable import KEPT_DAYS, Timetable
from tests.acs.decision.schedules import CLOCK_CHANGES, situations

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
Situation = tuple[Schedule, datetime, ZoneInfo]


def every_day(*slots: Interval) -> Schedule:
    return Schedule(id="s", name="S", weekly=(slots,) * 7)


@settings(max_examples=40, deadline=None)
@given(situations(), st.integers(0, 59_999_999))
def test_it_applies_exactly_when_its_schedule_does(situation: Situation, odd_us: int) -> None:
    schedule, moment, zone = situation
    timetable = Timetable(schedule, zone)
    for step in range(-1440, 2 * 1440, 29):
        for then in (moment + step * MINUTE, moment + step * MINUTE + timedelta(microseconds=odd_us)):
            assert timetable.applies(then) == is_active(schedule, then, zone), then


@pytest.mark.parametrize("name, day", CLOCK_CHANGES)
def test_it_changes_at_the_moment_the_schedule_does_where_clocks_change(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    schedule = every_day(Interval(0, 90), Interval(100, 150), Interval(1410, 1500))
    timetable = Timetable(schedule, zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    for minute in range(3 * 1440):
        then = midnight + minute * MINUTE
        for at in (then - timedelta(microseconds=1), then):
            assert timetable.applies(at) == is_active(schedule, at, zone), at


def test_days_may_be_asked_about_in_any_order_and_more_than_are_remembered() -> None:
    schedule = Schedule(id="s", name="S", weekly=((Interval(420, 1140),),) * 5 + ((), ()))
    timetable = Timetable(schedule, BERLIN)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    days = [noon + number * DAY for number in range(3 * KEPT_DAYS)]
    for _ in range(2):
        for then in (*days, *reversed(days)):
            assert timetable.applies(then) == is_active(schedule, then, BERLIN)


def test_a_moment_of_another_zone_is_taken_for_what_it_is() -> None:
    schedule = every_day(Interval(420, 1140))
    timetable = Timetable(schedule, BERLIN)
    for hour in range(48):
        then = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=hour)
        elsewhere = then.astimezone(timezone(timedelta(hours=-11)))
        assert timetable.applies(elsewhere) == timetable.applies(then) == is_active(schedule, then, BERLIN)


@pytest.mark.parametrize("then", [datetime(1, 1, 3, 12, tzinfo=UTC), datetime(9999, 12, 30, 12, tzinfo=UTC),
                                  datetime(9999, 12, 31, 12, tzinfo=UTC)])  # fmt: skip
def test_it_answers_at_the_ends_of_the_calendar(then: datetime) -> None:
    schedule = every_day(Interval(0, 1440))
    assert Timetable(schedule, BERLIN).applies(then) is is_active(schedule, then, BERLIN) is True
