"""The card formats of the field. Sources and layouts are in docs/reference/card-formats.md.

Only layouts that two published sources give alike, or the maker of readers or controllers himself, are here. The ids
are stored with cards and never change. A format that is added later is not active by default: a site may read cards of
its length by another one.
"""

from collections.abc import Iterable

from doorward.acs.decision.card_format import H10301, BitField, CardFormat, Parity


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def _even(position: int, mask: Iterable[int]) -> Parity:
    return Parity(position, False, tuple(mask))


def _odd(position: int, mask: Iterable[int]) -> Parity:
    return Parity(position, True, tuple(mask))


def _ends(bits: int, even_to: int, odd_from: int) -> tuple[Parity, Parity]:
    """Even parity first, over bits 2 to `even_to`; odd parity last, over the bits from `odd_from`."""
    return _even(1, _span(2, even_to)), _odd(bits, _span(odd_from, bits - 1))


def _two_of_three(first: int, last: int) -> tuple[int, ...]:
    """From `first` to `last`, two bits taken and one left out, over and over."""
    return tuple(bit for bit in range(first, last + 1) if (bit - first) % 3 < 2)


def _unsigned(first: int, last: int) -> BitField:
    return BitField(first, last)


def _serial(bits: int) -> BitField:
    """A chip's whole serial number, which is printed in hexadecimal."""
    return BitField(1, bits, hexadecimal=True)


_FORMATS = (
    CardFormat(H10301, "H10301 26-bit", 26, _unsigned(10, 25), _unsigned(2, 9), _ends(26, 13, 14)),
    CardFormat("IND26", "Indala 26-bit", 26, _unsigned(14, 25), _unsigned(2, 13), _ends(26, 13, 14)),
    CardFormat("IND27", "Indala 27-bit", 27, _unsigned(14, 27), _unsigned(1, 13)),
    CardFormat("ADT31", "ADT 31-bit", 31, _unsigned(6, 28), _unsigned(2, 5)),
    CardFormat("CSN32", "32-bit serial number (4-byte CSN)", 32, _serial(32)),
    CardFormat(
        "W32", "Wiegand 32-bit, 15-bit facility code", 32, _unsigned(17, 31), _unsigned(2, 16), _ends(32, 16, 17)
    ),
    CardFormat("D10202", "D10202 33-bit (DSX)", 33, _unsigned(9, 32), _unsigned(2, 8), _ends(33, 17, 17)),
    CardFormat("H10306", "H10306 34-bit", 34, _unsigned(18, 33), _unsigned(2, 17), _ends(34, 17, 18)),
    CardFormat("W34", "Wiegand 34-bit, no facility code", 34, _unsigned(2, 33), None, _ends(34, 17, 18)),
    CardFormat(
        "C1k35s",
        "Corporate 1000 35-bit",
        35,
        _unsigned(15, 34),
        _unsigned(3, 14),
        (_even(2, _two_of_three(3, 34)), _odd(35, _two_of_three(2, 33)), _odd(1, _span(2, 35))),
    ),
    CardFormat("C15001", "C15001 36-bit (Keyscan)", 36, _unsigned(20, 35), _unsigned(12, 19), _ends(36, 18, 19)),
    CardFormat("H10302", "H10302 37-bit, no facility code", 37, _unsigned(2, 36), None, _ends(37, 19, 19)),
    CardFormat("H10304", "H10304 37-bit", 37, _unsigned(18, 36), _unsigned(2, 17), _ends(37, 19, 19)),
    CardFormat(
        "P10001",
        "P10001 40-bit (Honeywell)",
        40,
        _unsigned(17, 32),
        _unsigned(5, 16),
        # The last byte is the exclusive or of the four before it.
        tuple(_even(32 + bit, (bit, 8 + bit, 16 + bit, 24 + bit)) for bit in range(1, 9)),
    ),
    CardFormat("CASI40", "Casi-Rusco 40-bit", 40, _unsigned(2, 39)),
    CardFormat("EM40", "EM4100 40-bit", 40, _serial(40)),
    CardFormat(
        "C1k48s",
        "Corporate 1000 48-bit",
        48,
        _unsigned(25, 47),
        _unsigned(3, 24),
        (_even(2, _two_of_three(4, 47)), _odd(48, _two_of_three(3, 46)), _odd(1, _span(2, 48))),
    ),
    CardFormat("W50", "Wiegand 50-bit", 50, _unsigned(18, 49), _unsigned(2, 17), _ends(50, 25, 26)),
    CardFormat("CSN56", "56-bit serial number (7-byte CSN)", 56, _serial(56)),
    CardFormat("CSN64", "64-bit serial number (8-byte CSN)", 64, _serial(64)),
)

PREDEFINED: dict[str, CardFormat] = {card_format.id: card_format for card_format in _FORMATS}
"""By id, shortest first."""

ACTIVE_BY_DEFAULT = frozenset({H10301, "H10306", "C1k35s", "H10304", "C1k48s"})
"""One per length, each with parity. Serial numbers are not: they are easy to copy, so a site must choose them."""
