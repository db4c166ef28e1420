"""What may be asked of webhooks: themselves, their deliveries, and all that they were to be sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.functions import Count, Min

from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, NotPermitted
from doorward.acs.events.models import Event
from doorward.acs.events.queries import events_between
from doorward.acs.keyset import NAMES, Column, Order, Orders, named, page_rows
from doorward.acs.paging import Page, PageRequest
from doorward.acs.users.models import User
from doorward.acs.webhooks import filters
from doorward.acs.webhooks.models import DeliveryStatus, StopReason, Webhook, WebhookDelivery
from doorward.acs.webhooks.owner import seen_by_both, view_of, views_of
from doorward.acs.webhooks.queue import MOST_PENDING

KEPT_FOR = timedelta(days=14)
"""So long the delivery log goes back. The events themselves stay."""

_STOPPED = {
    StopReason.NEW: "Not enabled yet.",
    StopReason.URL_CHANGED: "Not enabled since its URL was changed.",
    StopReason.BY_HAND: "Disabled by hand.",
    StopReason.UNVERIFIED: "Not enabled.",
    StopReason.GONE: "Disabled: the receiver wants nothing any more.",
    StopReason.FAILING: "Disabled: nothing could be delivered for days.",
}


@dataclass(frozen=True, slots=True)
class ListedWebhook:
    """A webhook with how it is: `is_paused`, because it may see nothing at the moment, and `words` about it all."""

    webhook: Webhook
    owner: User | None
    pending: int
    is_paused: bool
    words: str


async def listed(rows: Sequence[Webhook]) -> list[ListedWebhook]:
    """These webhooks, with how they are."""
    ids = [row.id for row in rows]
    counts = (
        await WebhookDelivery.filter(webhook_id__in=ids, status=DeliveryStatus.PENDING)
        .annotate(pending=Count("id"), earliest=Min("next_attempt_at"))
        .group_by("webhook_id")
        .values("webhook_id", "pending", "earliest")
    )
    waiting = {row["webhook_id"]: row["pending"] for row in counts}
    found = []
    for row, view in zip(rows, await views_of(rows), strict=True):
        pending = waiting.get(row.id, 0)
        found.append(ListedWebhook(row, view.owner, pending, view.actor is None, _words(row, view.words, pending)))
    return found


async def page_webhooks(actor: Actor, request: PageRequest) -> Page[Webhook]:
    """Webhooks by name."""
    actor.require(Permission.WEBHOOK_WRITE)
    return await page_rows(named(Webhook.all(), request), NAMES, request)


async def webhook_by_id(actor: Actor, webhook_id: str) -> Webhook | None:
    """One webhook."""
    actor.require(Permission.WEBHOOK_WRITE)
    return await Webhook.get_or_none(id=webhook_id)


_BY_NUMBER: Orders = {None: Order("number", (Column("number", int),))}


async def page_deliveries(
    actor: Actor, request: PageRequest, webhook_id: str, statuses: Collection[DeliveryStatus] = ()
) -> Page[WebhookDelivery]:
    """The messages of a webhook, by number."""
    actor.require(Permission.WEBHOOK_WRITE)
    rows = WebhookDelivery.filter(webhook_id=webhook_id)
    if statuses:
        rows = rows.filter(status__in=list(statuses))
    return await page_rows(rows, _BY_NUMBER, request)


@dataclass(frozen=True, slots=True)
class Missed:
    """What a webhook was to be sent, and as whom it is to be read."""

    webhook: Webhook
    view: Actor
    events: list[Event]


async def messages_after(actor: Actor, webhook_id: str, after: int | None, limit: int) -> Missed:
    """What a webhook was to be sent after a position of the log, at most `limit`, for whoever answers for it."""
    actor.reach(Permission.EVENT_VIEW)
    webhook = await Webhook.get_or_none(id=webhook_id)
    if webhook is None:
        raise NotFound("There is no such webhook.", "webhookId")
    if webhook.owner_id is None or webhook.owner_id != actor.user_id:
        raise NotPermitted("Only whoever answers for a webhook reads its messages. Save it, and that is you.")
    view = await view_of(webhook)
    if view.actor is None:
        raise Conflict(view.words)
    narrowed = seen_by_both(actor, view.actor)
    found = await events_between(narrowed, filters.loaded(webhook.wanted), after=after or 0, limit=limit)
    return Missed(webhook, narrowed, found)


async def forget_old_deliveries(domain: Domain) -> None:
    """Delete from the delivery log what is older than it is kept, and waits for nothing."""
    ended = WebhookDelivery.filter(created_at__lt=domain.clock() - KEPT_FOR)
    await ended.exclude(status=DeliveryStatus.PENDING).delete()


def _words(row: Webhook, paused: str, pending: int) -> str:
    if not row.enabled:
        words = _STOPPED[row.stop_reason or StopReason.BY_HAND]
        return f"{words} {row.stop_words}" if row.stop_words else words
    if paused:
        return f"Paused: {paused}"
    if pending >= MOST_PENDING:
        return f"{pending} messages wait, the most that are queued. What is stored meanwhile can be read as messages."
    if row.failing_since is not None:
        since: datetime = row.failing_since
        return f"Failing since {since:%Y-%m-%d %H:%M} UTC."
    return "Works."
