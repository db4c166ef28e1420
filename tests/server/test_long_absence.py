"""Five days without the server: 200,000 events arrive once and in order, and what happens meanwhile is not delayed.

The controller decides all the while: every event is of a real decision, made under a clock that is moved through 120
hours in some minutes, step by step. Only the devices are played, and the hours between the steps.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.controllers.models import ControllerCertificate
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.doors.changes import update_door
from doorward.acs.doors.models import Controller as ControllerRow
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import JournalRecord
from doorward.acs.people.operations import NewCardholder, create_cardholder, create_group
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.operations import create_schedule
from doorward.hardware.driver import DriverCommand, Feedback
from tests.server.link_world import CuttingProxy, LinkWorld, listening, until
from tests.server.test_controller_link import Box
from tests.world import Clock, World, make_site

EVENTS = 200_000
AWAY = timedelta(hours=120)
STEPS = 6_000
CARDS_A_STEP = 20
ALONE_AFTER = timedelta(hours=72)
LONGEST_DELAY_S = 2.0
OPENS, CLOSES = 8, 18
"""Working hours, Monday to Friday; the door is unlocked in the first of them."""
ALWAYS, WORKERS, NEWS = range(1042, 1052), range(2042, 2052), 3042
"""Cards that may pass at any time, those that may in working hours, and the one that is shown after the return."""
pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(1_500)]


class BoxClocks:
    """Both clocks of the controller: what elapses is what the wall shows. Its own thread alone asks for the time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._last = clock()

    def wall(self) -> datetime:
        self._last = self._clock()
        return self._last

    def monotonic_ms(self) -> int:
        """Of the moment that the wall's clock last told, so that the two never seem to be set against each other."""
        return int((self._last - self._began).total_seconds() * 1000)


class Answers:
    """Counts what the readers were told."""

    def __init__(self) -> None:
        self._count = 0
        self._more = threading.Condition()

    def submit(self, command: DriverCommand) -> None:
        if isinstance(command, Feedback):
            with self._more:
                self._count += 1
                self._more.notify_all()

    def wait_for(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: self._count >= count, 30), (
                f"{self._count} of {count} cards were answered"
            )


@dataclass
class Annexe:
    """The controller, its line, and what its readers were told."""

    box: Box
    line: CuttingProxy
    controller_id: str
    answers: Answers
    folder: Path


@asynccontextmanager
async def annexe(links: LinkWorld) -> AsyncIterator[Annexe]:
    """Linked, its devices online; people with rights for always, and for working hours."""
    domain, who = links.world.domain, COMMAND_LINE
    async with CuttingProxy(links.port) as line:
        row, identity = await links.enrolled(port=line.port)
        site = await make_site(World(domain, links.world.clock, row))
        hours = await create_schedule(domain, who, "Hours", [[(OPENS * 60, CLOSES * 60)]] * 5 + [[], []], {})
        early = await create_schedule(domain, who, "First hour", [[(OPENS * 60, (OPENS + 1) * 60)]] * 5 + [[], []], {})
        workers = await create_group(domain, who, "Workers")
        await create_access_rule(domain, who, "Workers", [workers.id], [hours.id], [DoorSide(site.door.id, Side.A)])
        await update_door(domain, who, site.door.id, {"unlock_schedule_ids": (early.id,)})
        for number in (*ALWAYS[1:], *WORKERS, NEWS):
            group = workers.id if number in WORKERS else site.group.id
            person = await create_cardholder(domain, who, NewCardholder(f"E-{number}", "P", str(number), "", (group,)))
            await create_card(domain, who, NewCard(person.id, 17, number))
        folder, clocks = links.folder / row.name, BoxClocks(links.world.clock)
        async with Box(folder, identity, line.port, clocks.wall, clocks.monotonic_ms) as box:
            await box.power_up()
            await links.events(EventType.DOOR_ONLINE)
            answers = Answers()
            assert box.driver is not None
            box.driver.on_submit = answers.submit
            yield Annexe(box, line, row.id, answers, folder)


def live_alone(site: Annexe, clock: Clock) -> None:
    """Five days of people at the door, while nobody hears of it."""
    cards = [*ALWAYS, *WORKERS]
    for step in range(STEPS):
        clock.advance(AWAY / STEPS)
        for number in range(CARDS_A_STEP):
            site.box.badge(cards[number % len(cards)])
        site.answers.wait_for((step + 1) * CARDS_A_STEP)
        assert site.box.driver is not None
        site.box.driver.commands.clear()


@dataclass
class Return:
    """The badges that were shown while the backlog came, and how long each took to be in the database."""

    took_s: float
    delays: list[float]


