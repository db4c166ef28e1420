"""The framing `channel-lines`: text for converters with several readers, with the checksum that NMEA 0183 uses.

Commands to the converter are lines too: channel, `:L`, the wires to drive as a digit (green 1, red 2, buzzer 4), and
the checksum: `2:L5*71`.
"""

import re

from doorward.acs.doors.wiegand import CHANNEL_LINES
from doorward.hardware.wiegand.codec import Burst, Codec, Frame, Heard, Noise, TamperInput, Wires, mask_of
from doorward.hardware.wiegand.hexadecimal import MAX_DIGITS, burst_or_noise, counted, read_counted, xor_of
from doorward.hardware.wiegand.line_decoder import LineDecoder

_LINE = re.compile(rb"(?P<body>(?P<channel>\d{1,2}):(?P<what>[^*]+))\*(?P<sum>[0-9A-Fa-f]{2})")
_TAMPER = {b"T0": False, b"T1": True}
_LONGEST = len(b"15:256:*00") + MAX_DIGITS


def _parse(line: bytes) -> Heard:
    found = _LINE.fullmatch(line)
    if found is None:
        return Noise("not a line of a channel")
    if xor_of(found["body"]) != int(found["sum"], 16):
        return Noise("wrong checksum")
    channel = int(found["channel"])
    closed = _TAMPER.get(found["what"])
    if closed is not None:
        return TamperInput(closed, channel)
    return burst_or_noise(read_counted(found["what"]), channel)


def _encode(frame: Frame) -> bytes:
    match frame:
        case Burst(bits, channel):
            return _line(channel, counted(bits))
        case TamperInput(closed, channel):
            return _line(channel, b"T1" if closed else b"T0")
    raise ValueError("this framing has no heartbeat")


def _command(channel: int, wires: Wires) -> bytes:
    return _line(channel, b"L%d" % mask_of(wires))


def _line(channel: int, what: bytes) -> bytes:
    body = b"%d:%s" % (channel, what)
    return b"%s*%02X\r\n" % (body, xor_of(body))


CODEC = Codec(CHANNEL_LINES, lambda: LineDecoder(_parse, _LONGEST), _encode, _command)
