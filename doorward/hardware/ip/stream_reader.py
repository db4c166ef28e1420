"""A barcode reader: keeps the process that looks at a stream going, and tells the controller what it sees."""

import contextlib
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import msgspec

from doorward.acs.decision.read import QrCode
from doorward.acs.devices import IpDevice
from doorward.hardware.driver import DeviceOffline, DeviceOnline, EventSink, Presented
from doorward.hardware.ip.bucket import Bucket
from doorward.hardware.ip.stream_messages import Lost, Seen, Sighting, StreamJob

COMMAND = (sys.executable, "-m", "doorward.hardware.ip.barcode")
SILENCE_S = 20.0
"""A process that tells nothing for so long is stuck: longer than a stream may take to open."""
RETRY_FIRST_S, RETRY_MOST_S = 1.0, 30.0
BURST, CODES_PER_S = 10, 2
_ENDED = "The process that looks at the stream ended by itself. It is started again."
_STUCK = "The process that looks at the stream was stuck. It is started again."
_UNDRIVEN = "The device is no longer driven by this controller."

_SIGHTINGS: msgspec.json.Decoder[Sighting] = msgspec.json.Decoder(Sighting)
logger = logging.getLogger(__name__)


class StreamReader:
    """Looks at the stream of one device from `start` to `stop`, in a process and a thread of its own."""

    def __init__(
        self,
        device: IpDevice,
        sink: EventSink,
        command: Sequence[str] = COMMAND,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Events go to `sink`, from the thread. `command` is that of `barcode.py`."""
        self._device, self._sink = device, sink
        self._command, self._monotonic_s = tuple(command), monotonic_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._online: bool | None = None
        self._bucket = Bucket(BURST, CODES_PER_S)
        self._thread = threading.Thread(target=self._run, name=f"stream {device.id}", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the process and the thread."""
        self._stopping.set()
        with self._lock:
            if self._process is not None:
                self._process.kill()
        if self._thread.is_alive():
            self._thread.join()
        if self._online:
            self._went_down(_UNDRIVEN)

    def _run(self) -> None:
        pause_s = RETRY_FIRST_S
        while not self._stopping.is_set():
            began = self._monotonic_s()
            try:
                reason = self._look()
            except OSError as error:
                reason = f"The process that looks at the stream cannot be started: {error.strerror or error}."
            if self._stopping.is_set():
                return
            self._went_down(reason)
            if self._monotonic_s() - began > RETRY_MOST_S:
                pause_s = RETRY_FIRST_S
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, RETRY_MOST_S)

    def _look(self) -> str:
        """Run the process to its end; the reason why it ended."""
        with self._lock:
            if self._stopping.is_set():
                return ""
            process = self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        with process:
            watchdog = _Watchdog(process)
            try:
                return self._follow(process, watchdog)
            finally:
                watchdog.stop()
                process.kill()

    def _follow(self, process: "subprocess.Popen[bytes]", watchdog: "_Watchdog") -> str:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        job = StreamJob(self._device.stream_url, self._device.region)
        with contextlib.suppress(OSError):
            process.stdin.write(msgspec.json.encode(job) + b"\n")
            process.stdin.flush()
        for line in process.stdout:
            watchdog.pat()
            try:
                reason = self._heed(line)
            except (msgspec.DecodeError, RecursionError):
                logger.error("the process that looks at the stream of %s says what it should not", self._device.id)
                return _ENDED
            if reason:
                return reason
        return _STUCK if watchdog.bit else _ENDED

    def _heed(self, line: bytes) -> str:
        sighting = _SIGHTINGS.decode(line)
        if isinstance(sighting, Lost):
            return sighting.reason
        if not self._online:
            self._online = True
            self._sink(DeviceOnline(self._device.id))
        if isinstance(sighting, Seen) and self._bucket.take(self._monotonic_s()):
            self._sink(Presented(self._device.id, QrCode(sighting.text), sighting.prompt))
        return ""

    def _went_down(self, reason: str) -> None:
        if self._online is not False:
            self._online = False
            self._sink(DeviceOffline(self._device.id, reason))


class _Watchdog:
    """Kills a process that nobody has heard of for too long."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.bit = False
        self._process = process
        self._patted = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def pat(self) -> None:
        """The process is well."""
        self._patted.set()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped = True
        self._patted.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped:
            if not self._patted.wait(SILENCE_S):
                self.bit = True
                self._process.kill()
                return
            self._patted.clear()
