"""Webhooks of the examples' site, and the receiver that they reach, whatever their URL says."""

import dataclasses
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.queries import EventFilter
from doorward.acs.users.models import User
from doorward.acs.users.sessions import actor_of
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.webhooks.handshake import enable_webhook
from doorward.acs.webhooks.live import Answer, Outgoing
from doorward.acs.webhooks.models import WebhookDelivery
from doorward.acs.webhooks.operations import NewWebhook, create_webhook
from doorward.acs.webhooks.replay import replay_since
from doorward.server.webhooks.courier import Courier
from doorward.server.webhooks.post import Poster
from tests.graphql.example_making import ADMINISTRATOR, Making
from tests.server.webhooks.receiver import LOOPBACK, Receiver, receiver, resolve
from tests.world import START

ACCESS = EventFilter(types=(EventType.ACCESS_GRANTED,))


async def webhooks(making: Making) -> None:
    """One that has sent what happened so far, and one that is not enabled yet."""
    made, domain = making.made, making.world.domain
    owner = actor_of(await User.get(name=ADMINISTRATOR), default_rules(), None)
    reception = await create_webhook(
        domain, owner, NewWebhook("Reception", "https://reception.example/doorward", ACCESS)
    )
    made.name(webhookId=reception.webhook.id)
    async with receiving(domain):
        await enable_webhook(domain, owner, reception.webhook.id)
        await replay_since(domain, owner, reception.webhook.id, since=START - timedelta(days=1))
        await send(domain, reception.webhook.id)
    made.name(deliveryId=(await WebhookDelivery.get()).id)
    canteen = await create_webhook(domain, owner, NewWebhook("Canteen", "https://canteen.example/doorward", ACCESS))
    made.only("enableWebhook", webhookId=canteen.webhook.id)


@asynccontextmanager
async def receiving(domain: Domain) -> AsyncIterator[Receiver]:
    """What webhooks send arrives at a receiver on loopback."""
    poster = Poster(resolve, LOOPBACK, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), timeout_s=5)
    async with receiver() as there:

        async def post(outgoing: Outgoing) -> Answer:
            return await poster(dataclasses.replace(outgoing, url=there.url))

        domain.webhooks.post = post
        try:
            yield there
        finally:
            domain.webhooks.post = None
            await poster.close()


async def send(domain: Domain, webhook_id: str) -> None:
    """Send all that is due, as the webhook's courier does."""
    assert domain.webhooks.post is not None
    await Courier(domain, webhook_id, domain.webhooks.post, lambda: 0.5).work()
