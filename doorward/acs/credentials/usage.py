"""Counting the uses of credentials, as the stored events tell them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.credentials.models import Credential
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord


async def note_uses(connection: BaseDBAsyncClient, records: Sequence[JournalRecord]) -> None:
    """Note the first use, the last use and how many there were; every grant is one use of each of its credentials.

    `records` are being stored for the first time, in this transaction, so that none counts twice. They may come late
    and out of order: controllers keep them while they are away. `data["credential_ids"]` names those that were shown
    besides `credential_id`.
    """
    uses: dict[str, list[datetime]] = defaultdict(list)
    for record in records:
        if record.type is EventType.ACCESS_GRANTED:
            for credential_id in {record.credential_id, *record.data.get("credential_ids", ())} - {None}:
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
