"""An interval of a camera as an HLS playlist (RFC 8216) of byte ranges of its recorded files.

The files of one stretch follow each other on one time line: of what is sent only the fragments' decode times and
sequence numbers differ from what was recorded, at the same places and of the same length.
"""

import logging
import math
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from doorward.video.clip_cursor import JOIN_US
from doorward.video.errors import BrokenFile
from doorward.video.fmp4 import move_fragment, read_init
from doorward.video.fragment import TIMESCALE, Fragment, ticks_to_us, us_to_ticks
from doorward.video.index import FileRow, FileState
from doorward.video.timeline import Timeline
from doorward.video.walk import walk_fragments
from doorward.video.wall_time import from_us

SEGMENT_TICKS = 2 * TIMESCALE
"""A segment ends at the first keyframe after so much; long enough that requests are few, short enough to follow."""
LONGEST_TICKS = 6 * TIMESCALE
"""It ends here in any case: some cameras send a keyframe only every half minute."""
TARGET_S = 8
_INIT_LIMIT = 64 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Segment:
    """Whole fragments of one file: bytes `offset`..`end`, and ticks of the file's own time line."""

    offset: int
    end: int
    start: int
    duration: int

    @classmethod
    def of(cls, fragments: list[Fragment]) -> "Segment":
        """One or more that follow each other."""
        first, last = fragments[0], fragments[-1]
        return cls(first.offset, last.offset + last.size, first.start, last.end - first.start)


@dataclass(slots=True)
class PlacedFile:
    """A file at its place in the playlist: ticks of its own time line are `shift` less than those that are sent."""

    row: FileRow
    start_us: int
    """Of the first frame. Fixed: the row of an open file is still corrected by milliseconds."""
    init: int
    shift: int
    broken_off: bool
    """What is before it ends at a gap, or has other parameters."""
    offset: int
    """Of the next fragment that is not in the playlist yet."""
    segments: list[Segment] = field(default_factory=list)
    pending: list[Fragment] = field(default_factory=list)
    """Fragments of the segment that is not complete yet."""

    def end_us(self, segment: Segment) -> int:
        """The wall-clock end of a segment."""
        return self.start_us + ticks_to_us(segment.start + segment.duration)

    def flush(self) -> None:
        """Complete the last segment."""
        if self.pending:
            self.segments.append(Segment.of(self.pending))
            self.pending = []


