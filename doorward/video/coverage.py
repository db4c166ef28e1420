"""What was recorded of a camera, and where there are gaps: from the index alone, no file is opened."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorward.video.clip_cursor import JOIN_US
from doorward.video.index import GapReason, GapRow
from doorward.video.timeline import reading

_FILES = """
SELECT start_us, end_us FROM file WHERE camera_id = :camera AND end_us > :start AND start_us < :end AND start_us >=
    coalesce((SELECT max(start_us) FROM file WHERE camera_id = :camera AND start_us <= :start), :start)
ORDER BY start_us
"""
_GAPS = """
SELECT camera_id, start_us, end_us, reason FROM gap
    WHERE camera_id = :camera AND end_us > :start AND start_us < :end
UNION ALL SELECT camera_id, start_us, end_us, reason FROM gap
    WHERE camera_id = :camera AND end_us IS NULL AND start_us < :end
ORDER BY start_us
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time that was recorded without a break: microseconds since 1970, UTC."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is of one camera in an interval, oldest first, cut to it; a gap that lasts has no end."""

    camera_id: str
    stretches: tuple[Stretch, ...]
    gaps: tuple[GapRow, ...]


def read_coverage(root: Path, wanted: Iterable[tuple[str, int, int]]) -> list[Coverage]:
    """Of each camera the interval [start, end) that is asked for. Blocks for a moment; raises `sqlite3.Error`."""
    with reading(root) as db:
        return [_read(db, camera_id, start_us, end_us) for camera_id, start_us, end_us in wanted]


def _read(db: sqlite3.Connection | None, camera_id: str, start_us: int, end_us: int) -> Coverage:
    if db is None or start_us >= end_us:
        return Coverage(camera_id, (), ())
    values = {"camera": camera_id, "start": start_us, "end": end_us}
    files: Sequence[tuple[int, int]] = db.execute(_FILES, values).fetchall()
    gaps = tuple(_gap(row, start_us, end_us) for row in db.execute(_GAPS, values))
    return Coverage(camera_id, merge(files, start_us, end_us), gaps)


def merge(files: Iterable[tuple[int, int]], start_us: int, end_us: int) -> tuple[Stretch, ...]:
    """Files in order of their start as few stretches, cut to [start, end)."""
    merged: list[list[int]] = []
    cut = ((max(begins, start_us), min(ends, end_us)) for begins, ends in files)
    for begins, ends in cut:
        if ends <= begins:
            continue
        if merged and begins - merged[-1][1] <= JOIN_US:
            merged[-1][1] = max(merged[-1][1], ends)
        else:
            merged.append([begins, ends])
    return tuple(Stretch(begins, ends) for begins, ends in merged)


def _gap(row: tuple[str, int, int | None, str], start_us: int, end_us: int) -> GapRow:
    camera_id, begins, ends, reason = row
    return GapRow(camera_id, max(begins, start_us), None if ends is None else min(ends, end_us), GapReason(reason))
