"""Schedules in time: weekdays, override days, daylight saving."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.schedule import Interval, Period, Schedule, is_active

OFFICE = Schedule(
    id="s",
    name="Office hours",
    weekly=((Interval(7 * 60, 19 * 60),),) * 5 + ((), ()),
    overrides={"2026-12-24": (Interval(8 * 60, 12 * 60),), "2026-12-25": ()},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "moment, active",
    [
        ("2026-11-23T07:00:00+00:00", True),
        ("2026-11-23T06:59:59+00:00", False),
        ("2026-11-23T18:59:59+00:00", True),
        ("2026-11-23T19:00:00+00:00", False),
        ("2026-11-21T12:00:00+00:00", False),
        ("2026-12-24T08:00:00+00:00", True),
        ("2026-12-24T12:00:00+00:00", False),
        ("2026-12-25T12:00:00+00:00", False),
    ],
)
def test_start_is_included_end_excluded_and_overrides_replace_the_day(moment: str, active: bool) -> None:
    assert is_active(OFFICE, at(moment), ZoneInfo("UTC")) is active


def test_the_site_s_time_zone_decides_which_day_it_is() -> None:
    sunday_night_utc = at("2026-11-22T23:30:00+00:00")
    assert not is_active(OFFICE, sunday_night_utc, ZoneInfo("Europe/Berlin"))
    monday_in_auckland = at("2026-11-22T20:00:00+00:00")
    assert is_active(OFFICE, monday_in_auckland, ZoneInfo("Pacific/Auckland"))


def test_an_interval_that_daylight_saving_repeats_applies_both_times() -> None:
    night = Schedule(id="n", name="Night", weekly=((Interval(150, 180),),) * 7)
    first = at("2026-10-25T00:40:00+00:00")
    assert is_active(night, first, ZoneInfo("Europe/Berlin"))
    assert is_active(night, first + timedelta(hours=1), ZoneInfo("Europe/Berlin"))


def test_an_interval_that_daylight_saving_skips_does_not_apply() -> None:
    night = Schedule(id="n", name="Night", weekly=((Interval(120, 180),),) * 7)
    start = at("2026-03-29T00:00:00+00:00")
    minutes = (start + timedelta(minutes=minute) for minute in range(180))
    assert not any(is_active(night, moment, ZoneInfo("Europe/Berlin")) for moment in minutes)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_a_schedule_of_whole_days_always_applies(moment: datetime) -> None:
    always = Schedule(id="a", name="Always", weekly=((Interval(0, 1440),),) * 7)
    assert is_active(always, moment, ZoneInfo("America/St_Johns"))


@pytest.mark.parametrize("start, end", [(10, 10), (20, 10), (-1, 5), (0, 2881), (1440, 1500)])
def test_an_interval_must_run_forward_and_end_by_the_end_of_the_next_day(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="interval"):
        Interval(start, end)


NIGHT_SHIFT = Schedule(
    id="n",
    name="Night shift",
    weekly=((Interval(22 * 60, 30 * 60),),) * 5 + ((), ()),
    overrides={"2026-12-24": (), "2026-12-30": ()},
    cuts=frozenset({"2026-12-30"}),
)


@pytest.mark.parametrize(
    "moment, active",
    [
        ("2026-12-22T22:00:00+00:00", True),
        ("2026-12-23T05:59:59+00:00", True),
        ("2026-12-23T06:00:00+00:00", False),
        ("2026-12-24T05:59:59+00:00", True),  # the night of the 23rd, although the 24th is closed
        ("2026-12-24T22:00:00+00:00", False),
        ("2026-12-25T05:59:59+00:00", False),  # and so the morning of the 25th is closed
        ("2026-12-26T05:59:59+00:00", True),  # a Saturday morning belongs to Friday
        ("2026-12-29T23:59:59+00:00", True),
        ("2026-12-30T00:00:00+00:00", False),  # declared to end at midnight
    ],
)
def test_a_slot_past_midnight_belongs_to_the_day_it_begins_on(moment: str, active: bool) -> None:
    assert is_active(NIGHT_SHIFT, at(moment), ZoneInfo("UTC")) is active


def test_a_range_of_dates_stands_instead_of_the_week() -> None:
    summer = Period(date(2026, 7, 1), date(2026, 8, 31), ((Interval(360, 720),),) * 7)
    schedule = Schedule(id="p", name="p", weekly=OFFICE.weekly, periods=(summer,))
    zone = ZoneInfo("UTC")
    assert is_active(schedule, at("2026-07-01T06:00:00+00:00"), zone)
    assert not is_active(schedule, at("2026-08-31T12:00:00+00:00"), zone)
    assert is_active(schedule, at("2026-09-01T12:00:00+00:00"), zone)


def test_outside_its_dates_a_schedule_never_applies_not_even_on_override_days() -> None:
    schedule = Schedule(
        id="v",
        name="v",
        weekly=((Interval(0, 1440),),) * 7,
        overrides={"2026-12-24": (Interval(0, 1440),)},
        first=date(2026, 12, 1),
        last=date(2026, 12, 23),
    )
    zone = ZoneInfo("UTC")
    assert not is_active(schedule, at("2026-11-30T23:59:59+00:00"), zone)
    assert is_active(schedule, at("2026-12-23T23:59:59+00:00"), zone)
    assert not is_active(schedule, at("2026-12-24T12:00:00+00:00"), zone)


def test_a_schedule_survives_the_wire_whole() -> None:
    sent = msgspec.structs.replace(NIGHT_SHIFT, first=date(2026, 1, 1), yearly={"01-01": ()})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=Schedule) == sent
    assert sent.overnight
    assert not OFFICE.overnight
