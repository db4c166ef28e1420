"""What is deleted: recordings older than they are to be kept, then the oldest where space is short; held ones never."""

from pathlib import Path

from doorward.video.deletions import Condemned, condemn_aged, condemn_oldest, delete, unfinished
from doorward.video.index import Index

_BATCH = 64


def finish_deletions(index: Index, volume_id: int, volume_root: Path, now_us: int) -> None:
    """Do what an earlier recorder had begun. Raises OSError, `sqlite3.Error`."""
    delete(index, volume_root, unfinished(index, volume_id), now_us)


def delete_aged(index: Index, volume_id: int, volume_root: Path, now_us: int) -> None:
    """Delete what is older than its camera's retention. Raises OSError, `sqlite3.Error`."""
    for camera_id, keep_us in _retentions(index):
        before_us = now_us - keep_us
        while True:
            condemned = condemn_aged(index, volume_id, camera_id, before_us, now_us, _BATCH)
            delete(index, volume_root, condemned, now_us)
            if len(condemned) < _BATCH:
                break


def make_room(index: Index, volume_id: int, volume_root: Path, size: int, now_us: int) -> int:
    """Delete the oldest free files until `size` bytes are freed or none is left; returns what was freed.

    Raises OSError, `sqlite3.Error`.
    """
    freed = 0
    while freed < size:
        condemned: list[Condemned] = condemn_oldest(index, volume_id, size - freed, now_us, _BATCH)
        if not condemned:
            break
        freed += delete(index, volume_root, condemned, now_us)
    return freed


def set_retention(index: Index, camera_id: str, keep_us: int | None) -> None:
    """How long a camera's recordings are kept; None: until the space is needed."""
    with index.transaction(durable=True) as db:
        db.execute(
            "INSERT INTO camera (id, keep_us) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET keep_us = excluded.keep_us",
            (camera_id, keep_us),
        )


def _retentions(index: Index) -> list[tuple[str, int]]:
    with index.reading() as db:
        return db.execute("SELECT id, keep_us FROM camera WHERE keep_us IS NOT NULL").fetchall()
