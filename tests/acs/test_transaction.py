"""Transactions that get in each other's way: done again, or given up in words."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tortoise.transactions import in_transaction

from doorward.acs import transaction
from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.database import sqlite_url
from doorward.acs.errors import Busy
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.operation import OPERATIONS, Work, operation
from doorward.acs.people.models import Group
from doorward.acs.people.operations import create_group
from doorward.acs.transaction import ATTEMPTS, transacted, was_in_the_way
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


class Meeting:
    """Operations that rename two groups, each in its own order, and have both locked one before either goes on."""

    def __init__(self, met_times: int) -> None:
        self.attempts = 0
        self._met_times = met_times
        self._arrived = 0
        self._all_here = asyncio.Event()

    async def rename(self, work: Work, *ids: str) -> None:
        self.attempts += 1
        if work.connection.capabilities.dialect == "postgres":
            await work.connection.execute_script("SET LOCAL deadlock_timeout = '20ms'")
        for number, group_id in enumerate(ids):
            group = await Group.select_for_update().using_db(work.connection).get(id=group_id)
            group.version += 1
            await group.save(using_db=work.connection, update_fields=["version"])
            if number == 0 and self._arrived < self._met_times:
                await self._wait_for_the_other()
        work.audit(EventType.GROUP_UPDATED, after={"ids": list(ids)})

    async def _wait_for_the_other(self) -> None:
        self._arrived += 1
        if self._arrived == self._met_times:
            self._all_here.set()
        await self._all_here.wait()


async def two_groups(world: World) -> tuple[str, str]:
    first, second = [await create_group(world.domain, COMMAND_LINE, name) for name in ("One", "Two")]
    return first.id, second.id


async def test_of_two_operations_that_wait_for_each_other_both_are_done_once(
    database_url: str, database_engine: str
) -> None:
    # SQLite has one connection: there the second begins when the first has ended, and they do not meet.
    meeting = Meeting(2 if database_engine == "postgres" else 0)
    rename = operation(Permission.CONFIGURATION_WRITE)(meeting.rename)
    OPERATIONS.pop(f"{Meeting.__module__}.rename")
    async with open_world(database_url) as world:
        one, two = await two_groups(world)
        told = await Event.all().count()
        await asyncio.gather(rename(world.domain, COMMAND_LINE, one, two), rename(world.domain, COMMAND_LINE, two, one))
        assert meeting.attempts == (3 if database_engine == "postgres" else 2)
        assert [group.version for group in await Group.all()] == [3, 3]
        assert await Event.all().count() == told + 2


@pytest.mark.parametrize("times", [1, ATTEMPTS - 1])
async def test_what_another_process_wrote_to_sqlite_since_it_was_read_is_read_again(
    migrated_sqlite: Path, tmp_path: Path, times: int
) -> None:
    path = shutil.copyfile(migrated_sqlite, tmp_path / "doorward.db")
    attempts = 0

    def meddle() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as another:
            another.execute("UPDATE cardholder_group SET name = name || 'X'")

    async def rename(work: Work, group_id: str) -> None:
        nonlocal attempts
        attempts += 1
        group = await Group.get(id=group_id, using_db=work.connection)
        if attempts <= times:
            meddle()
        group.initials = "S"
        await group.save(using_db=work.connection)

    run = operation(Permission.CONFIGURATION_WRITE)(rename)
    OPERATIONS.pop(f"{rename.__module__}.{rename.__name__}")
    async with open_world(sqlite_url(str(path))) as world:
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        await run(world.domain, COMMAND_LINE, group.id)
        assert attempts == times + 1
        found = await Group.get(id=group.id)
        assert (found.name, found.initials) == (f"Staff{'X' * times}", "S")


class GivenUp(Exception):
    """What asyncpg raises, as far as anybody looks."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("given up")
        self.sqlstate = sqlstate


async def test_when_others_are_always_in_the_way_nothing_is_done_and_that_is_said(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[int] = []

    async def pause(attempt: int) -> None:
        pauses.append(attempt)

    async def unlucky(work: Work) -> None:
        await Group.create(using_db=work.connection, id=f"g-{len(pauses)}", name="Nobody")
        raise GivenUp("40P01")

    monkeypatch.setattr(transaction, "pause", pause)
    run = operation(Permission.CONFIGURATION_WRITE)(unlucky)
    OPERATIONS.pop(f"{unlucky.__module__}.{unlucky.__name__}")
    async with open_world(database_url) as world:
        with pytest.raises(Busy, match="nothing was done"):
            await run(world.domain, COMMAND_LINE)
        assert pauses == list(range(1, ATTEMPTS))
        assert not await Group.exists()
        assert not await Event.exists()


@pytest.mark.parametrize("state, outer", [("22012", False), ("40P01", True)])
async def test_a_fault_and_what_an_outer_transaction_must_repeat_are_tried_once(
    database_url: str, state: str, outer: bool
) -> None:
    attempts: list[None] = []

    async def body(_: object) -> None:
        attempts.append(None)
        raise GivenUp(state)

    async def run() -> None:
        if not outer:
            await transacted(body)
            return
        async with in_transaction("default"):
            await transacted(body)

    async with open_world(database_url):
        with pytest.raises(GivenUp):
            await run()
    assert len(attempts) == 1


def test_a_plain_failure_of_sqlite_is_not_another_s_doing() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT * FROM nowhere")
    assert not was_in_the_way(caught.value)
    assert not was_in_the_way(ValueError("database is locked"))
