"""Card formats as they stand: those of the code with what the site changed, and the site's own."""

from dataclasses import dataclass

import msgspec
from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.card_format import BitField, CardFormat, Parity
from doorward.acs.decision.predefined_formats import ACTIVE_BY_DEFAULT, PREDEFINED
from doorward.acs.formats.models import CardFormatRow


class Layout(msgspec.Struct, frozen=True):
    """The part of a format that is kept as JSON."""

    number: BitField | None = None
    facility: BitField | None = None
    parities: tuple[Parity, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFormat:
    """A card format and its standing. `version` 0: predefined and never changed."""

    format: CardFormat
    active: bool
    predefined: bool
    version: int


def layout_of(card_format: CardFormat) -> object:
    """What `CardFormatRow.layout` keeps of a format."""
    return msgspec.to_builtins(Layout(card_format.number, card_format.facility, card_format.parities))


def _stored(row: CardFormatRow) -> StoredFormat:
    original = PREDEFINED.get(row.id)
    if original is None:
        layout = msgspec.convert(row.layout, Layout)
        card_format = CardFormat(
            row.id,
            row.name or "",
            row.bits or 0,
            layout.number,
            layout.facility,
            layout.parities,
            row.invert_bits,
            row.invert_bytes,
        )
    else:
        card_format = msgspec.structs.replace(original, invert_bits=row.invert_bits, invert_bytes=row.invert_bytes)
    return StoredFormat(card_format, row.active, original is not None, row.version)


async def stored_formats(connection: BaseDBAsyncClient | None = None) -> dict[str, StoredFormat]:
    """Every card format by id, shortest first, then by name. For callers that were allowed to read them."""
    found = {
        card_format.id: StoredFormat(card_format, card_format.id in ACTIVE_BY_DEFAULT, True, 0)
        for card_format in PREDEFINED.values()
    }
    for row in await CardFormatRow.all().using_db(connection):
        found[row.id] = _stored(row)
    return dict(sorted(found.items(), key=lambda item: (item[1].format.bits, item[1].format.name, item[0])))
