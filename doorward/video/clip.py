"""Playing what was recorded: any interval of one camera as one stream that a browser's MediaSource accepts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from doorward.video.clip_cursor import ClipCursor, ClipPart
from doorward.video.errors import NoRecording
from doorward.video.store import camera_directory
from doorward.video.timeline import Timeline
from doorward.video.wall_time import from_us, to_us

POLL_S = 0.1
IDLE_S = 10.0
"""A recording that does not grow for this long ends the clip."""
GRACE_US = 2_000_000
"""The last fragment of an interval is written a moment after the interval has ended."""


class ClipStream:
    """Iterate over it once for the clip's bytes: an init segment, then whole moof+mdat fragments.

    Media time zero is `starts_at`, the keyframe at or before the start asked for. A new init segment comes
    wherever the picture's size or coding changes. `aclose` it if it is not iterated to its end.
    """

    def __init__(
        self, cursor: ClipCursor, first: ClipPart, end_us: int, now: Callable[[], datetime], idle_s: float
    ) -> None:
        self._cursor = cursor
        self._first: ClipPart | None = first
        self._end_us = end_us
        self._now = now
        self._idle_s = idle_s
        self.starts_at = from_us(first.start_us)
        """The wall-clock moment of the first frame, UTC."""
        self.codec = first.codec
        """As RFC 6381 writes it, e.g. `avc1.64001f`: `video/mp4; codecs="..."`."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._read()

    async def aclose(self) -> None:
        """Close the file under the clip; safe to call twice."""
        await asyncio.to_thread(self._cursor.close)

    async def _read(self) -> AsyncIterator[bytes]:
        try:
            if self._first is not None:
                first, self._first = self._first, None
                yield first.data
            while (part := await _next_part(self._cursor, self._end_us, self._now, self._idle_s)) is not None:
                yield part.data
        finally:
            self._cursor.close()


async def stream_clip(
    root: Path,
    camera_id: str,
    start: datetime,
    end: datetime,
    now: Callable[[], datetime],
    idle_s: float = IDLE_S,
) -> ClipStream:
    """Open a clip of [start, end); both must be aware moments.

    While `end` is in the future the clip follows the recording until `end`, or until `idle_s` seconds pass
    with nothing new. Gaps are left out of the bytes and show as gaps in media time. Raises `NoRecording`
    when nothing covers the interval (after waiting for it, if it is not over), and `BadCameraId`.
    """
    start_us, end_us = to_us(start), to_us(end)
    if end_us <= start_us:
        raise NoRecording("The clip ends before it begins. Ask for an interval with a length.")
    cursor = ClipCursor(Timeline(root, camera_directory(camera_id)), start_us, end_us)
    try:
        first = await _next_part(cursor, end_us, now, idle_s)
    except BaseException:
        cursor.close()
        raise
    if first is None:
        cursor.close()
        raise NoRecording(
            f"This camera recorded nothing between {start:%Y-%m-%d %H:%M:%S} and {end:%H:%M:%S %Z}. "
            "The camera's gaps say why."
        )
    return ClipStream(cursor, first, end_us, now, idle_s)


async def _next_part(cursor: ClipCursor, end_us: int, now: Callable[[], datetime], idle_s: float) -> ClipPart | None:
    """The next bytes, waiting for them while the interval may still be recorded; None at the end."""
    began = time.monotonic()
    while True:
        # Asked before reading: what is written until the interval's last moment must still be seen.
        over = to_us(now()) >= end_us + GRACE_US
        part = await asyncio.to_thread(cursor.read)
        if part is not None:
            return part
        if cursor.finished or over or time.monotonic() - began >= idle_s:
            return None
        await asyncio.sleep(POLL_S)
