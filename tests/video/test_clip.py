"""Playing any interval of what was recorded."""

import asyncio
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import av
import pytest

from doorward.video.camera_log import CameraLog
from doorward.video.clip import ClipStream, stream_clip
from doorward.video.errors import BadCameraId, NoRecording
from doorward.video.fmp4 import boxes, read_moof
from doorward.video.fragment import TIMESCALE
from doorward.video.index import GapReason, Index
from doorward.video.session import SourcePacket

ORIGIN = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
ORIGIN_US = round(ORIGIN.timestamp()) * 1_000_000

Film = Callable[..., list[SourcePacket]]


def after(seconds: float) -> datetime:
    return ORIGIN + timedelta(seconds=seconds)


def much_later() -> datetime:
    return after(10_000)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


@pytest.fixture
def log(index: Index, tmp_path: Path) -> CameraLog:
    return CameraLog("cam", tmp_path, index)


def play(log: CameraLog, items: list[SourcePacket], late_s: float = 0) -> None:
    for item in items:
        log.write(item, ORIGIN_US + round((late_s + item.packet.dts / TIMESCALE) * 1_000_000))


async def whole(clip: ClipStream) -> bytes:
    return b"".join([part async for part in clip])


def clip_of(root: Path, start: datetime, end: datetime) -> tuple[ClipStream, bytes]:
    async def read() -> tuple[ClipStream, bytes]:
        clip = await stream_clip(root, "cam", start, end, much_later)
        return clip, await whole(clip)

    return asyncio.run(read())


def picture_times(data: bytes) -> list[float]:
    with av.open(io.BytesIO(data), "r") as container:
        return [round(frame.time or 0, 3) for frame in container.decode(video=0)]


def fragment_times(data: bytes) -> list[tuple[float, float]]:
    """Start and end of each fragment, in seconds of media time."""
    timings = [read_moof(data[box.start : box.end]) for box in boxes(data) if box.kind == b"moof"]
    return [(t.start / TIMESCALE, (t.start + t.duration) / TIMESCALE) for t in timings]


def kinds(data: bytes) -> list[bytes]:
    return [box.kind for box in boxes(data)]


def test_a_clip_starts_at_the_keyframe_at_or_before_its_start(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(10))
    log.close(GapReason.RECORDER_STOPPED)

    clip, data = clip_of(tmp_path, after(3.7), after(5.2))

    assert clip.starts_at == after(3)
    assert clip.codec.startswith("avc1.42")
    assert kinds(data)[:4] == [b"ftyp", b"moov", b"moof", b"mdat"]
    assert picture_times(data) == [round(n / 10, 3) for n in range(25)]


def test_a_clip_is_continuous_over_files(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(125))
    log.close(GapReason.RECORDER_STOPPED)

    clip, data = clip_of(tmp_path, after(58), after(122))

    assert clip.starts_at == after(58)
    times = fragment_times(data)
    assert times[0][0] == 0
    assert all(a[1] == b[0] for a, b in pairwise(times))
    assert times[-1][1] == 64
    assert kinds(data).count(b"moov") == 1
    assert len(picture_times(data)) == 640


def test_a_gap_in_the_recording_is_a_gap_in_media_time(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(4))
    log.interrupt(GapReason.LOST)
    play(log, film(4), late_s=20)
    log.close(GapReason.RECORDER_STOPPED)

    _, data = clip_of(tmp_path, after(2), after(22))

    starts = [start for start, _ in fragment_times(data)]
    assert starts == [0, 0.5, 1, 1.5, 18, 18.5, 19, 19.5]


def test_a_clip_that_begins_in_a_gap_starts_with_the_first_picture_after_it(
    film: Film, log: CameraLog, tmp_path: Path
) -> None:
    play(log, film(4))
    log.interrupt(GapReason.LOST)
    play(log, film(4), late_s=20)
    log.close(GapReason.RECORDER_STOPPED)

    clip, _ = clip_of(tmp_path, after(10), after(30))

    assert clip.starts_at == after(20)


def test_pictures_that_a_camera_sends_again_after_a_reconnection_are_shown_once(
    film: Film, log: CameraLog, tmp_path: Path
) -> None:
    play(log, film(4))
    log.interrupt(GapReason.LOST)
    play(log, film(4), late_s=3.4)
    log.close(GapReason.RECORDER_STOPPED)

    _, data = clip_of(tmp_path, after(1), after(7))

    starts = [start for start, _ in fragment_times(data)]
    assert starts == [0, 0.5, 1, 1.5, 2, 2.5, 3.4, 3.9, 4.4, 4.9, 5.4, 5.9]


