"""All the webhooks of a server at once, as they run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from doorward.acs.webhooks.handshake import enable_webhook
from doorward.acs.webhooks.models import Webhook, WebhookDelivery
from doorward.acs.webhooks.operations import delete_webhook, disable_webhook
from doorward.server.webhooks.couriers import Couriers
from tests.server.webhooks.receiver import Receiver, happen, jobs, make, posting, receiver, somebody
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Couriers]:
    async with posting(world) as poster:
        couriers = Couriers(world.domain, poster)
        await couriers.start()
        try:
            yield couriers
        finally:
            await couriers.stop()


async def arrived(there: Receiver, count: int) -> None:
    async with asyncio.timeout(10):
        while len(there.messages) < count:
            there.arrived.clear()
            if len(there.messages) < count:
                await there.arrived.wait()


async def test_events_are_sent_as_they_are_stored(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, running(world):
        await make(world, await somebody(), there.url)
        for number in range(3):
            await happen(world.domain, str(number))
            await arrived(there, number + 1)
        assert jobs(there) == ["0", "1", "2"]


async def test_a_dead_receiver_does_not_delay_a_live_one(database_url: str) -> None:
    hanging = asyncio.Event()

    async def never(_: asyncio.StreamWriter) -> None:
        await hanging.wait()

    async with open_world(database_url) as world, receiver() as dead, receiver() as live, running(world):
        actor = await somebody()
        await make(world, actor, dead.url, name="Dead")
        await make(world, actor, live.url, name="Live")
        dead.always = never
        await happen(world.domain, *map(str, range(30)))
        async with asyncio.timeout(4):  # the dead one's first time-out is after five seconds
            await arrived(live, 30)
        assert len(dead.messages) == 1
        hanging.set()


async def test_after_a_restart_it_goes_on_where_it_was(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there:
        async with running(world):
            await make(world, await somebody(), there.url)
            await happen(world.domain, "one")
            await arrived(there, 1)
        await happen(world.domain, "two")
        assert jobs(there) == ["one"]
        async with running(world):
            await arrived(there, 2)
            if jobs(there) == ["one", "one"]:  # it was stopped before it had written down the first
                assert there.messages[0].id == there.messages[1].id
                await arrived(there, 3)
        assert jobs(there)[-1] == "two"


async def test_a_webhook_gets_its_courier_when_it_is_enabled_and_loses_it_after(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, running(world) as couriers:
        actor = await somebody()
        made = await make(world, actor, there.url)

        async def until(at_work: set[str]) -> None:
            async with asyncio.timeout(10):
                while couriers.at_work != at_work:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.01)

        await until({made.webhook.id})
        await disable_webhook(world.domain, actor, made.webhook.id)
        await until(set())
        await enable_webhook(world.domain, actor, made.webhook.id)
        await until({made.webhook.id})
        await happen(world.domain, "one")
        await arrived(there, 1)
        await delete_webhook(world.domain, actor, made.webhook.id)
        await until(set())
        assert not await WebhookDelivery.exists()
        assert not await Webhook.exists()
