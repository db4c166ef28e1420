"""Where each camera records to, what state the volumes are in, and the deleting of what is no longer kept."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from doorward.video.deletions import forget_deletions, has_free_files
from doorward.video.holds import expire_holds, set_categories
from doorward.video.index import Index
from doorward.video.index_schema import HOME_VOLUME
from doorward.video.messages import CameraStorage, Configure, StorageReport, VolumeReport, VolumeSettings
from doorward.video.recovery import recover_files
from doorward.video.retention import delete_aged, finish_deletions, make_room, set_retention
from doorward.video.volume_status import Disk, Limits, ReadDisk, VolumeStatus, find_trouble, judge, read_disk
from doorward.video.volumes import Volume, claim_volume, known_volumes
from doorward.video.wall_time import from_us

_FORGET_EVERY_US = timedelta(days=1) // timedelta(microseconds=1)
_SHORT_OF_SPACE = (VolumeStatus.FULL, VolumeStatus.LOW_SPACE)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new file goes: a volume of the index and its directory."""

    volume_id: int
    root: Path


@dataclass(frozen=True, slots=True)
class VolumeState:
    """A volume as it was last looked at."""

    volume: Volume
    limits: Limits
    status: VolumeStatus
    detail: str
    recording: bool
    disk: Disk

    @property
    def allowed_bytes(self) -> int:
        """What recordings may use of it."""
        return self.limits.allowed_bytes(self.volume.used_bytes, self.disk)

    @property
    def room_bytes(self) -> int:
        """What is free of its share; a full one counts as a little, for its oldest recordings make room."""
        allowed = self.allowed_bytes
        return max(allowed - self.volume.used_bytes, allowed // 100)


class Storage:
    """The volumes of one recorder. `place` and `has_room` may be called from any thread, the rest from one at a time.

    Nothing is deleted before `configure`: until then nobody has said how much may be kept.
    """

    def __init__(
        self,
        index: Index,
        home: Path,
        max_bytes: int,
        disk: ReadDisk = read_disk,
        writing: Callable[[], Collection[int]] = tuple,
    ) -> None:
        self._index = index
        self._home = home
        self._max_bytes = max_bytes
        self._read_disk = disk
        self._lock = threading.Lock()
        self._limits: dict[int, Limits] = {}
        self._unclaimed: list[VolumeSettings] = []
        self._states: dict[int, VolumeState] = {}
        self._writing = writing
        self._absent = {volume.id for volume in known_volumes(index, home) if volume.trouble() is not None}
        self._pinned: dict[str, str] = {}
        self._assigned = _assignments(index)
        self._using: dict[str, int] = {}
        self._forgot_us = 0

    def configure(self, wanted: Configure) -> None:
        """Take in volumes and retention. Raises `sqlite3.Error`."""
        volumes = wanted.volumes or [VolumeSettings("home", str(self._home), max_bytes=self._max_bytes)]
        self._limits = {}
        self._unclaimed = [volume for volume in volumes if not self._claim(volume)]
        for camera in wanted.storage:
            set_retention(self._index, camera.camera_id, _days_us(camera.keep_days))
        set_categories(self._index, {kept.category: _days_us(kept.keep_days) for kept in wanted.categories})
        with self._lock:
            self._pinned = _pins(wanted.storage)
        self.look()

    def place(self, camera_id: str) -> Place | None:
        """Where the camera's next file goes; None where there is room nowhere.

        The volume that it was given, or else the one that it has, or else the one with the most room for each of its
        cameras. A camera whose volume cannot take it records to another one meanwhile.
        """
        with self._lock:
            usable = {state.volume.name: state for state in self._states.values() if state.recording}
            pinned = self._pinned.get(camera_id)
            chosen = usable.get(pinned) if pinned is not None else self._usable(self._assigned.get(camera_id))
            chosen = chosen or self._roomiest(usable.values())
            if chosen is None:
                self._using.pop(camera_id, None)
                return None
            # One that has a volume which is only out of use for now goes back to it.
            if pinned is None and self._assigned.get(camera_id) not in self._states:
                self._assigned[camera_id] = chosen.volume.id
                _assign(self._index, camera_id, chosen.volume.id)
            self._using[camera_id] = chosen.volume.id
            return Place(chosen.volume.id, chosen.volume.root)

    def has_room(self, camera_id: str) -> bool:
        """Whether the camera may go on recording to where it is recording."""
        with self._lock:
            state = self._states.get(self._using.get(camera_id, HOME_VOLUME))
            return state is not None and state.recording

    def tend(self, now_us: int) -> None:
        """Release holds whose time is over, delete what is no longer kept, and look at the volumes."""
        expire_holds(self._index, now_us)
        for volume in known_volumes(self._index, self._home):
            if volume.trouble() is not None:
                self._absent.add(volume.id)
            elif self._limits:
                self._tend_volume(volume, now_us)
        if now_us - self._forgot_us >= _FORGET_EVERY_US:
            forget_deletions(self._index, now_us)
            self._forgot_us = now_us
        self._unclaimed = [volume for volume in self._unclaimed if not self._claim(volume)]
        self.look()

    def look(self) -> None:
        """Work out the state of every volume that may be recorded to."""
        states = {
            volume.id: self._state(volume, self._limits[volume.id])
            for volume in known_volumes(self._index, self._home)
            if volume.id in self._limits
        }
        with self._lock:
            self._states = states

    def report(self, now_us: int) -> StorageReport:
        """The volumes as they were last looked at."""
        with self._lock:
            states = list(self._states.values())
        volumes = [_volume_report(state) for state in states]
        volumes += [_unclaimed_report(settings) for settings in self._unclaimed]
        full = any(not state.recording and state.status in _SHORT_OF_SPACE for state in states)
        allowed = sum(volume.max_bytes for volume in volumes) if states else self._max_bytes
        return StorageReport(self._index.used_bytes(), allowed, full, from_us(now_us), volumes)

    def _claim(self, settings: VolumeSettings) -> bool:
        """Whether the volume could be taken into use; a new one that is not there is tried again."""
        try:
            volume_id = claim_volume(self._index, self._home, settings.id, Path(settings.path))
        except OSError as error:
            logger.error("volume %s cannot be used yet: %s", settings.path, error)
            return False
        self._limits[volume_id] = Limits(settings.max_bytes, settings.max_percent, settings.min_free_bytes)
        return True

    def _tend_volume(self, volume: Volume, now_us: int) -> None:
        try:
            if volume.id in self._absent:
                recover_files(self._index, self._home, volume_id=volume.id, writing=self._writing)
                self._absent.discard(volume.id)
            finish_deletions(self._index, volume.id, volume.root, now_us)
            delete_aged(self._index, volume.id, volume.root, now_us)
            limits = self._limits.get(volume.id)
            if limits is not None:
                used = _used_bytes(self._index, volume.id)
                excess = limits.excess_bytes(used, self._read_disk(volume.root))
                make_room(self._index, volume.id, volume.root, excess, now_us)
        except OSError as error:
            logger.error("recordings on %s could not be deleted: %s", volume.root, error)

    def _state(self, volume: Volume, limits: Limits) -> VolumeState:
        trouble = volume.trouble()
        if trouble is not None:
            return VolumeState(volume, limits, trouble.status, trouble.detail, False, Disk(0, 0))
        try:
            disk = self._read_disk(volume.root)
        except OSError as error:
            detail = f"{volume.root} cannot be read ({error}). Check the disk or network."
            return VolumeState(volume, limits, VolumeStatus.UNAVAILABLE, detail, False, Disk(0, 0))
        excess = limits.excess_bytes(volume.used_bytes, disk)
        stopped = excess > 0 and not has_free_files(self._index, volume.id)
        status, detail = judge(volume.root, limits, volume.used_bytes, disk, stopped=stopped)
        return VolumeState(volume, limits, status, detail, not stopped, disk)

    def _usable(self, volume_id: int | None) -> VolumeState | None:
        state = None if volume_id is None else self._states.get(volume_id)
        return state if state is not None and state.recording else None

    def _roomiest(self, states: Iterable[VolumeState]) -> VolumeState | None:
        cameras = Counter((self._assigned | self._using).values())
        return max(
            states,
            key=lambda state: (state.room_bytes / (cameras[state.volume.id] + 1), -state.volume.id),
            default=None,
        )


def _assignments(index: Index) -> dict[str, int]:
    with index.reading() as db:
        return dict(db.execute("SELECT id, volume_id FROM camera WHERE volume_id IS NOT NULL").fetchall())


def _assign(index: Index, camera_id: str, volume_id: int) -> None:
    with index.transaction(durable=False) as db:
        db.execute(
            "INSERT INTO camera (id, volume_id) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET volume_id = excluded.volume_id",
            (camera_id, volume_id),
        )


def _used_bytes(index: Index, volume_id: int) -> int:
    with index.reading() as db:
        return int(db.execute("SELECT used_bytes FROM volume WHERE id = ?", (volume_id,)).fetchone()[0])


def _pins(cameras: Iterable[CameraStorage]) -> dict[str, str]:
    return {camera.camera_id: camera.volume for camera in cameras if camera.volume is not None}


def _days_us(days: float | None) -> int | None:
    return None if days is None else timedelta(days=days) // timedelta(microseconds=1)


def _volume_report(state: VolumeState) -> VolumeReport:
    volume, disk = state.volume, state.disk
    other = max(0, disk.total_bytes - disk.free_bytes - volume.used_bytes)
    return VolumeReport(
        volume.name,
        str(volume.root),
        state.status,
        state.detail,
        state.recording,
        volume.used_bytes,
        state.allowed_bytes,
        disk.total_bytes,
        disk.free_bytes,
        other,
    )


def _unclaimed_report(settings: VolumeSettings) -> VolumeReport:
    trouble = find_trouble(Path(settings.path), "")
    status = VolumeStatus.NO_PERMISSION if trouble is None else trouble.status
    detail = f"{settings.path} cannot be written to." if trouble is None else trouble.detail
    return VolumeReport(settings.id, settings.path, status, detail, False, 0, 0, 0, 0, 0)
