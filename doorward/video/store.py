"""Where recordings lie under the root of a volume: `<camera>/<YYYYMMDD>/<HHMMSS-microseconds>.mp4`, UTC."""

import re

from doorward.video.errors import BadCameraId
from doorward.video.wall_time import from_us

VOLUME_MARKER = ".doorward-volume"
"""A file in the root of each volume but the index's own; it says which volume it is."""

_CAMERA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def camera_directory(camera_id: str) -> str:
    """The camera's directory, relative to the root; `BadCameraId` for an id that could leave it."""
    if not _CAMERA_ID.fullmatch(camera_id):
        raise BadCameraId(f"{camera_id!r} cannot name a camera: use at most 64 letters, digits, '_', '.' and '-'")
    return camera_id


def file_path(camera_id: str, start_us: int) -> str:
    """The path of the file that begins at this moment, relative to the root."""
    start = from_us(start_us)
    return f"{camera_directory(camera_id)}/{start:%Y%m%d}/{start:%H%M%S}-{start.microsecond:06d}.mp4"
