"""How a format reads a card, step by step, for the person who sets the format up."""

from dataclasses import dataclass

from doorward.acs.decision.card_format import BitField, CardBits, CardFormat, CardToken, Parity
from doorward.acs.decision.card_reader import decode_as
from doorward.acs.decision.reason import Reason


@dataclass(frozen=True, slots=True)
class FieldReading:
    """A field as it was found: its bits in their order on the card, and its number as people read it."""

    field: BitField
    bits: str
    text: str


@dataclass(frozen=True, slots=True)
class ParityReading:
    """A parity bit as it was found, and as the bits that it covers want it."""

    parity: Parity
    expected: bool
    found: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A card and what a format makes of it. Bits are strings of 0 and 1.

    `bits_inverted` and `bytes_inverted` are the bits after that step (None: the format has no such step), `read` those
    that parities and fields count in. A card of another length has no readings.
    """

    arrived: str
    bits_inverted: str | None
    bytes_inverted: str | None
    read: str
    facility: FieldReading | None
    number: FieldReading | None
    parities: tuple[ParityReading, ...]
    verdict: CardToken | Reason


def explain(card_format: CardFormat, bits: CardBits) -> Explanation:
    """What the format, which passes `check_format`, makes of these bits; the verdict is that of `decode_as`."""
    arrived = bits.as_text()
    verdict = decode_as(card_format, bits)
    if bits.bit_count != card_format.bits:
        return Explanation(arrived, None, None, arrived, None, None, (), verdict)
    read = arrived
    bits_inverted = bytes_inverted = None
    if card_format.invert_bits:
        read = bits_inverted = read[::-1]
    if card_format.invert_bytes:
        read = bytes_inverted = "".join(read[start : start + 8] for start in range(len(read) - 8, -1, -8))
    return Explanation(
        arrived,
        bits_inverted,
        bytes_inverted,
        read,
        _field(card_format.facility, read),
        _field(card_format.number, read),
        tuple(_parity(parity, read) for parity in card_format.parities),
        verdict,
    )


def _field(field: BitField | None, read: str) -> FieldReading | None:
    if field is None:
        return None
    found = read[field.first - 1 : field.last]
    return FieldReading(field, found, field.text(int(found[::-1] if field.little_endian else found, 2)))


def _parity(parity: Parity, read: str) -> ParityReading:
    ones = sum(read[position - 1] == "1" for position in parity.mask)
    return ParityReading(parity, bool(ones % 2) != parity.odd, read[parity.position - 1] == "1")
