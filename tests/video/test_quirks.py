"""What cameras do that they should not, and what becomes of it."""

import io
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from doorward.video import capture as capture_module
from doorward.video.camera_log import CameraLog
from doorward.video.capture import Capture
from doorward.video.errors import CameraFailure, CameraStalled, CameraUnreachable
from doorward.video.fmp4 import read_init
from doorward.video.fragment import TIMESCALE
from doorward.video.index import FileRow, GapReason, Index
from doorward.video.messages import CameraSource, CameraState
from doorward.video.muxer import FragmentMuxer
from doorward.video.session import FileSession, LiveSession, SourcePacket
from tests.video.numbered_film import picture_numbers, write_film
from tests.video.test_session import NoWait

SECOND_US = 1_000_000
ORIGIN_US = 1_750_000_000 * SECOND_US
MPEG_TS = b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"
MULTIPART = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=ffmpeg\r\n\r\n"

Serve = Callable[[bytes], CameraSource]


@pytest.fixture
def camera() -> Iterator[Serve]:
    """`camera(reply)`: one that gives each client this reply, then hangs up."""
    listeners: list[socket.socket] = []

    def serve(reply: bytes) -> CameraSource:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.recv(4096)
                    client.sendall(reply)

        threading.Thread(target=run, daemon=True).start()
        return CameraSource("cam", "Camera", f"http://127.0.0.1:{listener.getsockname()[1]}/live")

    yield serve
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


def film(codec: str, pictures: int, container: str = "mpegts", **how: object) -> bytes:
    file = io.BytesIO()
    write_film(file, codec, pictures, container=container, **how)  # type: ignore[arg-type]
    return file.getvalue()


def received(session: LiveSession) -> tuple[list[SourcePacket], CameraFailure]:
    """All that a camera sends, and how it ends."""
    items: list[SourcePacket] = []
    try:
        with pytest.raises(CameraFailure) as caught:
            items.extend(session.packets())
    finally:
        session.close()
    return items, caught.value


