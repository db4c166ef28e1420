"""Recordings made of packets, for tests: a camera called `cam` whose film begins at a moment of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache

import av
import numpy as np

from doorward.video.camera_log import CameraLog
from doorward.video.fragment import TIMESCALE
from doorward.video.muxer import MediaPacket
from doorward.video.parameter_sets import Codec, template_of
from doorward.video.session import SourcePacket

FPS = 10
ORIGIN = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
ORIGIN_US = round(ORIGIN.timestamp()) * 1_000_000


def after(seconds: float) -> datetime:
    """A moment of the film."""
    return ORIGIN + timedelta(seconds=seconds)


def after_us(seconds: float) -> int:
    """The same as the index has it."""
    return ORIGIN_US + round(seconds * 1_000_000)


def play(log: CameraLog, items: list[SourcePacket], late_s: float = 0) -> None:
    """Record packets that arrive as they were filmed, so much later than the film's beginning."""
    for item in items:
        log.write(item, ORIGIN_US + round((late_s + item.packet.dts / TIMESCALE) * 1_000_000))


@cache
def make_film(seconds: float, size: tuple[int, int] = (128, 64), begins_s: float = 0.0) -> list[SourcePacket]:
    """Packets at 10 pictures a second, a keyframe a second. The same list for the same film: do not change it."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, TIMESCALE)
    encoder.framerate = Fraction(FPS)
    encoder.gop_size = FPS
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0"}
    coded = [packet for picture in _pictures(round(seconds * FPS), size) for packet in encoder.encode(picture)]
    coded += encoder.encode(None)
    template = template_of(Codec.H264, bytes(coded[0]))
    begins = round(begins_s * TIMESCALE)
    items = []
    for packet in coded:
        assert packet.dts is not None
        time = packet.dts + begins
        items.append(SourcePacket(MediaPacket(bytes(packet), time, time, packet.is_keyframe), template, False))
    return items


def _pictures(count: int, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    for number in range(count):
        shade = np.full((size[1], size[0], 3), number * 7 % 256, np.uint8)
        picture = av.VideoFrame.from_ndarray(shade, format="rgb24").reformat(format="yuv420p")
        picture.pts = number * TIMESCALE // FPS
        picture.time_base = Fraction(1, TIMESCALE)
        yield picture
