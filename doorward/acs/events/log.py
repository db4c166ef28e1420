"""Writing to the event log. Always inside the transaction of what the event tells about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.policy import Side
from doorward.acs.events.catalogue import CATALOGUE, EventType
from doorward.acs.events.chain import extend
from doorward.acs.events.models import Event
from doorward.acs.identity import new_id
from doorward.acs.sealing import Sealer

_APPEND_LOCK = 0x646F6F72
"""PostgreSQL advisory lock: positions are handed out and committed in one order, so a reader never skips one."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to write. `at` is aware UTC; `correlation` defaults to one of its own."""

    type: EventType
    at: datetime
    source: str = "server"
    controller_id: str | None = None
    sequence: int | None = None
    reason: str | None = None
    door_id: str | None = None
    door_name: str | None = None
    side: Side | None = None
    reader_id: str | None = None
    zone_id: str | None = None
    cardholder_id: str | None = None
    cardholder_name: str | None = None
    photo_id: str | None = None
    credential_id: str | None = None
    camera_id: str | None = None
    camera_name: str | None = None
    user_id: str | None = None
    user_name: str | None = None
    correlation: str | None = None
    trace: Sequence[Sequence[Any]] = ()
    data: dict[str, Any] = field(default_factory=dict)


_ROWS_AT_ONCE = 500
_COPIED = (
    "at", "source", "controller_id", "sequence", "reason", "door_id", "door_name", "side", "reader_id", "zone_id",
    "cardholder_id", "cardholder_name", "photo_id", "credential_id", "camera_id", "camera_name", "user_id",
    "user_name", "data",
)  # fmt: skip


async def lock_log(connection: BaseDBAsyncClient) -> None:
    """Be the only writer of the log until this transaction ends. SQLite transactions are that already."""
    if connection.capabilities.dialect == "postgres":
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [_APPEND_LOCK])


async def append(
    sealer: Sealer, connection: BaseDBAsyncClient, events: Sequence[NewEvent], now: datetime
) -> list[Event]:
    """Write events in this order, in the caller's transaction, which must hold `lock_log`. Audit events are chained.

    Returns them as stored, except that they do not know their position: a backlog is written many rows at a time.
    """
    rows = []
    for event in events:
        declared = CATALOGUE[event.type]
        row = Event(
            id=new_id(),
            stored_at=now,
            type=event.type,
            category=declared.category,
            severity=declared.severity,
            correlation=event.correlation or new_id(),
            trace=[list(step) for step in event.trace],
            **{name: getattr(event, name) for name in _COPIED},
        )
        rows.append(row)
    await Event.bulk_create(rows, batch_size=_ROWS_AT_ONCE, using_db=connection)
    await extend(sealer, connection, rows)
    return rows
