"""What can be said of a storage volume, and what to do about it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from doorward.video.store import VOLUME_MARKER

_NEARLY_ALL = 0.99


class VolumeStatus(StrEnum):
    """The state of a storage volume, the worst that applies."""

    OK = "ok"
    FULL = "full"
    UNAVAILABLE = "unavailable"
    INTRUDING_DATA = "intruding_data"
    NO_PERMISSION = "no_permission"
    LOW_SPACE = "low_space"


@dataclass(frozen=True, slots=True)
class Disk:
    """What the file system of a volume says, in bytes."""

    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What recordings may use of a volume, and must leave free."""

    max_bytes: int | None
    max_percent: float | None
    min_free_bytes: int

    def allowed_bytes(self, used_bytes: int, disk: Disk) -> int:
        """The space that recordings may use, whatever others take of it; without limits, all that others leave."""
        if self.max_bytes is None and self.max_percent is None:
            return max(0, used_bytes + disk.free_bytes - self.min_free_bytes)
        by_percent = disk.total_bytes * (100 if self.max_percent is None else self.max_percent) / 100
        most = max(0, min(int(by_percent), disk.total_bytes - self.min_free_bytes))
        return most if self.max_bytes is None else min(most, self.max_bytes)

    def excess_bytes(self, used_bytes: int, disk: Disk) -> int:
        """How much must be deleted; nothing where it is not above 0."""
        return max(used_bytes - self.allowed_bytes(used_bytes, disk), self.min_free_bytes - disk.free_bytes)


@dataclass(frozen=True, slots=True)
class VolumeTrouble:
    """Why a volume cannot be used at all."""

    status: VolumeStatus
    detail: str


ReadDisk = Callable[[Path], Disk]


def read_disk(path: Path) -> Disk:
    """Ask the file system; what it reserves for root counts as not there. Raises OSError."""
    found = os.statvfs(path)
    usable = found.f_blocks - found.f_bfree + found.f_bavail
    return Disk(usable * found.f_frsize, found.f_bavail * found.f_frsize)


def find_trouble(path: Path, marker: str) -> VolumeTrouble | None:
    """Whether the volume's directory is the one that it was, and may be written; None where all is well.

    A share that is not mounted leaves an empty directory: without the marker inside, nothing is written there,
    and nothing that was recorded there counts as lost.
    """
    try:
        if not path.is_dir():
            return VolumeTrouble(
                VolumeStatus.UNAVAILABLE, f"{path} is not there. Mount it, or correct the volume's directory."
            )
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            return _forbidden(path)
        if marker and (path / VOLUME_MARKER).read_text().strip() != marker:
            return VolumeTrouble(
                VolumeStatus.UNAVAILABLE,
                f"{path} is another volume than the one recorded to before. Mount the right one.",
            )
    except FileNotFoundError:
        return VolumeTrouble(
            VolumeStatus.UNAVAILABLE,
            f"{path} is not the directory recorded to before: {VOLUME_MARKER} is not in it. Mount the share again.",
        )
    except PermissionError:
        return _forbidden(path)
    except (OSError, ValueError) as error:
        return VolumeTrouble(VolumeStatus.UNAVAILABLE, f"{path} cannot be read ({error}). Check the disk or network.")
    return None


def _forbidden(path: Path) -> VolumeTrouble:
    return VolumeTrouble(
        VolumeStatus.NO_PERMISSION, f"{path} may not be read and written. Give that right to the recorder's user."
    )


def judge(path: Path, limits: Limits, used_bytes: int, disk: Disk, *, stopped: bool) -> tuple[VolumeStatus, str]:
    """The status of a volume that can be used; `stopped`: it must give up space, and all that is left is held."""
    allowed = limits.allowed_bytes(used_bytes, disk)
    if disk.free_bytes < limits.min_free_bytes:
        what = "Recording there has stopped." if stopped else "The oldest recordings are deleted."
        return VolumeStatus.LOW_SPACE, (
            f"The disk of {path} has only {_size(disk.free_bytes)} free, less than {_size(limits.min_free_bytes)}. "
            f"{what} Remove other data from it, or use a larger disk."
        )
    if stopped:
        return VolumeStatus.FULL, (
            f"Only held recordings are left on {path}, so recording there has stopped. "
            "Release bookmarks and locks, or allow more space."
        )
    reachable = used_bytes + disk.free_bytes - limits.min_free_bytes
    if reachable < allowed:
        return VolumeStatus.INTRUDING_DATA, (
            f"Other data on the disk of {path} takes {_size(allowed - reachable)} of the space meant for recordings. "
            "Remove it, or allow less."
        )
    if used_bytes >= allowed * _NEARLY_ALL:
        return VolumeStatus.FULL, f"The space on {path} is used up; the oldest recordings make room for new ones."
    return VolumeStatus.OK, f"{_size(allowed - used_bytes)} of {_size(allowed)} are free for recordings."


def _size(count: int) -> str:
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count / 1000:.3g} kB"
