"""Connections to cameras that answer badly, and files that play as cameras."""

import socket
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from doorward.video import connection
from doorward.video.capture import LAST_RETRY_S, retry_delay_s
from doorward.video.errors import CameraFailure, CameraStalled, CameraUnreachable, UnsupportedStream
from doorward.video.fragment import TIMESCALE
from doorward.video.messages import CameraSource
from doorward.video.muxer import FragmentMuxer
from doorward.video.session import FileSession, SourcePacket, open_session

Film = Callable[..., list[SourcePacket]]


def source(url: str) -> CameraSource:
    return CameraSource("cam", "Camera", url)


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALL_S", 0.3)


@pytest.fixture
def answer() -> Iterator[Callable[[bytes], str]]:
    """`answer(bytes)`: the URL of a server that says this to its first client, then nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    clients: list[socket.socket] = []

    def serve(reply: bytes) -> str:
        def run() -> None:
            client, _ = listener.accept()
            clients.append(client)
            client.recv(4096)
            client.sendall(reply)

        threading.Thread(target=run, daemon=True).start()
        return f"http://user:secret@127.0.0.1:{listener.getsockname()[1]}/live"

    yield serve
    listener.close()
    for client in clients:
        client.close()


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_camera_that_accepts_and_says_nothing_is_stalled(
    short_patience: None, answer: Callable[[bytes], str], scheme: str
) -> None:
    with pytest.raises(CameraStalled, match="No picture"):
        open_session(source(answer(b"").replace("http", scheme)), threading.Event())


def test_a_camera_that_refuses_the_password_says_so_without_showing_it(
    answer: Callable[[bytes], str],
) -> None:
    url = answer(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(CameraUnreachable, match="user name or password") as caught:
        open_session(source(url), threading.Event())
    assert "secret" not in str(caught.value)


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CameraUnreachable, match="Connection refused") as caught:
        open_session(source(f"rtsp://user:secret@127.0.0.1:{port}/live"), threading.Event())
    assert "secret" not in str(caught.value)


def test_an_address_of_another_kind_is_refused_in_words() -> None:
    with pytest.raises(UnsupportedStream, match="use rtsp://"):
        open_session(source("ftp://127.0.0.1/x"), threading.Event())


def test_a_file_that_is_not_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no video here")
    with pytest.raises(CameraFailure):
        open_session(source(str(tmp_path / "notes.txt")), threading.Event())


class NoWait(threading.Event):
    """Stands for the stop event; pacing becomes a record of how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_s: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited_s.append(timeout or 0)
        return False


def test_a_file_plays_in_real_time_and_endlessly_on_one_time_line(film: Film, tmp_path: Path) -> None:
    items = film(2)
    muxer = FragmentMuxer(items[0].template)
    path = tmp_path / "door.mp4"
    path.write_bytes(b"".join([muxer.header, *(muxer.add(item.packet) for item in items), muxer.finish()]))
    stop = NoWait()
    playing = FileSession(str(path), stop, clock=lambda: 0.0)

    packets = [packet for _, packet in zip(range(50), playing.packets(), strict=False)]
    playing.close()

    times = [packet.packet.dts / TIMESCALE for packet in packets]
    assert times[:20] == [n / 10 for n in range(20)]
    assert all(0 < b - a <= 0.11 for a, b in pairwise(times))
    assert not any(packet.jumped for packet in packets)
    assert stop.waited_s[10] == pytest.approx(1.0)
    assert packets[20].packet.keyframe


def test_retries_begin_fast_and_never_wait_longer_than_the_limit() -> None:
    delays = [retry_delay_s(failures, chance=0.999) for failures in range(1, 20)]
    assert delays[0] <= 0.25
    assert delays == sorted(delays)
    assert max(delays) <= LAST_RETRY_S
    assert retry_delay_s(20, 0.0) != retry_delay_s(20, 0.5)
