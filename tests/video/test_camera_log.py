"""Packets in; files, index rows and gaps out."""

import errno
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest

from doorward.video.camera_log import CameraLog
from doorward.video.errors import StorageFull
from doorward.video.fragment import TIMESCALE
from doorward.video.index import FileRow, FileState, GapReason, Index
from doorward.video.recovery import recover_store
from doorward.video.segment import Output, open_output
from doorward.video.session import SourcePacket
from doorward.video.walk import walk_file

ORIGIN_US = 1_750_000_000_000_000
SECOND_US = 1_000_000

Film = Callable[..., list[SourcePacket]]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


def play(log: CameraLog, items: list[SourcePacket], origin_us: int = ORIGIN_US) -> None:
    """Write packets that arrive exactly when they are due."""
    for item in items:
        log.write(item, origin_us + item.packet.dts * SECOND_US // TIMESCALE)


def pictures_in(path: Path) -> list[tuple[int, int]]:
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


def assert_consistent(index: Index, root: Path, row: FileRow) -> None:
    """The row says exactly what the file holds."""
    walked = walk_file(root / row.path)
    assert walked is not None
    assert row.state is FileState.CLOSED
    assert row.fragments() == walked.fragments
    assert row.size == walked.whole_size == (root / row.path).stat().st_size
    assert row.sha256 == hashlib.sha256((root / row.path).read_bytes()).digest()
    assert row.end_us - row.start_us == walked.fragments[-1].end * SECOND_US // TIMESCALE


def test_a_long_recording_is_cut_into_files_of_a_minute_without_a_seam(
    film: Film, index: Index, tmp_path: Path
) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(130))
    log.close(GapReason.RECORDER_STOPPED)

    files = index.files("cam")
    assert [round((f.end_us - f.start_us) / SECOND_US) for f in files] == [60, 60, 10]
    assert files[0].start_us == ORIGIN_US
    assert all(a.end_us == b.start_us for a, b in pairwise(files))
    for row in files:
        assert_consistent(index, tmp_path, row)
        assert row.fragments()[0].keyframe
    assert sum(len(pictures_in(tmp_path / row.path)) for row in files) == 1300


def test_a_recording_starts_at_the_first_keyframe(film: Film, index: Index, tmp_path: Path) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(3)[4:])
    log.close(GapReason.RECORDER_STOPPED)

    (row,) = index.files("cam")
    assert row.start_us == ORIGIN_US + SECOND_US
    assert len(pictures_in(tmp_path / row.path)) == 20


def test_another_picture_size_begins_another_file(film: Film, index: Index, tmp_path: Path) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(2))
    play(log, film(2, size=(192, 96), begins_s=2))
    log.close(GapReason.RECORDER_STOPPED)

    small, large = index.files("cam")
    assert set(pictures_in(tmp_path / small.path)) == {(128, 64)}
    assert set(pictures_in(tmp_path / large.path)) == {(192, 96)}
    assert small.end_us == large.start_us
    assert [gap.reason for gap in index.gaps("cam")] == [GapReason.RECORDER_STOPPED]


def test_a_jump_of_the_cameras_time_is_a_gap_and_no_picture_is_misplaced(
    film: Film, index: Index, tmp_path: Path
) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(4))
    play(log, film(4, begins_s=35), ORIGIN_US - 29 * SECOND_US)
    log.close(GapReason.RECORDER_STOPPED)

    before, after = index.files("cam")
    assert (before.start_us, before.end_us) == (ORIGIN_US, ORIGIN_US + 4 * SECOND_US)
    assert (after.start_us, after.end_us) == (ORIGIN_US + 6 * SECOND_US, ORIGIN_US + 10 * SECOND_US)
    gap = index.gaps("cam")[0]
    assert (gap.start_us, gap.end_us, gap.reason) == (before.end_us, after.start_us, GapReason.TIME_JUMP)


def test_an_interruption_is_a_gap_with_its_reason(film: Film, index: Index, tmp_path: Path) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(2))
    log.interrupt(GapReason.STALLED)
    lasting = index.gaps("cam")[0]
    play(log, film(2), ORIGIN_US + 20 * SECOND_US)
    log.close(GapReason.RECORDER_STOPPED)

    assert lasting.end_us is None
    gap = index.gaps("cam")[0]
    assert gap.reason is GapReason.STALLED
    assert (gap.start_us, gap.end_us) == (ORIGIN_US + 2 * SECOND_US, ORIGIN_US + 20 * SECOND_US)


