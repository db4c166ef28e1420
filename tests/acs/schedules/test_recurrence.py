"""Recurrence rules beside dateutil, which counts them out in another way, and RFC 5545's own examples."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import vRecur

from doorward.acs.schedules.recurrence import RuleUnreadable, occurrences, rule_of

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FAR = timedelta(days=366 * 6)


def ours(text: str, start: date, last: date) -> list[date]:
    return occurrences(rule_of(vRecur.from_ical(text)), start, last)


def joined(values: Sequence[object]) -> str:
    return ",".join(str(value) for value in values)


@st.composite
def weekdays(draw: st.DrawFn, start: date, frequency: str, in_month: bool) -> list[str]:
    """Weekdays with ordinals or without, the first day's among them: dateutil asks for both when they are mixed."""
    own, others = WEEKDAYS[start.weekday()], st.lists(st.sampled_from(WEEKDAYS), max_size=2)
    if frequency in {"WEEKLY", "DAILY"} or draw(st.booleans()):
        return [*draw(others), own]
    nth = st.sampled_from([1, 2, 4, -1])
    ordinal = (start.day if in_month or frequency == "MONTHLY" else start.timetuple().tm_yday) + 6
    return [*(f"{draw(nth)}{day}" for day in draw(others)), f"{ordinal // 7}{own}"]


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, date]:
    """A rule and a first day that it names: dateutil walks on to the year 9999 when a rule never comes true."""
    start = draw(st.dates(date(2023, 1, 1), date(2027, 1, 1)))
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if draw(st.booleans()):
        parts.append(f"BYMONTH={joined([*draw(st.lists(st.integers(1, 12), max_size=2)), start.month])}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        days = st.integers(1, 31) | st.integers(-31, -1)
        parts.append(f"BYMONTHDAY={joined([*draw(st.lists(days, max_size=2)), start.day])}")
    if draw(st.booleans()):
        parts.append(f"BYDAY={joined(draw(weekdays(start, frequency, any('BYMONTH=' in part for part in parts))))}")
    if len(parts) > 2 and frequency in {"YEARLY", "MONTHLY"} and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, -1]))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 9))}")
    parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    return ";".join(parts), start


@settings(max_examples=80, deadline=None)
@given(rules())
def test_a_rule_names_the_days_that_dateutil_names(given: tuple[str, date]) -> None:
    text, start = given
    last = start + FAR
    moments = rrulestr(text, dtstart=datetime.combine(start, time()))
    expected = [moment.date() for moment in takewhile(lambda moment: moment.date() <= last, moments)]
    assert ours(text, start, last) == expected


@pytest.mark.parametrize(
    "text, start, found",
    [
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05", "1996-11-05 2000-11-07"),
        ("FREQ=YEARLY;BYDAY=20MO;COUNT=2", "1997-05-19", "1997-05-19 1998-05-18"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22", "1997-09-22 1997-10-20 1997-11-17"),
        ("FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3;COUNT=2", "1997-09-04", "1997-09-04 1997-10-07"),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08-05",
            "1997-08-05 1997-08-10 1997-08-19 1997-08-24",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08-05",
            "1997-08-05 1997-08-17 1997-08-19 1997-08-31",
        ),
        ("FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR", "1999-01-01", "1999-08-13 2000-10-13"),
        ("FREQ=YEARLY", "1996-02-29", "1996-02-29 2000-02-29"),
    ],
)
def test_the_examples_of_the_standard_hold(text: str, start: str, found: str) -> None:
    assert [day.isoformat() for day in ours(text, date.fromisoformat(start), date(2000, 12, 31))] == found.split()


@pytest.mark.parametrize("text", ["FREQ=HOURLY", "INTERVAL=2", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=DAILY;INTERVAL=0"])
def test_what_is_not_supported_is_refused(text: str) -> None:
    with pytest.raises(RuleUnreadable):
        ours(text, date(2026, 1, 1), date(2027, 1, 1))
