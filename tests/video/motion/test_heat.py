"""What moved is written down by the second, and found again."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.cameras.motion_settings import WHOLE_PICTURE, Area, Point
from doorward.video.index import Index
from doorward.video.motion.detector import Motion
from doorward.video.motion.grid import CELLS, COLUMNS, ROWS, cells_touched
from doorward.video.motion.heat import SECOND_US, HeatLog
from doorward.video.motion.search import JOINED_S, Found, motion_levels, search_motion

BEGIN_S = 1_700_000_040
"""A whole minute."""
LEFT: Area = (Point(0.0, 0.0), Point(0.5, 0.0), Point(0.5, 1.0), Point(0.0, 1.0))


def us(second: float) -> int:
    return round((BEGIN_S + second) * SECOND_US)


def moved(*cells: tuple[int, int], level: float = 0.1) -> Motion:
    heat = np.zeros((ROWS, COLUMNS), np.bool_)
    for row, column in cells:
        heat[row, column] = True
    return Motion(level > 0, level, heat)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


def test_motion_is_found_in_the_area_where_it_was_and_nowhere_else(index: Index, tmp_path: Path) -> None:
    log = HeatLog(index)
    for second in (10.0, 10.5, 11.0, 12.9, 60.0):
        log.add("cam", us(second), moved((5, 3), (5, 4)))
    log.add("cam", us(30), moved((5, 30)))
    log.add("other", us(20), moved((5, 3)))
    log.flush()
    share = 2 / (CELLS / 2)
    expected = [Found(us(10), us(13), share), Found(us(60), us(61), share)]
    assert search_motion(tmp_path, "cam", LEFT, us(0), us(100)) == expected
    assert search_motion(tmp_path, "cam", LEFT, us(11), us(60)) == [Found(us(11), us(13), share)]
    assert search_motion(tmp_path, "cam", LEFT, us(0), us(100), min_share=share) == expected
    assert search_motion(tmp_path, "cam", LEFT, us(0), us(100), min_share=share * 1.01) == []
    assert search_motion(tmp_path, "cam", LEFT, us(0), us(100), min_s=2) == expected[:1]
    assert len(search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(100))) == 3
    assert search_motion(tmp_path, "never", LEFT, us(0), us(100)) == []


def test_seconds_close_together_are_one_finding(index: Index, tmp_path: Path) -> None:
    log = HeatLog(index)
    for second in (0, JOINED_S, 2 * JOINED_S + 1):
        log.add("cam", us(second), moved((0, 0)))
    log.flush()
    found = search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(100))
    assert [(one.start_us, one.end_us) for one in found] == [(us(0), us(JOINED_S + 1)), (us(11), us(12))]


def test_a_minute_that_was_begun_before_a_restart_is_completed(index: Index, tmp_path: Path) -> None:
    for second in (1, 30):
        log = HeatLog(index)
        log.add("cam", us(second), moved((0, 0)))
        log.flush()
        log.flush()
    assert len(search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(60))) == 2


def test_what_could_not_be_written_is_written_the_next_time(index: Index, tmp_path: Path) -> None:
    log = HeatLog(index)
    log.add("cam", us(1), moved((0, 0)))
    full = patch.object(index, "transaction", side_effect=sqlite3.OperationalError("full"))
    with full, pytest.raises(sqlite3.OperationalError):
        log.flush()
    log.add("cam", us(2), moved((0, 1)))
    log.flush()
    assert search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(60)) == [Found(us(1), us(3), 1 / CELLS)]


def test_nothing_is_found_where_nothing_was_ever_recorded(tmp_path: Path) -> None:
    assert search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(60)) == []
    assert motion_levels(tmp_path, "cam", us(0), 2, 1) == [None, None]
    Index(tmp_path).close()
    assert search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(60)) == []


def test_levels_are_the_highest_of_each_step_and_none_where_nobody_looked(index: Index, tmp_path: Path) -> None:
    log = HeatLog(index)
    log.add("cam", us(3), moved((0, 0), level=1.0))
    log.add("cam", us(4), moved((0, 0), level=0.2))
    log.add("cam", us(5), moved((0, 0), level=0.0))
    log.add("cam", us(130), moved(level=0.0))
    log.flush()
    assert motion_levels(tmp_path, "cam", us(0), 8, 1) == [0, 0, 0, 1.0, 0.2, 0, 0, 0]
    assert motion_levels(tmp_path, "cam", us(2), 2, 2) == [1.0, 0.2]
    assert motion_levels(tmp_path, "cam", us(0), 4, 60) == [1.0, None, 0.0, None]
    assert motion_levels(tmp_path, "cam", us(0), 2, 120) == [1.0, 0.0]
    assert motion_levels(tmp_path, "cam", us(-60), 4, 30) == [None, None, 1.0, 0.0]


def test_heat_is_kept_as_long_as_the_recordings_of_its_camera(index: Index, tmp_path: Path) -> None:
    log = HeatLog(index)
    for camera_id in ("cam", "gone"):
        for second in (0, 60, 120):
            log.add(camera_id, us(second), moved((0, 0)))
    log.flush()
    index.open_file("cam", "cam/1.mp4", us(70), "avc1.42c016")
    log.forget_old()
    found = search_motion(tmp_path, "cam", WHOLE_PICTURE, us(0), us(200))
    assert [one.start_us for one in found] == [us(60), us(120)]
    assert search_motion(tmp_path, "gone", WHOLE_PICTURE, us(0), us(200)) == []


seconds = st.integers(0, 300)
places = st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1))
corners = st.builds(Point, st.floats(0, 1), st.floats(0, 1))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Index]]:
    root = tmp_path_factory.mktemp("heat")
    index = Index(root)
    yield root, index
    index.close()


@given(
    st.uuids(),
    st.dictionaries(seconds, st.frozensets(places, min_size=1, max_size=30), max_size=20),
    st.lists(corners, min_size=3, max_size=6).map(tuple),
    seconds,
    seconds,
    st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_every_second_is_found_as_by_looking_at_all(
    store: tuple[Path, Index],
    name: UUID,
    heat: dict[int, frozenset[tuple[int, int]]],
    area: Area,
    start: int,
    end: int,
    min_share: float,
) -> None:
    (root, index), camera_id = store, str(name)
    log = HeatLog(index)
    for number, (second, cells) in enumerate(heat.items()):
        log.add(camera_id, us(second), moved(*cells))
        if number % 3 == 0:
            log.flush()
    log.flush()
    touched = cells_touched(area)
    shares = {second: sum(bool(touched[cell]) for cell in cells) / touched.sum() for second, cells in heat.items()}
    hits = sorted(
        second for second in heat if start <= second < end and shares[second] >= min_share - 1e-9 and shares[second]
    )
    found = search_motion(root, camera_id, area, us(start), us(end), min_share)
    covered = {second for one in found for second in hits if one.start_us <= us(second) < one.end_us}
    assert covered == set(hits)
    assert [one.share for one in found] == [
        max(shares[second] for second in hits if one.start_us <= us(second) < one.end_us) for one in found
    ]
    assert len(found) == sum(number == 0 or second - hits[number - 1] > JOINED_S for number, second in enumerate(hits))
