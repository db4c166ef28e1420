"""Areas laid over the picture."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.cameras.motion_settings import WHOLE_PICTURE, Point
from doorward.video.motion.grid import (
    CELLS,
    COLUMNS,
    HEAT_BYTES,
    HEIGHT,
    ROWS,
    WIDTH,
    cells_touched,
    inside,
    pack_cells,
    unpack_cells,
    watched,
)

shares = st.floats(0, 1)
areas = st.lists(st.builds(Point, shares, shares), min_size=3, max_size=20).map(tuple)


def test_the_whole_picture_is_all_of_it() -> None:
    assert inside(WHOLE_PICTURE).all()
    assert cells_touched(WHOLE_PICTURE).sum() == CELLS
    assert watched((), ()).all()
    assert not watched((), (WHOLE_PICTURE,)).any()


@given(st.tuples(shares, shares), st.tuples(shares, shares))
def test_a_box_has_the_pixels_whose_middle_it_has(across: tuple[float, float], down: tuple[float, float]) -> None:
    (left, right), (top, bottom) = sorted(across), sorted(down)
    area = (Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
    x, y = (np.arange(WIDTH) + 0.5) / WIDTH, (np.arange(HEIGHT) + 0.5) / HEIGHT
    expected = ((y >= top) & (y < bottom))[:, None] & ((x >= left) & (x < right))[None, :]
    assert (inside(area) == expected).all()


@given(areas)
def test_an_area_is_the_same_wherever_its_points_begin(area: tuple[Point, ...]) -> None:
    assert (inside(area) == inside(area[1:] + area[:1])).mean() > 0.999
    assert cells_touched(area).any()


@given(areas, areas)
def test_what_is_excluded_is_never_watched(kept: tuple[Point, ...], left_out: tuple[Point, ...]) -> None:
    found = watched((kept,), (left_out,))
    assert not (found & inside(left_out)).any()
    assert not (found & ~inside(kept)).any()


@given(st.binary(min_size=HEAT_BYTES, max_size=HEAT_BYTES))
def test_cells_are_packed_and_unpacked(packed: bytes) -> None:
    assert unpack_cells(packed).shape == (ROWS, COLUMNS)
    assert pack_cells(unpack_cells(packed)) == packed
