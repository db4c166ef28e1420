"""Card formats and PIN rules as controllers get them."""

from collections import defaultdict
from collections.abc import Collection

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.card_format import CardFormat
from doorward.acs.decision.policy import PinRules
from doorward.acs.formats.models import PinRulesRow, ReaderCardFormat
from doorward.acs.formats.stored import stored_formats

SYSTEM_RULES_ID = "system"
DEFAULT_PIN_RULES = PinRules()


async def card_formats(ids: Collection[str] | None = None) -> tuple[CardFormat, ...]:
    """All card formats, active or not, or those of `ids` that exist."""
    wanted = None if ids is None else set(ids)
    return tuple(
        stored.format for format_id, stored in (await stored_formats()).items() if wanted is None or format_id in wanted
    )


async def active_format_ids() -> tuple[str, ...]:
    """The formats of readers without a set of their own, by id: one per length, so that no order matters.

    By id, because lengths and names change without the set changing.
    """
    return tuple(sorted(format_id for format_id, stored in (await stored_formats()).items() if stored.active))


async def reader_formats(reader_ids: Collection[str] | None = None) -> dict[str, tuple[str, ...]]:
    """The sets of those readers that have their own."""
    rows = ReaderCardFormat.all() if reader_ids is None else ReaderCardFormat.filter(reader_id__in=list(reader_ids))
    found: dict[str, list[str]] = defaultdict(list)
    for reader_id, format_id in await rows.order_by("id").values_list("reader_id", "format_id"):
        found[reader_id].append(format_id)
    return {reader_id: tuple(format_ids) for reader_id, format_ids in found.items()}


async def pin_rules(connection: BaseDBAsyncClient | None = None) -> PinRules:
    """The system's PIN rules."""
    return (await pin_rules_in_force(connection))[0]


async def pin_rules_in_force(connection: BaseDBAsyncClient | None = None) -> tuple[PinRules, int]:
    """The system's PIN rules, and their version."""
    row = await PinRulesRow.get_or_none(id=SYSTEM_RULES_ID, using_db=connection)
    return (DEFAULT_PIN_RULES, 1) if row is None else (rules_of(row), row.version)


async def reader_pin_rules(reader_ids: Collection[str] | None = None) -> dict[str, PinRules]:
    """The PIN rules of those readers that have their own."""
    rows = PinRulesRow.filter(reader_id__not_isnull=True)
    if reader_ids is not None:
        rows = rows.filter(reader_id__in=list(reader_ids))
    return {row.id: rules_of(row) for row in await rows}


def rules_of(row: PinRulesRow) -> PinRules:
    """The rules in a row."""
    return PinRules(row.min_length, row.max_length, row.end, row.digit_timeout_ms, row.lockout_after, row.lockout_ms)
