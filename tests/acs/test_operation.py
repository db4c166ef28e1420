"""The frame of every operation: what happens when two of them meet."""

import asyncio
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from doorward.acs import check
from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.errors import Conflict
from doorward.acs.events.models import Event
from doorward.acs.operation import MET, OPERATIONS, Work, operation
from doorward.acs.people.models import Group
from doorward.acs.people.operations import add_members, create_group, delete_group
from doorward.acs.policy.models import PolicyChange
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio


async def passes(*_: Any, **__: Any) -> None:
    """A check that saw nothing wrong, as one does that was made a moment too early."""


async def test_of_two_operations_that_take_one_name_at_once_the_later_is_a_conflict(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "unique", passes)
    async with open_world(database_url) as world:
        both = [create_group(world.domain, COMMAND_LINE, "Staff") for _ in range(2)]
        results = await asyncio.gather(*both, return_exceptions=True)
        assert {type(result) for result in results} == {Group, Conflict}
        (conflict,) = [result for result in results if isinstance(result, Conflict)]
        assert conflict.message == MET
        assert await Group.all().count() == 1
        assert await Event.all().count() == 1


async def test_what_is_gone_since_it_was_checked_is_a_conflict_that_changes_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        before = await Event.all().count()
        monkeypatch.setattr(check, "exist", passes)
        with pytest.raises(Conflict, match="at the same moment"):
            await add_members(world.domain, COMMAND_LINE, site.group.id, ["gone"])
        assert await Event.all().count() == before


async def test_a_row_that_is_wrong_by_itself_is_no_conflict_but_a_fault(database_url: str) -> None:
    async def broken(work: Work) -> None:
        await work.connection.execute_query("INSERT INTO cardholder_group (id, name) VALUES ('x', NULL)")

    run = operation(Permission.CONFIGURATION_WRITE)(broken)
    OPERATIONS.pop(f"{broken.__module__}.{broken.__name__}")
    async with open_world(database_url) as world:
        with pytest.raises(IntegrityError):
            await run(world.domain, COMMAND_LINE)


async def test_an_operation_that_names_no_entity_changes_no_policy(database_url: str) -> None:
    async with open_world(database_url) as world:
        group = await create_group(world.domain, COMMAND_LINE, "Nobody")
        await delete_group(world.domain, COMMAND_LINE, group.id)
        assert not await PolicyChange.exists()
