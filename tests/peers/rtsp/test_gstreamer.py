"""The recorder against GStreamer's RTSP server: recording, a stall of the server, and a restart of it."""

import asyncio
import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import av
import pytest

import doorward
from doorward.video.clip import stream_clip
from doorward.video.index import FileState, GapReason, Index
from doorward.video.messages import CameraReport, CameraSource, CameraState, Report
from doorward.video.supervisor import RecorderSupervisor
from doorward.video.wall_time import utc_now

DEBIAN_PYTHON = "/usr/bin/python3"
PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 glib-networking gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
    " gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly"
)
PROBE = (
    "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0');"
    "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
    "import sys; sys.exit(not all(map(Gst.ElementFactory.find, ['x264enc', 'videotestsrc', 'h265parse', 'jpegparse'])))"
)
RECORDER = (
    "import sys; from pathlib import Path; from doorward.video.recorder import run_recorder;"
    "sys.exit(run_recorder(Path(sys.argv[1])))"
)

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module", autouse=True)
def gstreamer() -> None:
    try:
        found = subprocess.run([DEBIAN_PYTHON, "-c", PROBE], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        found = False
    if not found:
        pytest.skip(f"needs Debian's GStreamer RTSP server: apt-get install {PACKAGES}")


class Peer:
    """GStreamer's RTSP server as a process that can be stopped, continued, killed and started again."""

    def __init__(self) -> None:
        self._port = "0"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self._port}/door"

    def start(self) -> None:
        script = Path(__file__).with_name("rtsp_server.py")
        self._process = subprocess.Popen(
            [DEBIAN_PYTHON, str(script), self._port], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._port = self._process.stdout.readline().decode().strip()
        assert self._port.isdigit()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is None:
            return
        with self._process as process:
            process.kill()
        self._process = None


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    peer.start()
    yield peer
    peer.kill()


class Reports:
    """The recorder's reports, in order; each is waited for once."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Report] = asyncio.Queue()

    def __call__(self, report: Report) -> None:
        self._queue.put_nowait(report)

    async def state(self, *wanted: CameraState) -> CameraReport:
        async with asyncio.timeout(30):
            while True:
                report = await self._queue.get()
                if isinstance(report, CameraReport) and report.state in wanted:
                    return report


async def record_for(root: Path, seconds: float) -> bytes:
    """Follow the recording for a while, and return it."""
    now = utc_now()
    clip = await stream_clip(root, "door", now, now + timedelta(seconds=seconds), utc_now)
    return b"".join([part async for part in clip])


def picture_count(data: bytes) -> int:
    with av.open(io.BytesIO(data), "r") as container:
        return sum(1 for _ in container.decode(video=0))


def test_recording_resumes_after_a_stall_and_a_restart_and_gaps_explain_both(
    tmp_path: Path, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(doorward.__file__).parent.parent))
    reports = Reports()

    async def scenario() -> None:
        supervisor = RecorderSupervisor([sys.executable, "-c", RECORDER, str(tmp_path)], reports)
        await supervisor.configure([CameraSource("door", "Door", peer.url)])
        await supervisor.start()
        recorder = None
        try:
            await reports.state(CameraState.RECORDING)
            recorder = supervisor.pid
            assert picture_count(await record_for(tmp_path, 3)) >= 30

            peer.signal(signal.SIGSTOP)
            stalled = await reports.state(CameraState.STALLED, CameraState.LOST)
            assert stalled.state is CameraState.STALLED
            peer.signal(signal.SIGCONT)
            await reports.state(CameraState.RECORDING)
            assert picture_count(await record_for(tmp_path, 2)) >= 20

            peer.kill()
            await reports.state(CameraState.LOST)
            peer.start()
            await reports.state(CameraState.RECORDING)
            assert picture_count(await record_for(tmp_path, 2)) >= 20
            assert supervisor.pid == recorder
        finally:
            await supervisor.stop()

    asyncio.run(scenario())

    index = Index(tmp_path)
    files = index.files("door")
    gaps = index.gaps("door")
    index.close()
    assert [row.state for row in files] == [FileState.CLOSED] * 3
    assert [gap.reason for gap in gaps] == [GapReason.STALLED, GapReason.LOST, GapReason.RECORDER_STOPPED]
    assert [(gap.start_us, gap.end_us) for gap in gaps[:2]] == [
        (files[0].end_us, files[1].start_us),
        (files[1].end_us, files[2].start_us),
    ]
    assert gaps[0].end_us is not None
    assert gaps[0].end_us - gaps[0].start_us > 4_000_000
    assert (tmp_path / files[2].path).stat().st_size == files[2].size
