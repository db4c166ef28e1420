"""The present state of cameras, and the way to the recorder. In memory only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from doorward.acs.versions import Versions


@dataclass(frozen=True, slots=True)
class CameraCondition:
    """What the recorder last said of a camera: a state (`recording`, `lost` ...) and a sentence."""

    state: str = "connecting"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An interval of a camera's recording that an event needs."""

    camera_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class MotionCondition:
    """What the recorder last said of its motion detection: a state (`watching`, `sparse` ...) and a sentence.

    `cpu_share` is of one core.
    """

    state: str
    detail: str
    moving: bool
    cpu_share: float
    pictures_per_s: float


class LiveCameras:
    """Conditions by camera. `hold` and `reconfigure` reach the recorder; the server sets them and `recordings`."""

    def __init__(self) -> None:
        self.recordings: Path | None = None
        """Where the recordings and their index are; None: nowhere."""
        self.motion: dict[str, MotionCondition] = {}
        """By camera, of those that are looked at."""
        self._conditions: dict[str, CameraCondition] = {}
        self.versions = Versions()
        self.hold: Callable[[Wanted], None] = lambda _: None
        self.reconfigure: Callable[[], None] = lambda: None

    def condition(self, camera_id: str) -> CameraCondition:
        """What is known of a camera."""
        return self._conditions.get(camera_id, CameraCondition())

    def update(self, camera_id: str, state: str, detail: str) -> CameraCondition:
        """Note what the recorder says; returns what it said before."""
        before = self.condition(camera_id)
        self._conditions[camera_id] = CameraCondition(state, detail)
        if self._conditions[camera_id] != before:
            self.versions.changed(camera_id)
        return before
