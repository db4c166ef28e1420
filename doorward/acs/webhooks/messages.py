"""What a message is made of: its id, its headers, its body. Standard Webhooks, with a cursor of the log besides."""

import uuid
from datetime import datetime
from typing import Any

import orjson

from doorward import __version__
from doorward.acs.domain import Domain
from doorward.acs.webhooks.live import Outgoing
from doorward.acs.webhooks.models import Webhook
from doorward.acs.webhooks.operations import secrets_in_force
from doorward.acs.webhooks.signing import signature

TEST = "webhook.test"
VERIFICATION = "webhook.verification"


def message_id(webhook_id: str, event_id: str) -> str:
    """The id of an event's message to a webhook: always the same, so that a receiver knows a repeat."""
    return f"msg_{uuid.uuid5(uuid.UUID(webhook_id), event_id).hex}"


def unique_message_id() -> str:
    """The id of a message that tells no event."""
    return f"msg_{uuid.uuid4().hex}"


def body_of(kind: str, at: datetime, data: dict[str, Any]) -> bytes:
    """The body as JSON."""
    return orjson.dumps({"type": kind, "timestamp": at.isoformat(), "data": data})


def signed(domain: Domain, webhook: Webhook, message: str, body: bytes, cursor: str | None = None) -> Outgoing:
    """The request that brings this body, signed now."""
    timestamp_s = int(domain.clock().timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": f"Doorward/{__version__} (webhook)",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": signature(secrets_in_force(domain, webhook), message, timestamp_s, body),
    }
    if cursor is not None:
        headers["doorward-cursor"] = cursor
    return Outgoing(webhook.url, headers, body)
