"""What credentials must know of the rest of the site: its PIN rules, its profiles, its card formats."""

from zoneinfo import ZoneInfo

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.decision.card_format import (
    H10301,
    BitField,
    CardBits,
    CardFormat,
    CardToken,
    Parity,
    decode,
    encode_h10301,
)
from doorward.acs.decision.policy import PinRules
from doorward.acs.decision.reason import Reason
from doorward.acs.operation import SITE_ID, Work
from doorward.acs.site.models import Site

_FORMATS = {
    H10301: CardFormat(
        H10301,
        "26-bit",
        26,
        number=BitField(10, 25),
        facility=BitField(2, 9),
        parities=(Parity(1, False, tuple(range(2, 14))), Parity(26, True, tuple(range(14, 26)))),
    )
}


async def site_zone(connection: BaseDBAsyncClient | None = None) -> ZoneInfo:
    """The time zone whose days, months and years credentials are valid for."""
    return ZoneInfo((await Site.get(id=SITE_ID, using_db=connection)).time_zone)


async def pin_rules(work: Work) -> PinRules:  # noqa: ARG001 - the site's own rules will be rows
    """The PIN rules of the site."""
    return PinRules()


async def pin_alone_in_use(work: Work) -> bool:  # noqa: ARG001 - profiles will be rows
    """Whether any identification profile lets a PIN open a door alone: then no two people may have the same."""
    return False


async def card_format(format_id: str, connection: BaseDBAsyncClient) -> CardFormat | None:  # noqa: ARG001 - as above
    """One card format of the site."""
    return _FORMATS.get(format_id)


async def readings(bits: CardBits, connection: BaseDBAsyncClient | None = None) -> tuple[CardToken, ...]:  # noqa: ARG001
    """The card in these bits as each active format reads it; none where length or parity do not fit."""
    token = decode(bits)
    return () if isinstance(token, Reason) else (token,)


def encoded(card: CardFormat, facility: int | None, number: int) -> CardBits | None:
    """The bits that a reader sends of such a card, where they follow from its numbers."""
    return encode_h10301(facility, number) if card.id == H10301 and facility is not None else None
