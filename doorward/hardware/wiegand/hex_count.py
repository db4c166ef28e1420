"""The framing `hex-count`."""

from doorward.acs.doors.wiegand import HEX_COUNT
from doorward.hardware.wiegand.codec import Codec, Frame, only_burst
from doorward.hardware.wiegand.hexadecimal import MAX_DIGITS, burst_or_noise, counted, read_counted
from doorward.hardware.wiegand.line_decoder import LineDecoder

_LONGEST = len(b"256:") + MAX_DIGITS


def _encode(frame: Frame) -> bytes:
    return counted(only_burst(frame)) + b"\r\n"


CODEC = Codec(HEX_COUNT, lambda: LineDecoder(lambda line: burst_or_noise(read_counted(line)), _LONGEST), _encode)
