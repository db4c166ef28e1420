"""What may be done to webhooks. Enabling one is in handshake.py, sending again in replay.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.queries import EventFilter, events_between, newest_position
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.webhooks import filters
from doorward.acs.webhooks.models import StopReason, Webhook
from doorward.acs.webhooks.owner import answers_for, view_of
from doorward.acs.webhooks.signing import new_secret

MOST_WEBHOOKS = 50
"""Each has a request under way at times; so many at most."""
LONGEST_URL = 2000
LONGEST_GRACE = timedelta(days=7)
MOST_TYPES = 300
_STOPS_FOR_GOOD = frozenset({StopReason.GONE, StopReason.FAILING})


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook to make."""

    name: str
    url: str
    wanted: EventFilter = field(default_factory=EventFilter)


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """A webhook and its secret, shown this once."""

    webhook: Webhook
    secret: str


@operation(Permission.WEBHOOK_WRITE)
async def create_webhook(work: Work, given: NewWebhook) -> MadeSecret:
    """A webhook that is not enabled yet: its receiver needs the secret first."""
    name = check.text(given.name, "name", longest=100)
    await check.unique(Webhook, work.connection, f"There is another webhook called {name}.", "name", name=name)
    if await Webhook.all().using_db(work.connection).count() >= MOST_WEBHOOKS:
        raise Conflict(f"There are {MOST_WEBHOOKS} webhooks, the most there may be. Delete one that is not used.")
    row = Webhook(id=new_id(), name=name, url=checked_url(work.domain, given.url), created_at=work.now, version=1)
    row.wanted = _checked_filter(given.wanted)
    row.enabled, row.stop_reason = False, StopReason.NEW
    row.position = await newest_position()
    answers_for(row, work.actor)
    secret = new_secret()
    row.sealed_secret = seal(work.domain, row.id, secret)
    await row.save(using_db=work.connection, force_create=True)
    work.audit(EventType.WEBHOOK_CREATED, of=row, after=_shown(row))
    return MadeSecret(row, secret)


@operation(Permission.WEBHOOK_WRITE)
async def update_webhook(
    work: Work, webhook_id: str, changes: Mapping[str, Any], expected_version: int | None = None
) -> Webhook:
    """Change `name`, `url` or `wanted`. Another URL has to be enabled again. Whoever saves it answers for it."""
    row = await locked(work, webhook_id)
    check.version(row.version, expected_version)
    before = _shown(row)
    if "name" in changes:
        row.name = check.text(changes["name"], "name", longest=100)
        message = f"There is another webhook called {row.name}."
        await check.unique(Webhook, work.connection, message, "name", but=row.id, name=row.name)
    if "wanted" in changes:
        await _begin_anew_if_through(row)
        row.wanted = _checked_filter(changes["wanted"])
    if "url" in changes:
        url = checked_url(work.domain, changes["url"])
        if url != row.url:
            row.url = url
            if row.stop_reason is not StopReason.NEW:
                row.enabled, row.stop_reason, row.stop_words = False, StopReason.URL_CHANGED, None
    answers_for(row, work.actor)
    row.version += 1
    await row.save(using_db=work.connection)
    work.audit(EventType.WEBHOOK_UPDATED, of=row, before=before, after=_shown(row))
    tell(work, row)
    return row


@operation(Permission.WEBHOOK_WRITE)
async def disable_webhook(work: Work, webhook_id: str, expected_version: int | None = None) -> Webhook:
    """Send it nothing any more. What is pending stays so."""
    row = await locked(work, webhook_id)
    check.version(row.version, expected_version)
    if row.enabled:
        await stop(work, row, StopReason.BY_HAND, None)
    return row


@operation(Permission.WEBHOOK_WRITE)
async def stop_webhook(work: Work, webhook_id: str, reason: StopReason, words: str) -> None:
    """The server gives a webhook up: it answered 410, or nothing arrived for days. Raises an alarm."""
    row = await locked(work, webhook_id)
    if not row.enabled:
        return
    await stop(work, row, reason, words)
    if reason in _STOPS_FOR_GOOD:
        data = {"webhook": row.id, "name": row.name, "problem": words}
        work.events.append(NewEvent(EventType.WEBHOOK_STOPPED, work.now, data=data))


@operation(Permission.WEBHOOK_WRITE)
async def delete_webhook(work: Work, webhook_id: str, expected_version: int | None = None) -> None:
    """With its deliveries."""
    row = await locked(work, webhook_id)
    check.version(row.version, expected_version)
    work.audit(EventType.WEBHOOK_DELETED, of=row, before=_shown(row))
    await row.delete(using_db=work.connection)
    tell(work, row)


