"""Wiegand readers behind serial converters: how the converter writes, and how the keypad does. Words and checks. Pure.

A framing is declared here, so that it can be shown and chosen; `doorward/hardware/wiegand/` has the codec of each.
"""

from dataclasses import dataclass
from enum import StrEnum

from doorward.acs.decision.card_format import H10301_BITS, MAX_FACILITY
from doorward.acs.errors import ValidationFailed

MAX_CHANNELS = 16
"""More readers than this on one serial line would wait for each other."""
MAX_PIN_DIGITS = 5
"""Of a buffered PIN: its 16 bits hold no more."""
BAUDS = frozenset({1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400})
DEFAULT_BAUD = 9_600


class KeypadMode(StrEnum):
    """How a keypad sends what is typed: a burst for each key, or one 26-bit burst for a whole PIN."""

    NONE = "none"
    """It has no keypad."""
    BURST_4 = "burst_4"
    """Four bits for each key: 0 to 9, 10 for *, 11 for #."""
    BURST_6 = "burst_6"
    """Six bits for each key: the four between two parity bits."""
    BURST_8 = "burst_8"
    """Eight bits for each key: the complement of the four, then the four."""
    BUFFERED_26 = "buffered_26"
    """A whole PIN at once, as the number of a 26-bit card."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a converter writes the bursts of its readers on the serial line.

    `card_bits`: the only number of bits that it can carry (None: 1 to 256). `loses`: what of a burst does not get
    through (empty: nothing). `feedback`: it takes commands for the light and the buzzer. `heartbeat_s`: it says this
    often that it is there, and is lost without.
    """

    name: str
    title: str
    description: str
    example: bytes
    channels: int = 1
    card_bits: int | None = None
    loses: str = ""
    checked: bool = False
    feedback: bool = False
    tamper: bool = False
    heartbeat_s: float | None = None


HEX_COUNT = Framing(
    "hex-count",
    "Hexadecimal with bit count",
    "The number of bits in decimal, a colon, and the bits as a hexadecimal number of whole bytes, right-justified; "
    "CR, LF or both.",
    b"26:00220824\r\n",
)
HEX_LEFT = Framing(
    "hex-left",
    "Hexadecimal, left-justified",
    "The number of bits as one hexadecimal byte, then the bits in bytes, left-justified, the rest 0; CR, LF or both.",
    b"1A08820900\r",
)
HEX_24 = Framing(
    "hex-24",
    "24 bits in hexadecimal",
    "Facility code (2 digits) and card number (4 digits) of a 26-bit card in hexadecimal; CR, LF or both.",
    b"110412\r",
    card_bits=H10301_BITS,
    loses="The converter checks and removes the two parity bits; they are computed anew.",
)
BITS = Framing(
    "bits",
    "Binary digits",
    "Each bit as the digit 0 or 1, the first to arrive first; CR, LF or both.",
    b"00001000100000100000100100\r\n",
)
DECIMAL = Framing(
    "decimal",
    "Facility code and number",
    "Facility code (0-255), a comma and the card number (0-65535) of a 26-bit card in decimal; CR, LF or both.",
    b"17,1042\r\n",
    card_bits=H10301_BITS,
    loses="Only 26-bit cards get through, and their parity bits are computed anew.",
)
HEX_XOR = Framing(
    "hex-xor",
    "40-bit number with XOR checksum",
    "STX, ten hexadecimal digits, two digits that are the XOR of those five bytes, perhaps CR LF, ETX.",
    b"\x0262E3086CED08\r\n\x03",
    card_bits=40,
    checked=True,
)
CHANNEL_LINES = Framing(
    "channel-lines",
    "Lines with channel and checksum",
    "For converters with several readers: channel, colon, and as hex-count; then an asterisk and the XOR of all bytes "
    "before it in two hexadecimal digits; CR, LF or both. T0 and T1 instead of the bits tell the tamper input.",
    b"2:26:00220824*38\r\n",
    channels=MAX_CHANNELS,
    checked=True,
    feedback=True,
    tamper=True,
)
CHANNEL_FRAMES = Framing(
    "channel-frames",
    "Binary frames with channel and CRC",
    "For converters with several readers: STX, length, channel, kind, data, CRC-16, ETX; tamper and heartbeats are "
    "frames too.",
    b"\x02\x07\x02W\x1a\x08\x82\x09\x00\x06\x85\x03",
    channels=MAX_CHANNELS,
    checked=True,
    feedback=True,
    tamper=True,
    heartbeat_s=1.0,
)

FRAMINGS = {
    framing.name: framing
    for framing in (HEX_COUNT, HEX_LEFT, HEX_24, BITS, DECIMAL, HEX_XOR, CHANNEL_LINES, CHANNEL_FRAMES)
}
"""Every framing by its name, in the order in which they are shown."""

_BURST_BITS = {KeypadMode.BURST_4: 4, KeypadMode.BURST_6: 6, KeypadMode.BURST_8: 8, KeypadMode.BUFFERED_26: 26}


@dataclass(frozen=True, slots=True)
class Converter:
    """What is set on a reader's channel of a converter.

    `pin_facility` is the facility code of a buffered PIN, `pin_digits` (1-5) how many digits it has at least: the
    leading zeros that its number does not show.
    """

    framing: str
    channel: int = 0
    baud: int = DEFAULT_BAUD
    keypad: KeypadMode = KeypadMode.NONE
    pin_facility: int | None = None
    pin_digits: int = 4


def check_converter(given: Converter) -> None:
    """Raises ValidationFailed with what would be right."""
    framing = FRAMINGS.get(given.framing)
    if framing is None:
        raise ValidationFailed(f"There is no such framing. Choose one of {', '.join(FRAMINGS)}.", "framing")
    if not 0 <= given.channel < framing.channels:
        what = f"The channels of {framing.name} are 0 to {framing.channels - 1}."
        raise ValidationFailed(what if framing.channels > 1 else f"{framing.name} has channel 0 only.", "channel")
    if given.baud not in BAUDS:
        raise ValidationFailed(f"A converter runs at one of {sorted(BAUDS)} baud.", "baud")
    burst_bits = _BURST_BITS.get(given.keypad)
    if burst_bits is not None and framing.card_bits not in (None, burst_bits):
        raise ValidationFailed(
            f"{framing.name} carries bursts of {framing.card_bits} bits only, so not these keys. Choose another "
            "framing, or no keypad.",
            "keypad",
        )
    _check_buffered(given)


def _check_buffered(given: Converter) -> None:
    buffered = given.keypad is KeypadMode.BUFFERED_26
    if buffered is (given.pin_facility is None):
        raise ValidationFailed(
            "A buffered PIN is known by its facility code: give the one that is set in the keypad."
            if buffered
            else "A facility code of PINs belongs to a keypad that sends whole PINs only.",
            "pinFacility",
        )
    if given.pin_facility is not None and not 0 <= given.pin_facility <= MAX_FACILITY:
        raise ValidationFailed(f"The facility code of a buffered PIN is 0 to {MAX_FACILITY}.", "pinFacility")
    if not 1 <= given.pin_digits <= MAX_PIN_DIGITS:
        raise ValidationFailed(f"A buffered PIN has 1 to {MAX_PIN_DIGITS} digits at least.", "pinDigits")