def record(items: list[SourcePacket], root: Path, index: Index) -> list[FileRow]:
    """Record packets that arrive exactly when they are due."""
    log = CameraLog("cam", root, index)
    for item in items:
        log.write(item, ORIGIN_US + item.packet.dts * SECOND_US // TIMESCALE)
    log.close(GapReason.RECORDER_STOPPED)
    return index.files("cam")


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_mpeg_ts_over_http_is_recorded_picture_by_picture(
    camera: Serve, codec: str, tmp_path: Path, index: Index
) -> None:
    items, _ = received(LiveSession(camera(MPEG_TS + film(codec, 30))))
    (row,) = record(items, tmp_path, index)
    assert list(picture_numbers(tmp_path / row.path)) == list(range(30))
    assert row.codec.startswith({"h264": "avc1.", "hevc": "hvc1."}[codec])


@pytest.mark.parametrize("lengths", [True, False], ids=["with lengths", "without lengths"])
def test_jpeg_pictures_over_http_are_recorded_when_they_come(
    camera: Serve, lengths: bool, tmp_path: Path, index: Index
) -> None:
    parts = film("mjpeg", 30, "mpjpeg")
    if not lengths:
        parts = b"".join(line for line in parts.splitlines(True) if not line.startswith(b"Content-length"))
    now_s = itertools.count(100.0, 0.05)
    items, _ = received(LiveSession(camera(MULTIPART + parts), clock=lambda: next(now_s)))

    assert all(0 < b.packet.dts - a.packet.dts <= TIMESCALE for a, b in itertools.pairwise(items))
    assert items[0].packet.dts > 100 * TIMESCALE
    (row,) = record(items, tmp_path, index)
    assert row.codec == "mp4v.6C"
    assert list(picture_numbers(tmp_path / row.path)) == list(range(30))
    assert len(row.fragments()) < 15, "a fragment holds more than one picture"


def test_jpeg_pictures_of_another_size_begin_another_file(camera: Serve, tmp_path: Path, index: Index) -> None:
    small = film("mjpeg", 10, "mpjpeg").removesuffix(b"--ffmpeg\r\n")
    parts = small + film("mjpeg", 10, "mpjpeg", first=10, size=(1280, 144))
    now_s = itertools.count(100.0, 0.05)
    items, _ = received(LiveSession(camera(MULTIPART + parts), clock=lambda: next(now_s)))
    files = record(items, tmp_path, index)
    assert [list(picture_numbers(tmp_path / row.path)) for row in files] == [[*range(10)], [*range(10, 20)]]


@pytest.mark.parametrize("container", ["matroska", "mp4"])
@pytest.mark.parametrize("codec", ["h264", "hevc", "mjpeg"])
def test_a_file_of_any_codec_is_an_endless_camera(codec: str, container: str, tmp_path: Path, index: Index) -> None:
    write_film(tmp_path / "film", codec, 25, container=container)
    playing = FileSession(str(tmp_path / "film"), NoWait(), clock=lambda: 0.0)
    # Longer than a recorded file: the description must outlive the first playing.
    items = list(itertools.islice(playing.packets(), 700))
    playing.close()

    files = record(items, tmp_path, index)
    numbers = [number for row in files for number in picture_numbers(tmp_path / row.path)]
    assert len(files) == 2
    assert numbers == list(range(25)) * 28
    steps = {round((b.packet.dts - a.packet.dts) / 900) for a, b in itertools.pairwise(items)}
    assert steps == {10}, "the seam is as long as any other step"


def test_a_length_that_looks_like_a_start_code_is_a_length(tmp_path: Path, index: Index) -> None:
    write_film(tmp_path / "film", "h264", 100, container="mp4", gop=100, size=(640, 36))
    playing = FileSession(str(tmp_path / "film"), NoWait(), clock=lambda: 0.0)
    items = list(itertools.islice(playing.packets(), 100))
    playing.close()
    assert any(item.packet.data.startswith(b"\0\0\1") for item in items)
    record(items, tmp_path, index)
    assert len(items) == 100


def test_a_sound_track_that_never_says_anything_holds_nothing_up(camera: Serve) -> None:
    items, _ = received(LiveSession(camera(MPEG_TS + film("h264", 20, silent_sound=True))))
    assert len(items) == 20


def test_sound_that_goes_on_without_a_picture_is_a_stall(camera: Serve) -> None:
    now_s = itertools.count(0.0, 0.5)
    session = LiveSession(camera(MPEG_TS + sound_after_pictures(30)), clock=lambda: next(now_s))
    items, end = received(session)
    assert isinstance(end, CameraStalled)
    assert items


def sound_after_pictures(seconds: int) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mpegts") as output:
        picture = output.add_stream("libx264", rate=10, options={"tune": "zerolatency"})
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = output.add_stream("aac", rate=8000, layout="mono")
        for number in range(5):
            grey = av.VideoFrame(64, 64, "yuv420p")
            grey.pts = number
            for packet in picture.encode(grey):
                output.mux_one(packet)
        for number in range(seconds * 8):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1000), np.float32), format="fltp", layout="mono")
            tone.sample_rate, tone.pts, tone.time_base = 8000, number * 1000, Fraction(1, 8000)
            for packet in sound.encode(tone):
                output.mux_one(packet)
    return file.getvalue()


def test_another_codec_in_mid_stream_ends_the_session_before_anything_wrong_is_recorded(
    camera: Serve, tmp_path: Path, index: Index
) -> None:
    for before, after in (("h264", "hevc"), ("hevc", "h264")):
        stream = film(before, 20) + film(after, 20, first=20)
        items, end = received(LiveSession(camera(MPEG_TS + stream)))
        assert isinstance(end, CameraUnreachable)
        assert "encoding" in str(end)
        assert len(items) in (19, 20)


