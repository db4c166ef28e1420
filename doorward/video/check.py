"""Checking a store: the index against the files, the files against their hashes, the hashes against the chain."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from doorward.video.chain import link
from doorward.video.deletions import CONDEMNED, condemn_missing, delete, unfinished
from doorward.video.errors import BrokenFile
from doorward.video.index import DATABASE_NAME, Index
from doorward.video.recovery import recover_files
from doorward.video.volumes import Volume, known_volumes
from doorward.video.walk import WalkedFile, walk_file
from doorward.video.wall_time import to_us

_CHUNK = 1024 * 1024
_BATCH = 256
_RECORDED = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,63})/(\d{8})/(\d{6})-(\d{6})\.mp4")

Progress = Callable[[int, int], None]
"""Called with the bytes checked so far and in all."""


class FindingKind(StrEnum):
    """What can be wrong with a store."""

    UNAVAILABLE = "unavailable"
    UNFINISHED = "unfinished"
    MISSING = "missing"
    CHANGED = "changed"
    CHAIN = "chain"
    NOT_INDEXED = "not_indexed"
    LEFTOVER = "leftover"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, what it means, and whether it was put right."""

    kind: FindingKind
    path: str
    detail: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    path: str
    volume_id: int
    size: int
    sha256: bytes


class StoreCheck:
    """One check of the store of an open index. Blocking; beside a running recorder it only looks.

    With `repair`, which needs a `StoreLock` alone: unfinished work is finished, recordings that the index does not
    have are taken in, those that are missing are marked so. What was changed is never repaired.
    """

    def __init__(
        self,
        index: Index,
        root: Path,
        *,
        repair: bool,
        recorder_runs: bool,
        now_us: int,
        progress: Progress = lambda _done, _all: None,
    ) -> None:
        self._index = index
        self._root = root
        self._repair = repair
        self._recorder_runs = recorder_runs
        self._now_us = now_us
        self._progress = progress
        self._volumes: dict[int, Volume] = {}

    def findings(self) -> Iterator[Finding]:
        """All that is wrong, as it is found. Raises OSError and `sqlite3.Error`."""
        yield from self._check_volumes()
        if not self._recorder_runs:
            yield from self._check_unfinished()
        yield from self._check_files()
        for volume in self._volumes.values():
            yield from self._check_directory(volume)
        for camera_id in self._cameras():
            yield from self._check_chain(camera_id)

    def _check_volumes(self) -> Iterator[Finding]:
        for volume in known_volumes(self._index, self._root):
            trouble = volume.trouble()
            if trouble is None:
                self._volumes[volume.id] = volume
            else:
                detail = f"Its recordings were not checked. {trouble.detail}"
                yield Finding(FindingKind.UNAVAILABLE, str(volume.root), detail)

    def _check_unfinished(self) -> Iterator[Finding]:
        for volume in self._volumes.values():
            condemned = unfinished(self._index, volume.id)
            if self._repair:
                delete(self._index, volume.root, condemned, self._now_us)
            for file in condemned:
                yield Finding(FindingKind.UNFINISHED, str(volume.root / file.path), "To be deleted.", self._repair)
        rows = [row for row in self._index.open_files() if row.volume_id in self._volumes]
        if self._repair:
            recover_files(self._index, self._root)
        for row in rows:
            detail = "Its recorder died. The next one completes it."
            yield Finding(FindingKind.UNFINISHED, str(self._root / row.path), detail, self._repair)

    def _check_files(self) -> Iterator[Finding]:
        done = 0
        for row in self._closed_files():
            path = self._volumes[row.volume_id].root / row.path
            self._progress(done, self._index.used_bytes())
            done += row.size
            finding = _check_file(path, row)
            if finding is None or not self._is_still_closed(row.id):
                continue
            if finding.kind is FindingKind.MISSING and self._repair:
                condemn_missing(self._index, row.id, self._now_us)
                finding = Finding(finding.kind, finding.path, "It is gone, and marked so.", repaired=True)
            yield finding

    def _closed_files(self) -> Iterator[_Row]:
        """Every closed file that can be looked at, a batch at a time so that a recorder is not held up."""
        last = 0
        while True:
            with self._index.reading() as db:
                rows = db.execute(
                    "SELECT id, path, volume_id, size, sha256 FROM file"
                    " WHERE id > ? AND state = 'closed' AND held <> ? ORDER BY id LIMIT ?",
                    (last, CONDEMNED, _BATCH),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield from (_Row(*row) for row in rows if row[2] in self._volumes)

    def _is_still_closed(self, file_id: int) -> bool:
        """False where a recorder has deleted the file meanwhile."""
        with self._index.reading() as db:
            query = "SELECT 1 FROM file WHERE id = ? AND state = 'closed' AND held <> ?"
            return db.execute(query, (file_id, CONDEMNED)).fetchone() is not None

    def _check_directory(self, volume: Volume) -> Iterator[Finding]:
        for directory, subdirectories, names in os.walk(volume.root):
            subdirectories[:] = sorted(name for name in subdirectories if not name.startswith("."))
            for name in sorted(names):
                path = Path(directory, name)
                relative = path.relative_to(volume.root).as_posix()
                if not name.startswith((".", DATABASE_NAME)) and not self._is_indexed(relative) and path.exists():
                    yield self._judge_stranger(volume, path, relative)

    def _is_indexed(self, path: str) -> bool:
        with self._index.reading() as db:
            return db.execute("SELECT 1 FROM file WHERE path = ?", (path,)).fetchone() is not None

    def _judge_stranger(self, volume: Volume, path: Path, relative: str) -> Finding:
        named = _RECORDED.fullmatch(relative)
        if named is None:
            return Finding(FindingKind.FOREIGN, str(path), "Not a recording. Remove it if it is not needed.")
        if self._was_deleted(named[1], relative):
            if self._repair:
                path.unlink()
            return Finding(FindingKind.LEFTOVER, str(path), "It was deleted, but came back.", self._repair)
        walked = _walk(path)
        start_us = _start_us(named)
        if walked is None or not walked.fragments or start_us is None:
            return Finding(FindingKind.FOREIGN, str(path), "No whole recording. Remove it if it is not needed.")
        if self._repair:
            self._index.open_file(named[1], relative, start_us, walked.init.codec, volume.id)
            recover_files(self._index, self._root, named[1])
        return Finding(FindingKind.NOT_INDEXED, str(path), "A recording that the index does not have.", self._repair)

    def _was_deleted(self, camera_id: str, path: str) -> bool:
        with self._index.reading() as db:
            query = "SELECT 1 FROM deleted WHERE camera_id = ? AND path = ? AND reason <> 'missing'"
            return db.execute(query, (camera_id, path)).fetchone() is not None

    def _cameras(self) -> list[str]:
        with self._index.reading() as db:
            return [row[0] for row in db.execute("SELECT id FROM camera")]

    def _check_chain(self, camera_id: str) -> Iterator[Finding]:
        """Follow the camera's chain over what there is and what was deleted, as of one moment."""
        with self._index.reading() as db:
            db.execute("BEGIN")
            try:
                start, head = db.execute("SELECT chain_start, chain FROM camera WHERE id = ?", (camera_id,)).fetchone()
                rows = db.execute(_CHAIN, (camera_id, camera_id))
                broken, last = _broken_links(camera_id, start, rows)
            finally:
                db.execute("COMMIT")
        for path in broken:
            detail = "What the index says of it was changed, or what was recorded before it was taken away."
            yield Finding(FindingKind.CHAIN, path, detail)
        if last != head:
            detail = "The newest recordings of this camera were taken out of the index."
            yield Finding(FindingKind.CHAIN, camera_id, detail)


_CHAIN = """
SELECT id, path, start_us, end_us, size, sha256, chain FROM file WHERE camera_id = ? AND state = 'closed'
UNION ALL
SELECT id, path, start_us, end_us, size, sha256, chain FROM deleted
WHERE camera_id = ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.id = deleted.id)
ORDER BY id
"""


_ChainRow = tuple[int, str, int, int, int, bytes, bytes]


def _broken_links(camera_id: str, start: bytes, rows: Iterable[_ChainRow]) -> tuple[list[str], bytes]:
    """The paths where the chain does not follow from what is before, and its last value."""
    broken: list[str] = []
    before = start
    for _id, path, start_us, end_us, size, sha256, chain in rows:
        if link(before, camera_id, path, start_us, end_us, size, sha256) != chain:
            broken.append(path)
        before = chain
    return broken, before


def _check_file(path: Path, row: _Row) -> Finding | None:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size != row.size:
                return Finding(FindingKind.CHANGED, str(path), f"It has {size} bytes instead of {row.size}.")
            digest = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return Finding(FindingKind.MISSING, str(path), "The index has it, the disk has not.")
    except OSError as error:
        return Finding(FindingKind.CHANGED, str(path), f"It cannot be read ({error}).")
    if digest.digest() != row.sha256:
        return Finding(FindingKind.CHANGED, str(path), "Its bytes are not those that were recorded.")
    return None


def _walk(path: Path) -> WalkedFile | None:
    try:
        return walk_file(path)
    except (OSError, BrokenFile):
        return None


def _start_us(named: re.Match[str]) -> int | None:
    try:
        return to_us(datetime.strptime(f"{named[2]}{named[3]}{named[4]}+0000", "%Y%m%d%H%M%S%f%z"))
    except ValueError:
        return None
