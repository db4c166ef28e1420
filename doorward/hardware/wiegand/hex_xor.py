"""The framing `hex-xor`, which ID Innovations' ID-12 and its many likes write (its data sheet, "ASCII")."""

import re

from doorward.acs.decision.card_format import CardBits
from doorward.acs.doors.wiegand import HEX_XOR
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heard, Noise, only_burst
from doorward.hardware.wiegand.envelope_decoder import EnvelopeDecoder
from doorward.hardware.wiegand.hexadecimal import HEX, xor_of

_BITS = 40
_TEXT = slice(1, 13)
_END = re.compile(rb"(\r\n)?\x03")
_LONGEST = 16


def _cut(data: bytes) -> tuple[int, Heard] | None:
    text, rest = data[_TEXT], data[_TEXT.stop :]
    if text and HEX.fullmatch(text) is None:
        return 1, Noise("not hexadecimal digits")
    if len(text) < 12 or rest in (b"", b"\r", b"\r\n"):
        return None
    end = _END.match(rest)
    if end is None:
        return 1, Noise("no ETX where it should be")
    *number, checksum = bytes.fromhex(text.decode())
    if xor_of(bytes(number)) != checksum:
        return 1, Noise("wrong checksum")
    return _TEXT.stop + end.end(), Burst(CardBits(bytes(number), _BITS))


def _encode(frame: Frame) -> bytes:
    bits = only_burst(frame)
    if bits.bit_count != _BITS:
        raise ValueError("this framing carries 40 bits")
    data = bits.data[:5]
    return b"\x02%s%02X\r\n\x03" % (data.hex().upper().encode(), xor_of(data))


CODEC = Codec(HEX_XOR, lambda: EnvelopeDecoder(_cut, _LONGEST), _encode)
