"""Cardholders as controllers know them, read as raw rows: there may be a million."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from typing import Any

from doorward.acs.decision.policy import CardholderPolicy
from doorward.acs.people.models import Cardholder, GroupMember

CHUNK = 5_000
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


async def cardholder_policies(ids: Collection[str] | None = None) -> tuple[CardholderPolicy, ...]:
    """Every cardholder, or those of `ids` that exist, in the order of their ids.

    Groups are sorted by id; people in the same groups share one tuple, and the groups' ids are shared by all.
    """
    shared: dict[tuple[str, ...], tuple[str, ...]] = {(): ()}
    texts: dict[str, str] = {}
    found: list[CardholderPolicy] = []
    async for rows, groups in _chunks(ids):
        for row in rows:
            named = tuple(sorted(texts.setdefault(group, group) for group in groups.get(row[0], ())))
            found.append(_policy(row, shared.setdefault(named, named)))
    return tuple(found)


_Chunk = tuple[list[tuple[Any, ...]], dict[str, list[str]]]


async def _chunks(ids: Collection[str] | None) -> AsyncIterator[_Chunk]:
    """Rows of cardholders, with the groups of each."""
    if ids is not None:
        wanted = sorted(ids)
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            rows = await Cardholder.filter(id__in=part).order_by("id").values_list(*_COLUMNS)
            members = GroupMember.filter(cardholder_id__in=part)
            yield rows, _grouped(await members.values_list("cardholder_id", "group_id"))
        return
    last = ""
    while rows := await Cardholder.filter(id__gt=last).order_by("id").limit(CHUNK).values_list(*_COLUMNS):
        first, last = rows[0][0], rows[-1][0]
        members = GroupMember.filter(cardholder_id__gte=first, cardholder_id__lte=last)
        yield rows, _grouped(await members.values_list("cardholder_id", "group_id"))


def _grouped(members: list[tuple[Any, ...]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for cardholder_id, group_id in members:
        groups[cardholder_id].append(group_id)
    return groups


def _policy(row: tuple[Any, ...], groups: tuple[str, ...]) -> CardholderPolicy:
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