class Playlist:
    """[start, end) of a camera; `extend` appends what has been recorded since, and nothing that is in it ever changes.

    Blocking; any thread.
    """

    def __init__(self, timeline: Timeline, start_us: int, end_us: int, *, grows: bool) -> None:
        self._timeline = timeline
        self._start_us = start_us
        self._end_us = end_us
        self._grows = grows
        self._files: dict[int, PlacedFile] = {}
        self._inits: list[bytes] = []
        self._codecs: dict[str, None] = {}
        self._present: PlacedFile | None = None
        self._last: FileRow | None = None
        self._zero_us: int | None = None
        self._seen_us = start_us
        self._media_end = 0
        self._ended = False
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Nothing can be played yet."""
        return not any(file.segments for file in self._files.values())

    def extend(self, *, over: bool) -> None:
        """Append what has come. `over`: nothing more will, the interval has passed. Raises OSError, `sqlite3.Error`."""
        with self._lock:
            while not self._ended and self._extend_once():
                pass
            if over and not self._ended:
                if self._present is not None:
                    self._present.flush()
                self._ended = True

    def init(self, number: int) -> bytes | None:
        """The header that EXT-X-MAP names so."""
        return self._inits[number] if 0 <= number < len(self._inits) else None

    def file(self, file_id: int) -> PlacedFile | None:
        """A file of which something is in the playlist."""
        return self._files.get(file_id)

    def master(self) -> str:
        """The master playlist: its one rendition."""
        with self._lock:
            rates = [
                (segment.end - segment.offset) * 8 * TIMESCALE // max(segment.duration, 1)
                for file in self._files.values()
                for segment in file.segments
            ]
        stream = f'#EXT-X-STREAM-INF:BANDWIDTH={max(rates, default=1)},CODECS="{",".join(self._codecs)}"'
        return f"#EXTM3U\n#EXT-X-VERSION:7\n{stream}\nmedia.m3u8\n"

    def media(self) -> str:
        """The media playlist, as far as it has come."""
        with self._lock:
            files = [file for file in self._files.values() if file.segments]
            longest = max((segment.duration for file in files for segment in file.segments), default=0)
            lines = [
                "#EXTM3U",
                "#EXT-X-VERSION:7",
                f"#EXT-X-TARGETDURATION:{max(TARGET_S, math.ceil(longest / TIMESCALE))}",
                "#EXT-X-MEDIA-SEQUENCE:0",
                f"#EXT-X-PLAYLIST-TYPE:{'EVENT' if self._grows else 'VOD'}",
            ]
            init = -1
            for number, file in enumerate(files):
                if number and file.broken_off:
                    lines.append("#EXT-X-DISCONTINUITY")
                if file.init != init:
                    init = file.init
                    lines.append(f'#EXT-X-MAP:URI="init-{init}.mp4"')
                lines += _lines(file)
            if self._ended:
                lines.append("#EXT-X-ENDLIST")
        return "\n".join([*lines, ""])

    def _extend_once(self) -> bool:
        """Read on in the present file, or go to the next; False when there is nothing more for now."""
        file = self._present
        if file is None:
            row = self._next_row()
            if row is None:
                return False
            if row.start_us >= self._end_us:
                self._ended = True
                return False
            file = self._placed(row)
            if file is None:
                if row.state is FileState.OPEN:
                    return False
                self._last = row
                return True
            self._present = self._files[row.id] = file
        row = self._timeline.reread(file.row)
        if row is not None:
            file.row = row
            if self._read(file, fragments_of(self._timeline, row, file.offset)):
                self._ended = True
        if row is not None and row.state is FileState.OPEN and not self._ended:
            return False
        file.flush()
        self._last, self._present = file.row, None
        return True

    def _next_row(self) -> FileRow | None:
        if self._last is None:
            return self._timeline.first_file(self._start_us, self._end_us)
        return self._timeline.next_file(self._last)

    def _read(self, file: PlacedFile, fragments: Iterator[Fragment]) -> bool:
        """Append them; True when the interval's end is reached."""
        for fragment in fragments:
            wall_us = file.start_us + ticks_to_us(fragment.start)
            if wall_us >= self._end_us:
                return True
            if file.pending and _is_complete(file.pending, fragment):
                file.flush()
            file.pending.append(fragment)
            file.offset = fragment.offset + fragment.size
            self._media_end = fragment.end + file.shift
            self._seen_us = wall_us + ticks_to_us(fragment.duration)
        return False

    def _placed(self, row: FileRow) -> PlacedFile | None:
        """The file at its place; None for one that is gone or damaged, or has nothing (yet) of what is wanted."""
        try:
            entry = self._entry(row)
            init = self._init_of(row) if entry is not None else None
        except FileNotFoundError:
            return None
        if entry is None or init is None:
            return None
        wall_us = row.start_us + ticks_to_us(entry.start)
        if self._zero_us is None:
            self._zero_us = wall_us
        broken_off = wall_us > self._seen_us + JOIN_US or (bool(self._files) and self._last_init() != init)
        media = self._media_end
        if broken_off:
            media = max(media, us_to_ticks(wall_us - self._zero_us))
        return PlacedFile(row, row.start_us, init, media - entry.start, broken_off, entry.offset)

    def _last_init(self) -> int:
        return next(reversed(self._files.values())).init

    def _entry(self, row: FileRow) -> Fragment | None:
        """Where to begin in a file: the keyframe at or before the start; later on, the first that was not shown yet."""
        found: Fragment | None = None
        ends_us = row.start_us
        for fragment in fragments_of(self._timeline, row, 0):
            wall_us = row.start_us + ticks_to_us(fragment.start)
            ends_us = wall_us + ticks_to_us(fragment.duration)
            if self._files:
                # A camera may begin with pictures from before.
                if fragment.keyframe and wall_us >= self._seen_us - JOIN_US:
                    return fragment
                continue
            if fragment.keyframe and (found is None or wall_us <= self._start_us):
                found = fragment
            if ends_us > self._start_us and found is not None:
                return found
        return None

    def _init_of(self, row: FileRow) -> int | None:
        descriptor = os.open(self._timeline.path_of(row), os.O_RDONLY)
        try:
            head = os.pread(descriptor, _INIT_LIMIT, 0)
            init = read_init(head)
        except BrokenFile as error:
            logger.error("%s is left out of a playlist: %s", row.path, error)
            return None
        finally:
            os.close(descriptor)
        if init is None:
            return None
        self._codecs[init.codec] = None
        data = head[: init.size]
        if data not in self._inits:
            self._inits.append(data)
        return self._inits.index(data)


