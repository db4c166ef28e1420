"""The tables of the index, and the way there from an older index."""

import sqlite3

from doorward.video.chain import link

VERSION = 2
HOME_VOLUME = 1
"""The volume that is the index's own directory; its path is empty, so that the directory may be moved."""

_FILE = """
CREATE TABLE file (
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
    sha256 BLOB,
    volume_id INTEGER NOT NULL DEFAULT 1,
    held INTEGER NOT NULL DEFAULT 0,
    chain BLOB
)
"""
_GAP = """
CREATE TABLE gap (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    camera_id TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER,
    reason TEXT NOT NULL
)
"""
_TABLES = (
    """
    CREATE TABLE volume (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        path TEXT NOT NULL UNIQUE,
        marker TEXT NOT NULL,
        used_bytes INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE camera (
        id TEXT PRIMARY KEY,
        volume_id INTEGER,
        keep_us INTEGER,
        chain_start BLOB NOT NULL DEFAULT x'',
        chain BLOB NOT NULL DEFAULT x'',
        longest_file_us INTEGER NOT NULL DEFAULT 0,
        longest_hold_us INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE hold (
        id TEXT NOT NULL,
        camera_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        start_us INTEGER NOT NULL,
        end_us INTEGER NOT NULL,
        until_us INTEGER,
        category TEXT,
        PRIMARY KEY (id, camera_id)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE category (name TEXT PRIMARY KEY, keep_us INTEGER) WITHOUT ROWID",
    """
    CREATE TABLE deleted (
        id INTEGER PRIMARY KEY,
        camera_id TEXT NOT NULL,
        volume_id INTEGER NOT NULL,
        path TEXT NOT NULL,
        start_us INTEGER NOT NULL,
        end_us INTEGER NOT NULL,
        size INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        chain BLOB NOT NULL,
        deleted_us INTEGER NOT NULL,
        reason TEXT NOT NULL
    )
    """,
)
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS file_by_span ON file (camera_id, start_us, end_us)",
    "CREATE INDEX IF NOT EXISTS file_by_end ON file (camera_id, end_us)",
    "CREATE INDEX IF NOT EXISTS file_by_camera ON file (camera_id)",
    "CREATE INDEX IF NOT EXISTS file_open ON file (camera_id) WHERE state = 'open'",
    # What may be deleted is found here and never by passing over what is held.
    "CREATE INDEX IF NOT EXISTS file_free_by_age ON file (volume_id, start_us) WHERE state = 'closed' AND held = 0",
    (
        "CREATE INDEX IF NOT EXISTS file_free_of_camera ON file (volume_id, camera_id, end_us)"
        " WHERE state = 'closed' AND held = 0"
    ),
    # `held` is -1 where the deletion is written down already.
    "CREATE INDEX IF NOT EXISTS file_condemned ON file (volume_id) WHERE held = -1",
    "CREATE INDEX IF NOT EXISTS gap_by_time ON gap (camera_id, start_us)",
    "CREATE INDEX IF NOT EXISTS gap_by_end ON gap (camera_id, end_us)",
    "CREATE INDEX hold_by_time ON hold (camera_id, start_us)",
    "CREATE INDEX hold_by_until ON hold (until_us) WHERE until_us IS NOT NULL",
    "CREATE INDEX hold_by_category ON hold (category) WHERE category IS NOT NULL",
    "CREATE INDEX deleted_by_camera ON deleted (camera_id)",
    "CREATE INDEX deleted_by_time ON deleted (deleted_us)",
)
_TRIGGERS = (
    # The sum over millions of rows takes a second; kept up to date it takes nothing.
    (
        "CREATE TRIGGER file_added AFTER INSERT ON file BEGIN"
        " UPDATE volume SET used_bytes = used_bytes + NEW.size WHERE id = NEW.volume_id; END"
    ),
    (
        "CREATE TRIGGER file_grown AFTER UPDATE OF size, volume_id ON file BEGIN"
        " UPDATE volume SET used_bytes = used_bytes - OLD.size WHERE id = OLD.volume_id;"
        " UPDATE volume SET used_bytes = used_bytes + NEW.size WHERE id = NEW.volume_id; END"
    ),
    (
        "CREATE TRIGGER file_removed AFTER DELETE ON file BEGIN"
        " UPDATE volume SET used_bytes = used_bytes - OLD.size WHERE id = OLD.volume_id; END"
    ),
)
_HOME = "INSERT INTO volume (id, name, path, marker) VALUES (1, '', '', '')"
_FROM_1 = (
    "DROP INDEX IF EXISTS file_by_time",
    "DROP INDEX IF EXISTS file_by_size",
    "DROP INDEX IF EXISTS file_by_age",
    "ALTER TABLE file ADD COLUMN volume_id INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE file ADD COLUMN held INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE file ADD COLUMN chain BLOB",
    "ALTER TABLE hold RENAME TO hold_1",
)
_FILL_FROM_1 = (
    "UPDATE volume SET used_bytes = (SELECT coalesce(sum(size), 0) FROM file)",
    (
        "INSERT INTO hold (id, camera_id, kind, start_us, end_us)"
        " SELECT start_us || '-' || end_us, camera_id, 'event', start_us, end_us FROM hold_1"
    ),
    "DROP TABLE hold_1",
    "INSERT INTO camera (id) SELECT camera_id FROM file UNION SELECT camera_id FROM hold",
    (
        "UPDATE camera SET longest_file_us ="
        " (SELECT coalesce(max(end_us - start_us), 0) FROM file WHERE camera_id = camera.id),"
        " longest_hold_us = (SELECT coalesce(max(end_us - start_us), 0) FROM hold WHERE camera_id = camera.id)"
    ),
    (
        "UPDATE file SET held = 1 WHERE state = 'closed' AND EXISTS (SELECT 1 FROM hold"
        " WHERE hold.camera_id = file.camera_id AND hold.start_us < file.end_us AND hold.end_us > file.start_us)"
    ),
)


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables of an empty index, or bring an older one up to date; all of it or nothing.

    Raises `sqlite3.NotSupportedError` for an index of a newer version.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        version = _version(db)
        if version < VERSION:
            _run(db, (_FILE, _GAP) if version == 0 else _FROM_1)
            _run(db, (*_TABLES, *_INDEXES, _HOME))
            if version == 1:
                _run(db, _FILL_FROM_1)
                _chain_files(db)
            _run(db, _TRIGGERS)
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _version(db: sqlite3.Connection) -> int:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise sqlite3.NotSupportedError(
            f"the index is of version {version}, which a newer Doorward wrote; this one knows {VERSION}"
        )
    return version


def _run(db: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        db.execute(statement)


def _chain_files(db: sqlite3.Connection) -> None:
    """Chain the files of an index from before there were chains, as they are now."""
    for (camera_id,) in db.execute("SELECT id FROM camera").fetchall():
        chain = b""
        rows = db.execute(
            "SELECT id, path, start_us, end_us, size, sha256 FROM file"
            " WHERE camera_id = ? AND state = 'closed' ORDER BY id",
            (camera_id,),
        ).fetchall()
        for file_id, path, start_us, end_us, size, sha256 in rows:
            chain = link(chain, camera_id, path, start_us, end_us, size, sha256)
            db.execute("UPDATE file SET chain = ? WHERE id = ?", (chain, file_id))
        db.execute("UPDATE camera SET chain = ? WHERE id = ?", (chain, camera_id))
