"""Recorded files for tests of the store, made of a few bytes instead of pictures."""

import hashlib
from pathlib import Path

from doorward.video.index import Index
from doorward.video.index_schema import HOME_VOLUME
from doorward.video.store import file_path

MINUTE_US = 60_000_000
DAY_US = 24 * 60 * MINUTE_US
FILE_BYTES = 1_000


def record(
    index: Index,
    root: Path,
    minutes: int,
    camera_id: str = "cam",
    begins: int = 0,
    volume_id: int = HOME_VOLUME,
) -> list[int]:
    """So many closed files of one minute and 1,000 bytes each, from minute `begins` on; returns their rows' ids."""
    return [record_minute(index, root, minute, camera_id, volume_id) for minute in range(begins, begins + minutes)]


def record_minute(index: Index, root: Path, minute: int, camera_id: str, volume_id: int = HOME_VOLUME) -> int:
    start_us = minute * MINUTE_US
    data = minute.to_bytes(4, "big") * (FILE_BYTES // 4)
    name = file_path(camera_id, start_us)
    file_id = index.open_file(camera_id, name, start_us, "avc1.42c016", volume_id)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)
    index.close_file(file_id, start_us, start_us + MINUTE_US, len(data), [], hashlib.sha256(data).digest())
    return file_id


def minutes_kept(index: Index, root: Path, camera_id: str = "cam") -> list[int]:
    """The minutes that the index has; each must have its file, and no other file may be there."""
    rows = index.files(camera_id)
    paths = {root / row.path for row in rows}
    assert all(path.exists() for path in paths)
    assert set((root / camera_id).rglob("*.mp4")) <= paths
    return [row.start_us // MINUTE_US for row in rows]
