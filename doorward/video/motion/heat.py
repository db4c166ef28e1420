"""Where something moved, second by second: rows in the index of the recordings, and their writing.

A row is a minute of a camera: whoever looks for motion in an area reads the cells of whole minutes first, and the
seconds of those only that have some. A minute with a row and no seconds was looked at, and nothing moved.
"""

import sqlite3
import threading
from dataclasses import dataclass

from doorward.video.index import Index
from doorward.video.motion.detector import Motion
from doorward.video.motion.grid import HEAT_BYTES, pack_cells

SECOND_US = 1_000_000
MINUTE_S = 60
RECORD_BYTES = 2 + HEAT_BYTES
"""A second as it is stored: its number in the minute, its level of 255, its cells."""
_CAMERA_SHIFT = 32
"""A row's key is the camera's number and the minute since 1970: the minutes of a camera lie together on the disk."""

_CAMERAS = "CREATE TABLE IF NOT EXISTS motion_camera (id INTEGER PRIMARY KEY, camera_id TEXT NOT NULL UNIQUE)"
_MINUTES = (
    "CREATE TABLE IF NOT EXISTS motion_minute"
    " (key INTEGER PRIMARY KEY, peak INTEGER NOT NULL, cells BLOB NOT NULL, seconds BLOB NOT NULL)"
)
_WRITE = (
    "INSERT INTO motion_minute (key, peak, cells, seconds) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (key) DO UPDATE SET peak = excluded.peak, cells = excluded.cells, seconds = excluded.seconds"
)


@dataclass(slots=True)
class _Second:
    """What a second showed: the highest level of its pictures, and the cells of all of them as bits."""

    level: int = 0
    cells: int = 0

    def add(self, level: int, cells: int) -> None:
        self.level, self.cells = max(self.level, level), self.cells | cells


_Seconds = dict[int, _Second]


def row_key(camera: int, minute: int) -> int:
    """The key of the row of a camera (by its number) and a minute since 1970."""
    return camera << _CAMERA_SHIFT | minute


def minute_of(key: int) -> int:
    """The minute since 1970 of a row."""
    return key & (1 << _CAMERA_SHIFT) - 1


class HeatLog:
    """Takes what pictures showed, and writes it when asked. Several may write to one index, each its own cameras.

    `add` and `flush` may be called from any thread; `flush` and `forget_old` raise `sqlite3.Error`.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, int], _Seconds] = {}
        with index.transaction(durable=False) as db:
            db.execute(_CAMERAS)
            db.execute(_MINUTES)

    def add(self, camera_id: str, at_us: int, motion: Motion) -> None:
        """Note what a picture of this moment showed."""
        minute, second = divmod(at_us // SECOND_US, MINUTE_S)
        cells = int.from_bytes(pack_cells(motion.heat))
        level = -int(-motion.level * 255 // 1)
        with self._lock:
            seconds = self._pending.setdefault((camera_id, minute), {})
            if level or cells:
                seconds.setdefault(second, _Second()).add(level, cells)

    def flush(self) -> None:
        """Write what was added since the last time. It is kept for the next time where that fails."""
        with self._lock:
            pending, self._pending = self._pending, {}
        if not pending:
            return
        try:
            with self._index.transaction(durable=False) as db:
                for (camera_id, minute), seconds in pending.items():
                    _write(db, row_key(_number(db, camera_id), minute), seconds)
        except sqlite3.Error:
            self._take_back(pending)
            raise

    def forget_old(self) -> None:
        """Delete what is older than all that is recorded of its camera."""
        with self._index.transaction(durable=False) as db:
            for camera, camera_id in db.execute("SELECT id, camera_id FROM motion_camera").fetchall():
                (oldest_us,) = db.execute("SELECT min(start_us) FROM file WHERE camera_id = ?", (camera_id,)).fetchone()
                end = row_key(camera + 1, 0)
                if oldest_us is not None:
                    end = row_key(camera, oldest_us // (MINUTE_S * SECOND_US))
                db.execute("DELETE FROM motion_minute WHERE key >= ? AND key < ?", (row_key(camera, 0), end))

    def _take_back(self, pending: dict[tuple[str, int], _Seconds]) -> None:
        # A disk that stays full must not fill the memory: the latest minutes are what is kept.
        with self._lock:
            for key, seconds in sorted(pending.items(), key=lambda each: each[0][1])[-_MOST_PENDING:]:
                _merge(self._pending.setdefault(key, {}), seconds)


_MOST_PENDING = 1000


def _number(db: sqlite3.Connection, camera_id: str) -> int:
    db.execute("INSERT OR IGNORE INTO motion_camera (camera_id) VALUES (?)", (camera_id,))
    (number,) = db.execute("SELECT id FROM motion_camera WHERE camera_id = ?", (camera_id,)).fetchone()
    return int(number)


def _write(db: sqlite3.Connection, key: int, new: _Seconds) -> None:
    """Add seconds to a row, which an earlier recorder may have begun."""
    row = db.execute("SELECT seconds FROM motion_minute WHERE key = ?", (key,)).fetchone()
    seconds = {} if row is None else _unpack(row[0])
    _merge(seconds, new)
    cells = 0
    for second in seconds.values():
        cells |= second.cells
    peak = max((second.level for second in seconds.values()), default=0)
    db.execute(_WRITE, (key, peak, cells.to_bytes(HEAT_BYTES), _pack(seconds)))


def _merge(seconds: _Seconds, more: _Seconds) -> None:
    for number, second in more.items():
        seconds.setdefault(number, _Second()).add(second.level, second.cells)


def _pack(seconds: _Seconds) -> bytes:
    return b"".join(
        bytes((number, second.level)) + second.cells.to_bytes(HEAT_BYTES) for number, second in sorted(seconds.items())
    )


def _unpack(packed: bytes) -> _Seconds:
    records = (packed[at : at + RECORD_BYTES] for at in range(0, len(packed), RECORD_BYTES))
    return {record[0]: _Second(record[1], int.from_bytes(record[2:])) for record in records}