@operation(Permission.WEBHOOK_WRITE)
async def rotate_webhook_secret(
    work: Work, webhook_id: str, grace: timedelta = timedelta(hours=24), expected_version: int | None = None
) -> MadeSecret:
    """A new secret; until the grace ends, the one before signs as well."""
    row = await locked(work, webhook_id)
    check.version(row.version, expected_version)
    if not timedelta(0) <= grace <= LONGEST_GRACE:
        raise ValidationFailed(f"The previous secret counts for at most {LONGEST_GRACE.days * 24} hours.", "grace")
    secret = new_secret()
    row.sealed_previous_secret = row.sealed_secret if grace else None
    row.previous_until = work.now + grace if grace else None
    row.sealed_secret = seal(work.domain, row.id, secret)
    row.version += 1
    await row.save(using_db=work.connection)
    work.audit(EventType.WEBHOOK_SECRET_ROTATED, of=row, after={"previous_until": row.previous_until})
    tell(work, row)
    return MadeSecret(row, secret)


async def locked(work: Work, webhook_id: str) -> Webhook:
    """The webhook, that nobody else changes meanwhile. Raises NotFound."""
    row = await Webhook.select_for_update().using_db(work.connection).get_or_none(id=webhook_id)
    if row is None:
        raise NotFound("There is no such webhook.", "id")
    return row


async def stop(work: Work, row: Webhook, reason: StopReason, words: str | None) -> None:
    """Disable it, with the reason."""
    row.enabled, row.stop_reason, row.stop_words = False, reason, words
    row.version += 1
    await row.save(using_db=work.connection, update_fields=["enabled", "stop_reason", "stop_words", "version"])
    work.audit(EventType.WEBHOOK_DISABLED, of=row, after={"reason": reason.value, "detail": words})
    tell(work, row)


def tell(work: Work, row: Webhook) -> None:
    """Whoever sends to it is to look again, once this is committed."""
    webhook_id = row.id
    work.after.append(lambda: work.domain.webhooks.changed(webhook_id))


def seal(domain: Domain, webhook_id: str, secret: str) -> bytes:
    """A secret as the row keeps it."""
    return domain.sealer.seal(secret.encode(), _context(webhook_id))


def secrets_in_force(domain: Domain, row: Webhook) -> list[str]:
    """The secrets that sign now, newest first."""
    sealed = [row.sealed_secret]
    if row.sealed_previous_secret and row.previous_until and domain.clock() < row.previous_until:
        sealed.append(row.sealed_previous_secret)
    return [domain.sealer.open(bytes(each), _context(row.id)).decode() for each in sealed]


def checked_url(domain: Domain, given: str) -> str:
    """A URL that a webhook can have; where its name leads is seen when something is sent. Raises ValidationFailed."""
    url = check.text(given, "url", longest=LONGEST_URL)
    if not url.isascii() or " " in url:
        raise ValidationFailed("Write the URL in ASCII, without spaces; names of other scripts as xn--.", "url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValidationFailed(f"This is not a URL: {error}.", "url") from error
    schemes = ("https", "http") if domain.webhooks.allow_http else ("https",)
    if parts.scheme not in schemes or not host or port == 0:
        raise ValidationFailed(f"Give a whole URL that begins with {' or '.join(schemes)}://.", "url")
    if parts.username is not None or parts.password is not None or parts.fragment or "\\" in url:
        raise ValidationFailed("A webhook's URL has no user, password, fragment or backslash.", "url")
    return url


async def _begin_anew_if_through(row: Webhook) -> None:
    """A new filter is for what comes: what the old one left out is not sent for it. A backlog stays one."""
    newest = await newest_position()
    view = await view_of(row)
    if view.actor is None or not await events_between(
        view.actor, filters.loaded(row.wanted), after=row.position, limit=1
    ):
        row.position = newest


def _checked_filter(wanted: EventFilter) -> dict[str, Any]:
    if len(wanted.types) > MOST_TYPES:
        raise ValidationFailed(f"A filter has at most {MOST_TYPES} types.", "filter", "types")
    return filters.stored(wanted)


def _shown(row: Webhook) -> dict[str, Any]:
    return {"name": row.name, "url": row.url, "filter": msgspec.to_builtins(row.wanted), "owner": row.owner_id}


def _context(webhook_id: str) -> str:
    return f"webhook {webhook_id}"
