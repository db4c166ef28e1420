"""Bringing an index of the first release up to date, in place."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from doorward.video.chain import link
from doorward.video.deletions import has_free_files
from doorward.video.index import DATABASE_NAME, FileState, GapReason, Index
from doorward.video.index_schema import HOME_VOLUME

VERSION_1 = """
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, camera_id TEXT NOT NULL, path TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')), start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL CHECK (end_us >= start_us), size INTEGER NOT NULL, timescale INTEGER NOT NULL,
    codec TEXT NOT NULL, fragments BLOB NOT NULL, sha256 BLOB
);
CREATE INDEX file_by_time ON file (camera_id, start_us);
CREATE INDEX file_by_end ON file (camera_id, end_us);
CREATE INDEX file_by_size ON file (size);
CREATE INDEX file_by_age ON file (state, start_us);
CREATE TABLE gap (
    id INTEGER PRIMARY KEY AUTOINCREMENT, camera_id TEXT NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER,
    reason TEXT NOT NULL
);
CREATE INDEX gap_by_time ON gap (camera_id, start_us);
CREATE INDEX gap_by_end ON gap (camera_id, end_us);
CREATE TABLE hold (
    id INTEGER PRIMARY KEY AUTOINCREMENT, camera_id TEXT NOT NULL, start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL, UNIQUE (camera_id, start_us, end_us)
);
PRAGMA user_version = 1;
"""
DIGEST = hashlib.sha256(b"").digest()


def first_release(root: Path) -> None:
    """An index as release 0.1.0 wrote it: two closed files, the first held, and one that is open."""
    with sqlite3.connect(root / DATABASE_NAME) as db:
        db.executescript(VERSION_1)
        for number, state in enumerate(("closed", "closed", "open")):
            db.execute(
                "INSERT INTO file (camera_id, path, state, start_us, end_us, size, timescale, codec, fragments, sha256)"
                " VALUES ('cam', ?, ?, ?, ?, 100, 90000, 'avc1.42c016', x'', ?)",
                (f"{number}.mp4", state, number * 10, number * 10 + 10, DIGEST if state == "closed" else None),
            )
        db.execute("INSERT INTO gap (camera_id, start_us, reason) VALUES ('cam', 30, 'lost')")
        db.execute("INSERT INTO hold (camera_id, start_us, end_us) VALUES ('cam', 2, 4)")
    db.close()


def test_an_index_of_the_first_release_keeps_its_files_gaps_and_holds(tmp_path: Path) -> None:
    first_release(tmp_path)
    Index(tmp_path).close()

    index = Index(tmp_path)
    assert [(row.path, row.state, row.volume_id) for row in index.files("cam")] == [
        ("0.mp4", FileState.CLOSED, HOME_VOLUME),
        ("1.mp4", FileState.CLOSED, HOME_VOLUME),
        ("2.mp4", FileState.OPEN, HOME_VOLUME),
    ]
    assert [gap.reason for gap in index.gaps("cam")] == [GapReason.LOST]
    assert index.used_bytes() == 300
    assert index.camera_ids() == ["cam"]
    assert has_free_files(index, HOME_VOLUME)
    with index.reading() as db:
        assert db.execute("SELECT id, kind, until_us FROM hold").fetchall() == [("2-4", "event", None)]
        assert db.execute("SELECT held FROM file ORDER BY id").fetchall() == [(1,), (0,), (0,)]
        chains = [row[0] for row in db.execute("SELECT chain FROM file ORDER BY id")]
        head = db.execute("SELECT chain FROM camera").fetchone()[0]
    first = link(b"", "cam", "0.mp4", 0, 10, 100, DIGEST)
    assert chains == [first, link(first, "cam", "1.mp4", 10, 20, 100, DIGEST), None]
    assert head == chains[1]
    index.close()


def test_an_index_that_cannot_be_brought_up_to_date_stays_as_it_was(tmp_path: Path) -> None:
    first_release(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE_NAME) as db:
        db.execute("CREATE TABLE volume (somebody_elses TEXT)")
    db.close()
    with pytest.raises(sqlite3.OperationalError, match="volume"):
        Index(tmp_path)
    db = sqlite3.connect(tmp_path / DATABASE_NAME)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM hold").fetchone() == (1,)
    db.close()


def test_an_index_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE_NAME) as db:
        db.execute("PRAGMA user_version = 3")
    db.close()
    with pytest.raises(sqlite3.NotSupportedError, match="newer Doorward"):
        Index(tmp_path)
