"""Following the log: exactly what it has, in its order, however it is written and whoever else follows."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.actor import COMMAND_LINE, Actor, Role
from doorward.acs.decision.policy import Side
from doorward.acs.errors import FellBehind, NotPermitted, Unauthenticated
from doorward.acs.events import feed, queries
from doorward.acs.events.catalogue import CATALOGUE, Category, EventType, Severity
from doorward.acs.events.feed import Entry, Feed
from doorward.acs.events.log import NewEvent, append, lock_log
from doorward.acs.events.models import Event
from doorward.acs.events.operations import record_system_event, store_records
from doorward.acs.events.queries import EventFilter, events_between, matches
from doorward.acs.messages import JournalRecord
from doorward.acs.transaction import transacted
from doorward.acs.users.operations import create_user, update_user
from doorward.graphql import following
from doorward.graphql.context import ApiContext
from doorward.graphql.following import follow_events
from tests.world import START, World, open_world, user

pytestmark = pytest.mark.anyio

KINDS = (EventType.SERVER_STARTED, EventType.JOB_FAILED, EventType.RECORDER_LOST, EventType.CAMERA_RECORDING)
EVERYTHING = EventFilter()


@dataclass(slots=True)
class Somebody(ApiContext):
    """A caller whose session is what the test says."""

    now: Actor | None = None

    async def _look(self) -> Actor:
        return self.now or self.actor


def somebody(world: World, actor: Actor = COMMAND_LINE) -> Somebody:
    request = Request({"type": "http", "headers": [(b"authorization", actor.name.encode())], "client": None})
    return Somebody(world.domain, actor, request, Response(), now=actor)


async def write(world: World, *kinds: EventType) -> None:
    for kind in kinds:
        await record_system_event(world.domain, NewEvent(kind, START))


async def store_at_once(world: World, events: list[NewEvent]) -> None:
    async def store(connection: BaseDBAsyncClient) -> None:
        await lock_log(connection)
        await append(world.domain.sealer, connection, events, START)

    await transacted(store)
    world.domain.bus.announce()


async def take(entries: AsyncIterator[Entry], count: int) -> list[int]:
    async with asyncio.timeout(20):
        return [(await anext(entries)).position for _ in range(count)]


async def in_log(wanted: EventFilter = EVERYTHING, after: int = 0) -> list[int]:
    rows = await events_between(COMMAND_LINE, wanted, after=after, limit=100_000)
    return [row.position for row in rows]


@asynccontextmanager
async def following_log(
    world: World,
    after: int | None = 0,
    wanted: EventFilter = EVERYTHING,
    actor: Actor = COMMAND_LINE,
) -> AsyncIterator[AsyncIterator[Entry]]:
    async with aclosing(follow_events(somebody(world, actor), after, wanted)) as entries:
        yield entries


async def joined(world: World, count: int) -> None:
    """So many follow what is new."""
    async with asyncio.timeout(10):
        while sum(one._number is not None for one in world.domain.feed._followers) < count:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def follow(world: World, after: int, kind: EventType | None) -> list[int]:
    """What somebody sees until the end of a round."""
    wanted = EventFilter(types=(kind,) if kind else ())
    seen: list[int] = []
    async with following_log(world, after, wanted) as entries:
        async for entry in entries:
            if entry.event.reason == "end" and kind in (None, entry.event.type):
                return seen
            seen.append(entry.position)
    return seen


async def test_everybody_gets_exactly_the_log_in_order(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From wherever they start, with any filter, while others write and read, whatever is read and kept at a time."""
    async with open_world(database_url) as world:
        for seed in range(6):
            dice = random.Random(seed)
            monkeypatch.setattr(following, "REPLAY_PAGE", dice.randint(1, 7))
            monkeypatch.setattr(feed, "PAGE", dice.randint(1, 7))
            monkeypatch.setattr(feed, "KEPT", dice.randint(7, 20))
            first = max(await in_log(), default=0)
            await write(world, *dice.choices(KINDS, k=dice.randint(0, 15)))
            last = max(await in_log(), default=0)
            starts = [(dice.randint(first, last), dice.choice([None, *KINDS])) for _ in range(4)]
            followers = [asyncio.create_task(follow(world, *start)) for start in starts]
            for _ in range(dice.randint(1, 3)):
                records = [NewEvent(kind, START) for kind in dice.choices(KINDS, k=dice.randint(1, 12))]
                await store_at_once(world, records)
            # Each sees the end of its own kind; who follows all sees the first of them.
            ends = list(KINDS)
            for kind in ends:
                await record_system_event(world.domain, NewEvent(kind, START, reason="end"))
            async with asyncio.timeout(30):
                found = await asyncio.gather(*followers)
            rows = await Event.filter(position__gt=first).order_by("position")
            for (after, kind_or_all), seen in zip(starts, found, strict=True):
                expected = [
                    row.position
                    for row in rows
                    if row.position > after and row.reason != "end" and kind_or_all in (None, row.type)
                ]
                assert seen == expected, seed
        assert not world.domain.feed._followers
        assert len(world.domain.standings) == 0


