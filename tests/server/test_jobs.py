"""What the server does every day: when, whatever fails, and until it stops."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from doorward.acs.actor import COMMAND_LINE, SYSTEM
from doorward.acs.credentials.mobile import INVITATION_LIFETIME, NewMobile, create_mobile
from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.schedules.country import from_country
from doorward.acs.schedules.holiday_operations import create_holiday_calendar
from doorward.acs.schedules.models import HolidayCalendar
from doorward.acs.site.operations import update_site
from doorward.server import jobs
from doorward.server.jobs import JOBS, Job, Jobs
from tests.world import START, World, make_site, open_world

pytestmark = pytest.mark.anyio

PATIENCE_S = 20.0


@dataclass
class Board:
    """What jobs did, and a bell for each that ended."""

    done: list[str] = field(default_factory=list)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def job(self, name: str, fail: Exception | None = None) -> Job:
        async def run(_: Domain) -> None:
            self.done.append(name)
            self.bell.set()
            if fail is not None:
                raise fail

        return Job(name, 5, 30, run)

    async def until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not met():
                self.bell.clear()
                await self.bell.wait()


@asynccontextmanager
async def running(world: World, *chosen: Job) -> AsyncIterator[Jobs]:
    started = Jobs(world.domain, chosen)
    await started.start()
    try:
        yield started
    finally:
        await started.stop()


async def event(world: World, event_type: EventType) -> Event:
    """The first event of a type, waited for."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            seen = world.domain.bus.announced
            if (found := await Event.filter(type=event_type).first()) is not None:
                return found
            await world.domain.bus.wait(seen)


async def test_every_job_runs_when_the_server_starts_and_next_at_its_hour_of_the_site(database_url: str) -> None:
    board = Board()
    async with open_world(database_url) as world:
        await update_site(world.domain, COMMAND_LINE, {"time_zone": "Asia/Tokyo"})
        async with running(world, board.job("one"), board.job("two")) as started:
            await board.until(lambda: len(board.done) == 2)
            due = started.due("one")
            assert sorted(board.done) == ["one", "two"]
        assert due is not None
        assert (due.hour, due.minute, due.utcoffset()) == (5, 30, timedelta(hours=9))
        assert started.due("one") is None


async def test_jobs_follow_the_site_to_another_time_zone(database_url: str) -> None:
    board = Board()
    async with open_world(database_url) as world, running(world, board.job("one")) as started:
        await board.until(lambda: bool(board.done))
        await update_site(world.domain, COMMAND_LINE, {"time_zone": "America/New_York"})
        await started._follow_time_zone()
        due = started.due("one")
        assert due is not None
        assert due.tzinfo == ZoneInfo("America/New_York")
        assert (due.hour, due.minute) == (5, 30)


async def test_a_job_that_fails_is_on_record_and_keeps_no_other_from_running(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    board = Board()
    async with open_world(database_url) as world:
        bad = board.job("bad", RuntimeError("the disk is full"))
        async with running(world, bad, board.job("good")) as started:
            await board.until(lambda: len(board.done) == 2)
            told = await event(world, EventType.JOB_FAILED)
            assert started.due("bad") is not None
        assert (told.data["job"], told.data["problem"]) == ("bad", "the disk is full")
        assert any(record.levelno == logging.ERROR and "bad" in record.getMessage() for record in caplog.records)


async def test_a_failure_that_cannot_even_be_written_down_stops_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board()

    async def broken(*_: object) -> None:
        board.done.append("told")
        board.bell.set()
        raise OSError("disk")

    monkeypatch.setattr(jobs, "record_system_event", broken)
    async with open_world(database_url) as world, running(world, board.job("bad", RuntimeError())) as started:
        await board.until(lambda: "told" in board.done)
        assert started.due("bad") is not None


async def test_stopping_waits_for_a_job_and_then_cancels_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "STOP_S", 0.01)
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(_: Domain) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with open_world(database_url) as world:
        async with running(world, Job("endless", 5, 30, endless)):
            await asyncio.wait_for(begun.wait(), PATIENCE_S)
        assert ended.is_set()


async def test_a_job_that_can_end_is_let_end(database_url: str) -> None:
    begun, release, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def short(_: Domain) -> None:
        begun.set()
        await release.wait()
        ended.set()

    async with open_world(database_url) as world:
        started = Jobs(world.domain, [Job("short", 5, 30, short)])
        await started.start()
        await asyncio.wait_for(begun.wait(), PATIENCE_S)
        stopping = asyncio.create_task(started.stop())
        release.set()
        await asyncio.wait_for(stopping, PATIENCE_S)
        assert ended.is_set()


async def test_the_server_s_own_jobs_extend_calendars_and_withdraw_invitations_by_its_own_hand(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        filling = from_country("DE", "BY", (), START.date())
        calendar = await create_holiday_calendar(world.domain, COMMAND_LINE, "Germany", filling)
        await create_mobile(world.domain, COMMAND_LINE, NewMobile(site.ada.id))
        world.clock.now = datetime(2027, 1, 1, tzinfo=UTC)
        async with running(world, *JOBS):
            updated = await event(world, EventType.HOLIDAY_CALENDAR_UPDATED)
            expired = await event(world, EventType.MOBILE_INVITATION_EXPIRED)
        assert (await HolidayCalendar.get(id=calendar.id)).covers_to == date(2037, 12, 31)
        for told in (updated, expired):
            assert (told.user_id, told.user_name, told.data["means"]) == (None, SYSTEM.name, "system")
        assert expired.cardholder_name == "Ada Lovelace"
        assert expired.data["before"]["expires_at"] == (START + INVITATION_LIFETIME).isoformat()
        assert not await Event.filter(type=EventType.JOB_FAILED).exists()


def test_no_time_zone_skips_the_hour_of_the_jobs() -> None:
    zones = [ZoneInfo(name) for name in sorted(available_timezones())]
    for hour, minute in {(job.hour, job.minute) for job in JOBS}:
        for day in range(366):
            noon = datetime(2026, 1, 1, hour, minute) + timedelta(days=day)
            for zone in zones:
                wall = noon.replace(tzinfo=zone)
                # A wall clock time that is skipped has another offset on either side of it.
                assert wall.utcoffset() == wall.replace(fold=1).utcoffset(), (zone.key, wall)
