"""Cardholders as controllers know them, read as raw rows: there may be a million."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from tortoise.connection import get_connection

from doorward.acs.decision.policy import CardholderPolicy
from doorward.acs.people.models import Cardholder, GroupMember

CHUNK = 2_500
"""So many rows are made into structs in one turn of the event loop (some milliseconds)."""

_COLUMNS = (
    "id",
    "suspended",
    "valid_from",
    "valid_to",
    "long_access",
    "double_swipe",
    "exempt_lockdown",
    "exempt_antipassback",
    "visitor",
    "escort_required",
    "host_id",
    "forgiven_at",
)
# Written out, because Tortoise takes several times as long for a row as the driver.
_NEXT = """
SELECT id, suspended, valid_from, valid_to, long_access, double_swipe, exempt_lockdown, exempt_antipassback,
  visitor, escort_required, host_id, forgiven_at
FROM cardholder WHERE id > $1 ORDER BY id LIMIT $2
"""
_MEMBERS = """
SELECT cardholder_id, group_id FROM cardholder_group_member WHERE cardholder_id >= $1 AND cardholder_id <= $2
"""

_Rows = Sequence[Sequence[Any]]


async def cardholder_policies(ids: Collection[str] | None = None) -> tuple[CardholderPolicy, ...]:
    """Every cardholder, or those of `ids` that exist, in the order of their ids.

    Groups are sorted by id; people in the same groups share one tuple, and the groups' ids are shared by all.
    """
    shared: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}
    texts: dict[str, str] = {}
    found: list[CardholderPolicy] = []
    async for rows, members in _everybody() if ids is None else _some(sorted(ids)):
        groups: dict[str, list[str]] = defaultdict(list)
        for cardholder_id, group_id in members:
            groups[cardholder_id].append(texts.setdefault(group_id, group_id))
        for row in rows:
            named = tuple(sorted(groups.get(row[0], ())))
            found.append(_policy(row, shared.setdefault(named, named)))
    return tuple(found)


async def _everybody() -> AsyncIterator[tuple[_Rows, _Rows]]:
    """Rows of cardholders in the order of their ids, with the memberships of those rows."""
    last = ""
    while rows := await _query(_NEXT, last, CHUNK):
        first, last = rows[0][0], rows[-1][0]
        yield rows, await _query(_MEMBERS, first, last)


async def _some(ids: Sequence[str]) -> AsyncIterator[tuple[_Rows, _Rows]]:
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = await Cardholder.filter(id__in=part).order_by("id").values_list(*_COLUMNS)
        members = GroupMember.filter(cardholder_id__in=part)
        yield rows, await members.values_list("cardholder_id", "group_id")


async def _query(sql: str, *values: Any) -> _Rows:
    connection = get_connection("default")
    if connection.capabilities.dialect == "sqlite":
        sql = sql.replace("$", "?")
    _, rows = await connection.execute_query(sql, list(values))
    return cast(_Rows, rows)


def _policy(row: Sequence[Any], groups: tuple[str, ...]) -> CardholderPolicy:
    return CardholderPolicy(
        id=row[0],
        groups=groups,
        suspended=bool(row[1]),
        valid_from=_utc(row[2]),
        valid_to=_utc(row[3]),
        long_access=bool(row[4]),
        double_swipe=bool(row[5]),
        exempt_lockdown=bool(row[6]),
        exempt_antipassback=bool(row[7]),
        visitor=bool(row[8]),
        escort_required=bool(row[9]),
        host_id=row[10],
        forgiven_at=_utc(row[11]),
    )


def _utc(value: Any) -> datetime | None:
    """SQLite gives text, PostgreSQL a moment."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
