"""Enabling a webhook: its receiver must echo a challenge first, so that nobody is sent what they did not ask for."""

import json
import secrets

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.queries import newest_position
from doorward.acs.operation import Work, operation
from doorward.acs.webhooks.live import Answer
from doorward.acs.webhooks.messages import VERIFICATION, body_of, signed, unique_message_id
from doorward.acs.webhooks.models import DeliveryStatus, StopReason, Webhook, WebhookDelivery
from doorward.acs.webhooks.operations import checked_url, locked, tell
from doorward.acs.webhooks.retries import verdict

_CHALLENGE_BYTES = 24
NOT_SENDING = "Webhooks are sent by the server alone: do this where `doorward serve` runs."


async def enable_webhook(
    domain: Domain, actor: Actor, webhook_id: str, *, from_now: bool = False, expected_version: int | None = None
) -> Webhook:
    """Enable a webhook whose receiver echoes the challenge; otherwise it stays as it is and ValidationFailed says why.

    It goes on from where it stopped; a new one, and one that is enabled `from_now`, with what is stored from now on.
    """
    actor.require(Permission.WEBHOOK_WRITE)
    row = await Webhook.get_or_none(id=webhook_id)
    if row is None:
        raise NotFound("There is no such webhook.", "id")
    check.version(row.version, expected_version)
    if row.enabled:
        return row
    url = checked_url(domain, row.url)
    if domain.webhooks.post is None:
        raise Conflict(NOT_SENDING)
    challenge = secrets.token_urlsafe(_CHALLENGE_BYTES)
    body = body_of(VERIFICATION, domain.clock(), {"challenge": challenge})
    answer = await domain.webhooks.post(signed(domain, row, unique_message_id(), body))
    problem = _problem(domain, answer, challenge)
    if problem is None:
        return await admit_webhook(domain, actor, webhook_id, url, from_now, expected_version)
    await note_unverified(domain, actor, webhook_id, url, problem)
    raise ValidationFailed(problem, "url")


@operation(Permission.WEBHOOK_WRITE)
async def admit_webhook(
    work: Work, webhook_id: str, url: str, from_now: bool, expected_version: int | None = None
) -> Webhook:
    """The part of `enable_webhook` that comes once the receiver at this URL has echoed the challenge."""
    row = await locked(work, webhook_id)
    check.version(row.version, expected_version)
    if row.url != url:
        raise Conflict("Somebody else has given it another URL meanwhile. Enable it again.", "url")
    if row.enabled:
        return row
    pending = WebhookDelivery.filter(webhook_id=row.id, status=DeliveryStatus.PENDING).using_db(work.connection)
    if from_now or row.stop_reason is StopReason.NEW:
        row.position = await newest_position()
        words = "The webhook was enabled again without what it had missed."
        await pending.update(status=DeliveryStatus.SKIPPED, next_attempt_at=None, error=words)
    else:
        await pending.update(next_attempt_at=work.now)
    row.enabled, row.stop_reason, row.stop_words, row.failing_since = True, None, None, None
    row.version += 1
    await row.save(using_db=work.connection)
    work.audit(EventType.WEBHOOK_ENABLED, of=row, after={"url": url, "from_now": from_now})
    tell(work, row)
    return row


@operation(Permission.WEBHOOK_WRITE)
async def note_unverified(work: Work, webhook_id: str, url: str, words: str) -> None:
    """The receiver did not echo the challenge."""
    row = await locked(work, webhook_id)
    if row.enabled or row.url != url:
        return
    if row.stop_reason is not StopReason.NEW:
        row.stop_reason = StopReason.UNVERIFIED
    row.stop_words = words
    await row.save(using_db=work.connection, update_fields=["stop_reason", "stop_words"])
    work.audit(EventType.WEBHOOK_UNVERIFIED, of=row, after={"url": url, "detail": words})


def _problem(domain: Domain, answer: Answer, challenge: str) -> str | None:
    if not answer.is_success:
        words = verdict(answer, 1, domain.clock(), 0.5).words
        return f"The receiver was not verified. {words}"
    if _echo(answer.body) == challenge:
        return None
    return (
        "The receiver was not verified: it must answer a message of the type webhook.verification with its "
        'data.challenge, either alone or as {"challenge": "..."}.'
    )


def _echo(body: bytes) -> str | None:
    """The challenge in an answer: the whole text, or a field of a JSON object."""
    text = body.decode(errors="replace").strip()
    if not text.startswith("{"):
        return text
    try:
        found = json.loads(text)
    except ValueError:
        return None
    challenge = found.get("challenge")
    return challenge if isinstance(challenge, str) else None
