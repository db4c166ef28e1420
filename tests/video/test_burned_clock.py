"""The machine-readable clock in a simulated picture."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from doorward.video.burned_clock import draw_clock, read_clock

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def picture(moment: datetime) -> np.ndarray:
    drawn = np.full((360, 640, 3), 128, np.uint8)
    draw_clock(drawn, moment)
    return drawn


@settings(deadline=None)
@given(moments)
def test_a_drawn_moment_is_read_to_the_millisecond(moment: datetime) -> None:
    read = read_clock(picture(moment))
    assert read is not None
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


@pytest.mark.parametrize("size", [(320, 180), (640, 368), (1280, 720), (1000, 563)])
def test_a_scaled_picture_is_still_read(size: tuple[int, int]) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, 890_000, UTC)
    scaled = np.asarray(Image.fromarray(picture(moment)).resize(size, Image.Resampling.BILINEAR))
    assert read_clock(scaled) == moment


@settings(deadline=None)
@given(moments, st.integers(8, 63))
def test_one_wrong_block_makes_the_clock_unreadable(moment: datetime, block: int) -> None:
    drawn = picture(moment)
    drawn[:20, block * 10 : block * 10 + 10] ^= 255
    assert read_clock(drawn) is None


def test_a_picture_without_a_clock_reads_as_none() -> None:
    assert read_clock(np.full((360, 640, 3), 200, np.uint8)) is None
    noise = np.random.default_rng(1).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    assert read_clock(noise) is None
