"""Sending again what a receiver lost, and a message to try it with."""

from datetime import datetime

from doorward.acs.actor import Permission
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.queries import newest_position
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.webhooks.messages import TEST, unique_message_id
from doorward.acs.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from doorward.acs.webhooks.operations import locked, tell


@operation(Permission.WEBHOOK_WRITE)
async def send_test(work: Work, webhook_id: str) -> WebhookDelivery:
    """Queue a message of the type webhook.test. Raises Conflict unless the webhook is enabled."""
    row = await _enabled(work, webhook_id)
    row.numbered += 1
    await row.save(using_db=work.connection, update_fields=["numbered"])
    delivery = await WebhookDelivery.create(
        using_db=work.connection,
        id=new_id(),
        webhook_id=row.id,
        number=row.numbered,
        message_id=unique_message_id(),
        type=TEST,
        created_at=work.now,
        next_attempt_at=work.now,
    )
    work.audit(EventType.WEBHOOK_TESTED, of=row)
    tell(work, row)
    return delivery


@operation(Permission.WEBHOOK_WRITE)
async def replay_delivery(work: Work, delivery_id: str) -> WebhookDelivery:
    """Send one message again now, whatever became of it; its attempts are counted anew."""
    delivery = await WebhookDelivery.get_or_none(id=delivery_id, using_db=work.connection)
    if delivery is None:
        raise NotFound("There is no such delivery any more.", "id")
    row = await _enabled(work, delivery.webhook_id)
    delivery.status, delivery.attempts, delivery.next_attempt_at = DeliveryStatus.PENDING, 0, work.now
    await delivery.save(using_db=work.connection, update_fields=["status", "attempts", "next_attempt_at"])
    work.audit(EventType.WEBHOOK_REPLAYED, of=row, after={"delivery": delivery.id, "message": delivery.message_id})
    tell(work, row)
    return delivery


@operation(Permission.WEBHOOK_WRITE)
async def replay_since(
    work: Work, webhook_id: str, *, after: int | None = None, since: datetime | None = None
) -> Webhook:
    """Send everything again that was stored after a position of the log, or from a moment on, in the log's order."""
    row = await _enabled(work, webhook_id)
    if (after is None) == (since is None):
        raise ValidationFailed("Say from where: either after a cursor or since a moment.", "since")
    if since is not None:
        after = await _position_before(since)
    newest = await newest_position()
    row.position = min(after or 0, row.position, newest)
    row.version += 1
    await row.save(using_db=work.connection, update_fields=["position", "version"])
    work.audit(EventType.WEBHOOK_REPLAYED, of=row, after={"position": row.position, "since": since})
    tell(work, row)
    return row


async def _position_before(since: datetime) -> int:
    if since.tzinfo is None:
        raise ValidationFailed("Give the time with its zone, for example 2026-01-31T12:00:00Z.", "since")
    first = await Event.filter(stored_at__gte=since).order_by("position").first()
    return first.position - 1 if first else await newest_position()


async def _enabled(work: Work, webhook_id: str) -> Webhook:
    row = await locked(work, webhook_id)
    if not row.enabled:
        raise Conflict(f"{row.name} is not enabled. Enable it first.", "id")
    return row