async def catch_up(site: Annexe, backlog: int) -> Return:
    """Show a card about twice a second until the database has the first `backlog` records."""
    delays = []
    began = time.monotonic()
    before = (await ControllerRow.get(id=site.controller_id)).stored_sequence
    # What happens before the controller is greeted is of the backlog.
    await until(lambda: _stored_beyond(site.controller_id, before))
    while (await ControllerRow.get(id=site.controller_id)).stored_sequence < backlog:
        newest = await Event.all().order_by("-position").first()
        assert newest is not None
        shown = time.monotonic()
        site.box.badge(NEWS)
        while not await _told(newest.position):
            assert time.monotonic() - shown < 10 * LONGEST_DELAY_S
            await asyncio.sleep(0.02)
        delays.append(time.monotonic() - shown)
        await asyncio.sleep(0.5)
    return Return(time.monotonic() - began, sorted(delays))


async def _stored_beyond(controller_id: str, before: int) -> bool:
    return bool((await ControllerRow.get(id=controller_id)).stored_sequence > before)


async def _told(after: int) -> bool:
    news = Event.filter(position__gt=after, type=EventType.ACCESS_GRANTED, cardholder_name=f"P {NEWS}")
    return await news.exists()


def written(folder: Path) -> list[JournalRecord]:
    """The controller's journal."""
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        rows = connection.execute("SELECT body FROM records ORDER BY sequence").fetchall()
    return [msgspec.msgpack.decode(row[0], type=JournalRecord) for row in rows]


async def test_nothing_is_lost_or_told_twice_and_news_is_there_within_two_seconds(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(database_url, tmp_path) as links, annexe(links) as site:
        clock = links.world.clock
        left = clock()
        site.line.cut()
        await links.events(EventType.CONTROLLER_OFFLINE)
        began = time.monotonic()
        await asyncio.to_thread(live_alone, site, clock)
        alone_s = time.monotonic() - began
        backlog = len(written(site.folder))
        assert backlog >= EVENTS
        clock.advance(timedelta(minutes=1))
        site.line.mend()
        back = await catch_up(site, backlog)
        with capsys.disabled():
            print(  # noqa: T201 - the figures are what a slow test is run for
                f"\n120 h lived in {alone_s:.0f} s; {backlog} events in {back.took_s:.0f} s "
                f"({backlog / back.took_s:.0f}/s); {len(back.delays)} badges meanwhile: "
                f"p50 {back.delays[len(back.delays) // 2]:.2f} s, worst {back.delays[-1]:.2f} s"
            )
        records = written(site.folder)
        await until(lambda: _all_stored(site.controller_id, len(records)))
        events = await Event.filter(controller_id=site.controller_id, source="controller").order_by("position")
        check_the_whole(events, records, backlog)
        check_the_days(events, left)
        assert not await Event.filter(type=EventType.CONTROLLER_CERTIFICATE_RENEWED).exists()
        assert await ControllerCertificate.filter(ended_at=None).count() == 1
        assert back.delays[-1] < LONGEST_DELAY_S


async def _all_stored(controller_id: str, count: int) -> bool:
    row = await ControllerRow.get(id=controller_id)
    return bool(row.stored_sequence == count and row.stored_ahead is None)


def check_the_whole(events: Sequence[Event], records: Sequence[JournalRecord], backlog: int) -> None:
    """What was written at the doors is what is stored: all of it, once, news and backlog each in order."""
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))
    by_number = sorted(events, key=lambda event: event.sequence or 0)
    told = [(event.sequence, event.type, event.correlation, event.at) for event in by_number]
    assert told == [(record.sequence, record.type, record.correlation, record.at) for record in records]
    stored = [event.sequence or 0 for event in events]
    news = next(number for number in stored if number > backlog)  # The first that went ahead.
    for stream in ([n for n in stored if n < news], [n for n in stored if n >= news]):
        assert stream == sorted(stream)


def check_the_days(events: Sequence[Event], left: datetime) -> None:
    """The five days were lived: schedules changed, time was always the clock's, and being alone was an alarm."""
    away = [event for event in events if left < event.at <= left + AWAY]
    hours = {event.at.replace(minute=0, second=0, microsecond=0) for event in away}
    assert len(hours) >= AWAY / timedelta(hours=1)
    decided = [event for event in away if event.type in (EventType.ACCESS_GRANTED, EventType.ACCESS_DENIED)]
    assert len(decided) >= STEPS * CARDS_A_STEP
    always = {f"P {number}" for number in ALWAYS[1:]} | {"Ada Lovelace"}
    for event in decided:
        works = OPENS <= event.at.hour < CLOSES and event.at.weekday() < 5
        may = event.cardholder_name in always or works
        assert (event.type is EventType.ACCESS_GRANTED) is may, (event.cardholder_name, event.at, event.reason)
    step = AWAY / STEPS
    (alone,) = [event for event in events if event.type is EventType.CONTROLLER_ALONE]
    assert left + ALONE_AFTER <= alone.at <= left + ALONE_AFTER + 2 * step
    (ended,) = [event for event in events if event.type is EventType.CONTROLLER_ALONE_ENDED]
    assert ended.at > left + AWAY
    unlocked = [event.at.hour for event in away if event.type is EventType.DOOR_UNLOCKED_BY_SCHEDULE]
    assert unlocked == [OPENS] * 4  # Tuesday to Friday.
    assert not [event for event in events if event.type in (EventType.CLOCK_STEPPED, EventType.CLOCK_OFF)]