async def test_new_events_are_read_once_however_many_follow(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    genuine = feed.entries_of

    async def counted(rows: Sequence[Event]) -> list[Entry]:
        reads["feed"] += 1
        return await genuine(rows)

    async def never(*_: Any, **__: Any) -> list[Event]:
        raise AssertionError("a follower asked the log by itself")

    async with open_world(database_url) as world:
        await write(world, EventType.SERVER_STARTED)
        monkeypatch.setattr(feed, "entries_of", counted)
        monkeypatch.setattr(queries, "events_between", never)
        monkeypatch.setattr(following, "events_between", never)
        streams = [follow_events(somebody(world), None, EventFilter()) for _ in range(30)]
        waiting = [asyncio.create_task(take(stream, 2)) for stream in streams]
        await joined(world, len(streams))
        await write(world, EventType.JOB_FAILED)
        await write(world, EventType.RECORDER_LOST)
        positions = await asyncio.gather(*waiting)
        assert len({tuple(each) for each in positions}) == 1
        assert reads["feed"] <= 2
        for stream in streams:
            await stream.aclose()


async def test_nothing_is_left_running_when_nobody_follows_any_more(database_url: str) -> None:
    async with open_world(database_url) as world:
        before = asyncio.all_tasks()
        async with following_log(world) as first, following_log(world) as second:
            await write(world, EventType.SERVER_STARTED)
            assert await take(first, 1) == await take(second, 1)
            assert len(asyncio.all_tasks() - before) == 2, "one reads the log, one looks at the session"
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before


async def test_whoever_falls_behind_is_told_where_to_go_on_and_nobody_else_notices(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "KEPT", 10)
    monkeypatch.setattr(feed, "PAGE", 5)
    monkeypatch.setattr(feed, "PROMPT_S", 0.05)
    async with open_world(database_url) as world:
        async with following_log(world, None) as slow, following_log(world, None) as prompt:
            first = asyncio.create_task(take(slow, 1)), asyncio.create_task(take(prompt, 1))
            await joined(world, 2)
            await write(world, EventType.SERVER_STARTED)
            ((position,), _) = await asyncio.gather(*first)
            taking = asyncio.create_task(take(prompt, 30))
            await write(world, *[EventType.JOB_FAILED] * 30)
            assert len(await taking) == 30
            with pytest.raises(FellBehind) as caught:
                await take(slow, 1)
            assert caught.value.position == position
        async with following_log(world, position) as again:
            assert await take(again, 30) == await in_log(after=position)


async def test_a_backlog_stored_at_once_makes_nobody_fall_behind(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "KEPT", 20)
    monkeypatch.setattr(feed, "PAGE", 10)
    async with open_world(database_url) as world, following_log(world, 0) as entries:
        await write(world, EventType.SERVER_STARTED)
        assert await take(entries, 1)
        records = [JournalRecord(n, "boot", START, n, EventType.CONTROLLER_STARTED, str(n)) for n in range(1, 201)]
        await store_records(world.domain, world.controller.id, records)
        taken = []
        for _ in range(200):
            taken += await take(entries, 1)
            await asyncio.sleep(0.002)
        assert taken == (await in_log())[1:]


async def test_what_is_matched_in_memory_is_what_the_log_would_find(database_url: str) -> None:
    async with open_world(database_url) as world:
        actors = [user(Role.ADMINISTRATOR), user(Role.OPERATOR)]
        await create_user(world.domain, COMMAND_LINE, "ann", "correct horse battery", Role.OPERATOR)
        for number, kind in enumerate((*KINDS, EventType.DOOR_FORCED, EventType.ACCESS_DENIED)):
            about = {"door_id": f"door-{number % 2}", "cardholder_id": f"person-{number % 3}", "side": Side.A}
            event = NewEvent(kind, START, correlation=f"c-{number % 2}", **about)  # type: ignore[arg-type]
            await record_system_event(world.domain, event)
        rows = await Event.all().order_by("position")
        filters = [
            EventFilter(),
            EventFilter(categories=(Category.SYSTEM, Category.DOOR)),
            EventFilter(types=KINDS[:2]),
            EventFilter(severities=(Severity.ALARM, Severity.WARNING)),
            EventFilter(door_id="door-1"),
            EventFilter(cardholder_id="person-2"),
            EventFilter(correlation="c-0", severities=(Severity.INFO,)),
            EventFilter(categories=(Category.AUDIT,)),
        ]
        for actor in actors:
            for wanted in filters:
                found = await events_between(actor, wanted, after=0, limit=100)
                assert [row.id for row in rows if matches(actor, wanted, row)] == [row.id for row in found]
        assert {CATALOGUE[row.type].category for row in rows} >= {Category.AUDIT, Category.DOOR}


async def test_rights_that_are_taken_count_from_that_event_on(database_url: str) -> None:
    async with open_world(database_url) as world:
        ann = await create_user(world.domain, COMMAND_LINE, "ann", "correct horse battery", Role.ADMINISTRATOR)
        context = somebody(world, user(Role.ADMINISTRATOR))
        async with aclosing(follow_events(context, 0, EventFilter())) as entries:
            assert (await anext(entries)).event.type is EventType.USER_CREATED
            context.now = user(Role.OPERATOR)
            await update_user(world.domain, COMMAND_LINE, ann.id, {"name": "anna"})
            await write(world, EventType.SERVER_STARTED)
            assert (await anext(entries)).event.type is EventType.SERVER_STARTED


async def test_without_the_permission_nothing_is_followed(database_url: str) -> None:
    async with open_world(database_url) as world:
        for actor, refusal in (
            (Actor("x", "X", frozenset(), "api"), NotPermitted),
            (Actor(None, "anonymous", frozenset(), "api"), Unauthenticated),
        ):
            async with following_log(world, 0, actor=actor) as entries:
                with pytest.raises(refusal):
                    await anext(entries)


async def test_a_database_that_fails_for_a_while_stops_nobody(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_AGAIN_S", 0.01)
    async with open_world(database_url) as world, following_log(world, 0) as entries:
        await write(world, EventType.SERVER_STARTED)
        assert await take(entries, 1)
        genuine, fails = Feed._more, 3

        async def failing(self: Feed) -> bool:
            nonlocal fails
            if fails:
                fails -= 1
                raise OSError("away")
            return await genuine(self)

        monkeypatch.setattr(Feed, "_more", failing)
        await write(world, EventType.JOB_FAILED)
        assert await take(entries, 1)
        assert not fails