def read_bytes(timeline: Timeline, file: PlacedFile, first: int, last: int) -> Iterator[bytes]:
    """Bytes `first`..`last` (inclusive) of a placed file, as they are sent: fragments moved to their place.

    They must lie in segments of the playlist. Ends early where the file is damaged. Raises FileNotFoundError at the
    first byte when retention has deleted it.
    """
    row = timeline.file(file.row.id)
    if row is None:
        raise FileNotFoundError(file.row.path)
    descriptor = os.open(timeline.path_of(row), os.O_RDONLY)
    return _moved(descriptor, file, first, last)


def _moved(descriptor: int, file: PlacedFile, first: int, last: int) -> Iterator[bytes]:
    try:
        offset = next(segment.offset for segment in file.segments if segment.end > first)
        for fragment in walk_fragments(descriptor, offset):
            if fragment.offset > last:
                return
            end = fragment.offset + fragment.size
            if end <= first:
                continue
            data = os.pread(descriptor, fragment.size, fragment.offset)
            moved = move_fragment(data, fragment.start + file.shift, fragment.start // TIMESCALE + 1)
            yield moved[max(0, first - fragment.offset) : last + 1 - fragment.offset]
    finally:
        os.close(descriptor)


def fragments_of(timeline: Timeline, row: FileRow, offset: int) -> Iterator[Fragment]:
    """The whole fragments of a file from a byte on: from the index once it is closed, else from the file itself."""
    if row.state is FileState.CLOSED:
        yield from (fragment for fragment in row.fragments() if fragment.offset >= offset)
        return
    try:
        descriptor = os.open(timeline.path_of(row), os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        if offset == 0:
            init = read_init(os.pread(descriptor, _INIT_LIMIT, 0))
            if init is None:
                return
            offset = init.size
        yield from walk_fragments(descriptor, offset)
    finally:
        os.close(descriptor)


def _is_complete(pending: list[Fragment], following: Fragment) -> bool:
    length = pending[-1].end - pending[0].start
    return length >= (SEGMENT_TICKS if following.keyframe else LONGEST_TICKS)


def _lines(file: PlacedFile) -> Iterator[str]:
    begins = from_us(file.start_us + ticks_to_us(file.segments[0].start))
    yield f"#EXT-X-PROGRAM-DATE-TIME:{begins:%Y-%m-%dT%H:%M:%S}.{begins.microsecond // 1000:03d}Z"
    for segment in file.segments:
        yield f"#EXTINF:{segment.duration / TIMESCALE:.6f},"
        yield f"#EXT-X-BYTERANGE:{segment.end - segment.offset}@{segment.offset}"
        yield f"{file.row.id}.mp4"
