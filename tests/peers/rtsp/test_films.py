"""Frames in are frames recorded: numbered films from GStreamer's RTSP server, counted in what was recorded."""

import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import av
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from doorward.acs.cameras.transport import Transport
from doorward.video.camera_log import CameraLog
from doorward.video.capture import Capture
from doorward.video.index import GapReason, GapRow, Index
from doorward.video.messages import CameraSource, CameraState
from doorward.video.wall_time import to_us, utc_now
from tests.peers.rtsp.test_gstreamer import DEBIAN_PYTHON, gstreamer
from tests.video.numbered_film import picture_numbers, write_film

__all__ = ["gstreamer"]
pytestmark = pytest.mark.timeout(90)

CODECS = ("h264", "hevc", "mjpeg")
WAYS = ("tcp", "udp", "tls and digest")
FPS = 10
SHOWN = 20
TEN_MINUTES = 600 * FPS
LOGIN = ("ann", "s3cret")

av.logging.set_level(None)


class Films:
    """Makes films (each once), and serves them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .sign(key, SHA256())
            .public_bytes(Encoding.PEM)
        )
        self.authority = folder / "authority.pem"
        self.authority.write_bytes(certificate)
        self.certificate = folder / "certificate.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.certificate.write_bytes(secret + certificate)

    def film(self, codec: str, pictures: int) -> Path:
        """Numbered from 0 on, ten pictures a second."""
        path = self._folder / f"{codec}-{pictures}.mkv"
        if not path.exists():
            write_film(path, codec, pictures, fps=FPS)
        return path

    def server(
        self, codec: str, pictures: int, *options: str, port: str = "0"
    ) -> tuple["subprocess.Popen[bytes]", str]:
        """A running server, and its port."""
        script = Path(__file__).with_name("film_server.py")
        process = subprocess.Popen(
            [DEBIAN_PYTHON, str(script), str(self.film(codec, pictures)), codec, port, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        return process, process.stdout.readline().decode().strip()


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def shown(films: Films, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., CameraSource]]:
    """`shown(codec, way, pictures, *options)`: a server that shows a film in this way."""
    monkeypatch.setenv("SSL_CERT_FILE", str(films.authority))
    with ExitStack() as stack:

        def show(codec: str, way: str, pictures: int, *options: str) -> CameraSource:
            login = ""
            if way == "tls and digest":
                login = ":".join(LOGIN) + "@"
                options = (*options, "--digest", *LOGIN, "--certificate", str(films.certificate))
            if way == "udp":
                options = (*options, "--udp-only")
            process, port = films.server(codec, pictures, *options)
            stack.enter_context(process)
            stack.callback(process.kill)
            return CameraSource(
                f"{codec}-{way.split(maxsplit=1)[0]}",
                "Film",
                f"{'rtsps' if login else 'rtsp'}://{login}127.0.0.1:{port}/door",
                Transport.UDP if way == "udp" else Transport.TCP,
                verify_certificate=True,
            )

        yield show


class Recordings:
    """Records cameras as the recorder does, each until it has failed `sessions` times."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = Index(root)
        self.said: dict[str, list[tuple[CameraState, str]]] = {}

    def record(
        self, sources: Sequence[CameraSource], sessions: int = 1, failed: Callable[[], None] = lambda: None
    ) -> None:
        """Return when every camera is done; `failed` is called after each failure, from the capture's thread."""
        captures: dict[str, Capture] = {}
        done = {source.id: threading.Event() for source in sources}

        def notify(camera_id: str, state: CameraState, detail: str) -> None:
            said = self.said.setdefault(camera_id, [])
            said.append((state, detail))
            if state in (CameraState.LOST, CameraState.STALLED):
                if sum(told in (CameraState.LOST, CameraState.STALLED) for told, _ in said) == sessions:
                    captures[camera_id].ask_to_stop()
                    done[camera_id].set()
                else:
                    failed()

        for source in sources:
            log = CameraLog(source.id, self.root, self.index)
            captures[source.id] = Capture(source, log, notify, lambda: to_us(utc_now()))
        for capture in captures.values():
            capture.start()
        for camera_id, capture in captures.items():
            done[camera_id].wait()
            capture.finish(GapReason.RECORDER_STOPPED, 5)

    def numbers(self, camera_id: str) -> list[int | None]:
        """The numbers of the pictures recorded, in order; up to one that was damaged on its way."""
        return _whole(self.root / row.path for row in self.index.files(camera_id))

    def gaps(self, camera_id: str) -> list[GapRow]:
        return self.index.gaps(camera_id)


