"""iCalendar files: which days they name, and that nothing else gets in."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.errors import ValidationFailed
from doorward.acs.schedules.calendar_file import from_icalendar
from doorward.acs.schedules.models import CalendarSource

TODAY = date(2026, 11, 21)


def file(*events: str) -> str:
    """A calendar file of events, each its lines without the frame."""
    framed = [f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT" for number, event in enumerate(events)]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *framed, "END:VCALENDAR", ""])


def lines(*parts: str) -> str:
    return "\r\n".join(parts)


def days(*events: str) -> list[str]:
    return [holiday.day.isoformat() for holiday in from_icalendar(file(*events), TODAY).holidays]


def test_an_event_of_a_whole_day_is_a_holiday_by_its_name() -> None:
    filling = from_icalendar(file("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\\, first day"), TODAY)
    assert filling.source is CalendarSource.ICALENDAR
    assert [(found.day, found.name) for found in filling.holidays] == [(date(2026, 12, 25), "Christmas, first day")]
    assert filling.covers_to == date(2036, 12, 31)


def test_the_end_of_an_event_of_several_days_is_excluded() -> None:
    assert days("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227") == [
        "2026-12-24",
        "2026-12-25",
        "2026-12-26",
    ]
    assert days("DTSTART;VALUE=DATE:20261224\r\nDURATION:P2D") == ["2026-12-24", "2026-12-25"]


def test_an_event_that_ends_where_it_begins_is_one_day() -> None:
    assert days("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261224") == ["2026-12-24"]


def test_events_with_a_time_of_day_and_cancelled_ones_are_left_out_and_counted() -> None:
    filling = from_icalendar(
        file(
            "DTSTART;VALUE=DATE:20261225",
            "DTSTART:20261226T100000Z",
            lines("DTSTART;VALUE=DATE:20261227", "STATUS:CANCELLED"),
        ),
        TODAY,
    )
    assert [found.day.day for found in filling.holidays] == [25]
    assert filling.skipped == 1


def test_an_event_that_recurs_every_year_is_written_out_for_the_years_around_today() -> None:
    found = days("DTSTART;VALUE=DATE:19801225\r\nRRULE:FREQ=YEARLY")
    assert found == [f"{year}-12-25" for year in range(2025, 2037)]


def test_a_yearly_event_by_weekday_follows_its_rule() -> None:
    found = days("DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")
    assert found[:3] == ["2025-11-27", "2026-11-26", "2027-11-25"]


@pytest.mark.parametrize("until", ["20271231", "20271231T235959Z"])
def test_a_recurrence_ends_where_its_rule_says(until: str) -> None:
    assert days(f"DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY;UNTIL={until}") == ["2026-05-01", "2027-05-01"]
    assert days("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY;COUNT=1") == ["2026-05-01"]


def test_exceptions_additions_and_moved_recurrences_are_followed() -> None:
    text = file(
        lines(
            "DTSTART;VALUE=DATE:20260501",
            "RRULE:FREQ=YEARLY;COUNT=4",
            "EXDATE;VALUE=DATE:20270501",
            "RDATE;VALUE=DATE:20260601",
        )
    ).replace(
        "END:VCALENDAR",
        lines(
            "BEGIN:VEVENT",
            "UID:0",
            "RECURRENCE-ID;VALUE=DATE:20280501",
            "DTSTART;VALUE=DATE:20280502",
            "END:VEVENT",
            "END:VCALENDAR",
        ),
    )
    found = [holiday.day.isoformat() for holiday in from_icalendar(text, TODAY).holidays]
    assert found == ["2026-05-01", "2026-06-01", "2028-05-02", "2029-05-01"]


def test_two_events_of_one_day_are_one_holiday_with_both_names() -> None:
    filling = from_icalendar(
        file("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:May Day", "DTSTART;VALUE=DATE:20260501\r\nSUMMARY:Labour Day"),
        TODAY,
    )
    assert [found.name for found in filling.holidays] == ["May Day / Labour Day"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "not an iCalendar file"),
        ("hello", "not an iCalendar file"),
        (file("DTSTART;VALUE=DATE:20260101")[:-17], "its end is missing"),
        ("END:VEVENT\r\nEND:VCALENDAR", "cannot be read"),
        (file("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;INTERVAL=0"), "0 is less than 1"),
        (file(*["DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY"] * 301), "300 are the most"),
        (file(), "no event of a whole day"),
        (file("DTSTART:20261226T100000Z"), "no event of a whole day"),
        (file("DTSTART;VALUE=DATE:19900101"), "no event of a whole day from 2025-01-01 to 2036-12-31"),
        (file("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20280101"), "longer than 366 days"),
        (file("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY"), "cannot be used"),
        (file("DTSTART;VALUE=DATE:00010101\r\nRRULE:FREQ=DAILY"), "before 1900"),
        (file("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY"), "4000 are the most"),
        ("x" * 1_000_001, "larger than 1,000,000 bytes"),
        (file(*["DTSTART;VALUE=DATE:20260101"] * 2001), "2000 are the most"),
    ],
)
def test_what_is_no_calendar_of_holidays_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValidationFailed, match=words) as caught:
        from_icalendar(text, TODAY)
    assert caught.value.path in {("icalendar",), ("holidays",)}


def test_a_rule_that_never_comes_true_ends() -> None:
    never = "DTSTART;VALUE=DATE:19000101\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"
    assert days(never, "DTSTART;VALUE=DATE:20260101") == ["2026-01-01"]
    assert days(f"{never};COUNT=3", "DTSTART;VALUE=DATE:20260101") == ["2026-01-01"]


PIECES = (
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "DTSTART;VALUE=DATE:20261225",
    "DTSTART:2026",
    "DTEND;VALUE=DATE:99991231",
    "DTEND:20261226T000000Z",
    "DURATION:P1W",
    "DURATION:-P4D",
    "RRULE:FREQ=YEARLY",
    "RRULE:FREQ=YEARLY;INTERVAL=0",
    "RRULE:COUNT=x",
    "RRULE:FREQ=MONTHLY;COUNT=5;BYDAY=1MO",
    "EXDATE:junk",
    "RDATE;VALUE=DATE:20270101",
    "RDATE;VALUE=PERIOD:19970101T180000Z/PT5H30M",
    "SUMMARY:x",
    "UID:1",
    "STATUS:CANCELLED",
    "RECURRENCE-ID;VALUE=DATE:20261225",
    ":::",
    "DTSTART;TZID=No/Where:20260101T000000",
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=14), st.booleans())
def test_whatever_is_uploaded_is_holidays_in_the_window_or_a_refusal(pieces: list[str], framed: bool) -> None:
    body = pieces if not framed else ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *pieces, "END:VEVENT", "END:VCALENDAR"]
    try:
        filling = from_icalendar("\r\n".join(body), TODAY)
    except ValidationFailed:
        return
    found = [holiday.day for holiday in filling.holidays]
    assert found == sorted(set(found))
    assert all(date(2025, 1, 1) <= day <= date(2036, 12, 31) for day in found)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 40))
def test_every_day_of_an_event_is_found(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    expected = [(start + timedelta(days=number)).isoformat() for number in range(length)]
    assert days(f"DTSTART;VALUE=DATE:{start:%Y%m%d}\r\nDTEND;VALUE=DATE:{end:%Y%m%d}") == expected
