"""Any interval of what was recorded as an HLS playlist of byte ranges."""

import io
import os
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from doorward.video.camera_log import CameraLog
from doorward.video.fmp4 import boxes, read_moof
from doorward.video.fragment import TIMESCALE
from doorward.video.index import GapReason, Index
from doorward.video.playlist import Playlist, read_bytes
from doorward.video.session import SourcePacket
from doorward.video.timeline import Timeline
from tests.video.recordings import after_us, play

Film = Callable[..., list[SourcePacket]]
_RANGE = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\d+)\.mp4")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


@pytest.fixture
def log(index: Index, tmp_path: Path) -> CameraLog:
    return CameraLog("cam", tmp_path, index)


def opened(root: Path, start: float, end: float, *, grows: bool = False) -> Playlist:
    playlist = Playlist(Timeline(root, "cam"), after_us(start), after_us(end), grows=grows)
    playlist.extend(over=not grows)
    return playlist


def sent(root: Path, playlist: Playlist, file_id: int, first: int, last: int) -> bytes:
    file = playlist.file(file_id)
    assert file is not None
    return b"".join(read_bytes(Timeline(root, "cam"), file, first, last))


def parts(root: Path, playlist: Playlist) -> Iterator[list[bytes]]:
    """For each stretch that needs a new decoder: its header, then its segments."""
    part: list[bytes] = []
    for piece in playlist.media().split("#EXT-X-DISCONTINUITY\n"):
        named = re.search(r'EXT-X-MAP:URI="init-(\d+)', piece)
        header = playlist.init(int(named[1])) if named else part[0]
        assert header is not None
        ranges = [(int(size), int(offset), int(file)) for size, offset, file in _RANGE.findall(piece)]
        part = [header] + [sent(root, playlist, file, at, at + size - 1) for size, at, file in ranges]
        yield part


def fragment_times(data: bytes) -> list[tuple[float, float]]:
    timings = [read_moof(data[box.start : box.end]) for box in boxes(data) if box.kind == b"moof"]
    return [(t.start / TIMESCALE, (t.start + t.duration) / TIMESCALE) for t in timings]


def packets(data: bytes) -> list[bytes]:
    with av.open(io.BytesIO(data), "r") as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def tags(text: str, name: str) -> list[str]:
    return [line.partition(":")[2] for line in text.splitlines() if line.split(":")[0] == f"#{name}"]


def test_an_interval_over_files_is_one_time_line_of_exactly_what_was_recorded(
    film: Film, log: CameraLog, tmp_path: Path
) -> None:
    items = film(125)
    play(log, items)
    log.close(GapReason.RECORDER_STOPPED)

    playlist = opened(tmp_path, 57.4, 122)
    (part,) = parts(tmp_path, playlist)

    data = b"".join(part)
    times = fragment_times(data)
    assert (times[0][0], times[-1][1]) == (0, 65)
    assert all(a[1] == b[0] for a, b in pairwise(times))
    with av.open(io.BytesIO(data), "r") as container:
        assert len(list(container.decode(video=0))) == 650
    begins, second, third = tags(playlist.media(), "EXT-X-PROGRAM-DATE-TIME")
    assert (begins, second, third) == (
        "2026-05-06T07:09:06.000Z",
        "2026-05-06T07:09:09.000Z",
        "2026-05-06T07:10:09.000Z",
    )
    assert sum(float(each.rstrip(",")) for each in tags(playlist.media(), "EXTINF")) == pytest.approx(65)
    assert tags(playlist.media(), "EXT-X-PLAYLIST-TYPE") == ["VOD"]
    assert playlist.media().endswith("#EXT-X-ENDLIST\n")


def test_what_is_sent_differs_from_the_file_in_times_only(
    film: Film, log: CameraLog, index: Index, tmp_path: Path
) -> None:
    play(log, film(70))
    log.close(GapReason.RECORDER_STOPPED)
    playlist = opened(tmp_path, 50, 70)
    for row in index.files("cam"):
        stored = (tmp_path / row.path).read_bytes()
        for size, offset, _ in (each for each in _RANGE.findall(playlist.media()) if int(each[2]) == row.id):
            first, last = int(offset), int(offset) + int(size) - 1
            moved = sent(tmp_path, playlist, row.id, first, last)
            original = stored[first : last + 1]
            assert len(moved) == len(original)
            media = [box for box in boxes(original) if box.kind == b"mdat"]
            assert media
            assert all(moved[box.start : box.end] == original[box.start : box.end] for box in media)
            # Any part of a range is a part of the whole.
            assert sent(tmp_path, playlist, row.id, first + 5, last - 7) == moved[5:-7]


