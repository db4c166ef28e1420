"""The framing `hex-24`, which Priority 1 Design's WIE232-A writes, for one (its technical data)."""

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.doors.wiegand import HEX_24
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heard, Noise
from doorward.hardware.wiegand.h10301 import facility_and_number
from doorward.hardware.wiegand.hexadecimal import HEX
from doorward.hardware.wiegand.line_decoder import LineDecoder

_DIGITS = 6


def _parse(line: bytes) -> Heard:
    if HEX.fullmatch(line) is None or len(line) != _DIGITS:
        return Noise("not six hexadecimal digits")
    facility, *number = bytes.fromhex(line.decode())
    return Burst(encode_h10301(facility, int.from_bytes(number, "big")))


def _encode(frame: Frame) -> bytes:
    return b"%02X%04X\r" % facility_and_number(frame)


CODEC = Codec(HEX_24, lambda: LineDecoder(_parse, _DIGITS), _encode)
