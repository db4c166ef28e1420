"""A webhook's queue: taken in from the log, in its order, and what became of each message.

The log itself is the queue as far as it goes: a webhook keeps its position there, and never more than
`MOST_PENDING` messages that wait. What a crash undoes is sent again, under the same message id.
"""

from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.actor import Actor
from doorward.acs.domain import Domain
from doorward.acs.events.models import Event
from doorward.acs.events.queries import events_at, events_between, newest_position
from doorward.acs.identity import new_id
from doorward.acs.transaction import transacted
from doorward.acs.webhooks import filters
from doorward.acs.webhooks.live import Answer
from doorward.acs.webhooks.messages import message_id
from doorward.acs.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from doorward.acs.webhooks.retries import Verdict

MOST_PENDING = 10_000
TAKEN_AT_ONCE = 100
KEPT_OF_AN_ANSWER = 1024
"""Bytes of the receiver's answer that the delivery log shows."""
_STRIDE = 1_000
"""How far a position may lag behind what was seen to hold nothing for it, before that is written down."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages were queued, and up to which position the log was seen."""

    queued: int
    seen: int
    full: bool = False


async def take_in(domain: Domain, webhook: Webhook, view: Actor, seen: int) -> Taken:
    """Queue what the log has for a webhook, at most `TAKEN_AT_ONCE`. `seen`: up to there it holds nothing for it."""
    room = MOST_PENDING - await pending_of(webhook.id)
    if room <= 0:
        return Taken(0, webhook.position, full=True)
    after = max(webhook.position, seen)
    newest = await newest_position()
    if newest <= after:
        return Taken(0, after)
    limit = min(room, TAKEN_AT_ONCE)
    events = await events_between(view, filters.loaded(webhook.wanted), after=after, limit=limit)
    upto = events[-1].position if len(events) == limit else max([newest, *(event.position for event in events)])
    if not events and upto - webhook.position < _STRIDE:
        return Taken(0, upto)
    now = domain.clock()
    queued = await transacted(lambda connection: _queue(connection, webhook, events, upto, now))
    return Taken(0, after) if queued is None else Taken(queued, upto)


async def _queue(
    connection: BaseDBAsyncClient, webhook: Webhook, events: list[Event], upto: int, now: datetime
) -> int | None:
    """How many are queued now; None if somebody else has changed the webhook since it was read."""
    row = await Webhook.select_for_update().using_db(connection).get_or_none(id=webhook.id)
    if row is None or not row.enabled or row.version != webhook.version or row.position != webhook.position:
        return None
    ids = {message_id(row.id, event.id): event for event in events}
    there = WebhookDelivery.filter(message_id__in=list(ids)).using_db(connection)
    known: set[str] = {row[0] for row in await there.values_list("message_id")} if ids else set()
    if known:
        ended = there.filter(status__not=DeliveryStatus.PENDING)
        await ended.update(status=DeliveryStatus.PENDING, attempts=0, error=None)
        await there.update(next_attempt_at=now)
    fresh = [(message, event) for message, event in ids.items() if message not in known]
    rows = [
        WebhookDelivery(
            id=new_id(),
            webhook_id=row.id,
            number=row.numbered + count,
            message_id=message,
            event_id=event.id,
            position=event.position,
            type=event.type.value,
            created_at=now,
            next_attempt_at=now,
        )
        for count, (message, event) in enumerate(fresh, 1)
    ]
    await WebhookDelivery.bulk_create(rows, using_db=connection)
    row.position, row.numbered = upto, row.numbered + len(rows)
    await row.save(using_db=connection, update_fields=["position", "numbered"])
    return len(ids)


async def pending_of(webhook_id: str) -> int:
    """How many messages wait."""
    return await WebhookDelivery.filter(webhook_id=webhook_id, status=DeliveryStatus.PENDING).count()


async def due(webhook_id: str, now: datetime, limit: int) -> list[WebhookDelivery]:
    """The messages whose next attempt is due, in the order in which they are to be sent."""
    waiting = WebhookDelivery.filter(webhook_id=webhook_id, status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
    return await waiting.order_by("next_attempt_at", "number").limit(limit)


async def next_due(webhook_id: str) -> datetime | None:
    """When the next attempt is due, if one waits."""
    waiting = WebhookDelivery.filter(webhook_id=webhook_id, status=DeliveryStatus.PENDING)
    first = await waiting.order_by("next_attempt_at").first()
    return first.next_attempt_at if first else None


async def events_of(view: Actor, deliveries: list[WebhookDelivery]) -> list[Event]:
    """The events that these messages tell, as far as they can be seen now."""
    return await events_at(view, [row.position for row in deliveries if row.position is not None])


async def note(
    domain: Domain, webhook: Webhook, delivery: WebhookDelivery, answer: Answer, outcome: Verdict
) -> datetime | None:
    """Write down what became of an attempt. Returns since when the webhook fails, None: it does not."""
    now = domain.clock()
    since = None if outcome.delivered else webhook.failing_since or now
    await transacted(lambda connection: _note(connection, webhook, delivery, answer, outcome, since, now))
    webhook.failing_since = since
    return since


async def _note(
    connection: BaseDBAsyncClient,
    webhook: Webhook,
    delivery: WebhookDelivery,
    answer: Answer,
    outcome: Verdict,
    since: datetime | None,
    now: datetime,
) -> None:
    ended = DeliveryStatus.DELIVERED if outcome.delivered else DeliveryStatus.FAILED
    await (
        WebhookDelivery.filter(id=delivery.id)
        .using_db(connection)
        .update(
            status=ended if outcome.retry_at is None else DeliveryStatus.PENDING,
            attempts=delivery.attempts + 1,
            next_attempt_at=outcome.retry_at,
            last_attempt_at=now,
            last_status=answer.status,
            last_ms=answer.elapsed_ms,
            response=_text(answer.body),
            error=outcome.words,
        )
    )
    if since != webhook.failing_since:
        await Webhook.filter(id=webhook.id).using_db(connection).update(failing_since=since)


async def skip(delivery: WebhookDelivery, words: str) -> None:
    """A message that is not to be sent after all, and why."""
    rows = WebhookDelivery.filter(id=delivery.id)
    await rows.update(status=DeliveryStatus.SKIPPED, next_attempt_at=None, error=words)


def _text(body: bytes) -> str:
    """The beginning of an answer as the database can keep it."""
    return body[:KEPT_OF_AN_ANSWER].decode(errors="replace").replace("\0", "\ufffd")
