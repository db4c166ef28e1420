"""Asking the index when something moved in an area, and how much. From any process, while recorders write."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from doorward.acs.cameras.motion_settings import Area
from doorward.video.index import DATABASE_NAME
from doorward.video.motion.grid import HEAT_BYTES, cells_touched, pack_cells
from doorward.video.motion.heat import MINUTE_S, RECORD_BYTES, SECOND_US, minute_of, row_key

JOINED_S = 5
"""Seconds with motion that are no further apart are one finding: some cameras show a picture only so often."""

_Numbers = npt.NDArray[np.int64]
_Shares = npt.NDArray[np.float64]
_Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Found:
    """From the first second that moved to the end of the last; `share` is the most of the area that moved at once."""

    start_us: int
    end_us: int
    share: float


def search_motion(
    root: Path, camera_id: str, area: Area, start_us: int, end_us: int, min_share: float = 0.0, min_s: int = 1
) -> list[Found]:
    """When at least this share of the area's cells moved within a second, oldest first, whole seconds.

    What lasts less than `min_s` is left out. Blocks for milliseconds, for a camera that moved all day for some tens.
    """
    mask = np.frombuffer(pack_cells(cells_touched(area)), np.uint8)
    fewest = max(1, int(np.ceil(min_share * int(np.bitwise_count(mask).sum()) - 1e-9)))
    with _reading(root, camera_id) as reading:
        if reading is None:
            return []
        seconds, records = reading.seconds(start_us, end_us, mask, fewest)
    moved = _moved(records[:, 2:], mask)
    hot = moved >= fewest
    shares = moved[hot] / int(np.bitwise_count(mask).sum())
    return [found for found in _joined(seconds[hot], shares) if found.end_us - found.start_us >= min_s * SECOND_US]


def motion_levels(root: Path, camera_id: str, start_us: int, count: int, step_s: int) -> list[float | None]:
    """How much moved under the camera's settings in each of `count` steps from `start_us` on.

    The highest share of the picture, 0 to 1; None where nobody looked. Times are taken in whole seconds, and for steps
    of whole minutes in whole minutes.
    """
    unit_s = MINUTE_S if step_s % MINUTE_S == 0 else 1
    start_s = start_us // SECOND_US // unit_s * unit_s
    end_us = (start_s + count * step_s) * SECOND_US
    highest = np.full(count, np.nan)
    with _reading(root, camera_id) as reading:
        if reading is None:
            return [None] * count
        minutes, peaks = reading.peaks(start_s * SECOND_US, end_us)
        if unit_s == MINUTE_S:
            np.fmax.at(highest, (minutes * MINUTE_S - start_s) // step_s, peaks / 255)
        else:
            looked = ((minutes * MINUTE_S)[:, None] + np.arange(MINUTE_S)).ravel() - start_s
            looked = looked[(looked >= 0) & (looked < count * step_s)]
            highest[looked // step_s] = 0.0
            seconds, records = reading.seconds(start_s * SECOND_US, end_us, None, 0)
            np.fmax.at(highest, (seconds - start_s) // step_s, records[:, 1] / 255)
    return [None if np.isnan(level) else float(level) for level in highest]


class _Reading:
    """One camera's rows, within one connection."""

    def __init__(self, db: sqlite3.Connection, camera: int) -> None:
        self._db = db
        self._camera = camera

    def peaks(self, start_us: int, end_us: int) -> tuple[_Numbers, _Numbers]:
        """The minutes that were looked at, and their highest levels of 255."""
        rows = self._rows("key, peak", start_us, end_us)
        minutes = np.fromiter((minute_of(key) for key, _ in rows), np.int64, len(rows))
        return minutes, np.fromiter((peak for _, peak in rows), np.int64, len(rows))

    def seconds(self, start_us: int, end_us: int, mask: _Bits | None, fewest: int) -> tuple[_Numbers, _Bits]:
        """The seconds of [start, end) since 1970 that moved, and their records.

        With a mask: of those minutes only in which so many of its cells moved.
        """
        keys = self._keys(start_us, end_us, mask, fewest)
        packed = [
            self._db.execute("SELECT seconds FROM motion_minute WHERE key = ?", (key,)).fetchone() for key in keys
        ]
        minutes = [
            (minute_of(key), row[0]) for key, row in zip(keys, packed, strict=True) if row is not None and row[0]
        ]
        records = np.frombuffer(b"".join(each for _, each in minutes), np.uint8).reshape(-1, RECORD_BYTES)
        counts = [len(each) // RECORD_BYTES for _, each in minutes]
        begins = np.repeat(np.array([minute * MINUTE_S for minute, _ in minutes], np.int64), counts)
        seconds = begins + records[:, 0]
        within = (seconds * SECOND_US + SECOND_US > start_us) & (seconds * SECOND_US < end_us)
        return seconds[within], records[within]

    def _keys(self, start_us: int, end_us: int, mask: _Bits | None, fewest: int) -> Sequence[int]:
        if mask is None:
            return [row[0] for row in self._rows("key", start_us, end_us)]
        rows = self._rows("key, cells", start_us, end_us)
        cells = np.frombuffer(b"".join(row[1] for row in rows), np.uint8).reshape(-1, HEAT_BYTES)
        enough = _moved(cells, mask) >= fewest
        return [rows[number][0] for number in np.flatnonzero(enough)]

    def _rows(self, columns: str, start_us: int, end_us: int) -> list[tuple[Any, ...]]:
        minute_us = MINUTE_S * SECOND_US
        first, last = row_key(self._camera, start_us // minute_us), row_key(self._camera, -(-end_us // minute_us))
        query = f"SELECT {columns} FROM motion_minute WHERE key >= ? AND key < ? ORDER BY key"  # noqa: S608 - our own words
        return self._db.execute(query, (first, last)).fetchall()


@contextmanager
def _reading(root: Path, camera_id: str) -> Iterator[_Reading | None]:
    """None for a camera in whose pictures nobody has ever looked for motion."""
    database = root / DATABASE_NAME
    if not database.exists():
        yield None
        return
    # Read-only mode could not create the WAL's shared memory when no recorder runs.
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=5)) as db:
        db.execute("PRAGMA query_only = ON")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'motion_camera'").fetchone():
            yield None
            return
        row = db.execute("SELECT id FROM motion_camera WHERE camera_id = ?", (camera_id,)).fetchone()
        # What is read belongs to one moment.
        db.execute("BEGIN")
        yield None if row is None else _Reading(db, row[0])


def _moved(cells: _Bits, mask: _Bits) -> _Numbers:
    """How many cells of the mask moved, row by row."""
    counts: _Numbers = np.bitwise_count(cells & mask).sum(axis=1, dtype=np.int64)
    return counts


def _joined(seconds: _Numbers, shares: _Shares) -> Iterator[Found]:
    if not len(seconds):
        return
    seams = np.flatnonzero(np.diff(seconds) > JOINED_S) + 1
    for numbers, parts in zip(np.split(seconds, seams), np.split(shares, seams), strict=True):
        yield Found(int(numbers[0]) * SECOND_US, int(numbers[-1] + 1) * SECOND_US, float(parts.max()))
