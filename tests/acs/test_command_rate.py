"""So many commands in so short a time: each user for each door, zone and output, and never a lockdown."""

from datetime import timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.door import DoorAction
from doorward.acs.doors.commands import command_door
from doorward.acs.errors import NotPermitted, RateLimited
from doorward.acs.events.catalogue import EventType
from doorward.acs.local_io.commands import ByHandOrder, command_output
from doorward.acs.zones.commands import command_zone
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.operations import create_zone
from doorward.graphql.errors import OperationError
from tests.acs.local_io.test_commands import Peer as OutputPeer
from tests.acs.local_io.test_commands import confirmed as output_confirmed
from tests.acs.local_io.test_commands import siren_of
from tests.acs.test_commands import OPERATOR, Peer, confirmed, events, new_door
from tests.world import open_world, user

pytestmark = pytest.mark.anyio
AT_ONCE = 5


async def test_a_door_takes_five_commands_at_once_and_then_one_a_second(database_url: str) -> None:
    async with open_world(database_url) as world:
        peer = Peer(world, world.controller.id, confirmed)
        gate, other = await new_door(world, "Gate"), await new_door(world, "Other")

        async def grant(door_id: str = gate.id, actor: object = OPERATOR) -> None:
            await command_door(world.domain, actor, door_id, DoorAction.GRANT_ACCESS)  # type: ignore[arg-type]

        for _ in range(AT_ONCE):
            await grant()
        with pytest.raises(RateLimited, match="Try again in 1 s") as refused:
            await grant()
        assert OperationError.of(refused.value).retry_after == timedelta(seconds=1)
        assert refused.value.path == ("doorId",)
        assert len(peer.sent) == len(await events(EventType.DOOR_COMMANDED)) == AT_ONCE, "nothing was sent or told"
        await grant(other.id)
        await grant(actor=user(Role.ADMINISTRATOR))
        world.clock.advance(timedelta(seconds=1))
        await grant()
        with pytest.raises(RateLimited):
            await grant()


async def test_a_lockdown_is_never_refused_and_uses_nothing_up(database_url: str) -> None:
    async with open_world(database_url) as world:
        peer = Peer(world, world.controller.id, confirmed)
        gate = await new_door(world, "Gate")
        for _ in range(3 * AT_ONCE):
            await command_door(world.domain, OPERATOR, gate.id, DoorAction.LOCKDOWN)
        for _ in range(AT_ONCE):
            await command_door(world.domain, OPERATOR, gate.id, DoorAction.RESET)
        with pytest.raises(RateLimited):
            await command_door(world.domain, OPERATOR, gate.id, DoorAction.RESET)
        await command_door(world.domain, OPERATOR, gate.id, DoorAction.LOCKDOWN)
        assert len(peer.sent) == 4 * AT_ONCE + 1


async def test_whoever_may_not_command_uses_nothing_up_and_is_told_that(database_url: str) -> None:
    async with open_world(database_url) as world:
        gate = await new_door(world, "Gate")
        for _ in range(2 * AT_ONCE):
            with pytest.raises(NotPermitted):
                await command_door(world.domain, user(Role.VIEWER), gate.id, DoorAction.UNLOCK)
        assert len(world.domain.commands) == 0


async def test_a_zone_counts_as_one(database_url: str) -> None:
    async with open_world(database_url) as world:
        Peer(world, world.controller.id, confirmed)
        gate = await new_door(world, "Gate")
        zone = await create_zone(world.domain, COMMAND_LINE, "Yard", doors=[GivenDoor(gate.id)])
        for _ in range(AT_ONCE):
            await command_zone(world.domain, OPERATOR, zone.id, DoorAction.UNLOCK)
        with pytest.raises(RateLimited):
            await command_zone(world.domain, OPERATOR, zone.id, DoorAction.UNLOCK)
        await command_zone(world.domain, OPERATOR, zone.id, DoorAction.LOCKDOWN)
        await command_door(world.domain, OPERATOR, gate.id, DoorAction.UNLOCK)


async def test_an_output_has_its_own(database_url: str) -> None:
    async with open_world(database_url) as world:
        OutputPeer(world, output_confirmed)
        siren = await siren_of(world)
        for _ in range(AT_ONCE):
            await command_output(world.domain, OPERATOR, siren.id, ByHandOrder(HandAction.ON))
        with pytest.raises(RateLimited):
            await command_output(world.domain, OPERATOR, siren.id, ByHandOrder(HandAction.ON))
