"""Repairing the store after a recorder died: complete the rows of its open files from the files themselves."""

import hashlib
import logging
import os
from collections.abc import Callable, Collection
from pathlib import Path

from doorward.video.errors import BrokenFile
from doorward.video.fragment import ticks_to_us
from doorward.video.index import FileRow, GapReason, Index
from doorward.video.segment import sync_directory
from doorward.video.volumes import known_volumes
from doorward.video.walk import WalkedFile, walk_file

_CHUNK = 1024 * 1024

logger = logging.getLogger(__name__)


def recover_store(index: Index, root: Path) -> int:
    """Repair every camera's open files and mark where recording stopped; return how many files there were.

    Only while no recorder writes to this store. Raises OSError and `sqlite3.Error`.
    """
    count = recover_files(index, root)
    for camera_id in index.camera_ids():
        end_us = index.last_end_us(camera_id)
        if end_us is not None:
            index.open_gap(camera_id, end_us, GapReason.RECORDER_STOPPED)
    return count


def recover_files(
    index: Index,
    root: Path,
    camera_id: str | None = None,
    volume_id: int | None = None,
    writing: Callable[[], Collection[int]] = tuple,
) -> int:
    """Cut each open file after its last whole fragment and close its row; forget those without any.

    Of one camera or all, of one volume or all. Those on a volume that is not there stay as they are, and so do those
    that somebody is `writing`.
    """
    present = {volume.id for volume in known_volumes(index, root) if volume.trouble() is None}
    wanted = present if volume_id is None else present & {volume_id}
    rows = [row for row in index.open_files(camera_id) if row.volume_id in wanted]
    # Asked after the rows were read: what is in none of both was begun later.
    busy = writing() if rows else ()
    rows = [row for row in rows if row.id not in busy]
    for row in rows:
        walked = _walk(root / row.path)
        if walked is None or not walked.fragments:
            (root / row.path).unlink(missing_ok=True)
            index.remove_file(row.id)
        else:
            _complete(index, root / row.path, row, walked)
    return len(rows)


def _walk(path: Path) -> WalkedFile | None:
    try:
        return walk_file(path)
    except FileNotFoundError:
        return None
    except BrokenFile as error:
        logger.error("%s is dropped: %s", path.name, error)
        return None


def _complete(index: Index, path: Path, row: FileRow, walked: WalkedFile) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.ftruncate(descriptor, walked.whole_size)
        digest = _sha256(descriptor)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_directory(path.parent)
    end_us = row.start_us + ticks_to_us(walked.fragments[-1].end)
    index.close_file(row.id, row.start_us, end_us, walked.whole_size, walked.fragments, digest)


def _sha256(descriptor: int) -> bytes:
    digest = hashlib.sha256()
    offset = 0
    while chunk := os.pread(descriptor, _CHUNK, offset):
        digest.update(chunk)
        offset += len(chunk)
    return digest.digest()
