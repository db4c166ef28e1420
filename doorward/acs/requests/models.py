"""The rows of requests that were carried out under an idempotency key."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class KeyedRequest(Model):
    """A request that was carried out under an idempotency key, written in the transaction of its effect.

    `id` is a keyed digest of the user and the key, `digest` one of the input: neither the key nor what was sent can be
    read from it. `attempt` tells the transaction that wrote it from all others. `answer` refers to what the request
    made or changed.
    """

    id = fields.CharField(64, primary_key=True)
    mutation = fields.CharField(100)
    digest = fields.CharField(64)
    attempt = fields.CharField(36)
    answer: Any = fields.JSONField(null=True)
    created_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "keyed_request"
