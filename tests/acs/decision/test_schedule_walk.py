"""Schedules walked through time, beside the slow reference, where clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings

from doorward.acs.decision.schedule import Cause, CauseKind, Interval, Schedule, is_active
from doorward.acs.decision.schedule_walk import next_change, preview
from tests.acs.decision.schedules import applies, situations

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Situation = tuple[Schedule, datetime, ZoneInfo]


def every_night(start: int, end: int) -> Schedule:
    return Schedule(id="n", name="Night", weekly=((Interval(start, end),),) * 7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(situations())
def test_a_schedule_applies_exactly_when_the_reference_says_so(situation: Situation) -> None:
    schedule, moment, zone = situation
    for step in range(0, 1440, 11):
        then = moment + step * MINUTE
        assert is_active(schedule, then, zone) == applies(schedule, then, zone), then


@settings(max_examples=100, deadline=None)
@given(situations())
def test_the_next_change_is_the_one_that_stepping_minute_by_minute_meets(situation: Situation) -> None:
    schedule, moment, zone = situation
    horizon = 2 * DAY
    active = applies(schedule, moment, zone)
    moments = (moment + step * MINUTE for step in range(1, 2 * 1440))
    expected = next((then for then in moments if applies(schedule, then, zone) != active), None)
    assert next_change(schedule, moment, zone, horizon) == expected
    odd = moment + timedelta(seconds=29, microseconds=500_000)
    if expected is not None and expected < odd + horizon:
        assert next_change(schedule, odd, zone, horizon) == expected


@settings(max_examples=30, deadline=None)
@given(situations())
def test_the_preview_of_a_week_covers_exactly_the_minutes_that_apply(situation: Situation) -> None:
    schedule, moment, zone = situation
    today = moment.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    week = preview(schedule, monday, zone)
    sunday = monday + 6 * DAY
    then = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) - 2 * DAY
    for step in range(0, 11 * 1440, 5):
        at = then + step * MINUTE
        inside = monday <= at.astimezone(zone).date() <= sunday
        covered = any(span.starts_at <= at < span.ends_at for span in week.spans)
        assert covered == (inside and applies(schedule, at, zone)), at
    for span in week.spans:
        assert span.starts_at < span.ends_at
        assert span.local_start.astimezone(UTC) == span.starts_at
        assert applies(schedule, span.starts_at, zone)
        assert applies(schedule, span.ends_at - timedelta(microseconds=1), zone)
    assert [day.date for day in week.days] == [monday + number * DAY for number in range(7)]


def test_a_slot_that_begins_in_a_skipped_hour_begins_where_the_clock_jumps() -> None:
    schedule = every_night(150, 240)
    assert next_change(schedule, utc("2026-03-29T00:00"), BERLIN, DAY) == utc("2026-03-29T01:00")


def test_a_slot_that_ends_in_a_skipped_hour_ends_where_the_clock_jumps() -> None:
    schedule = every_night(60, 150)
    assert next_change(schedule, utc("2026-03-29T00:30"), BERLIN, DAY) == utc("2026-03-29T01:00")


def test_a_slot_that_ends_in_a_repeated_hour_applies_again_until_its_second_end() -> None:
    schedule = every_night(60, 150)
    moment, changes = utc("2026-10-24T22:00"), []
    while (change := next_change(schedule, moment, BERLIN, timedelta(hours=12))) is not None:
        changes.append(change)
        moment = change
    assert changes == [
        utc("2026-10-24T23:00"),
        utc("2026-10-25T00:30"),
        utc("2026-10-25T01:00"),
        utc("2026-10-25T01:30"),
    ]


def test_a_whole_repeated_hour_is_one_span() -> None:
    spans = [span for span in preview(every_night(120, 180), date(2026, 10, 19), BERLIN).spans if span.day.day == 25]
    assert [(span.starts_at, span.ends_at) for span in spans] == [(utc("2026-10-25T00:00"), utc("2026-10-25T02:00"))]
    assert (spans[0].local_start.hour, spans[0].local_end.hour) == (2, 3)


def test_what_never_changes_has_no_next_change() -> None:
    assert next_change(every_night(0, 1440), utc("2026-01-01T00:00"), BERLIN, timedelta(days=400)) is None


def test_a_change_far_away_is_found_within_the_horizon_only() -> None:
    christmas = Schedule(id="c", name="c", weekly=((),) * 7, yearly={"12-25": (Interval(0, 1440),)})
    now = utc("2026-01-01T00:00")
    assert next_change(christmas, now, BERLIN, timedelta(days=366)) == utc("2026-12-24T23:00")
    assert next_change(christmas, now, BERLIN, timedelta(days=300)) is None
    assert next_change(christmas, now, BERLIN, utc("2026-12-24T23:00") - now) is None


def test_the_preview_says_what_gave_each_day_its_slots() -> None:
    schedule = Schedule(
        id="o",
        name="Office",
        weekly=((Interval(480, 1020),),) * 5 + ((), ()),
        overrides={"2026-12-25": ()},
        yearly={"12-24": (Interval(480, 720),)},
        causes={"2026-12-25": Cause(CauseKind.HOLIDAY, "Closed", "Christmas Day")},
        last=date(2026, 12, 26),
    )
    week = preview(schedule, date(2026, 12, 21), BERLIN)
    assert [day.cause.kind for day in week.days] == [
        *[CauseKind.WEEKLY] * 3,
        CauseKind.OVERRIDE,
        CauseKind.HOLIDAY,
        CauseKind.WEEKLY,
        CauseKind.OUTSIDE,
    ]
    assert week.days[4].cause.holiday == "Christmas Day"
    assert [(span.day.day, span.local_end.hour) for span in week.spans] == [(21, 17), (22, 17), (23, 17), (24, 12)]


def test_a_cut_at_midnight_is_a_change() -> None:
    night = Schedule(
        id="n",
        name="Night",
        weekly=((Interval(1320, 1800),),) * 7,
        overrides={"2026-12-24": (Interval(600, 660),)},
        cuts=frozenset({"2026-12-24"}),
    )
    assert next_change(night, utc("2026-12-23T22:00"), BERLIN, DAY) == utc("2026-12-23T23:00")


def test_a_yearly_cut_leaves_an_override_of_that_very_date_alone() -> None:
    night = Schedule(
        id="n",
        name="Night",
        weekly=((Interval(1320, 1800),),) * 7,
        overrides={"2026-12-24": ()},
        yearly={"12-24": ()},
        cuts=frozenset({"12-24"}),
    )
    assert is_active(night, utc("2026-12-24T00:00"), BERLIN)
    assert not is_active(night, utc("2027-12-24T00:00"), BERLIN)
