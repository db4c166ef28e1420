"""The index of everything recorded: an SQLite database beside the files.

One recorder process writes it; any process may read it. Ordinary commits do not wait for the disk (WAL,
synchronous=NORMAL); those that a recovery or a person relies on do, and take earlier ones with them.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from doorward.video.fragment import TIMESCALE, Fragment, pack_fragments, unpack_fragments

DATABASE_NAME = "index.db"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    camera_id TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL CHECK (end_us >= start_us),
    size INTEGER NOT NULL,
    timescale INTEGER NOT NULL,
    codec TEXT NOT NULL,
    fragments BLOB NOT NULL,
    sha256 BLOB
);
CREATE INDEX IF NOT EXISTS file_by_span ON file (camera_id, start_us, end_us);
DROP INDEX IF EXISTS file_by_time;
CREATE INDEX IF NOT EXISTS file_by_end ON file (camera_id, end_us);
CREATE INDEX IF NOT EXISTS file_by_size ON file (size);
CREATE INDEX IF NOT EXISTS file_by_age ON file (state, start_us);
CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    camera_id TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER,
    reason TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS gap_by_time ON gap (camera_id, start_us);
CREATE INDEX IF NOT EXISTS gap_by_end ON gap (camera_id, end_us);
CREATE TABLE IF NOT EXISTS hold (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    camera_id TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    UNIQUE (camera_id, start_us, end_us)
);
PRAGMA user_version = 1;
"""
FILE_COLUMNS = "id, camera_id, path, state, start_us, end_us, size, codec, fragments, sha256"


class FileState(StrEnum):
    """An open file still grows, or its recorder died; a closed one is whole and hashed."""

    OPEN = "open"
    CLOSED = "closed"


class GapReason(StrEnum):
    """Why nothing was recorded for a while."""

    RECORDER_STOPPED = "recorder_stopped"
    """The recorder was stopped, or had died."""
    CAMERA_REMOVED = "camera_removed"
    """The camera was not to be recorded any more, or otherwise."""
    LOST = "lost"
    """The camera could not be reached."""
    STALLED = "stalled"
    """The camera was connected, but no picture came."""
    STORAGE_FULL = "storage_full"
    """There was no room for recordings."""
    TIME_JUMP = "time_jump"
    """The camera's clock jumped, or this machine's."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One recorded file; `path` is relative to the store, times in microseconds since 1970 UTC."""

    id: int
    camera_id: str
    path: str
    state: FileState
    start_us: int
    end_us: int
    size: int
    codec: str
    packed_fragments: bytes
    sha256: bytes | None

    def fragments(self) -> list[Fragment]:
        """The fragment index; empty while the file is open (walk the file instead)."""
        return unpack_fragments(self.packed_fragments)


@dataclass(frozen=True, slots=True)
class GapRow:
    """A time without recording; `end_us` is None while it lasts."""

    camera_id: str
    start_us: int
    end_us: int | None
    reason: GapReason


