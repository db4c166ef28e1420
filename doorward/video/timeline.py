"""Reading the index from another process than the recorder: which files hold an interval, and what was recorded."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from doorward.video.index import DATABASE_NAME, FILE_COLUMNS, FileRow, FileState, file_row


class Timeline:
    """One camera's recorded files in order. Methods block for a moment; each opens its own connection."""

    def __init__(self, root: Path, camera_id: str) -> None:
        self.root = root
        self._camera_id = camera_id

    def first_file(self, start_us: int, end_us: int) -> FileRow | None:
        """The first file that may hold a moment in [start, end); an open file may have grown past its row."""
        # Two lookups in the index by start, each of one row, however much is recorded.
        before = self._first("start_us <= ? ORDER BY start_us DESC, id DESC", (start_us,))
        if before is not None and (before.end_us > start_us or before.state is FileState.OPEN):
            return before
        return self._first("start_us > ? AND start_us < ? ORDER BY start_us, id", (start_us, end_us))

    def next_file(self, after: FileRow) -> FileRow | None:
        """The file recorded after this one: later in time, for a repair may have taken it in at any time."""
        return self._first(
            "(start_us, id) > (?, ?) AND id <> ? ORDER BY start_us, id", (after.start_us, after.id, after.id)
        )

    def reread(self, file: FileRow) -> FileRow | None:
        """The present row of a file; None when retention has deleted it."""
        return self.file(file.id)

    def file(self, file_id: int) -> FileRow | None:
        """One of the camera's files; None for one that is not, or no longer, there."""
        return self._first("id = ?", (file_id,))

    def path_of(self, file: FileRow) -> Path:
        """Where its bytes are."""
        return self.root / file.path

    def _first(self, condition: str, values: tuple[int, ...]) -> FileRow | None:
        with reading(self.root) as db:
            if db is None:
                return None
            query = f"SELECT {FILE_COLUMNS} FROM file WHERE camera_id = ? AND {condition} LIMIT 1"  # noqa: S608 - our own words
            row = db.execute(query, (self._camera_id, *values)).fetchone()
            return None if row is None else file_row(row)


@contextmanager
def reading(root: Path) -> Iterator[sqlite3.Connection | None]:
    """The store's index, for reading only; None where nothing was ever recorded."""
    database = root / DATABASE_NAME
    if not database.exists():
        yield None
        return
    # Read-only mode could not create the WAL's shared memory when no recorder runs.
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=5)) as db:
        db.execute("PRAGMA query_only = ON")
        yield db