def test_groups_of_pictures_of_half_a_minute_are_recorded_in_short_fragments(
    camera: Serve, tmp_path: Path, index: Index
) -> None:
    items, _ = received(LiveSession(camera(MPEG_TS + film("h264", 650, gop=300))))
    assert sum(item.packet.keyframe for item in items) == 3

    files = record(items, tmp_path, index)
    assert all(fragment.duration <= 4 * TIMESCALE for row in files for fragment in row.fragments())
    assert [row.fragments()[0].keyframe for row in files] == [True] * len(files)
    assert [n for row in files for n in picture_numbers(tmp_path / row.path)] == list(range(650))


def test_a_description_outlives_the_container_it_came_from(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4", "h264", 10, container="mp4")
    playing = FileSession(str(tmp_path / "film.mp4"), threading.Event())
    first = next(iter(playing.packets()))
    playing.close()

    init = read_init(FragmentMuxer(first.template).header)
    assert init is not None
    assert init.codec.startswith("avc1.")


@pytest.mark.parametrize("begins", [0, 330], ids=["back 2 s", "ahead 31 s"])
def test_a_clock_that_is_set_at_a_key_picture_begins_another_file_and_costs_nothing(
    camera: Serve, begins: int, tmp_path: Path, index: Index
) -> None:
    stream = film("h264", 20) + film("h264", 20, first=begins)
    items, _ = received(LiveSession(camera(MPEG_TS + stream)))
    log = CameraLog("cam", tmp_path, index)
    for number, item in enumerate(items):
        log.write(item, ORIGIN_US + number * SECOND_US // 10)
    log.close(GapReason.RECORDER_STOPPED)

    files = index.files("cam")
    assert [row.start_us for row in files] == [ORIGIN_US, ORIGIN_US + 2 * SECOND_US]
    # libavformat holds the last picture of a stream back until it knows where it ends.
    assert [list(picture_numbers(tmp_path / row.path))[:19] for row in files] == [
        list(range(19)),
        list(range(begins, begins + 19)),
    ]


class BreaksOff:
    """A camera that sends a second of pictures at a time, and counts its sessions."""

    def __init__(self, items: list[SourcePacket], lasts_s: float) -> None:
        self._items = items
        self._lasts_s = lasts_s
        self.now_s = 1_750_000_000.0

    def __call__(self, _source: CameraSource, _stop: threading.Event) -> "BreaksOff":
        return self

    def packets(self) -> Iterator[SourcePacket]:
        began = self.now_s
        for item in self._items:
            self.now_s = began + item.packet.dts / TIMESCALE
            if item.packet.dts >= self._lasts_s * TIMESCALE:
                raise CameraUnreachable("It broke off.")
            yield item

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "lasts_s, expected", [(2.0, [1, 2, 3, 4, 5]), (20.0, [1, 1, 1, 1, 1])], ids=["breaks off early", "lasts"]
)
def test_a_camera_that_breaks_off_again_and_again_is_asked_less_and_less_often(
    film_of_packets: list[SourcePacket],
    lasts_s: float,
    expected: list[int],
    tmp_path: Path,
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    camera = BreaksOff(film_of_packets, lasts_s)
    failures: list[int] = []
    enough = threading.Event()

    def no_delay(count: int, chance: float) -> float:
        failures.append(count)
        if len(failures) >= len(expected):
            enough.set()
        return 0.0

    def notify(camera_id: str, state: CameraState, detail: str) -> None:
        pass

    monkeypatch.setattr(capture_module, "retry_delay_s", no_delay)
    log = CameraLog("cam", tmp_path, index)
    capture = Capture(
        CameraSource("cam", "Camera", "rtsp://camera"), log, notify, lambda: int(camera.now_s * 1e6), connect=camera
    )
    capture.start()
    assert enough.wait(20)
    capture.ask_to_stop()
    capture.finish(GapReason.RECORDER_STOPPED, 5)
    assert failures[: len(expected)] == expected


@pytest.fixture
def film_of_packets(camera: Serve) -> list[SourcePacket]:
    return received(LiveSession(camera(MPEG_TS + film("h264", 300))))[0]
