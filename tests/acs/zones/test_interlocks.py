"""Interlocks: at least two doors, a door in several, and what controllers learn."""

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import InterlockPolicy
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.zones.interlock_operations import create_interlock, delete_interlock, update_interlock
from doorward.acs.zones.policy import interlock_policies
from doorward.acs.zones.queries import door_uses, list_interlocks
from tests.acs.zones.test_zones import make_door
from tests.world import open_world

pytestmark = pytest.mark.anyio


async def test_a_door_may_be_in_several_interlocks(database_url: str) -> None:
    async with open_world(database_url) as world:
        doors = sorted([(await make_door(world, name)).id for name in ("One", "Two", "Three")])
        airlock = await create_interlock(world.domain, COMMAND_LINE, "Airlock", doors[:2])
        vault = await create_interlock(world.domain, COMMAND_LINE, "Vault", doors)
        assert await interlock_policies([airlock.id]) == (InterlockPolicy(airlock.id, "Airlock", tuple(doors[:2])),)
        assert {policy.id for policy in await interlock_policies()} == {airlock.id, vault.id}
        assert [use.name for use in await door_uses([doors[0]])] == ["Airlock", "Vault"]
        assert [parts.shared for parts in await list_interlocks(COMMAND_LINE)] == [False, False]


async def test_fewer_than_two_different_doors_are_no_interlock(database_url: str) -> None:
    async with open_world(database_url) as world:
        one, two = await make_door(world, "One"), await make_door(world, "Two")
        for doors in ([], [one.id], [one.id, one.id]):
            with pytest.raises(ValidationFailed, match="at least 2 different doors"):
                await create_interlock(world.domain, COMMAND_LINE, "Airlock", doors)
        with pytest.raises(NotFound):
            await create_interlock(world.domain, COMMAND_LINE, "Airlock", [one.id, "nowhere"])
        airlock = await create_interlock(world.domain, COMMAND_LINE, "Airlock", [one.id, two.id])
        with pytest.raises(ValidationFailed, match="at least 2"):
            await update_interlock(world.domain, COMMAND_LINE, airlock.id, door_ids=[one.id])
        assert len((await interlock_policies())[0].doors) == 2


async def test_changes_are_audited_by_name_and_versions_guard_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        one, two, three = [(await make_door(world, name)).id for name in ("One", "Two", "Three")]
        airlock = await create_interlock(world.domain, COMMAND_LINE, "Airlock", [one, two])
        run = world.domain, COMMAND_LINE, airlock.id
        await update_interlock(*run, door_ids=[one, three], expected_version=1)
        event = await Event.get(type=EventType.INTERLOCK_UPDATED)
        assert (event.data["before"], event.data["after"]) == ({"doors": ["One", "Two"]}, {"doors": ["One", "Three"]})
        assert event.data["subject"]["name"] == "Airlock"
        with pytest.raises(Conflict):
            await delete_interlock(*run, expected_version=1)
        await delete_interlock(*run, expected_version=2)
        assert await interlock_policies() == ()
        assert (await Event.get(type=EventType.INTERLOCK_DELETED)).data["before"]["doors"] == ["One", "Three"]
