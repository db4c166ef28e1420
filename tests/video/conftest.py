"""A small world for the video tests: packets made in memory, and a site with a camera and a recorder."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import av
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette

import doorward
from doorward.video.messages import CameraReport, CameraSource, CameraState, Report
from doorward.video.session import SourcePacket
from doorward.video.simulated_camera import SimulatedCamera, camera_routes
from doorward.video.supervisor import RecorderSupervisor
from tests.video.recordings import make_film

av.logging.set_level(None)


@pytest.fixture(scope="session")
def film() -> Callable[..., list[SourcePacket]]:
    """`film(seconds, size=(128, 64), begins_s=0.0)`: packets at 10 pictures a second, a keyframe a second."""
    return make_film


class VideoSite:
    """One simulated camera served over loopback HTTP, and a supervised recorder process that records it."""

    camera_id = "door"

    def __init__(self, root: Path, camera: SimulatedCamera, url: str, program: str) -> None:
        self.root = root
        self.camera = camera
        self.source = CameraSource(self.camera_id, "Door", url)
        self.reports: list[Report] = []
        self._arrived = asyncio.Event()
        self.supervisor = RecorderSupervisor([sys.executable, "-c", program, str(root)], self._note)

    def _note(self, report: Report) -> None:
        self.reports.append(report)
        self._arrived.set()

    async def report(self, wanted: Callable[[Report], bool], after: int = 0) -> Report:
        """The first report number `after` or later that is wanted, waiting up to 20 s for it."""
        async with asyncio.timeout(20):
            while True:
                for report in self.reports[after:]:
                    if wanted(report):
                        return report
                self._arrived.clear()
                await self._arrived.wait()

    async def state(self, state: CameraState, after: int = 0) -> Report:
        """Wait for the camera to reach a state."""
        return await self.report(lambda r: isinstance(r, CameraReport) and r.state is state, after)


RECORDER = (
    "import sys; from pathlib import Path; from doorward.video.recorder import run_recorder;"
    "sys.exit(run_recorder(Path(sys.argv[1])))"
)


@pytest.fixture
def open_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """`async with open_site() as site`: a recording site below a temporary directory."""
    monkeypatch.setenv("PYTHONPATH", str(Path(doorward.__file__).parent.parent))

    @asynccontextmanager
    async def opened(program: str = RECORDER) -> AsyncIterator[VideoSite]:
        camera = SimulatedCamera("Door")
        async with serve_cameras([camera]) as base:
            site = VideoSite(tmp_path / "video", camera, f"{base}/cameras/0.ts", program)
            camera.start()
            await site.supervisor.configure([site.source])
            await site.supervisor.start()
            try:
                yield site
            finally:
                await site.supervisor.stop()
                camera.stop()

    return opened


@asynccontextmanager
async def serve_cameras(cameras: Iterable[SimulatedCamera]) -> AsyncIterator[str]:
    """Serve cameras under their number on a free loopback port; yields the base URL."""
    routes = camera_routes({str(number): camera for number, camera in enumerate(cameras)})
    async with serve_app(Starlette(routes=routes)) as base:
        yield base


@asynccontextmanager
async def serve_app(app: Starlette) -> AsyncIterator[str]:
    """Serve an application on a free loopback port; yields the base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.graceful_timeout = 0.1
    config.loglevel = "ERROR"
    stop = asyncio.Event()
    task = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        with suppress(asyncio.CancelledError):
            await task
        with suppress(OSError):
            listener.close()


@pytest.fixture
def camera_server() -> Callable[[Iterable[SimulatedCamera]], object]:
    """`async with camera_server([camera]) as base_url`."""
    return serve_cameras


@pytest.fixture
def app_server() -> Callable[[Starlette], object]:
    """`async with app_server(app) as base_url`."""
    return serve_app
