"""Deleting recorded files so that it shows that, when and why they were deleted.

A deletion is written down first, then the file goes, then its row: whenever the recorder dies in between, the
next one finishes it, and a file that is missing without having been written down was taken by somebody else.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from doorward.video.index import Index

REMEMBERED_US = timedelta(days=400) // timedelta(microseconds=1)
"""Deletions older than this are forgotten; the chain then begins after them."""
_DAY_DIRECTORY_US = timedelta(days=2) // timedelta(microseconds=1)
"""A day's directory older than this is written to no longer, so it may go when it is empty."""

_CONDEMN = (
    "INSERT OR IGNORE INTO deleted"
    " (id, camera_id, volume_id, path, start_us, end_us, size, sha256, chain, deleted_us, reason)"
    " SELECT id, camera_id, volume_id, path, start_us, end_us, size, sha256, chain, ?, ? FROM file WHERE id = ?"
)
_FORGETTABLE = """
SELECT id, camera_id, chain FROM deleted WHERE deleted_us < ?1
AND NOT EXISTS (SELECT 1 FROM file WHERE file.camera_id = deleted.camera_id AND file.id <= deleted.id)
AND NOT EXISTS (
    SELECT 1 FROM deleted AS younger
    WHERE younger.camera_id = deleted.camera_id AND younger.id < deleted.id AND younger.deleted_us >= ?1
)
ORDER BY id
"""
"""Only from a chain's beginning on, so that what is left of it is without a hole."""
CONDEMNED = -1
"""What `file.held` is where the deletion is written down."""


class DeletionReason(StrEnum):
    """Why a recorded file is no longer there."""

    AGE = "age"
    SPACE = "space"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Condemned:
    """A file whose deletion is written down; `path` is relative to its volume."""

    id: int
    path: str
    size: int
    end_us: int


def condemn_aged(
    index: Index, volume_id: int, camera_id: str, before_us: int, now_us: int, limit: int
) -> list[Condemned]:
    """The camera's oldest free files on a volume that end before a moment."""
    with index.transaction(durable=True) as db:
        rows = db.execute(
            "SELECT id, path, size, end_us FROM file INDEXED BY file_free_of_camera WHERE volume_id = ?"
            " AND camera_id = ? AND end_us <= ? AND state = 'closed' AND held = 0 ORDER BY end_us LIMIT ?",
            (volume_id, camera_id, before_us, limit),
        ).fetchall()
        chosen = [Condemned(*row) for row in rows]
        _condemn(db, chosen, DeletionReason.AGE, now_us)
    return chosen


def condemn_oldest(index: Index, volume_id: int, size: int, now_us: int, limit: int) -> list[Condemned]:
    """The volume's oldest free files of any camera, so many that they have a size together."""
    chosen: list[Condemned] = []
    with index.transaction(durable=True) as db:
        rows = db.execute(
            "SELECT id, path, size, end_us FROM file INDEXED BY file_free_by_age WHERE volume_id = ?"
            " AND state = 'closed' AND held = 0 ORDER BY start_us LIMIT ?",
            (volume_id, limit),
        ).fetchall()
        for row in rows:
            if size <= 0:
                break
            chosen.append(Condemned(*row))
            size -= chosen[-1].size
        _condemn(db, chosen, DeletionReason.SPACE, now_us)
    return chosen


def condemn_missing(index: Index, file_id: int, now_us: int) -> None:
    """Write down that a file was found missing, and forget it."""
    with index.transaction(durable=True) as db:
        db.execute(_CONDEMN, (now_us, DeletionReason.MISSING, file_id))
        db.execute("DELETE FROM file WHERE id = ?", (file_id,))


def has_free_files(index: Index, volume_id: int) -> bool:
    """Whether anything on the volume may be deleted."""
    with index.reading() as db:
        query = (
            "SELECT 1 FROM file INDEXED BY file_free_by_age"
            " WHERE volume_id = ? AND state = 'closed' AND held = 0 LIMIT 1"
        )
        return db.execute(query, (volume_id,)).fetchone() is not None


def unfinished(index: Index, volume_id: int) -> list[Condemned]:
    """What was written down but not deleted, because the recorder died or the disk did not let it."""
    with index.reading() as db:
        rows = db.execute(
            "SELECT id, path, size, end_us FROM file INDEXED BY file_condemned WHERE volume_id = ? AND held = -1",
            (volume_id,),
        ).fetchall()
    return [Condemned(*row) for row in rows]


def delete(index: Index, volume_root: Path, condemned: Sequence[Condemned], now_us: int) -> int:
    """Delete condemned files of a volume that is there; returns their size. Raises OSError, `sqlite3.Error`."""
    for file in condemned:
        path = volume_root / file.path
        path.unlink(missing_ok=True)
        if file.end_us < now_us - _DAY_DIRECTORY_US:
            _remove_if_empty(path.parent)
    if condemned:
        with index.transaction(durable=False) as db:
            db.executemany("DELETE FROM file WHERE id = ?", [(file.id,) for file in condemned])
    return sum(file.size for file in condemned)


def forget_deletions(index: Index, now_us: int) -> None:
    """Forget deletions of long ago. Raises `sqlite3.Error`."""
    with index.transaction(durable=False) as db:
        rows = db.execute(_FORGETTABLE, (now_us - REMEMBERED_US,)).fetchall()
        db.executemany("UPDATE camera SET chain_start = ? WHERE id = ?", [(row[2], row[1]) for row in rows])
        db.executemany("DELETE FROM deleted WHERE id = ?", [(row[0],) for row in rows])


def _condemn(db: sqlite3.Connection, files: Sequence[Condemned], reason: DeletionReason, now_us: int) -> None:
    db.executemany(_CONDEMN, [(now_us, reason, file.id) for file in files])
    # A hold that comes now comes too late: the file is on its way out.
    db.executemany("UPDATE file SET held = -1 WHERE id = ?", [(file.id,) for file in files])


def _remove_if_empty(directory: Path) -> None:
    try:
        directory.rmdir()
    except OSError:
        # Not empty, or gone already.
        return