class Index:
    """The recorder's connection; every method may be called from any of its threads.

    Methods raise `sqlite3.Error`; a full disk shows as `sqlite3.OperationalError`.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(root / DATABASE_NAME, timeout=10, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the connection; committed rows are kept in any case."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if durable:
                self._db.execute("PRAGMA synchronous = FULL")
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            finally:
                if durable:
                    self._db.execute("PRAGMA synchronous = NORMAL")

    def open_file(self, camera_id: str, path: str, start_us: int, codec: str) -> int:
        """Write the row of a file that is about to be created; the row is durable on return."""
        with self._transaction(durable=True) as db:
            cursor = db.execute(
                "INSERT INTO file (camera_id, path, state, start_us, end_us, size, timescale, codec, fragments)"
                " VALUES (?, ?, 'open', ?, ?, 0, ?, ?, x'')",
                (camera_id, path, start_us, start_us, TIMESCALE, codec),
            )
            return int(cursor.lastrowid or 0)

    def advance_file(self, file_id: int, start_us: int, end_us: int, size: int) -> None:
        """Note how far an open file has grown; not durable, the file itself is the truth.

        A gap that ended where the file was thought to start follows it.
        """
        with self._transaction(durable=False) as db:
            camera_id, before_us = db.execute(
                "SELECT camera_id, start_us FROM file WHERE id = ?", (file_id,)
            ).fetchone()
            if before_us != start_us:
                moved = db.execute(
                    "UPDATE gap SET end_us = ? WHERE camera_id = ? AND end_us = ?",
                    (start_us, camera_id, before_us),
                )
                if moved.rowcount:
                    db.execute(
                        "DELETE FROM gap WHERE camera_id = ? AND end_us = ? AND start_us >= end_us",
                        (camera_id, start_us),
                    )
            db.execute(
                "UPDATE file SET start_us = ?, end_us = ?, size = ? WHERE id = ?",
                (start_us, max(start_us, end_us), size, file_id),
            )

    def close_file(
        self, file_id: int, start_us: int, end_us: int, size: int, fragments: list[Fragment], sha256: bytes
    ) -> None:
        """Complete the row of a file whose bytes are already durable."""
        with self._transaction(durable=True) as db:
            db.execute(
                "UPDATE file SET state = 'closed', start_us = ?, end_us = ?, size = ?, fragments = ?, sha256 = ?"
                " WHERE id = ?",
                (start_us, max(start_us, end_us), size, pack_fragments(fragments), sha256, file_id),
            )

    def remove_file(self, file_id: int) -> None:
        """Forget a file that no longer exists."""
        with self._transaction(durable=False) as db:
            db.execute("DELETE FROM file WHERE id = ?", (file_id,))

    def open_files(self, camera_id: str | None = None) -> list[FileRow]:
        """The files not closed, of one camera or of all."""
        return self._files("state = 'open' AND (? IS NULL OR camera_id = ?)", (camera_id, camera_id))

    def last_end_us(self, camera_id: str) -> int | None:
        """Where the camera's recording ends so far; None for a camera never recorded."""
        row = self._one("SELECT max(end_us) FROM file WHERE camera_id = ?", (camera_id,))
        return None if row is None else row[0]

    def camera_ids(self) -> list[str]:
        """Every camera that has a file."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT DISTINCT camera_id FROM file")]

    def used_bytes(self) -> int:
        """The size of all files together."""
        row = self._one("SELECT coalesce(sum(size), 0) FROM file", ())
        return int(row[0]) if row else 0

    def deletable_files(self, limit: int) -> list[FileRow]:
        """The oldest closed files that no hold overlaps, of any camera."""
        return self._files(
            "state = 'closed' AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.camera_id = file.camera_id"
            " AND hold.start_us < file.end_us AND hold.end_us > file.start_us)",
            (),
            limit,
        )

    def open_gap(self, camera_id: str, start_us: int, reason: GapReason) -> None:
        """Begin a gap, unless the camera already has one that lasts."""
        with self._transaction(durable=False) as db:
            db.execute(
                "INSERT INTO gap (camera_id, start_us, reason) SELECT ?, ?, ? WHERE NOT EXISTS"
                " (SELECT 1 FROM gap WHERE camera_id = ? AND end_us IS NULL)",
                (camera_id, start_us, reason, camera_id),
            )

    def end_gap(self, camera_id: str, end_us: int) -> None:
        """End the camera's lasting gap, if there is one; one of no length is forgotten."""
        with self._transaction(durable=False) as db:
            db.execute(
                "DELETE FROM gap WHERE camera_id = ? AND end_us IS NULL AND start_us >= ?",
                (camera_id, end_us),
            )
            db.execute("UPDATE gap SET end_us = ? WHERE camera_id = ? AND end_us IS NULL", (end_us, camera_id))

    def gaps(self, camera_id: str) -> list[GapRow]:
        """The camera's gaps, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT camera_id, start_us, end_us, reason FROM gap WHERE camera_id = ? ORDER BY start_us, id",
                (camera_id,),
            ).fetchall()
        return [GapRow(row[0], row[1], row[2], GapReason(row[3])) for row in rows]

    def add_hold(self, camera_id: str, start_us: int, end_us: int) -> None:
        """Keep an interval from deletion; durable on return, and the same one twice is one."""
        with self._transaction(durable=True) as db:
            db.execute(
                "INSERT OR IGNORE INTO hold (camera_id, start_us, end_us) VALUES (?, ?, ?)",
                (camera_id, start_us, end_us),
            )

    def files(self, camera_id: str) -> list[FileRow]:
        """All files of a camera, oldest first."""
        return self._files("camera_id = ?", (camera_id,))

    def _files(self, where: str, values: tuple[Any, ...], limit: int = -1) -> list[FileRow]:
        query = f"SELECT {FILE_COLUMNS} FROM file WHERE {where} ORDER BY start_us, id LIMIT {limit}"  # noqa: S608 - our own words
        with self._lock:
            return [file_row(row) for row in self._db.execute(query, values)]

    def _one(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        return row


def file_row(row: tuple[Any, ...]) -> FileRow:
    """A row of the file table, its columns in the order of `FileRow`."""
    file_id, camera_id, path, state, start_us, end_us, size, codec, fragments, sha256 = row
    return FileRow(file_id, camera_id, path, FileState(state), start_us, end_us, size, codec, fragments, sha256)
