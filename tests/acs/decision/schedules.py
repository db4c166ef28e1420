"""Schedules for properties, and the slow, obvious way to say whether one applies."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from doorward.acs.decision.schedule import Interval, Period, Schedule, Slots

CLOCK_CHANGES = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(2026, 6, 1)),  # never, and 5:45 from UTC
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight does not exist
    ("America/Sao_Paulo", date(2018, 2, 18)),  # the hour before midnight comes twice
    ("America/St_Johns", date(2010, 11, 7)),  # one minute past midnight becomes yesterday again
    ("Pacific/Apia", date(2011, 12, 30)),  # the whole day does not exist
    ("Pacific/Apia", date(2012, 4, 1)),
)


@st.composite
def slots(draw: st.DrawFn) -> Slots:
    """Up to three slots in order, of which only the last may run past midnight."""
    # Coarse edges as well as odd ones: coarse ones meet the hours that a clock repeats or skips.
    edges = st.one_of(st.integers(0, 48).map(lambda half: half * 30), st.integers(0, 1439))
    chosen = sorted(draw(st.sets(edges, max_size=6)))
    found = [Interval(start, end) for start, end in zip(chosen[::2], chosen[1::2], strict=False)]
    if chosen and len(chosen) % 2 and chosen[-1] < 1440:
        found.append(Interval(chosen[-1], draw(st.integers(chosen[-1] + 1, 2880))))
    return tuple(found)


def weeks() -> st.SearchStrategy[tuple[Slots, ...]]:
    """Seven days."""
    return st.tuples(*[slots()] * 7)


@st.composite
def schedules(draw: st.DrawFn, around: date) -> Schedule:
    """A schedule that has something to say about the days around a date."""
    near = st.integers(-4, 4).map(lambda days: around + timedelta(days=days))
    first, last = sorted((draw(near), draw(near)))
    period = st.builds(Period, st.just(first), st.just(last), weeks())
    iso, month_day = near.map(date.isoformat), near.map(lambda day: day.isoformat()[5:])
    return Schedule(
        id="s",
        name="s",
        weekly=draw(weeks()),
        overrides=draw(st.dictionaries(iso, slots(), max_size=3)),
        yearly=draw(st.dictionaries(month_day, slots(), max_size=2)),
        periods=draw(st.lists(period, max_size=1).map(tuple)),
        first=draw(st.one_of(st.none(), near)),
        last=draw(st.one_of(st.none(), near)),
        cuts=draw(st.frozensets(st.one_of(iso, month_day), max_size=2)),
    )


def applies(schedule: Schedule, moment: datetime, zone: ZoneInfo) -> bool:
    """The reference: look at the wall clock, then at what today and yesterday say, with nothing prepared."""
    local = moment.astimezone(zone)
    today, minute = local.date(), local.hour * 60 + local.minute
    yesterday = today - timedelta(days=1)
    if any(minute in range(slot.start, slot.end) for slot in slots_of(schedule, today)):
        return True
    every_year = f"{today:%m-%d}" in schedule.cuts and today.isoformat() not in schedule.overrides
    cut = every_year or today.isoformat() in schedule.cuts
    return not cut and any(minute + 1440 in range(slot.start, slot.end) for slot in slots_of(schedule, yesterday))


def slots_of(schedule: Schedule, day: date) -> Slots:
    """The slots of a date, by the order that the reference documentation gives."""
    if not (schedule.first or date.min) <= day <= (schedule.last or date.max):
        return ()
    candidates = [
        schedule.overrides.get(day.isoformat()),
        schedule.yearly.get(f"{day:%m-%d}"),
        *(period.days[day.weekday()] for period in schedule.periods if period.first <= day <= period.last),
        schedule.weekly[day.weekday()],
    ]
    return next(found for found in candidates if found is not None)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Schedule, datetime, ZoneInfo]:
    """A schedule, a zone, and a whole minute within a day and a half of a change of its clock."""
    name, day = draw(st.sampled_from(CLOCK_CHANGES))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    moment = noon + timedelta(minutes=draw(st.integers(-2160, 2160)))
    return draw(schedules(day)), moment, ZoneInfo(name)
