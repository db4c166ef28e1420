"""Brings one webhook its messages, one after the other. What it does is in the database, so that it can die at any
moment."""

import logging
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from doorward.acs.actor import SYSTEM, Actor
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound
from doorward.acs.webhooks.live import Post
from doorward.acs.webhooks.messages import TEST, body_of, signed
from doorward.acs.webhooks.models import StopReason, Webhook, WebhookDelivery
from doorward.acs.webhooks.operations import stop_webhook
from doorward.acs.webhooks.owner import view_of
from doorward.acs.webhooks.queue import due, events_of, next_due, note, skip, take_in
from doorward.acs.webhooks.retries import FAILING_FOR, rest, verdict
from doorward.graphql.event_data import Message, messages_of

BATCH = 20
"""Messages that are sent between two looks at whether the webhook is still what it was."""
LOOK_AGAIN = timedelta(seconds=60)
"""A webhook that is paused is looked at so often: its owner may be enabled again."""
UNSEEN = "Whoever answers for the webhook may not see this event, or not any more."

logger = logging.getLogger(__name__)


class Courier:
    """Of one webhook. `chance` (0 to 1) decides how much longer or shorter than agreed a wait is."""

    def __init__(
        self,
        domain: Domain,
        webhook_id: str,
        post: Post,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._domain = domain
        self._webhook_id = webhook_id
        self._post = post
        self._chance = chance
        self._failures = 0
        self._rest_until: datetime | None = None
        self._position = -1
        self._seen = 0

    async def work(self) -> tuple[bool, datetime | None]:
        """Do all that is due; whether the webhook is still enabled, and when there is more to do by the clock."""
        while True:
            webhook = await Webhook.get_or_none(id=self._webhook_id)
            if webhook is None or not webhook.enabled:
                return False, None
            now = self._domain.clock()
            view = (await view_of(webhook)).actor
            if view is None:
                return True, now + LOOK_AGAIN
            if self._rest_until is not None and now < self._rest_until:
                return True, self._rest_until
            queued = await self._take_in(webhook, view)
            batch = await due(webhook.id, now, BATCH)
            if batch:
                await self._send(webhook, view, batch)
            elif not queued:
                return True, await next_due(webhook.id)

    async def _take_in(self, webhook: Webhook, view: Actor) -> int:
        if webhook.position != self._position:
            # Somebody has moved it, or it is the first time: nothing is known of what lies beyond.
            self._position, self._seen = webhook.position, 0
        taken = await take_in(self._domain, webhook, view, self._seen)
        self._seen = taken.seen
        return taken.queued

    async def _send(self, webhook: Webhook, view: Actor, batch: list[WebhookDelivery]) -> None:
        told = await messages_of(self._domain, view, await events_of(view, batch))
        messages = {message.event.id: message for message in told}
        for delivery in batch:
            message = messages.get(delivery.event_id or "")
            if message is None and delivery.event_id is not None:
                await skip(delivery, UNSEEN)
            elif not await self._stands(webhook, view) or not await self._deliver(webhook, delivery, message):
                return

    @staticmethod
    async def _stands(webhook: Webhook, view: Actor) -> bool:
        """Whether it is still as it was when the batch was made: each message takes as long as its receiver does."""
        now = await Webhook.get_or_none(id=webhook.id)
        if now is None or not now.enabled or now.version != webhook.version:
            return False
        return (await view_of(now)).actor == view

    async def _deliver(self, webhook: Webhook, delivery: WebhookDelivery, message: Message | None) -> bool:
        """One attempt; whether to go on with the next message at once."""
        if message is None:
            body, cursor = body_of(TEST, delivery.created_at, {}), None
        else:
            body, cursor = message.body, message.cursor
        answer = await self._post(signed(self._domain, webhook, delivery.message_id, body, cursor))
        now = self._domain.clock()
        outcome = verdict(answer, delivery.attempts + 1, now, self._chance())
        failing_since = await note(self._domain, webhook, delivery, answer, outcome)
        if outcome.delivered:
            self._failures, self._rest_until = 0, None
            return True
        self._failures += 1
        pause = now + rest(self._failures)
        self._rest_until = max(pause, outcome.rest_until) if outcome.rest_until else pause
        if outcome.gone:
            await self._give_up(StopReason.GONE, outcome.words or "")
            return False
        if failing_since is not None and now - failing_since >= FAILING_FOR:
            words = f"Nothing could be delivered since {failing_since:%Y-%m-%d %H:%M} UTC. {outcome.words}"
            await self._give_up(StopReason.FAILING, words)
            return False
        return self._rest_until <= now

    async def _give_up(self, reason: StopReason, words: str) -> None:
        with suppress(NotFound):
            await stop_webhook(self._domain, SYSTEM, self._webhook_id, reason, words)
