"""Webhooks, and what each was to be sent."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from doorward.acs.users.models import User


class StopReason(StrEnum):
    """Why a webhook is not enabled."""

    NEW = "new"
    """Nobody has enabled it yet."""
    URL_CHANGED = "url_changed"
    """Its URL was changed, and has to answer the handshake again."""
    BY_HAND = "by_hand"
    """Somebody disabled it."""
    UNVERIFIED = "unverified"
    """Its URL did not answer the handshake."""
    GONE = "gone"
    """The receiver said that it wants nothing any more (410)."""
    FAILING = "failing"
    """Nothing could be delivered for days."""


class DeliveryStatus(StrEnum):
    """What became of one message to one webhook."""

    PENDING = "pending"
    """It waits for its first or another attempt."""
    DELIVERED = "delivered"
    """The receiver took it."""
    FAILED = "failed"
    """It is given up, after attempts for more than a day."""
    SKIPPED = "skipped"
    """It is not to be sent any more, though it did not arrive."""


class Webhook(Model):
    """Where events are sent, and which. It sees what its owner may see, and with `permissions` no more than these.

    `position` is that of the event log up to which deliveries were queued, `numbered` counts them. Secrets are
    sealed, and the previous one signs as well until `previous_until`. `failing_since` is the first failure since the
    last success.
    """

    id = fields.CharField(36, primary_key=True)
    name = fields.CharField(100, unique=True)
    url = fields.CharField(2000)
    enabled = fields.BooleanField(default=False)
    stop_reason: StopReason | None = fields.CharEnumField(  # type: ignore[assignment]
        StopReason, max_length=16, null=True
    )
    stop_words: str | None = fields.CharField(1000, null=True)  # type: ignore[assignment]
    wanted: dict[str, Any] = fields.JSONField()
    sealed_secret: bytes = fields.BinaryField()
    sealed_previous_secret: bytes | None = fields.BinaryField(null=True)
    previous_until: datetime | None = fields.DatetimeField(null=True)
    owner: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "acs.User", related_name=False, on_delete=fields.SET_NULL, null=True, db_index=True
    )
    owner_id: str | None
    permissions: list[str] | None = fields.JSONField(null=True)
    position = fields.BigIntField(default=0)
    numbered = fields.BigIntField(default=0)
    failing_since: datetime | None = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "webhook"


class WebhookDelivery(Model):
    """One message to one webhook. Its `message_id` is the same however often it is sent.

    `number` counts the messages of a webhook in the order in which they were queued, which is that of the log.
    Without an event it is a test.
    """

    id = fields.CharField(36, primary_key=True)
    webhook: fields.ForeignKeyRelation[Webhook] = fields.ForeignKeyField(
        "acs.Webhook", related_name=False, on_delete=fields.CASCADE
    )
    webhook_id: str
    number = fields.BigIntField()
    message_id = fields.CharField(40, unique=True)
    event_id: str | None = fields.CharField(36, null=True)  # type: ignore[assignment]
    position: int | None = fields.BigIntField(null=True)
    type = fields.CharField(64)
    created_at = fields.DatetimeField(db_index=True)
    status = fields.CharEnumField(DeliveryStatus, max_length=16, default=DeliveryStatus.PENDING)
    attempts = fields.IntField(default=0)
    next_attempt_at: datetime | None = fields.DatetimeField(null=True)
    last_attempt_at: datetime | None = fields.DatetimeField(null=True)
    last_status: int | None = fields.IntField(null=True)
    last_ms: int | None = fields.IntField(null=True)
    response: str | None = fields.TextField(null=True)
    error: str | None = fields.CharField(1000, null=True)  # type: ignore[assignment]

    class Meta:
        table = "webhook_delivery"
        unique_together = (("webhook", "number"),)
        indexes = (Index(fields=("webhook_id", "status", "next_attempt_at")),)
