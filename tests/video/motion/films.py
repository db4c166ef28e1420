"""Encoded films for the tests: a bright square that walks over a grey wall, or a wall alone."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from doorward.video.muxer import MediaPacket
from doorward.video.parameter_sets import Codec, template_of
from doorward.video.session import SourcePacket

TICKS = 90_000
FPS = 10


def picture(number: int, size: tuple[int, int], *, moves: bool) -> av.VideoFrame:
    """Picture `number` of a film."""
    width, height = size
    wall = np.full((height, width, 3), 100, np.uint8)
    if moves:
        left = number * width // 60 % (width * 3 // 4)
        wall[height // 3 : height * 2 // 3, left : left + width // 5] = 230
    frame = av.VideoFrame.from_ndarray(wall, format="rgb24").reformat(format="yuv420p")
    frame.pts = number * TICKS // FPS
    frame.time_base = Fraction(1, TICKS)
    return frame


def film(
    seconds: float, *, moves: bool = True, size: tuple[int, int] = (320, 192), gop_s: float = 1.0
) -> list[SourcePacket]:
    """Packets of H.264, ten pictures a second."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, TICKS)
    encoder.framerate = Fraction(FPS)
    encoder.gop_size = round(FPS * gop_s)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0"}
    frames = (picture(number, size, moves=moves) for number in range(round(seconds * FPS)))
    coded = [packet for frame in frames for packet in encoder.encode(frame)] + list(encoder.encode(None))
    template = template_of(Codec.H264, bytes(coded[0]))
    return [
        SourcePacket(MediaPacket(bytes(packet), packet.dts or 0, packet.dts or 0, packet.is_keyframe), template, False)
        for packet in coded
    ]


def write_film(path: Path, seconds: float) -> Path:
    """The same as a file that a camera plays endlessly."""
    with av.open(path, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        stream.codec_context.gop_size = FPS
        for number in range(round(seconds * FPS)):
            output.mux(stream.encode(picture(number, (320, 192), moves=True)))
        output.mux(stream.encode(None))
    return path
