"""Films whose every picture carries its number, in any codec and container that a camera or a file may have."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np

from doorward.video.burned_clock import draw_clock, read_clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = Fraction(1, 90_000)
_ENCODERS = {
    "h264": ("libx264", "yuv420p", {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0"}),
    "hevc": ("libx265", "yuv420p", {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none"}),
    # RTP carries no Huffman tables, so the usual ones must be used (RFC 2435).
    "mjpeg": ("mjpeg", "yuvj420p", {"huffman": "default"}),
}


def write_film(
    to: Path | BinaryIO,
    codec: str,
    pictures: int,
    *,
    container: str = "matroska",
    fps: int = 10,
    gop: int = 10,
    first: int = 0,
    size: tuple[int, int] = (640, 72),
    silent_sound: bool = False,
) -> None:
    """Encode pictures numbered from `first` on. `silent_sound` declares an audio track that never says anything."""
    name, pixels, options = _ENCODERS[codec]
    with av.open(to if not isinstance(to, Path) else str(to), "w", format=container) as output:
        stream = output.add_stream(name, rate=fps, options=dict(options))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        stream.gop_size = gop
        stream.codec_context.time_base = _TICK
        if codec == "hevc":
            stream.codec_context.options = {
                **options,
                "x265-params": f"log-level=none:keyint={gop}:min-keyint={gop}:scenecut=0",
            }
        if silent_sound:
            output.add_stream("aac", rate=8000)
        for number in range(first, first + pictures):
            for packet in stream.encode(_picture(number, fps, size, pixels)):
                output.mux_one(packet)
        for packet in stream.encode(None):
            output.mux_one(packet)


def picture_numbers(file: Path | BinaryIO) -> Iterator[int | None]:
    """The number in each picture of a film, in order; None where it cannot be read."""
    with av.open(str(file) if isinstance(file, Path) else file, "r") as container:
        for frame in container.decode(video=0):
            moment = read_clock(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
            yield None if moment is None else (moment - _EPOCH) // timedelta(milliseconds=1)


def _picture(number: int, fps: int, size: tuple[int, int], pixels: str) -> av.VideoFrame:
    width, height = size
    drawn = np.full((height, width, 3), 96, np.uint8)
    draw_clock(drawn, _EPOCH + timedelta(milliseconds=number))
    picture = av.VideoFrame.from_ndarray(drawn, format="rgb24").reformat(format=pixels)
    picture.pts = number * 90_000 // fps
    picture.time_base = _TICK
    return picture