def _whole(paths: Iterable[Path]) -> list[int | None]:
    found: list[int | None] = []
    with suppress(av.error.InvalidDataError):
        for path in paths:
            found += picture_numbers(path)
    return found


@pytest.fixture
def recordings(tmp_path: Path) -> Iterator[Recordings]:
    recordings = Recordings(tmp_path)
    yield recordings
    recordings.index.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("codec", CODECS)
def test_every_picture_sent_is_recorded_once_and_in_order(
    shown: Callable[..., CameraSource], recordings: Recordings, codec: str, way: str
) -> None:
    # The network may lose what comes over UDP, and does where the machine is busy: one attempt of three must be whole.
    for attempt in range(3 if way == "udp" else 1):
        source = msgspec.structs.replace(shown(codec, way, SHOWN), id=f"attempt-{attempt}")
        recordings.record([source])
        numbers = recordings.numbers(source.id)
        if numbers == list(range(SHOWN)):
            break
    assert numbers == list(range(SHOWN)), recordings.said
    (row,) = recordings.index.files(source.id)
    assert row.codec.split(".")[0] == {"h264": "avc1", "hevc": "hvc1", "mjpeg": "mp4v"}[codec]
    assert abs(row.end_us - row.start_us - SHOWN * 1_000_000 // FPS) < 100_000


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_parameter_sets_that_are_in_the_session_description_only_suffice(
    shown: Callable[..., CameraSource], recordings: Recordings, codec: str
) -> None:
    source = shown(codec, "tcp", SHOWN, "--quiet-sets")
    recordings.record([source])
    assert recordings.numbers(source.id) == list(range(SHOWN)), recordings.said


def test_a_wrong_password_and_a_certificate_of_nobody_known_are_told(
    shown: Callable[..., CameraSource], recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = shown("h264", "tls and digest", SHOWN)
    wrong = CameraSource("wrong", "Wrong", source.url.replace(LOGIN[1], "guess"))
    recordings.record([wrong])
    assert "password" in recordings.said["wrong"][-1][1]

    monkeypatch.delenv("SSL_CERT_FILE")
    recordings.record([source])
    assert "certificate is not trusted" in recordings.said[source.id][-1][1]

    unverified = CameraSource("unverified", "Unverified", source.url)
    recordings.record([unverified])
    assert recordings.numbers("unverified") == list(range(SHOWN))


# Over UDP the network may lose pictures, and a server that is stopped in the middle of one leaves a part of it.
@pytest.mark.parametrize("way", ["tcp", pytest.param("udp", marks=pytest.mark.slow)])
def test_a_stall_and_a_restart_in_the_middle_cost_what_was_not_sent_and_nothing_else(
    films: Films, recordings: Recordings, way: str
) -> None:
    long = 300
    only = ("--udp-only",) if way == "udp" else ()
    process, port = films.server("h264", long, *only)
    servers = [process]

    def stall() -> None:
        servers[0].send_signal(signal.SIGSTOP)

    def restart() -> None:
        servers[-1].kill()
        servers[-1].wait()
        servers.append(films.server("h264", SHOWN, *only, port=port)[0])

    stalling = threading.Timer(2.0, stall)
    stalling.start()
    try:
        source = CameraSource("door", "Door", f"rtsp://127.0.0.1:{port}/door", Transport(way))
        recordings.record([source], sessions=2, failed=restart)
    finally:
        stalling.join()
        for server in servers:
            with server:
                server.kill()

    files = recordings.index.files("door")
    numbers = picture_numbers if way == "tcp" else lambda path: _whole([path])
    before, after = (list(numbers(recordings.root / row.path)) for row in files)
    assert before == list(range(len(before)))
    assert 10 <= len(before) < long
    assert after == list(range(SHOWN))
    gaps = recordings.gaps("door")
    assert gaps[0].reason is GapReason.STALLED
    assert (gaps[0].start_us, gaps[0].end_us) == (files[0].end_us, files[1].start_us)
    assert [state for state, _ in recordings.said["door"]] == [
        CameraState.CONNECTING,
        CameraState.RECORDING,
        CameraState.STALLED,
        CameraState.RECORDING,
        CameraState.LOST,
    ]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_picture_of_ten_minutes_of_nine_cameras_is_recorded_once_and_in_order(
    shown: Callable[..., CameraSource], recordings: Recordings
) -> None:
    sources = [shown(codec, way, TEN_MINUTES) for codec in CODECS for way in WAYS]
    recordings.record(sources)
    for source in sources:
        assert recordings.numbers(source.id) == list(range(TEN_MINUTES)), source.id
        assert all(gap.reason is not GapReason.TIME_JUMP for gap in recordings.gaps(source.id))
