"""Schedules in time: weekdays, override days, daylight saving."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.schedule import Interval, Schedule, is_active

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


@pytest.mark.parametrize("start, end", [(10, 10), (20, 10), (-1, 5), (0, 1441)])
def test_an_interval_must_run_forward_within_a_day(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="interval"):
        Interval(start, end)
