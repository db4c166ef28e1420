"""The recorder process: commands on standard input, reports on standard output, logs on standard error."""

import logging
import os
import selectors
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import av
import msgspec

from doorward.video.camera_log import CameraLog
from doorward.video.capture import Arrived, Capture
from doorward.video.fanout import Fanout
from doorward.video.holds import NewHold, add_hold, release_hold
from doorward.video.index import GapReason, Index
from doorward.video.live_source import LiveSource
from doorward.video.messages import (
    DEFAULT_MAX_BYTES,
    CameraReport,
    CameraSource,
    CameraState,
    Command,
    Configure,
    Hold,
    Ready,
    Release,
    Report,
    StorageReport,
    decode_command,
    encode_line,
)
from doorward.video.motion.heat import HeatLog
from doorward.video.motion.watch import MotionWatch
from doorward.video.recovery import recover_store
from doorward.video.storage import Storage
from doorward.video.store_lock import StoreLock
from doorward.video.wall_time import from_us, to_us

HOUSEKEEPING_S = 5.0
"""How often open files are made durable: what a power failure can lose."""
JOIN_S = 1.0
"""How long a capture thread may take to end before its file is closed from outside."""

logger = logging.getLogger(__name__)


def run_recorder(
    root: Path,
    stdin: BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> int:
    """Record until standard input ends or SIGTERM arrives; return the exit status.

    Call from the main thread of a process of its own. `stdin` and `stdout` must have file descriptors.
    """
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s recorder %(levelname)s %(message)s")
    av.logging.set_level(None)
    reports = _ReportWriter(stdout or sys.stdout.buffer)
    # From before the first report on: whoever was told that the recorder is ready may end it.
    with _termination() as signalled:
        try:
            recorder = Recorder(root, reports.send, max_bytes=max_bytes)
        except (OSError, sqlite3.Error) as error:
            logger.error("recordings cannot be kept in %s (%s); check its disk, space and permissions", root, error)
            return 1
        try:
            reports.send(Ready(str(recorder.live_path)))
            for line in _lines((stdin or sys.stdin.buffer).fileno(), signalled):
                _obey_line(recorder, line)
                if reports.broken:
                    break
        finally:
            recorder.close()
    return 0


def _obey_line(recorder: "Recorder", line: bytes) -> None:
    try:
        command = decode_command(line)
    except msgspec.DecodeError as error:
        logger.error("a command was not understood and is ignored: %s", error)
        return
    recorder.obey(command)


class Recorder:
    """Owns the store, the capture threads, the housekeeping thread and the source of live pictures.

    Constructing it repairs the store.
    """

    def __init__(
        self,
        root: Path,
        report: Callable[[Report], None],
        max_bytes: int = DEFAULT_MAX_BYTES,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._root = root
        self._report = report
        self._max_bytes = max_bytes
        self._now_us = now_us
        self._claim = StoreLock(root, alone=False)
        self._index = Index(root)
        repaired = recover_store(self._index, root)
        if repaired:
            logger.warning("%d files of a recorder that died were repaired", repaired)
        self._captures: dict[str, Capture] = {}
        self._motion = MotionWatch(HeatLog(self._index), report)
        self._lock = threading.Lock()
        self._storage = Storage(self._index, root, max_bytes, writing=self._writing)
        self._reported: StorageReport | None = None
        self._tending = threading.Lock()
        self._configured = self._waited = False
        self._stop = threading.Event()
        self._live = LiveSource(root, self._packets)
        self._live.start()
        self._housekeeper = threading.Thread(target=self._keep_house, name="housekeeper")
        self._housekeeper.start()

    @property
    def live_path(self) -> Path:
        """The socket at which live pictures are to be had."""
        return self._live.path

    def obey(self, command: Command) -> None:
        """Carry out one command; from one thread only."""
        match command:
            case Configure(cameras):
                self._take_storage(command)
                wanted = {camera.id: camera for camera in cameras}
                running = {capture.source.id: capture.source for capture in self._captures.values()}
                self._end([camera_id for camera_id, source in running.items() if not _goes_on(source, wanted)])
                self._motion.configure({camera.id: camera.motion for camera in cameras})
                for camera in wanted.values():
                    if camera.id not in self._captures:
                        self._begin(camera)
            case Hold():
                self._hold(command)
            case Release():
                self._release(command)

    def close(self) -> None:
        """End every thread and close every file."""
        self._end(list(self._captures), GapReason.RECORDER_STOPPED)
        self._live.stop()
        self._stop.set()
        self._housekeeper.join()
        self._motion.close()
        self._index.close()
        self._claim.close()

    def _begin(self, source: CameraSource) -> None:
        log = CameraLog(
            source.id,
            self._root,
            self._index,
            has_room=lambda: self._storage.has_room(source.id),
            place=lambda: self._storage.place(source.id),
        )
        capture = Capture(source, log, self._notify, self._now_us, offer=self._motion.offer)
        with self._lock:
            self._captures[source.id] = capture
        capture.start()

    def _end(self, camera_ids: list[str], reason: GapReason = GapReason.CAMERA_REMOVED) -> None:
        with self._lock:
            ending = [self._captures.pop(camera_id) for camera_id in camera_ids]
        for capture in ending:
            capture.ask_to_stop()
        deadline = time.monotonic() + JOIN_S
        for capture in ending:
            capture.finish(reason, max(0.0, deadline - time.monotonic()))

    def _take_storage(self, wanted: Configure) -> None:
        try:
            with self._tending:
                self._storage.configure(wanted)
                self._configured = True
        except (OSError, sqlite3.Error, OverflowError) as error:
            logger.error("the volumes and retention asked for could not be taken in: %s", error)

    def _packets(self, camera_id: str) -> Fanout[Arrived] | None:
        with self._lock:
            capture = self._captures.get(camera_id)
        return None if capture is None else capture.live

    def _hold(self, hold: Hold) -> None:
        try:
            add_hold(self._index, _new_hold(hold))
            capture = self._captures.get(hold.camera_id)
            if capture is not None:
                capture.log.sync()
        except (OSError, sqlite3.Error, ValueError) as error:
            logger.error("camera %s: a recording could not be held: %s", hold.camera_id, error)

    def _release(self, release: Release) -> None:
        try:
            release_hold(self._index, release.id, release.camera_id)
        except sqlite3.Error as error:
            logger.error("hold %s could not be released: %s", release.id, error)

    def _writing(self) -> set[int]:
        with self._lock:
            captures = list(self._captures.values())
        return {file_id for capture in captures if (file_id := capture.log.file_id) is not None}

    def _notify(self, camera_id: str, state: CameraState, detail: str) -> None:
        self._report(CameraReport(camera_id, state, detail, from_us(self._now_us())))

    def _keep_house(self) -> None:
        self._report_use()
        while not self._stop.wait(HOUSEKEEPING_S):
            with self._lock:
                captures = list(self._captures.values())
            for capture in captures:
                self._try(capture.log.sync)
            self._try(self._tend)
            self._report_use()

    def _tend(self) -> None:
        with self._tending:
            if self._configured and not self._waited:
                # Holds that the server repeats come after the configuration; nothing is deleted before them.
                self._waited = True
                self._storage.look()
            else:
                self._storage.tend(self._now_us())

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, sqlite3.Error) as error:
            logger.error("the store could not be tended: %s", error)

    def _report_use(self) -> None:
        """Report the volumes when something about them has changed that matters."""
        use = self._storage.report(self._now_us())
        if self._reported is None or _differs(use, self._reported):
            self._reported = use
            self._report(use)


def _differs(now: StorageReport, before: StorageReport) -> bool:
    grown = abs(now.used_bytes - before.used_bytes)
    return (
        grown >= max(1, now.max_bytes // 100)
        or now.full != before.full
        or [(volume.id, volume.path, volume.status, volume.recording) for volume in now.volumes]
        != [(volume.id, volume.path, volume.status, volume.recording) for volume in before.volumes]
    )


def _new_hold(hold: Hold) -> NewHold:
    start_us, end_us = to_us(hold.start), to_us(hold.end)
    return NewHold(
        hold.id if hold.id is not None else f"{start_us}-{end_us}",
        hold.camera_id,
        start_us,
        end_us,
        hold.kind,
        None if hold.until is None else to_us(hold.until),
        hold.category,
    )


def _goes_on(source: CameraSource, wanted: Mapping[str, CameraSource]) -> bool:
    """Whether a camera is recorded as before: other settings of its motion detection interrupt nothing."""
    camera = wanted.get(source.id)
    return camera is not None and msgspec.structs.replace(camera, motion=source.motion) == source


class _ReportWriter:
    """Writes whole lines, from any thread; a reader that went away is noted, not raised."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._lock = threading.Lock()
        self.broken = False

    def send(self, report: Report) -> None:
        with self._lock:
            try:
                self._output.write(encode_line(report))
                self._output.flush()
            except OSError:
                self.broken = True


def _lines(descriptor: int, signalled: int) -> Iterator[bytes]:
    """Lines of the descriptor, until it ends or `signalled` becomes readable."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        selector.register(signalled, selectors.EVENT_READ)
        pending = b""
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if signalled in ready:
                return
            data = os.read(descriptor, 65536)
            if not data:
                return
            *lines, pending = (pending + data).split(b"\n")
            yield from (line for line in lines if line.strip())


@contextmanager
def _termination() -> Iterator[int]:
    """A descriptor that becomes readable when the process is asked to end."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def on_signal(_number: int, _frame: object) -> None:
        os.write(writer, b"\0")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield reader
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
