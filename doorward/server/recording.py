"""The recorder beside the server: supervised, told what to record, and its reports written down."""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from doorward.acs.cameras.live import MotionCondition, Wanted
from doorward.acs.cameras.queries import streams
from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.transaction import DATABASE_TROUBLE
from doorward.video.messages import (
    DEFAULT_MAX_BYTES,
    CameraReport,
    CameraSource,
    CameraState,
    MotionReport,
    Ready,
    Report,
    VolumeSettings,
)
from doorward.video.supervisor import RecorderSupervisor

_EVENTS = {
    CameraState.RECORDING: EventType.CAMERA_RECORDING,
    CameraState.STALLED: EventType.CAMERA_LOST,
    CameraState.LOST: EventType.CAMERA_LOST,
    CameraState.STORAGE_FULL: EventType.STORAGE_FULL,
}
_MIN_FREE_BYTES = 10**9
"""Left free beside recordings: the database may be on the same disk."""

logger = logging.getLogger(__name__)


class Recording:
    """Owns the recorder process between `start` and `stop`."""

    def __init__(self, domain: Domain, root: Path) -> None:
        self._domain = domain
        # The recorder may run in another directory.
        self._root = root.resolve()
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: dict[str, EventType] = {}
        self._names: dict[str, str] = {}
        self._watched: set[str] = set()
        self._was_ready = False
        self._live: Path | None = None
        command = [sys.executable, "-m", "doorward.cli", "recorder", "--root", str(self._root)]
        self._supervisor = RecorderSupervisor(command, self._on_report)

    @property
    def recorder_pid(self) -> int | None:
        """The process id of the running recorder."""
        return self._supervisor.pid

    def live_socket(self, camera_id: str) -> Path | None:  # noqa: ARG002 - one recorder has every camera
        """Where the pictures of a camera are to be had live; None while no recorder is ready."""
        return self._live

    async def start(self) -> None:
        """Start the recorder and give it the cameras."""
        await self._supervisor.start()
        self._domain.cameras.hold = self._hold
        self._domain.cameras.reconfigure = lambda: self._spawn(self.configure())
        await self.configure()

    async def configure(self) -> None:
        """Tell the recorder which cameras there are."""
        cameras = await streams(self._domain)
        self._names = {camera.camera_id: camera.name for camera in cameras}
        await self._supervisor.configure(
            [
                CameraSource(
                    camera.camera_id,
                    camera.name,
                    camera.url,
                    camera.transport,
                    camera.verify_certificate,
                    camera.motion,
                )
                for camera in cameras
            ],
            [VolumeSettings("home", str(self._root), DEFAULT_MAX_BYTES, min_free_bytes=_MIN_FREE_BYTES)],
        )
        self._watched = {camera.camera_id for camera in cameras if camera.motion.enabled}
        for camera_id in self._domain.cameras.motion.keys() - self._watched:
            del self._domain.cameras.motion[camera_id]

    async def stop(self) -> None:
        """Let the recorder close its files."""
        for task in self._tasks:
            task.cancel()
        await self._supervisor.stop()

    def _hold(self, wanted: Wanted) -> None:
        self._spawn(self._supervisor.hold(wanted.camera_id, wanted.starts_at, wanted.ends_at))

    def _on_report(self, report: Report) -> None:
        if isinstance(report, Ready):
            if self._was_ready:
                self._spawn(self._write_down(NewEvent(EventType.RECORDER_LOST, self._domain.clock())))
            self._was_ready = True
            self._live = Path(report.live) if report.live else None
        # One that is not watched any more may have been reported on its way here.
        if isinstance(report, MotionReport) and report.camera_id in self._watched:
            self._domain.cameras.motion[report.camera_id] = MotionCondition(
                report.state.value, report.detail, report.moving, report.cpu_share, report.pictures_per_s
            )
        if not isinstance(report, CameraReport):
            return
        self._domain.cameras.update(report.camera_id, report.state.value, report.detail)
        event_type = _EVENTS.get(report.state)
        if event_type is None or self._told.get(report.camera_id) is event_type:
            return
        self._told[report.camera_id] = event_type
        event = NewEvent(
            event_type,
            report.at,
            source="recorder",
            camera_id=report.camera_id,
            camera_name=self._names.get(report.camera_id),
            data={"detail": report.detail},
        )
        self._spawn(self._write_down(event))

    async def _write_down(self, event: NewEvent) -> None:
        try:
            await record_system_event(self._domain, event)
        except DATABASE_TROUBLE:
            logger.exception("could not write down: %s %s", event.type.value, event.data)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
