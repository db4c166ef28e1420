"""The framing `hex-left`, which Elatec's TWN3 for HID Prox writes, for one (its technical manual, "transparent")."""

from doorward.acs.doors.wiegand import HEX_LEFT
from doorward.hardware.wiegand.codec import Codec, Frame, Heard, Noise, only_burst
from doorward.hardware.wiegand.hexadecimal import HEX, MAX_DIGITS, burst_or_noise, left_justified, padded
from doorward.hardware.wiegand.line_decoder import LineDecoder


def _parse(line: bytes) -> Heard:
    if HEX.fullmatch(line) is None or len(line) % 2:
        return Noise("not hexadecimal bytes")
    count, *data = bytes.fromhex(line.decode())
    return burst_or_noise(left_justified(bytes(data), count))


def _encode(frame: Frame) -> bytes:
    bits = only_burst(frame)
    if bits.bit_count > 0xFF:
        raise ValueError("the count is one byte")
    return b"%02X%s\r" % (bits.bit_count, padded(bits).hex().upper().encode())


CODEC = Codec(HEX_LEFT, lambda: LineDecoder(_parse, 2 + MAX_DIGITS), _encode)
