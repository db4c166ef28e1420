"""What a burst is: a card, a key or a whole PIN. By its number of bits, as the reader's keypad is set.

Keys are told all alike, whatever the digit; nothing here answers a key at the reader.
"""

from dataclasses import dataclass, field

from doorward.acs.decision.card_format import CardBits, CardToken, decode
from doorward.acs.devices import WiegandDevice
from doorward.acs.doors.wiegand import KeypadMode
from doorward.hardware.wiegand.codec import Noise

_KEYS = "0123456789*#"
SHORTEST_CARD_BITS = 16
"""Shorter bursts are keys that are not expected here, or noise: no card of the field is that short."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: 0-9, * or #."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WholePin:
    """Digits that the keypad kept until they were complete."""

    digits: str = field(repr=False)


def read_burst(device: WiegandDevice, bits: CardBits) -> CardBits | Key | WholePin | Noise:
    """What a burst of this reader is."""
    value = bits.as_int()
    match device.keypad, bits.bit_count:
        case KeypadMode.BURST_4, 4:
            return _key(value)
        case KeypadMode.BURST_6, 6:
            return _key(value >> 1 & 0xF) if _six_bits_are_right(value) else Noise("a key with wrong parity")
        case KeypadMode.BURST_8, 8:
            nibble, complement = value & 0xF, value >> 4
            return _key(nibble) if complement == nibble ^ 0xF else Noise("a key and not its complement")
        case KeypadMode.BUFFERED_26, 26:
            return _pin(device, bits)
    return bits if bits.bit_count >= SHORTEST_CARD_BITS else Noise(f"a burst of {bits.bit_count} bits")


def burst_of_key(keypad: KeypadMode, key: str) -> CardBits:
    """What a keypad sends for a key, as `read_burst` reads it. Raises ValueError for one that sends no single keys."""
    nibble = _KEYS.index(key)
    match keypad:
        case KeypadMode.BURST_4:
            return CardBits.from_int(nibble, 4)
        case KeypadMode.BURST_6:
            even = (nibble >> 2).bit_count() % 2
            odd = 1 - (nibble & 0b11).bit_count() % 2
            return CardBits.from_int(even << 5 | nibble << 1 | odd, 6)
        case KeypadMode.BURST_8:
            return CardBits.from_int((nibble ^ 0xF) << 4 | nibble, 8)
    raise ValueError(f"a keypad of the kind {keypad} sends no single keys")


def _key(nibble: int) -> Key | Noise:
    return Key(_KEYS[nibble]) if nibble < len(_KEYS) else Noise("a key that no keypad has")


def _six_bits_are_right(value: int) -> bool:
    """Even parity over the first three bits, odd over the last three."""
    return (value >> 3).bit_count() % 2 == 0 and (value & 0b111).bit_count() % 2 == 1


def _pin(device: WiegandDevice, bits: CardBits) -> CardBits | WholePin:
    token = decode(bits)
    if not isinstance(token, CardToken) or token.facility != device.pin_facility:
        return bits
    return WholePin(f"{token.number:0{device.pin_digits}d}")
