"""Cardholders as controllers get them: whole, in part, and in chunks."""

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import CardholderPolicy
from doorward.acs.people import policy
from doorward.acs.people.models import Cardholder
from doorward.acs.people.operations import NewCardholder, create_cardholder, create_group
from doorward.acs.people.policy import cardholder_policies
from tests.world import START, open_world

pytestmark = pytest.mark.anyio


async def test_chunks_lose_and_repeat_nobody(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_world(database_url) as world:
        groups = [(await create_group(world.domain, COMMAND_LINE, name)).id for name in "abc"]
        expected = {}
        for number in range(11):
            mine = tuple(groups[index] for index in range(3) if number >> index & 1)
            given = NewCardholder(str(number), "A", "B", group_ids=mine, long_access=number == 4)
            made = await create_cardholder(world.domain, COMMAND_LINE, given)
            expected[made.id] = CardholderPolicy(made.id, tuple(sorted(mine)), long_access=number == 4)
        for chunk in (1, 2, 10, 11, 12):
            monkeypatch.setattr(policy, "CHUNK", chunk)
            whole = await cardholder_policies()
            assert whole == tuple(expected[key] for key in sorted(expected)), chunk
            some = sorted(expected)[2:9]
            assert await cardholder_policies([*some, "gone"]) == tuple(expected[key] for key in some), chunk
        assert await cardholder_policies([]) == ()


async def test_people_in_the_same_groups_share_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        group = await create_group(world.domain, COMMAND_LINE, "a")
        for number in "12":
            await create_cardholder(world.domain, COMMAND_LINE, NewCardholder(number, "A", "B", group_ids=(group.id,)))
        first, second = await cardholder_policies()
        assert first.groups == (group.id,)
        assert first.groups is second.groups


async def test_a_pardon_reaches_the_controllers(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("1", "A", "B"))
        await Cardholder.filter(id=made.id).update(forgiven_at=START)
        (found,) = await cardholder_policies()
        assert found.forgiven_at == START
