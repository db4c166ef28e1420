"""Walking a schedule through time: when it changes next, and a week of it, exact to the second across DST.

Time is walked in stretches within which the zone's offset from UTC does not change: in a stretch the wall clock
runs straight, so that a slot's edges are found by subtraction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from doorward.acs.decision.schedule import (
    MINUTES_A_DAY,
    Cause,
    CauseKind,
    Interval,
    LocalDay,
    Schedule,
    Slots,
    day_slots,
    is_active,
    is_cut,
    local_day,
)

_STEP = timedelta(hours=12)
_TICK = timedelta(seconds=1)
_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """[`start`, `end`), aware UTC, with one offset of the wall clock from UTC."""

    start: datetime
    end: datetime
    offset: timedelta


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """A date of the week, its slots as they are written down, and what gave it them."""

    date: date
    slots: Slots
    cause: Cause


@dataclass(frozen=True, slots=True)
class PreviewSpan:
    """A time in which the schedule applies: aware UTC, and the same in the site's zone.

    `day` is the date that the slot belongs to: yesterday's after midnight.
    """

    day: date
    starts_at: datetime
    ends_at: datetime
    local_start: datetime
    local_end: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class WeekPreview:
    """Seven days from a Monday, and every span within them in order. A slot that DST cuts in two is two spans."""

    days: tuple[PreviewDay, ...]
    spans: tuple[PreviewSpan, ...]


def next_change(schedule: Schedule, now: datetime, zone: tzinfo, horizon: timedelta) -> datetime | None:
    """The first moment after `now` (aware) at which the schedule begins or ceases to apply, aware UTC.

    None: not before `now` + `horizon`.
    """
    active = is_active(schedule, now, zone)
    now = now.astimezone(UTC)
    for stretch in _stretches(zone, now, now + horizon):
        for moment in (stretch.start, *_edges(schedule, stretch)):
            if moment > now and is_active(schedule, moment, zone) != active:
                return moment
    return None


def preview(schedule: Schedule, monday: date, zone: tzinfo) -> WeekPreview:
    """The week of the site's calendar that begins on `monday`."""
    days = [local_day(monday + _ONE_DAY * number) for number in range(-1, 7)]
    week = (_midnight(days[1]), _midnight(days[7]) + _ONE_DAY)
    # No wall clock is a whole day away from UTC, and a jump of the clock moves it by a day at most.
    window = (week[0].replace(tzinfo=UTC) - 2 * _ONE_DAY, week[1].replace(tzinfo=UTC) + 2 * _ONE_DAY)
    spans: list[PreviewSpan] = []
    for stretch in _stretches(zone, *window):
        for day in days:
            _add_spans(spans, schedule, day, stretch, week, zone)
    return WeekPreview(
        tuple(PreviewDay(day.date, day_slots(schedule, day), cause_of(schedule, day)) for day in days[1:]),
        tuple(sorted(spans, key=lambda span: (span.starts_at, span.ends_at))),
    )


def cause_of(schedule: Schedule, day: LocalDay) -> Cause:
    """What gives a date its slots; follows `day_slots` step by step."""
    if (schedule.first and day.date < schedule.first) or (schedule.last and day.date > schedule.last):
        return Cause(CauseKind.OUTSIDE)
    for overrides, key in ((schedule.overrides, day.iso), (schedule.yearly, day.month_day)):
        if key in overrides:
            return schedule.causes.get(key, Cause(CauseKind.OVERRIDE))
    if any(period.first <= day.date <= period.last for period in schedule.periods):
        return Cause(CauseKind.PERIOD)
    return Cause(CauseKind.WEEKLY)


def _add_spans(
    spans: list[PreviewSpan],
    schedule: Schedule,
    day: LocalDay,
    stretch: Stretch,
    week: tuple[datetime, datetime],
    zone: tzinfo,
) -> None:
    for slot in _reaching(schedule, day):
        starts = max(stretch.start, _utc(max(_wall(day, slot.start), week[0]), stretch))
        ends = min(stretch.end, _utc(min(_wall(day, slot.end), week[1]), stretch))
        if starts >= ends:
            continue
        if (joined := _ending_at(spans, day, starts)) is not None:
            starts = spans.pop(joined).starts_at
        spans.append(
            PreviewSpan(day.date, starts, ends, starts.astimezone(zone), ends.astimezone(zone), cause_of(schedule, day))
        )


def _ending_at(spans: list[PreviewSpan], day: LocalDay, moment: datetime) -> int | None:
    """Where a span of the same date ends at this moment: a stretch ended there, but the slot did not."""
    for index in range(len(spans) - 1, -1, -1):
        if spans[index].ends_at == moment and spans[index].day == day.date:
            return index
    return None


def _reaching(schedule: Schedule, day: LocalDay) -> Slots:
    """The slots of a date as far as the next date lets them reach."""
    slots = day_slots(schedule, day)
    if schedule.cuts and is_cut(schedule, local_day(day.date + _ONE_DAY)):
        return tuple(Interval(slot.start, min(slot.end, MINUTES_A_DAY)) for slot in slots)
    return slots


def _edges(schedule: Schedule, stretch: Stretch) -> list[datetime]:
    """Every moment inside the stretch at which a slot begins or ends, or a date may cut one."""
    last = (stretch.end + stretch.offset).date()
    day = local_day((stretch.start + stretch.offset).date() - _ONE_DAY)
    found: set[datetime] = set()
    while day.date <= last:
        minutes = {edge for slot in day_slots(schedule, day) for edge in (slot.start, slot.end)}
        if schedule.cuts:
            minutes.add(0)
        found.update(_utc(_wall(day, minute), stretch) for minute in minutes)
        day = local_day(day.date + _ONE_DAY)
    return sorted(moment for moment in found if stretch.start < moment < stretch.end)


def _stretches(zone: tzinfo, start: datetime, end: datetime) -> Iterator[Stretch]:
    """[start, end) in order. A zone that changes its offset twice within twelve hours and back is not expected."""
    while start < end:
        stop = min(start + _STEP, end)
        offset = _offset(zone, start)
        if _offset(zone, stop) != offset:
            stop = _change_of_offset(zone, start, stop)
        yield Stretch(start, stop, offset)
        start = stop


def _change_of_offset(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The moment of the change, between two moments that it separates. Changes fall on whole seconds."""
    offset = _offset(zone, before)
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > _TICK:
        middle = before + ((after - before) // _TICK // 2) * _TICK
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or _NOTHING


def _midnight(day: LocalDay) -> datetime:
    return datetime.combine(day.date, time())


def _wall(day: LocalDay, minute: int) -> datetime:
    return _midnight(day) + minute * _MINUTE


def _utc(wall: datetime, stretch: Stretch) -> datetime:
    return wall.replace(tzinfo=UTC) - stretch.offset
