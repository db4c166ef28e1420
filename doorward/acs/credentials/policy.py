"""Credentials as controllers have them."""

import sys
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from tortoise.connection import get_connection

from doorward.acs.credentials.cards import raw_bit_count
from doorward.acs.credentials.keys import seal_context
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialPolicy,
    CredentialStatus,
    RelativeValidity,
    ValidityStart,
    ValidityUnit,
)
from doorward.acs.domain import Domain
from doorward.acs.sealing import Sealer

_CHUNK = 2_500
"""So many rows are made into structs in one turn of the event loop (some milliseconds)."""
_MAX_NUMBER_BITS = 64
_COLUMNS = (
    "id", "cardholder_id", "kind", "status", "valid_from", "valid_to", "relative_start", "relative_amount",
    "relative_unit", "format", "facility", "number", "token", "duress", "sealed", "traced", "starts_lockdown",
)  # fmt: skip
# Written out, because Tortoise takes several times as long for a row as the driver.
_NEXT = f"SELECT {', '.join(_COLUMNS)} FROM credential WHERE id > $1 ORDER BY id LIMIT $2"  # noqa: S608 - no input
_Rows = Sequence[Sequence[Any]]
_KINDS = {kind.value: kind for kind in CredentialKind}
_STATUSES = {status.value: status for status in CredentialStatus}


async def credential_policies(domain: Domain, ids: Collection[str] | None = None) -> tuple[CredentialPolicy, ...]:
    """Every credential, or those of `ids` that there are. A mobile credential without a phone opens nothing: left out.

    Rows are read in chunks, so that a million of them neither hold up the event loop nor stand in memory twice.
    """
    found: list[CredentialPolicy] = []
    async for rows in _chunks(ids):
        found += [_policy(domain.sealer, row) for row in rows if row[2] != CredentialKind.MOBILE or row[12]]
    return tuple(found)


async def _chunks(ids: Collection[str] | None) -> AsyncIterator[_Rows]:
    if ids is not None:
        wanted = sorted(ids)
        for start in range(0, len(wanted), _CHUNK):
            named = Credential.filter(id__in=wanted[start : start + _CHUNK]).order_by("id")
            yield await named.values_list(*_COLUMNS)
        return
    last = ""
    while rows := await _after(last):
        yield rows
        last = rows[-1][0]


async def _after(last: str) -> _Rows:
    connection = get_connection("default")
    sql = _NEXT.replace("$", "?") if connection.capabilities.dialect == "sqlite" else _NEXT
    return cast(_Rows, (await connection.execute_query(sql, [last, _CHUNK]))[1])


def _policy(sealer: Sealer, row: Sequence[Any]) -> CredentialPolicy:
    (
        credential_id, cardholder_id, kind, status, valid_from, valid_to, start, amount, unit, format_id, facility,
        number, token, duress, sealed, traced, starts_lockdown,
    ) = row  # fmt: skip
    kind = _KINDS[kind]
    card_number, own_token = 0, b""
    if kind is CredentialKind.CARD:
        card_number, own_token = _card(format_id, int(number))
    elif kind is CredentialKind.PLATE:
        own_token = number.encode()
    elif kind is CredentialKind.DYNAMIC_QR:
        own_token = sealer.open(bytes(sealed), seal_context(credential_id))
    else:
        own_token = bytes.fromhex(token)
    return CredentialPolicy(
        id=credential_id,
        cardholder_id=cardholder_id,
        format=sys.intern(format_id),
        facility=facility,
        number=card_number,
        status=_STATUSES[status],
        valid_from=utc(valid_from),
        valid_to=utc(valid_to),
        kind=kind,
        token=own_token,
        duress=bytes.fromhex(duress) if duress else b"",
        relative=RelativeValidity(ValidityStart(start), amount, ValidityUnit(unit)) if start else None,
        traced=bool(traced),
        starts_lockdown=bool(starts_lockdown),
    )


def _card(format_id: str, number: int) -> tuple[int, bytes]:
    """`number` and `token` of a card: raw bits right-justified in whole bytes, a long number in as few as it takes."""
    bits = raw_bit_count(format_id)
    if bits is not None:
        return 0, number.to_bytes((bits + 7) // 8, "big")
    if number.bit_length() > _MAX_NUMBER_BITS:
        return 0, number.to_bytes((number.bit_length() + 7) // 8, "big")
    return number, b""


def utc(value: Any) -> datetime | None:
    """A moment as a raw row has it: SQLite's are text."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
