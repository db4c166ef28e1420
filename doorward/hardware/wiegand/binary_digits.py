"""The framing `bits`, as many small converters and hobby firmwares write it."""

import re

from doorward.acs.decision.card_format import MAX_CARD_BITS, CardBits
from doorward.acs.doors.wiegand import BITS
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heard, Noise, only_burst
from doorward.hardware.wiegand.line_decoder import LineDecoder

_DIGITS = re.compile(rb"[01]+")


def _parse(line: bytes) -> Heard:
    if _DIGITS.fullmatch(line) is None:
        return Noise("not binary digits")
    return Burst(CardBits.from_text(line.decode()))


def _encode(frame: Frame) -> bytes:
    return only_burst(frame).as_text().encode() + b"\r\n"


CODEC = Codec(BITS, lambda: LineDecoder(_parse, MAX_CARD_BITS), _encode)
