"""Pictures of recordings: the keyframe at or before a moment."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from doorward.video.burned_clock import draw_clock, read_clock
from doorward.video.camera_log import CameraLog
from doorward.video.errors import NoRecording
from doorward.video.fragment import TIMESCALE
from doorward.video.index import GapReason, Index
from doorward.video.muxer import MediaPacket
from doorward.video.parameter_sets import Codec, template_of
from doorward.video.session import SourcePacket
from doorward.video.still import Pictures, decode, encode, keyframe_at, side_by_side
from doorward.video.timeline import Timeline
from tests.video.recordings import after, after_us, play

Film = Callable[..., list[SourcePacket]]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


@pytest.fixture
def log(index: Index, tmp_path: Path) -> CameraLog:
    return CameraLog("cam", tmp_path, index)


def clocks(seconds: int) -> list[SourcePacket]:
    """Pictures that show when they were taken: five a second, a keyframe every two seconds."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 320, 180, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.gop_size = Fraction(1, TIMESCALE), Fraction(5), 10
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "scenecut=0"}
    coded = []
    for number in range(seconds * 5):
        rgb = np.full((180, 320, 3), 90, np.uint8)
        draw_clock(rgb, after(number / 5))
        picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
        picture.pts, picture.time_base = number * TIMESCALE // 5, Fraction(1, TIMESCALE)
        coded += encoder.encode(picture)
    coded += encoder.encode(None)
    template = template_of(Codec.H264, bytes(coded[0]))
    return [
        SourcePacket(MediaPacket(bytes(each), each.dts or 0, each.dts or 0, each.is_keyframe), template, False)
        for each in coded
    ]


def shown(root: Path, at_s: float) -> datetime | None:
    """The moment that the picture of a moment shows."""
    timeline = Timeline(root, "cam")
    keyframe = keyframe_at(timeline, after_us(at_s))
    if keyframe is None:
        return None
    with Image.open(io.BytesIO(encode(decode(timeline, keyframe, 320)))) as jpeg:
        return read_clock(np.asarray(jpeg.convert("RGB")))


def test_a_picture_shows_the_keyframe_at_or_before_its_moment_in_closed_and_open_files(
    log: CameraLog, tmp_path: Path
) -> None:
    play(log, clocks(70))
    for at_s, wanted in ((0, 0), (1.99, 0), (2, 2), (59.9, 58), (60, 60), (65.2, 64)):
        assert shown(tmp_path, at_s) == after(wanted), at_s
    log.close(GapReason.CAMERA_REMOVED)
    assert shown(tmp_path, 69.9) == after(68)


def test_there_is_no_picture_of_a_gap(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(4))
    log.interrupt(GapReason.LOST)
    play(log, film(4), late_s=20)
    log.close(GapReason.CAMERA_REMOVED)
    timeline = Timeline(tmp_path, "cam")
    assert [keyframe_at(timeline, after_us(at)) for at in (-1, 4, 12, 24)] == [None] * 4
    found = keyframe_at(timeline, after_us(23.95))
    assert found is not None
    assert found.at_us == after_us(23)


def test_what_is_damaged_or_deleted_is_said_in_words(film: Film, log: CameraLog, index: Index, tmp_path: Path) -> None:
    play(log, film(4))
    log.close(GapReason.CAMERA_REMOVED)
    timeline = Timeline(tmp_path, "cam")
    keyframe = keyframe_at(timeline, after_us(2))
    assert keyframe is not None
    (row,) = index.files("cam")
    with (tmp_path / row.path).open("r+b") as file:
        file.seek(keyframe.offset)
        file.write(bytes(keyframe.size))
    with pytest.raises(NoRecording, match="damaged"):
        decode(timeline, keyframe, 64)
    (tmp_path / row.path).unlink()
    with pytest.raises(NoRecording, match="deleted"):
        decode(timeline, keyframe, 64)


def test_tiles_lie_in_rows_and_missing_ones_are_black() -> None:
    white, tall = np.full((10, 20, 3), 255, np.uint8), np.full((40, 10, 3), 255, np.uint8)
    sheet = side_by_side([white, None, tall], 2, (20, 20))
    assert sheet.shape == (40, 40, 3)
    assert sheet[5:15, :20].all()
    assert not sheet[:5].any()
    assert not sheet[:20, 20:].any()
    assert sheet[20:, 5:15].all()


def test_pictures_are_kept_within_their_bytes_and_the_longest_unused_go() -> None:
    kept = Pictures(100)
    for key in ("a", "b"):
        kept.keep(key, bytes(40))
    assert kept.get("a") is not None
    kept.keep("c", bytes(40))
    kept.keep("huge", bytes(101))
    assert [kept.get(key) is not None for key in ("a", "b", "c", "huge")] == [True, False, True, False]
