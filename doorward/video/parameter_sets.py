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
    """What can be recorded: libavformat's name of the elementary stream, and its parameter set types."""

    H264 = ("h264", frozenset({7, 8}))
    H265 = ("hevc", frozenset({32, 33, 34}))

    @property
    def elementary_format(self) -> str:
        """The demuxer of a bare stream."""
        return self.value[0]

    def is_parameter_set(self, unit: bytes) -> bool:
        """Whether a NAL unit (without start code) is a parameter set."""
        kind = unit[0] & 0x1F if self is Codec.H264 else (unit[0] >> 1) & 0x3F
        return kind in self.value[1]


_START_CODE = re.compile(rb"\x00\x00\x01")
_SEARCHED = 4096
"""Parameter sets precede the picture; nothing is looked for further in."""


def codec_named(name: str) -> Codec:
    """The codec by libavcodec's name; raises `UnsupportedStream` for one that is not recorded."""
    for codec in Codec:
        if codec.elementary_format == name:
            return codec
    raise UnsupportedStream(
        f"The camera sends {name}; only H.264 and H.265 are recorded. Change the camera's video encoding."
    )


def parameter_sets(codec: Codec, keyframe: bytes) -> bytes | None:
    """The parameter sets of a keyframe in byte-stream form, start codes included; None where it has none."""
    if not keyframe.startswith((b"\0\0\1", b"\0\0\0\1")):
        return None
    found = [unit for unit in _units(keyframe[:_SEARCHED]) if unit and codec.is_parameter_set(unit)]
    return b"".join(b"\0\0\0\1" + unit for unit in found) or None


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
