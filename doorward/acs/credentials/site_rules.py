"""What credentials must know of the rest of the site: its PIN rules, its profiles, its card formats."""

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.card_format import CardBits, CardFormat, CardToken
from doorward.acs.decision.card_reader import decode_as, encode
from doorward.acs.decision.policy import PinRules
from doorward.acs.formats import policy as formats
from doorward.acs.formats.stored import stored_formats
from doorward.acs.operation import Work
from doorward.acs.profiles import pin_alone


async def pin_rules(work: Work) -> PinRules:
    """The PIN rules of the site."""
    return await formats.pin_rules(work.connection)


async def pin_alone_in_use(work: Work) -> bool:
    """Whether any identification profile lets a PIN open a door alone: then no two people may have the same."""
    return await pin_alone.pin_alone_in_use(work.connection)


async def card_format(format_id: str, connection: BaseDBAsyncClient) -> CardFormat | None:
    """One card format of the site."""
    found = (await stored_formats(connection)).get(format_id)
    return found.format if found is not None else None


async def readings(bits: CardBits, connection: BaseDBAsyncClient | None = None) -> tuple[CardToken, ...]:
    """The card in these bits as each active format reads it; none where length or parity do not fit."""
    found = (decode_as(one.format, bits) for one in (await stored_formats(connection)).values() if one.active)
    return tuple(token for token in found if isinstance(token, CardToken))


def encoded(card: CardFormat, facility: int | None, number: int) -> CardBits | None:
    """The bits that a reader sends of such a card, where they follow from its numbers."""
    try:
        return encode(card, facility, number)
    except ValueError:
        return None