def test_segments_begin_at_keyframes_and_last_a_few_seconds(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(20))
    log.close(GapReason.RECORDER_STOPPED)
    playlist = opened(tmp_path, 0, 20)
    (part,) = parts(tmp_path, playlist)
    for segment in part[1:]:
        moof = next(boxes(segment))
        assert read_moof(segment[moof.start : moof.end]).keyframe
    assert {float(each.rstrip(",")) for each in tags(playlist.media(), "EXTINF")} == {2.0}


def test_a_gap_and_other_parameters_are_discontinuities(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(4))
    log.interrupt(GapReason.LOST)
    play(log, film(3), late_s=20)
    play(log, film(3, size=(192, 96), begins_s=3), late_s=20)
    log.close(GapReason.RECORDER_STOPPED)

    playlist = opened(tmp_path, 0, 60)
    first, second, third = (b"".join(part) for part in parts(tmp_path, playlist))

    assert [fragment_times(data)[0][0] for data in (first, second, third)] == [0, 20, 23]
    assert tags(playlist.media(), "EXT-X-MAP") == ['URI="init-0.mp4"', 'URI="init-1.mp4"']
    with av.open(io.BytesIO(third), "r") as container:
        assert [frame.width for frame in container.decode(video=0)] == [192] * 30
    assert len(packets(first)) == 40


def test_pictures_that_a_camera_sends_again_are_shown_once(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(4))
    log.interrupt(GapReason.LOST)
    play(log, film(4), late_s=2.4)
    log.close(GapReason.RECORDER_STOPPED)

    times = [time for part in parts(tmp_path, opened(tmp_path, 0, 60)) for time in fragment_times(b"".join(part))]

    assert all(a[1] <= b[0] for a, b in pairwise(times))
    assert times[-1][1] == pytest.approx(6.4)


def test_a_growing_playlist_only_ever_gets_longer_over_the_edge_of_what_is_written(
    film: Film, log: CameraLog, tmp_path: Path
) -> None:
    items = film(70)
    playlist = opened(tmp_path, 50.5, 66, grows=True)
    assert playlist.is_empty
    before = ""
    for second in range(70):
        play(log, [item for item in items if second <= item.packet.dts / TIMESCALE < second + 1])
        playlist.extend(over=False)
        now = playlist.media().removesuffix("#EXT-X-ENDLIST\n")
        assert now.startswith(before)
        before = now if "#EXTINF" in now else ""
    log.close(GapReason.RECORDER_STOPPED)
    playlist.extend(over=True)

    assert tags(playlist.media(), "EXT-X-PLAYLIST-TYPE") == ["EVENT"]
    assert playlist.media().endswith("#EXT-X-ENDLIST\n")
    (part,) = parts(tmp_path, playlist)
    times = fragment_times(b"".join(part))
    assert all(a[1] == b[0] for a, b in pairwise(times))
    assert times[-1][1] == 16
    assert len(packets(b"".join(part))) == 160


def test_a_file_that_retention_deletes_leaves_the_others_where_they_are(
    film: Film, log: CameraLog, index: Index, tmp_path: Path
) -> None:
    play(log, film(70))
    log.close(GapReason.RECORDER_STOPPED)
    playlist = opened(tmp_path, 50, 70)
    first, second = index.files("cam")
    text = playlist.media()
    (tmp_path / first.path).unlink()
    index.remove_file(first.id)

    assert playlist.media() == text
    with pytest.raises(FileNotFoundError):
        sent(tmp_path, playlist, first.id, 0, 10)
    size, offset, _ = (int(each) for each in _RANGE.findall(text)[-1])
    assert fragment_times(sent(tmp_path, playlist, second.id, offset, offset + size - 1))[0][0] > 10


def test_an_interval_without_recording_is_empty(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(4))
    log.close(GapReason.RECORDER_STOPPED)
    assert opened(tmp_path, 100, 110).is_empty
    assert opened(tmp_path / "nowhere", 0, 1).is_empty


def test_reading_leaves_no_file_open(film: Film, log: CameraLog, index: Index, tmp_path: Path) -> None:
    play(log, film(10))
    log.close(GapReason.RECORDER_STOPPED)
    playlist = opened(tmp_path, 0, 10)
    (row,) = index.files("cam")
    placed = playlist.file(row.id)
    assert placed is not None

    def open_recordings() -> int:
        return sum(os.path.realpath(path).endswith(".mp4") for path in Path("/proc/self/fd").iterdir())

    reading = read_bytes(Timeline(tmp_path, "cam"), placed, placed.segments[0].offset, placed.segments[-1].end - 1)
    next(reading)
    assert open_recordings() == 1
    reading.close()  # type: ignore[attr-defined]
    assert open_recordings() == 0
