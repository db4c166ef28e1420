"""The chain over the audit events: each link binds one event and the link before it, under a key outside the database.

A link's digest is HMAC-SHA-256 over the digest before it, its own number and the event as it was written. Whoever can
write to the database alone can neither alter an event nor take one away, nor slip one in, without `verify` finding it.
What no chain can show by itself is that its newest end was cut off: compare the head with one that was noted elsewhere.
"""

import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import FieldError

from doorward.acs.events.catalogue import Category
from doorward.acs.events.models import AuditLink, Event
from doorward.acs.sealing import Sealer

KEY_CONTEXT = "audit chain"
BATCH = 500
_UNREADABLE = (ValueError, TypeError, OverflowError, FieldError)
"""How a row ends that has a type, a time or JSON that is none."""
_EXACT = 2**53
"""From here on a float is a whole number that a database may write in another way."""
_BOUND = (
    "id", "at", "stored_at", "source", "controller_id", "sequence", "category", "type", "severity", "reason", "door_id",
    "door_name", "side", "reader_id", "zone_id", "cardholder_id", "cardholder_name", "photo_id", "credential_id",
    "camera_id", "camera_name", "user_id", "user_name", "correlation", "trace", "data",
)  # fmt: skip


class FaultKind(StrEnum):
    """What is wrong with an audit event."""

    ALTERED = "altered"
    REMOVED = "removed"
    UNLINKED = "unlinked"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was done to the audit trail behind Doorward's back; `number` is the link's."""

    kind: FaultKind
    number: int
    event_id: str

    def __str__(self) -> str:
        told = {
            FaultKind.ALTERED: f"event {self.event_id} (link {self.number}) is not as it was written",
            FaultKind.REMOVED: f"event {self.event_id} (link {self.number}) was removed",
            FaultKind.UNLINKED: f"event {self.event_id} is in no link: it was slipped in, or its link was removed",
            FaultKind.CUT: f"the chain ends at link {self.number} without the head that was noted",
        }
        return told[self.kind]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link: note it somewhere else, and a later verification can be held against it."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Raises ValueError."""
        number, _, digest = text.partition(":")
        if not number.isdigit() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError("A head is a number, a colon and 64 hexadecimal digits, as `audit verify` prints it.")
        return cls(int(number), digest)


@dataclass(slots=True)
class Verified:
    """How far a verification is, or what it found."""

    links: int = 0
    older: int = 0
    """Audit events from before there was a chain: nothing is known of them."""
    head: Head | None = None


async def extend(sealer: Sealer, connection: BaseDBAsyncClient, events: Sequence[Event]) -> None:
    """Link those of these events that are audit, in the transaction that wrote them, which must hold `lock_log`."""
    audited = [event for event in events if event.category is Category.AUDIT]
    if not audited:
        return
    key = sealer.derive(KEY_CONTEXT)
    last = await AuditLink.all().using_db(connection).order_by("-number").first()
    number, digest = (last.number, last.digest) if last is not None else (0, "")
    links = []
    for event in audited:
        number += 1
        digest = _digest(key, digest, number, event)
        links.append(AuditLink(number=number, event_id=event.id, digest=digest))
    await AuditLink.bulk_create(links, using_db=connection)


async def verify(sealer: Sealer, expected: Head | None = None) -> AsyncIterator[Fault | Verified]:
    """Look at every audit event and its link: faults as they are found, and how far it is after each batch.

    `expected` is a head that was noted before: it must still be in the chain.
    """
    key = sealer.derive(KEY_CONTEXT)
    seen, before = Verified(), ""
    while links := await AuditLink.filter(number__gt=seen.links).order_by("number").limit(BATCH):
        events = await _read([link.event_id for link in links])
        for link in links:
            for missing in range(seen.links + 1, link.number):
                yield Fault(FaultKind.REMOVED, missing, "unknown")
            event = events.get(link.event_id)
            if link.event_id not in events:
                yield Fault(FaultKind.REMOVED, link.number, link.event_id)
            elif event is None or not hmac.compare_digest(_digest(key, before, link.number, event), link.digest):
                yield Fault(FaultKind.ALTERED, link.number, link.event_id)
            before, seen.links = link.digest, link.number
            if expected is not None and link.number == expected.number and link.digest != expected.digest:
                yield Fault(FaultKind.CUT, link.number, link.event_id)
        seen.head = Head(links[-1].number, links[-1].digest)
        yield seen
    if expected is not None and seen.links < expected.number:
        yield Fault(FaultKind.CUT, seen.links, "unknown")
    async for fault in _unlinked(seen):
        yield fault
    yield seen


async def _read(ids: Sequence[str]) -> dict[str, Event | None]:
    """The events that there are; None for one that nothing of Doorward's can have written."""
    try:
        return {event.id: event for event in await Event.filter(id__in=ids)}
    except _UNREADABLE:
        if len(ids) == 1:
            return {ids[0]: None}
    half = len(ids) // 2
    return {**await _read(ids[:half]), **await _read(ids[half:])}


async def _unlinked(seen: Verified) -> AsyncIterator[Fault]:
    """Audit events that no link names, from the first linked one on."""
    first = await AuditLink.all().order_by("number").first()
    begun = await Event.get_or_none(id=first.event_id) if first is not None else None
    position = 0
    while rows := await (
        Event.filter(category=Category.AUDIT, position__gt=position).order_by("position").limit(BATCH)
    ).values_list("position", "id"):
        ids = [str(event_id) for _, event_id in rows]
        linked = set(await AuditLink.filter(event_id__in=ids).values_list("event_id", flat=True))
        for at, event_id in rows:
            if event_id in linked:
                continue
            if begun is None or at < begun.position:
                seen.older += 1
            else:
                yield Fault(FaultKind.UNLINKED, 0, event_id)
        position = rows[-1][0]


def _digest(key: bytes, before: str, number: int, event: Event) -> str:
    bound = [_plain(getattr(event, name)) for name in _BOUND]
    message = msgspec.json.encode([before, number, bound], order="sorted")
    return hmac.digest(key, message, "sha256").hex()


def _plain(value: Any) -> Any:
    """The same for what is written and for what is read back, from either database."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case bool() | None:
            return value
        case int() | float():
            return str(float(value)) if abs(value) >= _EXACT or value != int(value) else int(value)
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    return str(value)
