"""Reading and writing cards by their formats.

Formats are compiled to shifts and masks once; a badge then costs a few operations on one whole number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from doorward.acs.decision.card_format import BitField, CardBits, CardFormat, CardToken
from doorward.acs.decision.reason import Reason


def reversed_bits(value: int, bit_count: int) -> int:
    """The bits read from right to left."""
    return int(f"{value:0{bit_count}b}"[::-1], 2)


def reversed_bytes(value: int, bit_count: int) -> int:
    """The bytes read from right to left; `bit_count` is divisible by 8."""
    return int.from_bytes(value.to_bytes(bit_count // 8, "big"), "little")


@dataclass(frozen=True, slots=True)
class _Field:
    """Where a number is, as a shift and a mask on the whole card."""

    shift: int
    mask: int
    size: int
    little_endian: bool

    @classmethod
    def of(cls, field: BitField | None, bits: int) -> "_Field | None":
        if field is None:
            return None
        return cls(bits - field.last, field.largest, field.size, field.little_endian)

    def read(self, value: int) -> int:
        found = value >> self.shift & self.mask
        return reversed_bits(found, self.size) if self.little_endian else found

    def write(self, number: int) -> int:
        return (reversed_bits(number, self.size) if self.little_endian else number) << self.shift


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A format, ready to read. `checks`: the bits of each parity with its own, and what their sum modulo 2 must be."""

    id: str
    bits: int
    invert_bits: bool
    invert_bytes: bool
    checks: tuple[tuple[int, int], ...]
    number: _Field | None
    facility: _Field | None

    @classmethod
    def of(cls, card_format: CardFormat) -> "_Compiled":
        bits = card_format.bits
        return cls(
            card_format.id,
            bits,
            card_format.invert_bits,
            card_format.invert_bytes,
            tuple(
                (sum(1 << (bits - position) for position in {parity.position, *parity.mask}), int(parity.odd))
                for parity in card_format.parities
            ),
            _Field.of(card_format.number, bits),
            _Field.of(card_format.facility, bits),
        )

    def read(self, value: int) -> CardToken | None:
        """The card, or None if a parity is wrong. `value` is the whole card as it arrived."""
        if self.invert_bits:
            value = reversed_bits(value, self.bits)
        if self.invert_bytes:
            value = reversed_bytes(value, self.bits)
        for mask, odd in self.checks:
            if (value & mask).bit_count() & 1 != odd:
                return None
        facility, number = self.facility, self.number
        return CardToken(
            self.id,
            None if facility is None else facility.read(value),
            0 if number is None else number.read(value),
        )


class CardReader:
    """Reads cards by a set of formats, which pass `check_format`.

    There should be one format per length. Of several, the first given whose parity is right reads the card.
    """

    __slots__ = ("_by_length",)

    def __init__(self, formats: Iterable[CardFormat]) -> None:
        self._by_length: dict[int, tuple[_Compiled, ...]] = {}
        for card_format in formats:
            others = self._by_length.get(card_format.bits, ())
            self._by_length[card_format.bits] = (*others, _Compiled.of(card_format))

    def read(self, bits: CardBits) -> CardToken | Reason:
        """The card in these bits, or why none of the formats can read them."""
        bit_count = bits.bit_count
        candidates = self._by_length.get(bit_count)
        if candidates is None:
            return Reason.CARD_LENGTH_UNKNOWN
        data = bits.data
        value = int.from_bytes(data, "big") >> (len(data) * 8 - bit_count)
        for candidate in candidates:
            token = candidate.read(value)
            if token is not None:
                return token
        return Reason.CARD_PARITY_ERROR


def decode_as(card_format: CardFormat, bits: CardBits) -> CardToken | Reason:
    """The card in these bits as this one format sees it, or why it cannot."""
    return CardReader((card_format,)).read(bits)


def encode(card_format: CardFormat, facility: int | None, number: int) -> CardBits:
    """The bits of a card as its reader sends them; bits without a meaning are 0.

    Raises ValueError for a number or facility code that does not fit, is missing, or that the format has no room for.
    """
    value = 0
    for field, given, name in (
        (card_format.facility, facility, "facility code"),
        (card_format.number, number if card_format.number or number else None, "number"),
    ):
        if field is None:
            if given is not None:
                raise ValueError(f"{card_format.name} cards have no {name}")
            continue
        if given is None:
            raise ValueError(f"{card_format.name} cards have a {name}: give it")
        if not 0 <= given <= field.largest:
            raise ValueError(f"the {name} of {card_format.name} cards is 0 to {field.largest}, not {given}")
        value |= _write(field, card_format.bits, given)
    bits = card_format.bits
    for parity in card_format.parities:
        covered = sum(1 << (bits - position) for position in parity.mask)
        value |= ((value & covered).bit_count() & 1 ^ parity.odd) << (bits - parity.position)
    if card_format.invert_bytes:
        value = reversed_bytes(value, bits)
    if card_format.invert_bits:
        value = reversed_bits(value, bits)
    return CardBits.from_int(value, bits)


def _write(field: BitField, bits: int, number: int) -> int:
    compiled = _Field.of(field, bits)
    return compiled.write(number) if compiled else 0