def test_another_picture_size_comes_with_its_own_init_segment(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(3))
    play(log, film(3, size=(192, 96), begins_s=3))
    log.close(GapReason.RECORDER_STOPPED)

    _, data = clip_of(tmp_path, after(0), after(6))

    assert kinds(data).count(b"moov") == 2
    second = [box.start for box in boxes(data) if box.kind == b"ftyp"][1]
    assert len(picture_times(data[:second])) == 30
    with av.open(io.BytesIO(data[second:]), "r") as container:
        assert {frame.width for frame in container.decode(video=0)} == {192}
    times = fragment_times(data)
    assert all(a[1] == b[0] for a, b in pairwise(times))


def test_a_damaged_stretch_is_left_out_and_the_clip_goes_on_with_the_next_file(
    film: Film, log: CameraLog, index: Index, tmp_path: Path
) -> None:
    play(log, film(70))
    log.close(GapReason.RECORDER_STOPPED)
    first, _ = index.files("cam")
    with (tmp_path / first.path).open("r+b") as file:
        file.seek(first.fragments()[-4].offset)
        file.write(bytes(64))

    _, data = clip_of(tmp_path, after(50), after(65))

    assert [start for start, _ in fragment_times(data)] == [n / 2 for n in [*range(16), *range(20, 30)]]


def test_an_interval_without_recording_is_refused_in_words(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(4))
    log.close(GapReason.RECORDER_STOPPED)
    for start, end in ((-20, -10), (100, 110)):
        with pytest.raises(NoRecording, match="recorded nothing between"):
            clip_of(tmp_path, after(start), after(end))
    with pytest.raises(NoRecording, match="before it begins"):
        clip_of(tmp_path, after(2), after(2))


def test_a_store_that_was_never_used_has_no_recording(tmp_path: Path) -> None:
    with pytest.raises(NoRecording):
        clip_of(tmp_path / "nowhere", after(0), after(1))


def test_a_camera_id_cannot_leave_the_store(tmp_path: Path) -> None:
    with pytest.raises(BadCameraId):
        asyncio.run(stream_clip(tmp_path, "../secret", after(0), after(1), much_later))


def test_a_clip_reads_the_file_that_is_being_written(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(5))
    _, data = clip_of(tmp_path, after(1), after(9))
    log.close(GapReason.RECORDER_STOPPED)
    # The fragment under construction, at most half a second and a picture, is not there yet.
    assert fragment_times(data)[-1][1] == 3.5


def test_a_clip_follows_the_recording_until_its_end_and_over_a_new_file(
    film: Film, log: CameraLog, tmp_path: Path
) -> None:
    items = film(70)
    played_s = 0.0

    def now() -> datetime:
        return after(played_s)

    async def follow() -> bytes:
        nonlocal played_s
        parts = []
        play(log, [item for item in items if item.packet.dts < 56 * TIMESCALE])
        played_s = 56
        clip = await stream_clip(tmp_path, "cam", after(55), after(64), now)
        async for part in clip:
            parts.append(part)
            step = [item for item in items if played_s <= item.packet.dts / TIMESCALE < played_s + 1]
            await asyncio.to_thread(play, log, step)
            played_s += 1
        return b"".join(parts)

    data = asyncio.run(follow())
    log.close(GapReason.RECORDER_STOPPED)
    times = fragment_times(data)
    assert times[-1][1] == 9
    assert all(a[1] == b[0] for a, b in pairwise(times))


def test_a_clip_into_the_future_ends_when_nothing_new_comes(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(5))

    async def read() -> bytes:
        clip = await stream_clip(tmp_path, "cam", after(1), after(600), lambda: after(5), idle_s=0.3)
        return await whole(clip)

    assert fragment_times(asyncio.run(read()))[-1][1] == 3.5
    log.close(GapReason.RECORDER_STOPPED)


def test_a_clip_that_is_not_read_to_its_end_leaves_no_file_open(film: Film, log: CameraLog, tmp_path: Path) -> None:
    play(log, film(20))
    log.close(GapReason.RECORDER_STOPPED)

    def open_recordings() -> int:
        return sum(path.resolve().suffix == ".mp4" for path in Path("/proc/self/fd").iterdir())

    async def leave() -> None:
        clip = await stream_clip(tmp_path, "cam", after(0), after(20), much_later)
        assert open_recordings() == 1
        await clip.aclose()
        await clip.aclose()

    asyncio.run(leave())
    assert open_recordings() == 0
