"""Keeping a recorder process alive from the server, and telling it what to record."""

import asyncio
import logging
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from doorward.video.messages import (
    CameraSource,
    Command,
    Configure,
    Hold,
    Report,
    VolumeSettings,
    decode_report,
    encode_line,
)
from doorward.video.wall_time import utc_now

FIRST_RESTART_S = 0.0
LAST_RESTART_S = 10.0
STEADY_S = 30.0
"""A recorder that ran this long is restarted at once; one that died sooner waits longer each time."""
HOLD_MEMORY = timedelta(minutes=1)
STOP_S = 5.0

logger = logging.getLogger(__name__)


class RecorderSupervisor:
    """Owns the recorder process between `start` and `stop`; one event loop only.

    `on_report` is called in the loop for each report and must not block. The recorder ends with this
    process in any case: its standard input does.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_report: Callable[[Report], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._command = list(command)
        self._on_report = on_report
        self._now = now
        self._configuration: Configure | None = None
        self._holds: list[tuple[datetime, Hold]] = []
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the running recorder."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Begin to keep a recorder running; returns before it is ready."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_running(), name="recorder-supervisor")

    async def configure(self, cameras: Sequence[CameraSource], volumes: Sequence[VolumeSettings] = ()) -> None:
        """Record these cameras and no others, on these volumes, now and after every restart."""
        self._configuration = Configure(list(cameras), list(volumes))
        await self._send(self._configuration)

    async def hold(self, camera_id: str, start: datetime, end: datetime) -> None:
        """Keep an interval of a camera; repeated to a recorder that is restarted within a minute."""
        hold = Hold(camera_id, start, end)
        self._forget_old_holds()
        self._holds.append((self._now(), hold))
        await self._send(hold)

    async def stop(self) -> None:
        """Let the recorder close its files, and wait for its end."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _keep_running(self) -> None:
        loop = asyncio.get_running_loop()
        delay = FIRST_RESTART_S
        while True:
            began = loop.time()
            try:
                await self._run_once()
            except OSError as error:
                logger.error("the recorder cannot be started (%s); check the installation", error)
            delay = FIRST_RESTART_S if loop.time() - began >= STEADY_S else delay
            await asyncio.sleep(delay)
            delay = min(LAST_RESTART_S, max(0.5, delay * 2))

    async def _run_once(self) -> None:
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        self._process = process
        try:
            await self._repeat_commands()
            await self._read_reports(process)
            status = await process.wait()
            logger.error("the recorder ended with status %d and is restarted", status)
        finally:
            self._process = None
            await _end(process)

    async def _read_reports(self, process: Process) -> None:
        if process.stdout is None:
            return
        async for line in process.stdout:
            try:
                report = decode_report(line)
            except msgspec.DecodeError as error:
                logger.error("the recorder said something that is not a report: %s", error)
                continue
            try:
                self._on_report(report)
            except Exception:
                logger.exception("a report of the recorder could not be handled: %r", report)

    async def _repeat_commands(self) -> None:
        self._forget_old_holds()
        if self._configuration is not None:
            await self._send(self._configuration)
        for _, hold in self._holds:
            await self._send(hold)

    async def _send(self, command: Command) -> None:
        """Send to a running recorder; to none, the command is repeated when one starts."""
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(encode_line(command))
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            logger.warning("the recorder did not take a command; it is repeated after its restart")

    def _forget_old_holds(self) -> None:
        oldest = self._now() - HOLD_MEMORY
        self._holds = [(at, hold) for at, hold in self._holds if at >= oldest]


async def _end(process: Process) -> None:
    """Ask the process to end by closing its input; kill it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        logger.error("the recorder did not end in %.0f s and is killed", STOP_S)
        process.kill()
        await process.wait()
