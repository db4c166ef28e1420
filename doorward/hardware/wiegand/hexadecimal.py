"""Bits as hexadecimal digits, as several framings write them."""

import re
from functools import reduce
from operator import xor

from doorward.acs.decision.card_format import MAX_CARD_BITS, CardBits
from doorward.hardware.wiegand.codec import Burst, Heard, Noise

HEX = re.compile(rb"[0-9A-Fa-f]+")
_COUNTED = re.compile(rb"(\d{1,3}):([0-9A-Fa-f]+)")
MAX_DIGITS = MAX_CARD_BITS // 4


def counted(bits: CardBits) -> bytes:
    """The number of bits in decimal, a colon, and the bits as a number of whole bytes."""
    return b"%d:%s" % (bits.bit_count, b"%0*X" % (bytes_of(bits.bit_count) * 2, bits.as_int()))


def read_counted(text: bytes) -> CardBits | Noise:
    """The reverse. The digits may be as few as hold the bits; what they have more than the bits must be 0."""
    found = _COUNTED.fullmatch(text)
    if found is None:
        return Noise("not a counted number")
    count, digits = int(found[1]), found[2]
    if not 1 <= count <= MAX_CARD_BITS or not -(-count // 4) <= len(digits) <= bytes_of(count) * 2:
        return Noise("digits that do not go with the count")
    value = int(digits, 16)
    if value >> count:
        return Noise("more bits than the count")
    return CardBits.from_int(value, count)


def bytes_of(bit_count: int) -> int:
    """How many bytes hold so many bits."""
    return -(-bit_count // 8)


def left_justified(data: bytes, bit_count: int) -> CardBits | Noise:
    """Bits that begin in the first byte and fill all of them, the rest of the last one 0."""
    if not 1 <= bit_count <= MAX_CARD_BITS or len(data) != bytes_of(bit_count):
        return Noise("bytes that do not go with the count")
    bits = CardBits(data, bit_count)
    if padded(bits) != data:
        return Noise("bits behind the last one")
    return bits


def xor_of(data: bytes) -> int:
    """All bytes, exclusive-or."""
    return reduce(xor, data, 0)


def burst_or_noise(bits: CardBits | Noise, channel: int = 0) -> Heard:
    """The burst that has these bits, if there are any."""
    return bits if isinstance(bits, Noise) else Burst(bits, channel)


def padded(bits: CardBits) -> bytes:
    """The bytes of the bits, left-justified, with 0 behind the last bit."""
    return CardBits.from_int(bits.as_int(), bits.bit_count).data
