"""The files of jobs: what is imported, and what became of each line. Private to the server, in its data directory."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from doorward.acs.errors import ValidationFailed

LONGEST_FILE = 64 * 1024 * 1024
MOST_LINES = 1_000_000
LONGEST_LINE = 64 * 1024
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: its number from 1, its text, and where in the file it ends."""

    number: int
    text: bytes
    end: int


def source_of(root: Path, job_id: str) -> Path:
    """The file that is imported."""
    return root / f"{job_id}.jsonl"


def result_of(root: Path, job_id: str) -> Path:
    """What became of its lines."""
    return root / f"{job_id}.result.jsonl"


async def store(root: Path, job_id: str, read: Callable[[int], Awaitable[bytes]]) -> int:
    """Store what `read` gives, piece by piece; how many lines it has. Raises ValidationFailed, and keeps nothing."""
    await asyncio.to_thread(root.mkdir, mode=0o700, parents=True, exist_ok=True)
    path = source_of(root, job_id)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            lines = await _copy(file.write, read)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return lines


async def _copy(write: Callable[[bytes], int], read: Callable[[int], Awaitable[bytes]]) -> int:
    size = lines = since_break = 0
    while chunk := await read(_CHUNK):
        size += len(chunk)
        if size > LONGEST_FILE:
            raise ValidationFailed(f"The file is longer than {LONGEST_FILE // 1024**2} MiB. Split it.", "file")
        first, *others = chunk.split(b"\n")
        since_break += len(first)
        for part in others:
            _check_line(since_break, lines + 1)
            lines += 1
            since_break = len(part)
        _check_line(since_break, lines + 1)
        write(chunk)
    lines += bool(since_break)
    if lines > MOST_LINES:
        raise ValidationFailed(f"The file has more than {MOST_LINES} lines. Split it.", "file")
    if not lines:
        raise ValidationFailed("The file is empty. It has one JSON object in each line.", "file")
    return lines


def _check_line(length: int, number: int) -> None:
    if length > LONGEST_LINE:
        raise ValidationFailed(f"Line {number} is longer than {LONGEST_LINE // 1024} KiB.", "file")


def lines_from(path: Path, begin: int, number: int, most: int) -> list[Line]:
    """At most so many lines, from this place on; the first has this number."""
    with path.open("rb") as file:
        file.seek(begin)
        return list(_lines(file.readline, begin, number, most))


def _lines(readline: Callable[[int], bytes], end: int, number: int, most: int) -> Iterator[Line]:
    for number in range(number, number + most):  # noqa: B020, PLR1704 - counts on from the first
        text = readline(LONGEST_LINE + 2)
        if not text:
            return
        end += len(text)
        yield Line(number, text.strip(), end)


def append(path: Path, begin: int, content: bytes) -> int:
    """Write from this place on, over what a batch that was never finished left there; where it ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.truncate(begin)
        file.seek(begin)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return begin + len(content)


def remove(root: Path, job_id: str) -> None:
    """Delete both files."""
    source_of(root, job_id).unlink(missing_ok=True)
    result_of(root, job_id).unlink(missing_ok=True)


def remove_all_but(root: Path, kept: Collection[str], end: datetime) -> None:
    """Delete the files of all other jobs; those written since `end` may belong to one that is only being made."""
    for path in root.glob("*.jsonl"):
        if path.name.split(".")[0] not in kept and path.stat().st_mtime < end.timestamp():
            path.unlink(missing_ok=True)
