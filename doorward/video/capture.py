"""One camera's capture thread: connect, record, report, and connect again."""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from doorward.video.camera_log import CameraLog
from doorward.video.errors import CameraFailure, CameraStalled, StorageFull
from doorward.video.fanout import Fanout
from doorward.video.index import GapReason
from doorward.video.messages import CameraSource, CameraState
from doorward.video.session import OpenSession, SourcePacket, open_session

FIRST_RETRY_S = 0.25
LAST_RETRY_S = 5.0
STEADY_S = 10.0
"""A session that lasts this long clears the failures before it; one that always breaks off early does not."""
STORAGE_RETRY_US = 2_000_000

logger = logging.getLogger(__name__)

Notify = Callable[[str, CameraState, str], None]
"""Called with the camera's id, its new state and a sentence; from the capture thread."""

Offer = Callable[[str, SourcePacket, int], None]
"""Called with the camera's id, each packet and its arrival in microseconds since 1970; must not block."""


def retry_delay_s(failures: int, chance: float) -> float:
    """How long to wait after that many failures in a row; `chance` in [0, 1) spreads cameras apart."""
    delay: float = min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** min(failures - 1, 16))
    return delay * (0.75 + 0.25 * chance)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A packet of a camera and when it came, in microseconds since the epoch."""

    item: SourcePacket
    at_us: int

    @property
    def keyframe(self) -> bool:
        """See `fanout.Picture`."""
        return self.item.packet.keyframe

    @property
    def size(self) -> int:
        """See `fanout.Picture`."""
        return len(self.item.packet.data)


class Capture:
    """Owns the thread that records one camera; `start` once, then `stop`."""

    def __init__(
        self,
        source: CameraSource,
        log: CameraLog,
        notify: Notify,
        now_us: Callable[[], int],
        connect: OpenSession = open_session,
        chance: Callable[[], float] = random.random,
        offer: Offer = lambda *_: None,
    ) -> None:
        self.source = source
        self.log = log
        self.live: Fanout[Arrived] = Fanout()
        """What arrives, also for others than the recording, which waits for none of them."""
        self._notify = notify
        self._now_us = now_us
        self._connect = connect
        self._chance = chance
        self._offer = offer
        self._stop = threading.Event()
        # A thread inside libavformat cannot be interrupted; it must not hold up the end of the process.
        self._thread = threading.Thread(target=self._run, name=f"capture-{source.id}", daemon=True)
        self._state: CameraState | None = None
        self._failures = 0
        self._session_began_us = 0
        self._storage_retry_us = 0

    def start(self) -> None:
        """Begin to record."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask the thread to end, without waiting."""
        self._stop.set()

    def finish(self, reason: GapReason, timeout_s: float) -> None:
        """Wait for the thread for a while, then close the recording in any case. After `ask_to_stop`."""
        self._thread.join(timeout_s)
        self.log.close(reason)
        self.live.end()

    def _run(self) -> None:
        self._tell(CameraState.CONNECTING, "Connecting to the camera.")
        while not self._stop.is_set():
            try:
                self._record()
            except CameraStalled as error:
                self._fail(GapReason.STALLED, CameraState.STALLED, str(error))
            except CameraFailure as error:
                self._fail(GapReason.LOST, CameraState.LOST, str(error))
            except Exception:
                logger.exception("camera %s: the session ended unexpectedly", self.source.id)
                self._fail(GapReason.LOST, CameraState.LOST, "Recording failed; the recorder's log says why.")

    def _record(self) -> None:
        session = self._connect(self.source, self._stop)
        self._session_began_us = self._now_us()
        try:
            for item in session.packets():
                if self._stop.is_set():
                    return
                now_us = self._now_us()
                self.live.give(Arrived(item, now_us))
                self._write(item, now_us)
        finally:
            session.close()
            self.live.forget()

    def _write(self, item: SourcePacket, now_us: int) -> None:
        self._offer(self.source.id, item, now_us)
        if now_us < self._storage_retry_us:
            return
        try:
            visible = self.log.write(item, now_us)
        except StorageFull as error:
            self._storage_retry_us = now_us + STORAGE_RETRY_US
            self._tell(CameraState.STORAGE_FULL, str(error))
            return
        if visible:
            if now_us - self._session_began_us >= STEADY_S * 1_000_000:
                self._failures = 0
            self._tell(CameraState.RECORDING, "Recording.")

    def _fail(self, reason: GapReason, state: CameraState, detail: str) -> None:
        self._failures += 1
        self.log.interrupt(reason)
        self._tell(state, detail)
        self._stop.wait(retry_delay_s(self._failures, self._chance()))

    def _tell(self, state: CameraState, detail: str) -> None:
        if state is not self._state:
            self._state = state
            self._notify(self.source.id, state, detail)
