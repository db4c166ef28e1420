"""Counting the uses of credentials, as the stored events tell them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet

from doorward.acs.credentials.models import Credential
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import QR_STEPS, CredentialNews, CredentialUse, JournalRecord

_PART = 1_000


async def note_uses(connection: BaseDBAsyncClient, records: Sequence[JournalRecord]) -> None:
    """Note the first use, the last use and how many there were; every grant is one use of each of its credentials.

    `records` are being stored for the first time, in this transaction, so that none counts twice. They may come late
    and out of order: controllers keep them while they are away. `data["credential_ids"]` names those that were shown
    besides `credential_id`.
    """
    uses: dict[str, list[datetime]] = defaultdict(list)
    for record in records:
        for credential_id in _used(record):
            uses[credential_id].append(record.at)
    if not uses:
        return
    rows = Credential.filter(id__in=list(uses)).order_by("id").select_for_update().using_db(connection)
    for row in await rows:
        at = uses[row.id]
        row.first_used_at = min(at if row.first_used_at is None else [row.first_used_at, *at])
        row.last_used_at = max(at if row.last_used_at is None else [row.last_used_at, *at])
        row.uses += len(at)
        await row.save(using_db=connection, update_fields=["first_used_at", "last_used_at", "uses"])


async def known_uses() -> AsyncIterator[CredentialNews]:
    """The uses of all credentials whose validity counts them, in parts, for a controller that begins to listen."""
    last = ""
    while uses := await _uses_of(Credential.filter(id__gt=last).limit(_PART)):
        last = uses[-1].credential_id
        yield CredentialNews(uses)


async def news_of(records: Iterable[JournalRecord]) -> CredentialNews | None:
    """What all controllers must know of credentials after these records were stored."""
    records = tuple(records)
    used = {credential_id for record in records for credential_id in _used(record)}
    steps: dict[str, int] = {}
    for record in records:
        for credential_id, step in record.data.get(QR_STEPS, {}).items():
            steps[credential_id] = max(step, steps.get(credential_id, 0))
    uses = await _uses_of(Credential.filter(id__in=list(used))) if used else ()
    return CredentialNews(uses, steps) if uses or steps else None


async def _uses_of(rows: QuerySet[Credential]) -> tuple[CredentialUse, ...]:
    counted = rows.filter(relative_start__isnull=False, first_used_at__isnull=False).order_by("id")
    found = await counted.values_list("id", "first_used_at", "last_used_at", "uses")
    return tuple(CredentialUse(*row) for row in found)


def _used(record: JournalRecord) -> set[str]:
    """The credentials that a record is a use of."""
    if record.type is not EventType.ACCESS_GRANTED:
        return set()
    return {one for one in (record.credential_id, *record.data.get("credential_ids", ())) if one is not None}