def test_after_the_systems_clock_is_set_back_recording_goes_by_the_clock_as_it_is(
    film: Film, index: Index, tmp_path: Path
) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(5))
    play(log, film(5, begins_s=5), ORIGIN_US - 3600 * SECOND_US)
    log.close(GapReason.RECORDER_STOPPED)

    second, first = index.files("cam")
    assert (first.start_us, first.end_us) == (ORIGIN_US, ORIGIN_US + 5 * SECOND_US)
    assert second.start_us == ORIGIN_US - 3595 * SECOND_US


class FullDisk:
    """A file on a disk that has room for so many bytes in all; a write that does not fit is cut short."""

    room = 10**9

    def __init__(self, path: Path) -> None:
        self._file = open_output(path)

    def write(self, data: bytes) -> int:
        part = data[: max(0, FullDisk.room)]
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        FullDisk.room -= len(part)
        return self._file.write(part) or 0

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


def open_full(path: Path) -> Output:
    return FullDisk(path)


def test_a_full_disk_keeps_what_was_written_and_recording_resumes_when_there_is_room(
    film: Film, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = film(12)
    play_until_full = [item for item in items if item.packet.dts < 6 * TIMESCALE]
    monkeypatch.setattr(FullDisk, "room", 4_000)
    log = CameraLog("cam", tmp_path, index, open_file=open_full)
    with pytest.raises(StorageFull, match="No space left"):
        play(log, play_until_full)
    with pytest.raises(StorageFull):
        play(log, play_until_full[-10:])

    monkeypatch.setattr(FullDisk, "room", 10**9)
    play(log, items[len(play_until_full) :])
    log.close(GapReason.RECORDER_STOPPED)

    kept, resumed = index.files("cam")
    for row in (kept, resumed):
        assert_consistent(index, tmp_path, row)
    assert ORIGIN_US < kept.end_us < ORIGIN_US + 6 * SECOND_US == resumed.start_us
    gap = index.gaps("cam")[0]
    assert gap.reason is GapReason.STORAGE_FULL
    assert (gap.start_us, gap.end_us) == (kept.end_us, resumed.start_us)


def test_no_room_by_retention_stops_recording_with_a_gap(film: Film, index: Index, tmp_path: Path) -> None:
    room = True
    log = CameraLog("cam", tmp_path, index, has_room=lambda: room)
    play(log, film(2))
    room = False
    with pytest.raises(StorageFull, match="held"):
        play(log, film(2, begins_s=2))
    with pytest.raises(StorageFull, match="held"):
        play(log, film(2, begins_s=4))

    assert all(row.state is FileState.CLOSED for row in index.files("cam"))
    assert index.gaps("cam")[0].reason is GapReason.STORAGE_FULL


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the crash leaves the file open
def test_a_file_left_open_with_a_partial_tail_is_cut_and_closed_at_start(
    film: Film, index: Index, tmp_path: Path
) -> None:
    log = CameraLog("cam", tmp_path, index)
    play(log, film(5))
    (row,) = index.open_files()
    path = tmp_path / row.path
    whole = walk_file(path)
    assert whole is not None
    path.write_bytes(path.read_bytes() + b"\0\0\1\0moof and then the power failed")

    assert recover_store(index, tmp_path) == 1

    (repaired,) = index.files("cam")
    assert repaired.fragments() == whole.fragments
    assert_consistent(index, tmp_path, repaired)
    assert len(pictures_in(path)) >= 40
    gap = index.gaps("cam")[0]
    assert (gap.start_us, gap.end_us, gap.reason) == (repaired.end_us, None, GapReason.RECORDER_STOPPED)


def test_an_open_row_whose_file_was_never_created_is_forgotten(index: Index, tmp_path: Path) -> None:
    index.open_file("cam", "cam/20260101/000000-000000.mp4", ORIGIN_US, "avc1.42c016")
    assert recover_store(index, tmp_path) == 1
    assert index.files("cam") == []


def test_a_disordered_timestamp_does_not_stop_the_recording(film: Film, index: Index, tmp_path: Path) -> None:
    items = film(3)
    items[15] = replace(items[15], packet=replace(items[15].packet, dts=items[14].packet.dts + 1))
    log = CameraLog("cam", tmp_path, index)
    play(log, items)
    log.close(GapReason.RECORDER_STOPPED)
    (row,) = index.files("cam")
    assert len(pictures_in(tmp_path / row.path)) == 30
