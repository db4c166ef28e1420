"""Card formats: what the bits that a reader sends mean.

The structs are values; `format_check.py` says which formats make sense, `card_reader.py` reads and writes cards by
them, `card_explanation.py` shows how one was read, and `predefined_formats.py` has those of the field.

H10301 is the open 26-bit format: even parity over bits 1-13, 8 bits of facility code,
16 bits of card number, odd parity over bits 14-26, most significant bit first.
"""

from dataclasses import dataclass

import msgspec

from doorward.acs.decision.reason import Reason

H10301 = "H10301"
H10301_BITS = 26
MAX_FACILITY = 0xFF
MAX_NUMBER = 0xFFFF
MAX_CARD_BITS = 256
_DECIMAL = frozenset("0123456789")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class CardBits:
    """What a reader sent: `bit_count` bits, left-justified in `data` (the unused tail bits are ignored)."""

    data: bytes
    bit_count: int

    def __post_init__(self) -> None:
        if not 1 <= self.bit_count <= MAX_CARD_BITS:
            raise ValueError(f"a card has 1 to {MAX_CARD_BITS} bits, not {self.bit_count}")
        if len(self.data) * 8 < self.bit_count:
            raise ValueError(f"{len(self.data)} bytes do not hold {self.bit_count} bits")

    def as_int(self) -> int:
        """The bits as one unsigned number, first bit most significant."""
        return int.from_bytes(self.data, "big") >> (len(self.data) * 8 - self.bit_count)

    def as_text(self) -> str:
        """The bits as a string of 0 and 1, as they arrived."""
        return f"{self.as_int():0{self.bit_count}b}"

    @classmethod
    def from_text(cls, text: str) -> "CardBits":
        """The bits in a string of 0 and 1 (spaces do not count). Raises ValueError for anything else."""
        digits = "".join(text.split())
        if not digits or set(digits) - {"0", "1"}:
            raise ValueError("bits are written as 0 and 1")
        if len(digits) > MAX_CARD_BITS:
            raise ValueError(f"a card has 1 to {MAX_CARD_BITS} bits, not {len(digits)}")
        return cls.from_int(int(digits, 2), len(digits))

    @classmethod
    def from_hexadecimal(cls, text: str, bit_count: int) -> "CardBits":
        """The last `bit_count` bits of a hexadecimal number; those before must be 0. Spaces and colons do not count."""
        digits = "".join(text.replace(":", " ").split())
        if not digits or set(digits) - _HEXADECIMAL:
            raise ValueError("hexadecimal digits are 0-9 and A-F")
        if not 1 <= bit_count <= MAX_CARD_BITS:
            raise ValueError(f"a card has 1 to {MAX_CARD_BITS} bits, not {bit_count}")
        if len(digits.lstrip("0")) > MAX_CARD_BITS or (value := int(digits, 16)) >> bit_count:
            raise ValueError(f"{text} has more than {bit_count} bits")
        return cls.from_int(value, bit_count)

    @classmethod
    def from_int(cls, value: int, bit_count: int) -> "CardBits":
        """The lowest `bit_count` bits of `value`, left-justified."""
        size = (bit_count + 7) // 8
        return cls((value << (size * 8 - bit_count)).to_bytes(size, "big"), bit_count)


class CardToken(msgspec.Struct, frozen=True, gc=False):
    """A card as one format sees it. Two cards with one token are one card. No `facility`: the format has none.

    A format with a facility code only gives the number 0.
    """

    format: str
    facility: int | None
    number: int


def raw_token(bits: CardBits) -> CardToken:
    """The token of a card that is known by its bare bits, whatever they mean."""
    return CardToken(f"raw{bits.bit_count}", None, bits.as_int())


class BitField(msgspec.Struct, frozen=True):
    """A number inside a card: bits `first` to `last`, counted from 1 in the order after any inversion.

    `hexadecimal` says how people read and type it; `little_endian`: its first bit is the least significant.
    """

    first: int
    last: int
    hexadecimal: bool = False
    little_endian: bool = False

    @property
    def size(self) -> int:
        """How many bits it has."""
        return self.last - self.first + 1

    @property
    def largest(self) -> int:
        """The largest number that fits."""
        return (1 << self.size) - 1

    def text(self, value: int) -> str:
        """The number as people read it: decimal, or upper-case hexadecimal with all its digits."""
        return f"{value:0{-(-self.size // 4)}X}" if self.hexadecimal else str(value)

    def value(self, text: str) -> int:
        """The number that people typed. Raises ValueError if it is none, or does not fit."""
        digits = text.strip()
        base, name = (16, "hexadecimal") if self.hexadecimal else (10, "decimal")
        allowed = _HEXADECIMAL if self.hexadecimal else _DECIMAL
        if not digits or set(digits) - allowed:
            raise ValueError(f"{text!r} is not a {name} number")
        if len(digits.lstrip("0")) > self.size or (value := int(digits, base)) > self.largest:
            raise ValueError(
                f"{text} does not fit: {self.text(self.largest)} is the largest number of {self.size} bits"
            )
        return value


class Parity(msgspec.Struct, frozen=True):
    """The bit at `position` makes the number of ones among itself and the bits of `mask` odd, or even.

    `mask` names bits as `position` does, from 1 in the order after any inversion.
    """

    position: int
    odd: bool
    mask: tuple[int, ...]


class CardFormat(msgspec.Struct, frozen=True):
    """How to read a card of `bits` bits (1-256): first the inversions, then parity, then the fields."""

    id: str
    name: str
    bits: int
    number: BitField | None = None
    facility: BitField | None = None
    parities: tuple[Parity, ...] = ()
    invert_bits: bool = False
    invert_bytes: bool = False


def _parity(value: int) -> int:
    return value.bit_count() & 1


def encode_h10301(facility: int, number: int) -> CardBits:
    """The 26 bits of a card. Raises ValueError outside facility 0-255 or number 0-65535."""
    if not 0 <= facility <= MAX_FACILITY:
        raise ValueError(f"the facility code of a 26-bit card is 0 to {MAX_FACILITY}, not {facility}")
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"the number of a 26-bit card is 0 to {MAX_NUMBER}, not {number}")
    body = facility << 16 | number
    even = _parity(body >> 12)
    odd = 1 - _parity(body & 0xFFF)
    return CardBits.from_int(even << 25 | body << 1 | odd, H10301_BITS)


def decode(bits: CardBits) -> CardToken | Reason:
    """The H10301 card in these bits, or the reason why they are none. Other formats: see `card_reader.py`."""
    if bits.bit_count != H10301_BITS:
        return Reason.CARD_LENGTH_UNKNOWN
    value = bits.as_int()
    if (value >> 13).bit_count() & 1 or not (value & 0x1FFF).bit_count() & 1:
        return Reason.CARD_PARITY_ERROR
    return CardToken(H10301, value >> 17 & MAX_FACILITY, value >> 1 & MAX_NUMBER)
