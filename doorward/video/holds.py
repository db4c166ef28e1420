"""Intervals of a camera that are kept whatever the retention says. A file that one touches is marked held."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from doorward.video.index import Index

LOCK_MARGIN_US = 150_000_000
"""A lock keeps this much either side of what was locked."""
_BATCH = 500


class HoldKind(StrEnum):
    """Why an interval is kept."""

    EVENT = "event"
    BOOKMARK = "bookmark"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class NewHold:
    """Keep [start, end) of a camera until `until_us`, or as long as the category says, or until it is released.

    Another one of the same id and camera takes the place of the first. Times in microseconds since 1970 UTC.
    """

    id: str
    camera_id: str
    start_us: int
    end_us: int
    kind: HoldKind = HoldKind.EVENT
    until_us: int | None = None
    category: str | None = None


def add_hold(index: Index, hold: NewHold) -> None:
    """Keep an interval from deletion; durable on return. Raises ValueError for one that ends before it begins."""
    if hold.end_us <= hold.start_us:
        raise ValueError("the interval ends before it begins")
    margin = LOCK_MARGIN_US if hold.kind is HoldKind.LOCK else 0
    start_us, end_us = hold.start_us - margin, hold.end_us + margin
    with index.transaction(durable=True) as db:
        before = db.execute(
            "SELECT start_us, end_us FROM hold WHERE id = ? AND camera_id = ?", (hold.id, hold.camera_id)
        ).fetchone()
        until_us = hold.until_us
        if until_us is None and hold.category is not None:
            until_us = _until_us(db, hold.category, end_us)
        db.execute(
            "INSERT OR REPLACE INTO hold (id, camera_id, kind, start_us, end_us, until_us, category)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                hold.id,
                hold.camera_id,
                hold.kind,
                start_us,
                end_us,
                until_us,
                hold.category if hold.until_us is None else None,
            ),
        )
        db.execute("INSERT OR IGNORE INTO camera (id) VALUES (?)", (hold.camera_id,))
        db.execute(
            "UPDATE camera SET longest_hold_us = max(longest_hold_us, ?) WHERE id = ?",
            (end_us - start_us, hold.camera_id),
        )
        _mark(db, hold.camera_id, start_us, end_us)
        if before is not None:
            _mark(db, hold.camera_id, *before)


def release_hold(index: Index, hold_id: str, camera_id: str | None = None) -> None:
    """Keep an interval no longer, of one camera or of all that have a hold of this id."""
    with index.transaction(durable=True) as db:
        rows = db.execute(
            "SELECT id, camera_id, start_us, end_us FROM hold WHERE id = ? AND (? IS NULL OR camera_id = ?)",
            (hold_id, camera_id, camera_id),
        ).fetchall()
        _end(db, rows)


def expire_holds(index: Index, now_us: int) -> None:
    """Release what was to be kept until now. A batch at a time, so that recording goes on between."""
    while True:
        with index.transaction(durable=False) as db:
            rows = db.execute(
                "SELECT id, camera_id, start_us, end_us FROM hold WHERE until_us <= ? LIMIT ?", (now_us, _BATCH)
            ).fetchall()
            _end(db, rows)
        if len(rows) < _BATCH:
            return


def set_categories(index: Index, keep_us: dict[str, int | None]) -> None:
    """How long holds of each category last from their end on; None adds nothing to the camera's own retention.

    Holds of a category that was never named last until they are released.
    """
    with index.transaction(durable=True) as db:
        known = dict(db.execute("SELECT name, keep_us FROM category").fetchall())
        for name, keep in keep_us.items():
            if name in known and known[name] == keep:
                continue
            db.execute("INSERT OR REPLACE INTO category (name, keep_us) VALUES (?, ?)", (name, keep))
            db.execute("UPDATE hold SET until_us = end_us + ? WHERE category = ?", (keep or 0, name))


def _until_us(db: sqlite3.Connection, category: str, end_us: int) -> int | None:
    row = db.execute("SELECT keep_us FROM category WHERE name = ?", (category,)).fetchone()
    return None if row is None else end_us + (row[0] or 0)


def _end(db: sqlite3.Connection, rows: list[tuple[str, str, int, int]]) -> None:
    for hold_id, camera_id, start_us, end_us in rows:
        db.execute("DELETE FROM hold WHERE id = ? AND camera_id = ?", (hold_id, camera_id))
        _mark(db, camera_id, start_us, end_us)


def _mark(db: sqlite3.Connection, camera_id: str, start_us: int, end_us: int) -> None:
    """Work out anew which files of an interval are held.

    No file and no hold is longer than the camera's longest, so both searches look at a few rows in an index.
    """
    longest_file_us, longest_hold_us = db.execute(
        "SELECT longest_file_us, longest_hold_us FROM camera WHERE id = ?", (camera_id,)
    ).fetchone()
    db.execute(
        "UPDATE file SET held = EXISTS (SELECT 1 FROM hold WHERE hold.camera_id = file.camera_id"
        " AND hold.start_us < file.end_us AND hold.start_us >= file.start_us - ? AND hold.end_us > file.start_us)"
        " WHERE camera_id = ? AND state = 'closed' AND held >= 0"
        " AND start_us < ? AND start_us >= ? AND end_us > ?",
        (longest_hold_us, camera_id, end_us, start_us - longest_file_us, start_us),
    )
