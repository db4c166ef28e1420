"""One recorded file while it is written."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from doorward.video.errors import BrokenFile
from doorward.video.fmp4 import boxes, read_moof
from doorward.video.fragment import Fragment


class Output(Protocol):
    """An unbuffered binary file, as `open(path, "wb", buffering=0)` returns one."""

    def write(self, data: bytes, /) -> int | None: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...


OpenOutput = Callable[[Path], Output]


def open_output(path: Path) -> Output:
    """Create (or replace) a file for writing, and its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb", buffering=0)


class Segment:
    """Appends whole fragments to a file, and knows its fragment index and hash. Raises OSError."""

    def __init__(self, path: Path, header: bytes, open_file: OpenOutput = open_output) -> None:
        self.path = path
        self.fragments: list[Fragment] = []
        self.size = 0
        self._hash = hashlib.sha256()
        self._synced_size = 0
        self._file = open_file(path)
        try:
            self._write(header)
        except OSError:
            self._file.close()
            raise

    def append(self, data: bytes) -> None:
        """Write one or more whole fragments. After an OSError the file may end in a partial one: recover it."""
        added: list[Fragment] = []
        position = 0
        parts = iter(boxes(data))
        for moof in parts:
            mdat = next(parts, None)
            if moof.kind != b"moof" or mdat is None or mdat.kind != b"mdat":
                raise BrokenFile("the muxer wrote something other than whole fragments")
            timing = read_moof(data[moof.start : moof.end])
            size = mdat.end - moof.start
            added.append(Fragment(self.size + position, size, timing.start, timing.duration, timing.keyframe))
            position = mdat.end
        if position != len(data):
            raise BrokenFile("the muxer wrote a partial fragment")
        self._write(data)
        self.fragments += added

    @property
    def end(self) -> int:
        """Ticks from the first frame to the end of the last fragment."""
        return self.fragments[-1].end if self.fragments else 0

    def digest(self) -> bytes:
        """SHA-256 of what was written."""
        return self._hash.digest()

    def sync(self) -> None:
        """Make what was written durable; nothing to do costs nothing."""
        size = self.size
        if size != self._synced_size:
            os.fdatasync(self._file.fileno())
            self._synced_size = size

    def close(self, *, durable: bool = True) -> None:
        """Close the file; `durable` waits for it and its directory entry to be on disk."""
        try:
            if durable:
                os.fsync(self._file.fileno())
                sync_directory(self.path.parent)
        finally:
            self._file.close()

    def _write(self, data: bytes) -> None:
        written = 0
        while written < len(data):
            written += self._file.write(data[written:]) or 0
        self.size += len(data)
        self._hash.update(data)


def sync_directory(path: Path) -> None:
    """Make the directory's entries durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
