"""What was recorded of a camera, and where the gaps are."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.video.camera_log import CameraLog
from doorward.video.coverage import Stretch, merge, read_coverage
from doorward.video.index import GapReason, GapRow, Index
from doorward.video.session import SourcePacket
from tests.video.recordings import after_us, play

Film = Callable[..., list[SourcePacket]]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CameraLog]:
    index = Index(tmp_path)
    yield CameraLog("cam", tmp_path, index)
    index.close()


def test_files_that_follow_each_other_are_one_stretch_and_gaps_have_reasons(
    film: Film, log: CameraLog, tmp_path: Path
) -> None:
    play(log, film(70))
    log.interrupt(GapReason.STALLED)
    play(log, film(5), late_s=90)
    log.close(GapReason.CAMERA_REMOVED)

    (found,) = read_coverage(tmp_path, [("cam", after_us(10), after_us(200))])

    assert found.stretches == (Stretch(after_us(10), after_us(70)), Stretch(after_us(90), after_us(95)))
    assert found.gaps == (
        GapRow("cam", after_us(70), after_us(90), GapReason.STALLED),
        GapRow("cam", after_us(95), None, GapReason.CAMERA_REMOVED),
    )


def test_each_camera_has_its_own_interval_and_only_its_own(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(5))
    log.close(GapReason.CAMERA_REMOVED)

    wanted = [("other", after_us(0), after_us(9)), ("cam", after_us(6), after_us(9)), ("cam", after_us(1), after_us(2))]
    other, late, within = read_coverage(tmp_path, wanted)

    assert (other.stretches, other.gaps, late.stretches) == ((), (), ())
    assert [gap.start_us for gap in late.gaps] == [after_us(6)]
    assert (within.stretches, within.gaps) == ((Stretch(after_us(1), after_us(2)),), ())


def test_nothing_was_ever_recorded_in_a_store_that_is_not_there(tmp_path: Path) -> None:
    (found,) = read_coverage(tmp_path / "nowhere", [("cam", 0, 10)])
    assert (found.stretches, found.gaps) == ((), ())


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**6)), max_size=20), st.integers(0, 10**7))
def test_stretches_lie_apart_within_the_interval_and_cover_every_file(files: list[tuple[int, int]], end: int) -> None:
    spans = sorted((start, start + length) for start, length in files)
    merged = merge(spans, 10**6, end)
    assert all(10**6 <= each.start_us < each.end_us <= end for each in merged)
    assert all(b.start_us - a.end_us > 250_000 for a, b in zip(merged, merged[1:], strict=False))
    for start, stop in spans:
        if max(start, 10**6) < min(stop, end):
            assert any(each.start_us <= max(start, 10**6) and min(stop, end) <= each.end_us for each in merged)
