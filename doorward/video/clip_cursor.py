"""A position in one camera's recording, moving forward over fragments and files. Blocking; one thread at a time."""

import logging
import os
import threading
from dataclasses import dataclass

from doorward.video.errors import BrokenFile
from doorward.video.fmp4 import InitSegment, move_fragment, read_init
from doorward.video.fragment import Fragment, ticks_to_us, us_to_ticks
from doorward.video.index import FileRow, FileState
from doorward.video.timeline import Timeline
from doorward.video.walk import walk_fragments

PART_BYTES = 256 * 1024
"""About what one read returns at most, so that a slow reader holds little memory."""
JOIN_US = 250_000
"""Fragments closer than this to the end of the ones before follow them without a seam."""
_INIT_LIMIT = 64 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClipPart:
    """Some bytes of a clip, and what their first fragment is."""

    data: bytes
    start_us: int
    codec: str


class ClipCursor:
    """Reads the fragments that overlap [start, end), from the keyframe at or before `start`."""

    def __init__(self, timeline: Timeline, start_us: int, end_us: int) -> None:
        self._timeline = timeline
        self._start_us = start_us
        self._end_us = end_us
        self._file: _ReadFile | None = None
        self._init = b""
        self._zero_us: int | None = None
        self._media_end_us = 0
        self._sequence = 0
        self._skipping = False
        self._lock = threading.Lock()
        self._closed = False
        self.finished = False
        """Everything up to the end was read; more cannot come."""

    def close(self) -> None:
        """Close the file under the cursor; a later `read` returns None."""
        with self._lock:
            self._closed = True
            if self._file is not None:
                self._file.close()
                self._file = None

    def read(self) -> ClipPart | None:
        """The next whole fragments (an init segment before them where needed), or None for nothing now.

        Damaged parts of the recording are left out. Raises OSError.
        """
        with self._lock:
            while not self._closed and not self.finished:
                if self._file is None:
                    self._file = self._first_file()
                    if self._file is None:
                        return None
                part = self._read_file(self._file)
                if part is not None or self.finished:
                    return part
                row = self._timeline.reread(self._file.row)
                if row is not None and row.state is FileState.OPEN:
                    return None
                # It may have been completed since it was read; anything else left in it is damaged.
                part = self._read_file(self._file)
                if part is not None or self.finished:
                    return part
                following = self._next_file(self._file)
                if following is None:
                    return None
                self._file.close()
                self._file = following
        return None

    def _first_file(self) -> "_ReadFile | None":
        row = self._timeline.first_file(self._start_us, self._end_us)
        while row is not None and row.start_us < self._end_us:
            file = _ReadFile.open(self._timeline, row)
            if file is not None:
                if file.seek(self._start_us):
                    return file
                file.close()
            row = self._timeline.next_file(row)
        return None

    def _next_file(self, file: "_ReadFile") -> "_ReadFile | None":
        """The file after a finished one; None while nothing follows yet."""
        following = self._timeline.next_file(file.row)
        while following is not None:
            opened = _ReadFile.open(self._timeline, following)
            if opened is not None:
                return opened
            following = self._timeline.next_file(following)
        return None

    def _read_file(self, file: "_ReadFile") -> ClipPart | None:
        chunks: list[bytes] = []
        size = 0
        first_us: int | None = None
        for fragment in walk_fragments(file.descriptor, file.offset):
            wall_us = file.start_us + ticks_to_us(fragment.start)
            if wall_us >= self._end_us:
                self.finished = True
                break
            if self._was_played(fragment, wall_us):
                file.offset = fragment.offset + fragment.size
                continue
            if file.init_bytes != self._init:
                self._init = file.init_bytes
                chunks.append(self._init)
            chunks.append(self._place(file, fragment, wall_us))
            first_us = wall_us if first_us is None else first_us
            file.offset = fragment.offset + fragment.size
            size += fragment.size
            if wall_us + ticks_to_us(fragment.duration) >= self._end_us:
                self.finished = True
                break
            if size >= PART_BYTES:
                break
        if first_us is None:
            return None
        return ClipPart(b"".join(chunks), first_us, file.init.codec)

    def _was_played(self, fragment: Fragment, wall_us: int) -> bool:
        """Whether another file already showed this moment: a camera may begin with pictures from before."""
        if self._zero_us is None:
            return False
        if wall_us < self._zero_us + self._media_end_us - JOIN_US:
            self._skipping = True
        elif fragment.keyframe:
            self._skipping = False
        return self._skipping

    def _place(self, file: "_ReadFile", fragment: Fragment, wall_us: int) -> bytes:
        """The fragment's bytes, at the media time of its wall-clock time."""
        if self._zero_us is None:
            self._zero_us = wall_us
        media_us = wall_us - self._zero_us
        if media_us < self._media_end_us + JOIN_US:
            media_us = self._media_end_us
        self._media_end_us = media_us + ticks_to_us(fragment.duration)
        self._sequence += 1
        data = os.pread(file.descriptor, fragment.size, fragment.offset)
        return move_fragment(data, us_to_ticks(media_us), self._sequence)


@dataclass(slots=True)
class _ReadFile:
    """A recorded file open for reading; `offset` is the next byte to read."""

    row: FileRow
    descriptor: int
    init: InitSegment
    init_bytes: bytes
    start_us: int
    offset: int

    @classmethod
    def open(cls, timeline: Timeline, row: FileRow) -> "_ReadFile | None":
        """None for a file that was deleted meanwhile, or whose header is damaged or not written yet."""
        try:
            descriptor = os.open(timeline.root / row.path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            head = os.pread(descriptor, _INIT_LIMIT, 0)
            init = read_init(head)
        except BrokenFile as error:
            logger.error("%s is left out of a clip: %s", row.path, error)
            init = None
        if init is None:
            os.close(descriptor)
            return None
        return cls(row, descriptor, init, head[: init.size], row.start_us, init.size)

    def seek(self, start_us: int) -> bool:
        """Move to the keyframe at or before a moment; False when the file ends before that moment."""
        entry: int | None = None
        end_us = self.start_us
        closed = self.row.state is FileState.CLOSED
        for fragment in self.row.fragments() if closed else walk_fragments(self.descriptor, self.offset):
            if fragment.keyframe and (entry is None or self.start_us + ticks_to_us(fragment.start) <= start_us):
                entry = fragment.offset
            end_us = self.start_us + ticks_to_us(fragment.end)
            if end_us > start_us:
                break
        if entry is None or end_us <= start_us:
            return False
        self.offset = entry
        return True

    def close(self) -> None:
        os.close(self.descriptor)
