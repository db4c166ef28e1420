"""The thread that looks for motion in the pictures of all cameras of a recorder, and what it costs."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping

import av

from doorward.acs.cameras.motion_settings import MotionSettings
from doorward.video.messages import MotionReport, MotionState
from doorward.video.motion.decoder import SmallPictures
from doorward.video.motion.detector import MotionDetector
from doorward.video.motion.heat import HeatLog
from doorward.video.motion.taker import MotionTaker, Offered
from doorward.video.session import SourcePacket
from doorward.video.wall_time import from_us

LOOK_S = 0.1
"""How often the thread looks for packets."""
FLUSH_S = 5.0
FORGET_S = 600.0
REPORT_S = 10.0
QUIET_US = 3_000_000
"""Motion has ended when nothing moved for this long."""
AWAY_US = 30_000_000
"""After a longer pause the scene may be another one."""
TURN = 25
"""Packets of one camera in a row, before it is another's turn."""

logger = logging.getLogger(__name__)


class MotionWatch:
    """Owns the thread. `configure` says who is watched, and capture threads `offer`; `close` ends it.

    `report` is called from the thread.
    """

    def __init__(self, heat: HeatLog, report: Callable[[MotionReport], None]) -> None:
        self._heat = heat
        self._report = report
        self._cameras: dict[str, _Watched] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="motion", daemon=True)
        self._thread.start()

    def configure(self, wanted: Mapping[str, MotionSettings]) -> None:
        """Watch these cameras and no others. One whose settings are the same goes on as it was."""
        cameras = self._cameras
        self._cameras = {
            camera_id: cameras[camera_id]
            if camera_id in cameras and cameras[camera_id].settings == settings
            else _Watched(camera_id, settings)
            for camera_id, settings in wanted.items()
            if settings.enabled
        }

    def offer(self, camera_id: str, item: SourcePacket, at_us: int) -> None:
        """A packet that arrived; from any thread, which never waits."""
        camera = self._cameras.get(camera_id)
        if camera is not None:
            camera.taker.offer(item, at_us)

    def close(self) -> None:
        """End the thread, and write down what it found."""
        self._stop.set()
        self._thread.join()
        self._tend(self._heat.flush)

    def _run(self) -> None:
        flushed = forgot = time.monotonic()
        while not self._stop.wait(LOOK_S):
            self._look()
            now = time.monotonic()
            if now - flushed >= FLUSH_S:
                flushed = now
                self._tend(self._heat.flush)
            if now - forgot >= FORGET_S:
                forgot = now
                self._tend(self._heat.forget_old)

    def _look(self) -> None:
        cameras = list(self._cameras.values())
        while cameras and not self._stop.is_set():
            cameras = [camera for camera in cameras if self._work(camera)]

    def _work(self, camera: "_Watched") -> bool:
        try:
            return camera.work(self._heat, self._report)
        except Exception:
            # The other cameras are watched all the same.
            logger.exception("camera %s: looking for motion failed", camera.camera_id)
            return False

    def _tend(self, task: Callable[[], None]) -> None:
        try:
            task()
        except sqlite3.Error as error:
            logger.error("motion could not be written down: %s", error)


class _Watched:
    """One camera: its queue, its decoder, its detector, and what they cost."""

    def __init__(self, camera_id: str, settings: MotionSettings) -> None:
        self.settings = settings
        self.taker = MotionTaker()
        self.camera_id = camera_id
        self._pictures = SmallPictures()
        self._detector = MotionDetector(settings)
        self._at_us = self._moved_us = 0
        self._cost = _Cost()
        self._broken = ""
        self._told: tuple[MotionState, bool] | None = None

    def work(self, heat: HeatLog, report: Callable[[MotionReport], None]) -> bool:
        """Some packets of the queue; True while there may be more."""
        for _ in range(TURN):
            offered = self.taker.take()
            if offered is None:
                return False
            began_s = time.thread_time()
            self._look(offered, heat)
            self._cost.add(time.thread_time() - began_s)
            self._tell(report)
        return True

    def _look(self, offered: Offered, heat: HeatLog) -> None:
        item, at_us = offered.item, offered.at_us
        if self._pictures.is_new(item) or abs(at_us - self._at_us) > AWAY_US:
            self._detector.forget()
        self._at_us = at_us
        try:
            for picture in self._pictures.decode(item, wanted=offered.wanted):
                motion = self._detector.look(picture, at_us / 1_000_000)
                heat.add(self.camera_id, at_us, motion)
                self._cost.pictures += 1
                self._broken = ""
                if motion.moving:
                    self._moved_us = at_us
        except (av.FFmpegError, ValueError) as error:
            if not self._broken:
                logger.warning("camera %s: its pictures cannot be decoded: %s", self.camera_id, error)
            self._broken = f"Its pictures cannot be decoded ({error})."

    def _tell(self, report: Callable[[MotionReport], None]) -> None:
        state, detail = self._state()
        moving = 0 <= self._at_us - self._moved_us < QUIET_US
        if self._told == (state, moving) and not self._cost.is_due():
            return
        self._told = state, moving
        if self._cost.is_due():
            self.taker.lost = 0
        cpu_share, pictures_per_s = self._cost.shares()
        at = from_us(self._at_us)
        report(MotionReport(self.camera_id, state, detail, moving, cpu_share, pictures_per_s, at))

    def _state(self) -> tuple[MotionState, str]:
        if self._broken:
            return MotionState.FAILED, self._broken
        if self.taker.lost:
            return MotionState.BEHIND, "The machine cannot look at all pictures. Watch fewer cameras, or lower streams."
        if self.taker.sparse:
            return MotionState.SPARSE, "Its keyframes are far apart. Set a shorter GOP on the camera, 1 or 2 seconds."
        return MotionState.WATCHING, ""


class _Cost:
    """The processor time of one camera, and its pictures, over the last period."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._cpu_s = 0.0
        self.pictures = 0
        self._last = (0.0, 0.0)

    def add(self, cpu_s: float) -> None:
        self._cpu_s += cpu_s

    def is_due(self) -> bool:
        return time.monotonic() - self._began_s >= REPORT_S

    def shares(self) -> tuple[float, float]:
        """The share of one core, and pictures a second, of the last whole period; before the first one, so far."""
        passed_s = time.monotonic() - self._began_s
        if passed_s < REPORT_S and self._last != (0.0, 0.0):
            return self._last
        found = round(self._cpu_s / max(passed_s, 1.0), 4), round(self.pictures / max(passed_s, 1.0), 2)
        if passed_s >= REPORT_S:
            self._began_s, self._cpu_s, self.pictures, self._last = time.monotonic(), 0.0, 0, found
        return found
