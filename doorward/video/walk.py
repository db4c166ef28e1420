"""Walking a recorded file on disk, whole or still growing."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from doorward.video.errors import BrokenFile
from doorward.video.fmp4 import InitSegment, boxes, read_init, read_moof
from doorward.video.fragment import Fragment

_INIT_LIMIT = 64 * 1024
_MOOF_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WalkedFile:
    """What a file holds: its header, whole fragments, and the bytes up to the last whole fragment."""

    init: InitSegment
    fragments: list[Fragment]
    whole_size: int


def walk_file(path: Path) -> WalkedFile | None:
    """Read the structure of a file; None where not even its header is whole. Raises OSError, BrokenFile."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        init = read_init(os.pread(descriptor, _INIT_LIMIT, 0))
        if init is None:
            return None
        fragments = list(walk_fragments(descriptor, init.size))
    finally:
        os.close(descriptor)
    last = fragments[-1] if fragments else None
    return WalkedFile(init, fragments, last.offset + last.size if last else init.size)


def walk_fragments(descriptor: int, offset: int) -> Iterator[Fragment]:
    """The whole fragments from a byte offset on; ends quietly at a partial or damaged one."""
    size = os.fstat(descriptor).st_size
    while True:
        fragment = _fragment_at(descriptor, offset, size)
        if fragment is None:
            return
        yield fragment
        offset += fragment.size


def _fragment_at(descriptor: int, offset: int, file_size: int) -> Fragment | None:
    moof_size = _box_size(descriptor, offset, b"moof")
    if moof_size is None or moof_size > _MOOF_LIMIT:
        return None
    mdat_size = _box_size(descriptor, offset + moof_size, b"mdat")
    if mdat_size is None or offset + moof_size + mdat_size > file_size:
        return None
    moof = os.pread(descriptor, moof_size, offset)
    try:
        if not any(True for _ in boxes(moof)):
            return None
        timing = read_moof(moof)
    except BrokenFile:
        return None
    return Fragment(offset, moof_size + mdat_size, timing.start, timing.duration, timing.keyframe)


def _box_size(descriptor: int, offset: int, kind: bytes) -> int | None:
    header = os.pread(descriptor, 16, offset)
    if len(header) < 8 or header[4:8] != kind:
        return None
    size = int.from_bytes(header[:4], "big")
    if size == 1 and len(header) == 16:
        size = int.from_bytes(header[8:16], "big")
    return size if size >= 8 else None
