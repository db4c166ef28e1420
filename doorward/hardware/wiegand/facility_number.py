"""The framing `decimal`."""

import re

from doorward.acs.decision.card_format import MAX_FACILITY, MAX_NUMBER, encode_h10301
from doorward.acs.doors.wiegand import DECIMAL
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heard, Noise
from doorward.hardware.wiegand.h10301 import facility_and_number
from doorward.hardware.wiegand.line_decoder import LineDecoder

_LINE = re.compile(rb"(\d{1,3}),(\d{1,5})")


def _parse(line: bytes) -> Heard:
    found = _LINE.fullmatch(line)
    if found is None:
        return Noise("not two decimal numbers")
    facility, number = int(found[1]), int(found[2])
    if facility > MAX_FACILITY or number > MAX_NUMBER:
        return Noise("a number too large")
    return Burst(encode_h10301(facility, number))


def _encode(frame: Frame) -> bytes:
    return b"%d,%d\r\n" % facility_and_number(frame)


CODEC = Codec(DECIMAL, lambda: LineDecoder(_parse, len(b"255,65535")), _encode)
