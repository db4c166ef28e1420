"""The volumes that the index knows: which directories hold recordings, or did."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from doorward.video.index import Index
from doorward.video.index_schema import HOME_VOLUME
from doorward.video.store import VOLUME_MARKER
from doorward.video.volume_status import VolumeTrouble, find_trouble


@dataclass(frozen=True, slots=True)
class Volume:
    """A directory of recordings. `name` is the server's id of it; `marker` is empty for the index's own directory."""

    id: int
    name: str
    root: Path
    marker: str
    used_bytes: int

    def trouble(self) -> VolumeTrouble | None:
        """Why it cannot be used now; None where it can."""
        return find_trouble(self.root, self.marker)


def known_volumes(index: Index, home: Path) -> list[Volume]:
    """Every volume that was ever recorded to, the index's own first."""
    with index.reading() as db:
        rows = db.execute("SELECT id, name, path, marker, used_bytes FROM volume ORDER BY id").fetchall()
    return [Volume(row[0], row[1], Path(row[2]) if row[2] else home, row[3], row[4]) for row in rows]


def claim_volume(index: Index, home: Path, name: str, path: Path) -> int:
    """The id in the index of a volume that the server names; a new one gets its marker.

    A known one may have another directory now, if the marker came along. Raises OSError where a new volume cannot be
    written to, and `sqlite3.Error`.
    """
    known = {volume.name: volume for volume in known_volumes(index, home)}
    if path.resolve() == home.resolve():
        _rename(index, HOME_VOLUME, name, "")
        return HOME_VOLUME
    volume = known.get(name)
    if volume is not None and volume.id != HOME_VOLUME:
        if volume.root != path:
            _rename(index, volume.id, name, str(path))
        return volume.id
    marker = _mark(path)
    with index.transaction(durable=True) as db:
        cursor = db.execute(
            "INSERT INTO volume (name, path, marker) VALUES (?, ?, ?)"
            " ON CONFLICT (path) DO UPDATE SET name = excluded.name RETURNING id",
            (name, str(path), marker),
        )
        return int(cursor.fetchone()[0])


def _rename(index: Index, volume_id: int, name: str, path: str) -> None:
    with index.transaction(durable=True) as db:
        # Another that had this name keeps its files, and has none.
        db.execute("UPDATE volume SET name = 'former-' || id WHERE name = ? AND id <> ?", (name, volume_id))
        db.execute("UPDATE volume SET name = ?, path = ? WHERE id = ?", (name, path, volume_id))


def _mark(path: Path) -> str:
    """The marker of a directory; one that has it already, from an index that was lost, keeps it."""
    file = path / VOLUME_MARKER
    try:
        marker = file.read_text().strip()
        if marker:
            return marker
    except FileNotFoundError:
        pass
    marker = uuid.uuid4().hex
    file.write_text(marker + "\n")
    return marker
