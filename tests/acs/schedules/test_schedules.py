"""Schedules: what the operations accept, refuse and write down, and what controllers get of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.decision.schedule import CauseKind, Interval, Schedule
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.schedules.given import DateRange, PeriodGiven
from doorward.acs.schedules.holiday import HolidayGiven, by_hand
from doorward.acs.schedules.holiday_operations import (
    create_holiday_calendar,
    delete_holiday_calendar,
    fill_holiday_calendar,
)
from doorward.acs.schedules.models import Holiday, OverrideSchedule, ScheduleKind, ScheduleOverride, ScheduleRow
from doorward.acs.schedules.operations import ScheduleChanges, create_schedule, delete_schedule, update_schedule
from doorward.acs.schedules.override_operations import (
    create_override_schedule,
    delete_override_schedule,
    update_override_schedule,
)
from doorward.acs.schedules.policy import schedules
from doorward.acs.schedules.queries import active_schedules, next_change_of, page_schedules, preview_of, used_by
from doorward.acs.site.models import Site
from doorward.acs.site.operations import update_site
from tests.world import START, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

OFFICE = [[(480, 1020)]] * 5 + [[], []]
MORNING = [(480, 720)]
CHRISTMAS = date(2026, 12, 25)


async def make(world: World, name: str = "Office", **given: Any) -> ScheduleRow:
    return await create_schedule(world.domain, COMMAND_LINE, name, given.pop("weekly", OFFICE), **given)


async def one(schedule_id: str) -> Schedule:
    found = await schedules([schedule_id])
    assert len(found) == 1
    return found[0]


async def policy_version() -> int:
    site: Site = await Site.get()
    return int(site.policy_version)


async def test_a_schedule_reaches_the_policy_as_it_was_given(database_url: str) -> None:
    async with open_world(database_url) as world:
        summer = PeriodGiven(date(2027, 7, 1), date(2027, 8, 31), [MORNING] * 7)
        row = await make(
            world,
            weekly=[[(1320, 1800), (480, 720)], *[[]] * 6],
            overrides={"2026-12-24": MORNING},
            periods=[summer],
            first_day=date(2026, 1, 1),
            last_day=date(2027, 12, 31),
        )
        schedule = await one(row.id)
        assert schedule.weekly[0] == (Interval(480, 720), Interval(1320, 1800))
        assert schedule.overrides == {"2026-12-24": (Interval(480, 720),)}
        assert schedule.periods[0].days == ((Interval(480, 720),),) * 7
        assert (schedule.first, schedule.last) == (date(2026, 1, 1), date(2027, 12, 31))
        compiled = (await compile_policy(world.domain, world.controller.id)).policy.schedules
        assert compiled == (schedule,)


@pytest.mark.parametrize(
    "given, path, words",
    [
        (
            {"weekly": [[(480, 720), (700, 800)], *[[]] * 6]},
            "days",
            "On Monday, 11:40-13:20 begins before 08:00-12:00",
        ),
        ({"weekly": [[], [(480, 480)], *[[]] * 5]}, "days", "On Tuesday, the slot 08:00-08:00 is empty"),
        ({"weekly": [[(480, 2881)], *[[]] * 6]}, "days", "at most the end of the next day"),
        ({"weekly": [[]] * 6}, "days", "seven days"),
        ({"weekly": [[(n * 10, n * 10 + 5) for n in range(25)], *[[]] * 6]}, "days", "24 are the most"),
        ({"overrides": {"24.12.": []}}, "overrides", "2026-12-24"),
        ({"first_day": date(2026, 2, 1), "last_day": date(2026, 1, 1)}, "lastDay", "before the first"),
        ({"periods": [PeriodGiven(date(2026, 2, 2), date(2026, 2, 1), [[]] * 7)]}, "periods", "before the first"),
        (
            {"periods": [PeriodGiven(date(2026, 1, 1), date(2026, 1, day), [[]] * 7) for day in (9, 3)]},
            "periods",
            "has ended",
        ),
        ({"kind": ScheduleKind.DAILY, "weekly": OFFICE}, "days", "no slots by weekday"),
        ({"kind": ScheduleKind.DAILY, "weekly": [[]] * 7}, "periods", "at least one range"),
        (
            {
                "kind": ScheduleKind.DAILY,
                "weekly": [[]] * 7,
                "periods": [PeriodGiven(date(2026, 1, 1), date(2026, 1, 9), OFFICE)],
            },
            "periods",
            "same slots on every day",
        ),
        ({"name": "Always"}, "name", "already"),
        ({"override_schedule_ids": ["nothing"]}, "overrideScheduleIds", "no such"),
    ],
)
async def test_what_makes_no_schedule_is_refused_with_a_sentence(
    database_url: str, given: dict[str, Any], path: str, words: str
) -> None:
    async with open_world(database_url) as world:
        await make(world, "Always", weekly=[[(0, 1440)]] * 7)
        with pytest.raises((ValidationFailed, Conflict, NotFound), match=words) as caught:
            await make(world, **given)
        assert caught.value.path == (path,)
        assert await ScheduleRow.all().count() == 1


async def test_a_change_is_audited_with_what_differed_and_reaches_controllers(database_url: str) -> None:
    async with open_world(database_url) as world:
        row = await make(world)
        version = await policy_version()
        changes: ScheduleChanges = {"weekly": [[(480, 1020)]] * 7, "name": "Office"}
        changed = await update_schedule(world.domain, user(Role.ADMINISTRATOR), row.id, changes, 1)
        assert (changed.version, await policy_version()) == (2, version + 1)
        event = await Event.filter(type=EventType.SCHEDULE_UPDATED).get()
        assert set(event.data["before"]) == set(event.data["after"]) == {"weekly"}
        assert event.data["subject"]["id"] == row.id
        with pytest.raises(Conflict, match="Somebody else"):
            await update_schedule(world.domain, COMMAND_LINE, row.id, {"name": "Mine"}, 1)


async def test_a_change_that_changes_nothing_leaves_no_trace(database_url: str) -> None:
    async with open_world(database_url) as world:
        row = await make(world)
        version = await policy_version()
        same = await update_schedule(
            world.domain, COMMAND_LINE, row.id, {"weekly": OFFICE, "override_schedule_ids": []}
        )
        assert (same.version, await policy_version()) == (1, version)
        assert not await Event.filter(type=EventType.SCHEDULE_UPDATED).exists()


async def test_a_schedule_in_use_is_not_deleted_and_its_users_are_named(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        always = await ScheduleRow.get(name="Always")
        assert [use[::2] for use in await used_by(COMMAND_LINE, always.id)] == [("access rule", "Staff")]
        with pytest.raises(Conflict, match="access rule Staff"):
            await delete_schedule(world.domain, COMMAND_LINE, always.id)
        assert await ScheduleRow.exists(id=always.id)


async def test_a_schedule_that_nothing_uses_is_deleted_with_its_assignments(database_url: str) -> None:
    async with open_world(database_url) as world:
        closed = await create_override_schedule(world.domain, COMMAND_LINE, "Closed")
        row = await make(world, override_schedule_ids=[closed.id])
        assert await used_by(COMMAND_LINE, row.id) == []
        version = await policy_version()
        await delete_schedule(world.domain, COMMAND_LINE, row.id)
        assert await policy_version() == version + 1
        assert not await ScheduleOverride.exists()
        assert (await Event.filter(type=EventType.SCHEDULE_DELETED).get()).data["before"]["name"] == "Office"
        with pytest.raises(NotFound):
            await delete_schedule(world.domain, COMMAND_LINE, row.id)


async def test_override_schedules_and_holidays_are_written_out_with_their_causes(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        calendar = await create_holiday_calendar(
            domain,
            COMMAND_LINE,
            "Holidays",
            by_hand([HolidayGiven(CHRISTMAS, "Christmas Day"), HolidayGiven(date(2026, 1, 1), "New Year", True)]),
        )
        closed = await create_override_schedule(
            domain,
            COMMAND_LINE,
            "Closed",
            dates=[
                DateRange(date(2026, 12, 30), date(2027, 1, 2), yearly=True),
                DateRange(date(2026, 12, 24), date(2026, 12, 24), slots=MORNING),
            ],
            calendar_ids=[calendar.id],
            cuts_midnight=True,
        )
        schedule = await one((await make(world, override_schedule_ids=[closed.id])).id)
        assert schedule.overrides == {"2026-12-24": (Interval(480, 720),), "2026-12-25": ()}
        assert schedule.yearly == {"12-30": (), "12-31": (), "01-01": (), "01-02": ()}
        assert schedule.cuts == {"2026-12-24", "2026-12-25", "12-30", "12-31", "01-01", "01-02"}
        cause = schedule.causes["2026-12-25"]
        assert (cause.kind, cause.override, cause.holiday) == (CauseKind.HOLIDAY, "Closed", "Christmas Day")
        # Its own dates come before the calendar's.
        assert schedule.causes["01-01"].kind is CauseKind.OVERRIDE


async def test_of_two_override_schedules_the_earlier_one_wins_and_the_schedule_s_own_dates_over_both(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        dates = [DateRange(date(2026, 12, 24), date(2026, 12, 26)), DateRange(date(2026, 12, 31), date(2026, 12, 31))]
        closed = await create_override_schedule(domain, COMMAND_LINE, "Closed", dates=dates)
        yearly = [DateRange(date(2020, 12, 26), date(2020, 12, 31), yearly=True)]
        short = await create_override_schedule(domain, COMMAND_LINE, "Short", MORNING, yearly)
        row = await make(world, overrides={"2026-12-24": [(0, 60)]}, override_schedule_ids=[short.id, closed.id])
        schedule = await one(row.id)
        assert schedule.overrides == {"2026-12-24": (Interval(0, 60),), "2026-12-25": ()}
        assert set(schedule.yearly) == {"12-26", "12-27", "12-28", "12-29", "12-30", "12-31"}
        await update_schedule(domain, COMMAND_LINE, row.id, {"override_schedule_ids": [closed.id, short.id]})
        schedule = await one(row.id)
        assert schedule.overrides["2026-12-26"] == ()
        assert schedule.overrides["2026-12-31"] == ()
        assert schedule.yearly["12-26"] == (Interval(480, 720),)


async def test_a_changed_calendar_or_override_changes_every_schedule_that_follows_it_and_no_other(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        calendar = await create_holiday_calendar(domain, COMMAND_LINE, "Holidays", by_hand([]))
        closed = await create_override_schedule(domain, COMMAND_LINE, "Closed", calendar_ids=[calendar.id])
        followers = {(await make(world, name, override_schedule_ids=[closed.id])).id for name in ("One", "Two")}
        await make(world, "Other")
        changed: list[tuple[str, ...]] = []
        monkeypatch.setattr("doorward.acs.operation.Work.changed", lambda work, part, *ids: changed.append(ids))
        await fill_holiday_calendar(
            domain, COMMAND_LINE, calendar.id, by_hand([HolidayGiven(CHRISTMAS, "Christmas Day")])
        )
        await update_override_schedule(domain, COMMAND_LINE, closed.id, {"slots": MORNING})
        assert [set(ids) for ids in changed] == [followers, followers]
        assert (await one(min(followers))).overrides == {"2026-12-25": (Interval(480, 720),)}


async def test_filling_a_calendar_replaces_its_dates_and_audits_both(database_url: str) -> None:
    async with open_world(database_url) as world:
        first, second = (
            by_hand([HolidayGiven(CHRISTMAS, "Christmas")]),
            by_hand([HolidayGiven(date(2026, 5, 1), "May")]),
        )
        calendar = await create_holiday_calendar(world.domain, COMMAND_LINE, "Holidays", first)
        await fill_holiday_calendar(world.domain, COMMAND_LINE, calendar.id, second)
        assert [row.name for row in await Holiday.all()] == ["May"]
        event = await Event.filter(type=EventType.HOLIDAY_CALENDAR_UPDATED).get()
        assert event.data["before"]["holidays"] == [["2026-12-25", "Christmas"]]
        assert event.data["after"]["holidays"] == [["2026-05-01", "May"]]


async def test_override_schedules_and_calendars_in_use_are_not_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        calendar = await create_holiday_calendar(domain, COMMAND_LINE, "Holidays", by_hand([]))
        closed = await create_override_schedule(domain, COMMAND_LINE, "Closed", calendar_ids=[calendar.id])
        row = await make(world, override_schedule_ids=[closed.id])
        with pytest.raises(Conflict, match="schedule Office"):
            await delete_override_schedule(domain, COMMAND_LINE, closed.id)
        with pytest.raises(Conflict, match="override schedule Closed"):
            await delete_holiday_calendar(domain, COMMAND_LINE, calendar.id)
        await update_schedule(domain, COMMAND_LINE, row.id, {"override_schedule_ids": []})
        await delete_override_schedule(domain, COMMAND_LINE, closed.id)
        await delete_holiday_calendar(domain, COMMAND_LINE, calendar.id)
        assert not await OverrideSchedule.exists()


@pytest.mark.parametrize(
    "dates, words",
    [
        (DateRange(date(2026, 1, 2), date(2026, 1, 1)), "before the first"),
        (DateRange(date(2026, 1, 1), date(2027, 6, 1), yearly=True), "longer than the year"),
        (DateRange(date(2026, 1, 1), date(2126, 1, 1)), "4000 are the most"),
        (DateRange(CHRISTMAS, CHRISTMAS, slots=[(0, 60), (30, 90)]), "On 2026-12-25, 00:30-01:30 begins before"),
    ],
)
async def test_what_makes_no_override_schedule_is_refused(database_url: str, dates: DateRange, words: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match=words) as caught:
            await create_override_schedule(world.domain, COMMAND_LINE, "Closed", dates=[dates])
        assert caught.value.path == ("dates",)


async def test_the_preview_and_the_next_change_are_those_of_the_site_s_zone(database_url: str) -> None:
    async with open_world(database_url) as world:
        await update_site(world.domain, COMMAND_LINE, {"time_zone": "America/New_York"})
        row = await make(world)
        assert await active_schedules(world.domain, [row]) == set()  # 07:00 in New York
        assert await next_change_of(world.domain, COMMAND_LINE, row.id) == START + timedelta(hours=1)
        week = await preview_of(COMMAND_LINE, row.id, date(2026, 11, 23))
        assert week.spans[0].starts_at == datetime(2026, 11, 23, 13, tzinfo=UTC)
        assert week.spans[0].local_start.hour == 8
        with pytest.raises(ValidationFailed, match="is a Tuesday"):
            await preview_of(COMMAND_LINE, row.id, date(2026, 11, 24))
        with pytest.raises(NotFound):
            await preview_of(COMMAND_LINE, "nothing", date(2026, 11, 23))


async def test_schedules_are_for_those_who_may_see_the_configuration(database_url: str) -> None:
    async with open_world(database_url):
        with pytest.raises(NotPermitted, match=r"configuration\.view"):
            await page_schedules(only(Permission.DOOR_VIEW), PageRequest(100))
