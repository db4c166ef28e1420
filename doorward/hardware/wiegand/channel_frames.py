"""The framing `channel-frames`: binary, for converters with several readers.

STX, length (of channel, kind and data), channel, kind, data, CRC-16/CCITT-FALSE of everything from length to data
(most significant byte first), ETX. Kinds: `W` a burst (number of bits, 0 for 256, then the bits, left-justified), `T`
the tamper input (1: closed), `H` the converter is there (channel 0, no data). To the converter: `L` the wires to drive
(green 1, red 2, buzzer 4).
"""

from binascii import crc_hqx

from doorward.acs.decision.card_format import MAX_CARD_BITS
from doorward.acs.doors.wiegand import CHANNEL_FRAMES
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heard, Heartbeat, Noise, TamperInput, Wires, mask_of
from doorward.hardware.wiegand.envelope_decoder import ETX, STX, EnvelopeDecoder
from doorward.hardware.wiegand.hexadecimal import bytes_of, left_justified, padded

_SHORTEST_BODY, _LONGEST_BODY = 2, 3 + bytes_of(MAX_CARD_BITS)
_AROUND = 5
"""STX, length, two bytes of CRC and ETX."""


def _cut(data: bytes) -> tuple[int, Heard] | None:
    if len(data) < 2:
        return None
    length = data[1]
    if not _SHORTEST_BODY <= length <= _LONGEST_BODY:
        return 1, Noise("a length that no frame has")
    size = length + _AROUND
    if len(data) < size:
        return None
    checked, checksum = data[1 : 2 + length], data[2 + length : size - 1]
    if data[size - 1] != ETX:
        return 1, Noise("no ETX where it should be")
    if _crc(checked) != checksum:
        return 1, Noise("wrong checksum")
    return size, _meaning(checked[1], checked[2:3], checked[3:])


def _meaning(channel: int, kind: bytes, data: bytes) -> Heard:
    match kind, len(data):
        case b"W", size if size > 1:
            bits = left_justified(data[1:], data[0] or MAX_CARD_BITS)
            return bits if isinstance(bits, Noise) else Burst(bits, channel)
        case b"T", 1 if data[0] in (0, 1):
            return TamperInput(data == b"\x01", channel)
        case b"H", 0 if channel == 0:
            return Heartbeat()
    return Noise("a frame that means nothing")


def _encode(frame: Frame) -> bytes:
    match frame:
        case Burst(bits, channel):
            return _frame(channel, b"W", bytes((bits.bit_count % MAX_CARD_BITS,)) + padded(bits))
        case TamperInput(closed, channel):
            return _frame(channel, b"T", bytes((closed,)))
        case Heartbeat():
            return _frame(0, b"H", b"")


def _command(channel: int, wires: Wires) -> bytes:
    return _frame(channel, b"L", bytes((mask_of(wires),)))


def _frame(channel: int, kind: bytes, data: bytes) -> bytes:
    checked = bytes((2 + len(data), channel)) + kind + data
    return bytes((STX,)) + checked + _crc(checked) + bytes((ETX,))


def _crc(data: bytes) -> bytes:
    return crc_hqx(data, 0xFFFF).to_bytes(2, "big")


CODEC = Codec(CHANNEL_FRAMES, lambda: EnvelopeDecoder(_cut, _LONGEST_BODY + _AROUND), _encode, _command)
