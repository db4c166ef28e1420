"""Finding a stream's parameter sets inside its keyframes, and making a muxer's template of them.

A camera may send its parameter sets only in the stream, and may change them (another resolution) at any
keyframe; the session's own description then no longer fits.
"""

import io
import re
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

import av
from av.video.stream import VideoStream

from doorward.video.errors import UnsupportedStream


class Codec(Enum):
    """What can be recorded: libavformat's name of the elementary stream, its parameter set types, and all types.

    The types of H.264 are those that cameras send: none of the three of the Extended profile.
    """

    H264 = ("h264", frozenset({7, 8}), frozenset(range(5, 24)) | {1})
    H265 = ("hevc", frozenset({32, 33, 34}), frozenset(range(48)))
    MJPEG = ("mjpeg", frozenset({0xC0, 0xC1, 0xC2}), frozenset[int]())

    @property
    def elementary_format(self) -> str:
        """The demuxer of a bare stream."""
        return self.value[0]

    def is_parameter_set(self, unit: bytes) -> bool:
        """Whether a NAL unit (without start code) is a parameter set. Not for JPEG, which has none."""
        return self._kind(unit[0]) in self.value[1]

    def foreign_first_bytes(self) -> frozenset[int]:
        """With what the NAL units of other codecs begin: bytes that no unit of this one begins with."""
        return frozenset(byte for byte in range(256) if self.value[2] and self._kind(byte) not in self.value[2])

    def _kind(self, first: int) -> int:
        return first & 0x1F if self is Codec.H264 else (first >> 1) & 0x3F


_START_CODE = re.compile(rb"\x00\x00\x01")
_LOOKED_AT = 32
"""An access unit delimiter and the unit after it show what a packet is."""
_SEARCHED = 4096
"""Parameter sets precede the picture; nothing is looked for further in."""


def codec_named(name: str) -> Codec:
    """The codec by libavcodec's name; raises `UnsupportedStream` for one that is not recorded."""
    for codec in Codec:
        if codec.elementary_format == name:
            return codec
    raise UnsupportedStream(
        f"The camera sends {name}; only H.264, H.265 and MJPEG are recorded. Change the camera's video encoding."
    )


def has_lengths(description: bytes | None) -> bool:
    """Whether units have lengths in place of start codes, as in MP4 and Matroska: ISO/IEC 14496-15, 5.3.3 and 8.3.3.

    Their packets do not tell: a length can look like a start code.
    """
    return description is not None and description[:1] == b"\1"


def begins_with_any(packet: bytes, first_bytes: frozenset[int]) -> bool:
    """Whether one of the NAL units at the beginning of a packet with start codes begins with such a byte."""
    # Not the last byte: a start code has a unit after it.
    end = min(_LOOKED_AT, len(packet) - 1)
    at = packet.find(b"\0\0\1", 0, end)
    while at >= 0:
        if packet[at + 3] in first_bytes:
            return True
        at = packet.find(b"\0\0\1", at + 3, end)
    return False


def parameter_sets(codec: Codec, keyframe: bytes) -> bytes | None:
    """What describes a keyframe in byte-stream form; None where it brings nothing.

    H.264 and H.265: the parameter sets, start codes included. JPEG: the frame header (ITU-T T.81 B.2.2).
    """
    if codec is Codec.MJPEG:
        return _frame_header(keyframe)
    found = [unit for unit in _units(keyframe[:_SEARCHED]) if unit and codec.is_parameter_set(unit)]
    # Some cameras say them twice in the first keyframe only.
    return b"".join(b"\0\0\0\1" + unit for unit in dict.fromkeys(found)) or None


def template_of(codec: Codec, keyframe: bytes) -> VideoStream:
    """A stream description (size, profile, parameter sets) read from one keyframe in byte-stream form."""
    try:
        probe = av.open(io.BytesIO(keyframe), format=codec.elementary_format)
    except av.FFmpegError as error:
        raise UnsupportedStream(
            "The camera's stream description cannot be read. Restart the camera or lower its profile."
        ) from error
    # The container stays open as long as its stream is referenced: closing it would invalidate the stream.
    return probe.streams.video[0]


def _units(data: bytes) -> Iterator[bytes]:
    starts = [match.end() for match in _START_CODE.finditer(data)]
    for start, following in pairwise(starts):
        yield data[start : following - 3].rstrip(b"\0")


def _frame_header(picture: bytes) -> bytes | None:
    position = 2
    while position + 4 <= len(picture) and picture[position] == 0xFF:
        end = position + 2 + int.from_bytes(picture[position + 2 : position + 4], "big")
        if picture[position + 1] in Codec.MJPEG.value[1]:
            return picture[position:end]
        position = end
    return None
