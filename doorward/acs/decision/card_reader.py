"""Reading and writing cards by their formats.

Formats are compiled to shifts and masks once; a badge then costs a few operations on one whole number.
"""

from collections.abc import Iterable

from doorward.acs.decision.card_format import BitField, CardBits, CardFormat, CardToken
from doorward.acs.decision.reason import Reason


def reversed_bits(value: int, bit_count: int) -> int:
    """The bits read from right to left."""
    return int(f"{value:0{bit_count}b}"[::-1], 2)


def reversed_bytes(value: int, bit_count: int) -> int:
    """The bytes read from right to left; `bit_count` is divisible by 8."""
    return int.from_bytes(value.to_bytes(bit_count // 8, "big"), "little")


def _checks(card_format: CardFormat) -> tuple[tuple[int, int], ...]:
    """The bits of each parity, its own among them, and what their sum modulo 2 must be."""
    bits = card_format.bits
    return tuple(
        (sum(1 << (bits - position) for position in {parity.position, *parity.mask}), int(parity.odd))
        for parity in card_format.parities
    )


_big_endian = int.from_bytes


class _Compiled:
    """A format as shifts and masks on the whole card."""

    __slots__ = (
        "bits",
        "checks",
        "facility",
        "facility_mask",
        "facility_shift",
        "format",
        "id",
        "number",
        "number_mask",
        "number_shift",
        "plain",
    )

    def __init__(self, card_format: CardFormat) -> None:
        number, facility = card_format.number, card_format.facility
        self.id = card_format.id
        self.bits = card_format.bits
        self.format = card_format
        self.checks = _checks(card_format)
        self.number, self.facility = number, facility
        self.number_shift = card_format.bits - number.last if number else 0
        self.number_mask = number.largest if number else 0
        self.facility_shift = card_format.bits - facility.last if facility else 0
        self.facility_mask = facility.largest if facility else 0
        self.plain = not (
            card_format.invert_bits
            or card_format.invert_bytes
            or (number is not None and number.little_endian)
            or (facility is not None and facility.little_endian)
        )

    def read(self, value: int) -> CardToken | None:
        """The card, or None if a parity is wrong. `value` is the whole card as it arrived."""
        if not self.plain:
            value = uninverted(self.format, value)
        for mask, odd in self.checks:
            if (value & mask).bit_count() & 1 != odd:
                return None
        number = value >> self.number_shift & self.number_mask
        facility = value >> self.facility_shift & self.facility_mask if self.facility else None
        if self.plain:
            return CardToken(self.id, facility, number)
        return CardToken(
            self.id, None if facility is None else _in_order(self.facility, facility), _in_order(self.number, number)
        )


def uninverted(card_format: CardFormat, value: int) -> int:
    """A whole card as its parities and fields count it. Done twice, it is as it was."""
    if card_format.invert_bits:
        value = reversed_bits(value, card_format.bits)
    if card_format.invert_bytes:
        value = reversed_bytes(value, card_format.bits)
    return value


def _in_order(field: BitField | None, value: int) -> int:
    return reversed_bits(value, field.size) if field and field.little_endian else value


class CardReader:
    """Reads cards by a set of formats, which pass `check_format`.

    There should be one format per length. Of several, the first given whose parity is right reads the card.
    """

    __slots__ = ("_by_length",)

    def __init__(self, formats: Iterable[CardFormat]) -> None:
        self._by_length: dict[int, tuple[_Compiled, ...]] = {}
        for card_format in formats:
            others = self._by_length.get(card_format.bits, ())
            self._by_length[card_format.bits] = (*others, _Compiled(card_format))

    def read(self, bits: CardBits) -> CardToken | Reason:
        """The card in these bits, or why none of the formats can read them."""
        bit_count = bits.bit_count
        candidates = self._by_length.get(bit_count)
        if candidates is None:
            return Reason.CARD_LENGTH_UNKNOWN
        data = bits.data
        value = _big_endian(data) >> (len(data) * 8 - bit_count)
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
        value |= _in_order(field, given) << (card_format.bits - field.last)
    bits = card_format.bits
    for parity in card_format.parities:
        covered = sum(1 << (bits - position) for position in parity.mask)
        value |= ((value & covered).bit_count() & 1 ^ parity.odd) << (bits - parity.position)
    return CardBits.from_int(uninverted(card_format, value), bits)
