"""Pictures of recordings: the keyframe at or before a moment as a JPEG, and many of them side by side."""

import io
import os
from collections import OrderedDict
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from doorward.video.errors import BrokenFile, NoRecording
from doorward.video.fmp4 import read_init
from doorward.video.fragment import Fragment, ticks_to_us
from doorward.video.playlist import fragments_of
from doorward.video.timeline import Timeline

FURTHEST_US = 60_000_000
"""A keyframe further back than this does not show the moment; no camera waits so long for the next."""
QUALITY = 80
KEPT_BYTES = 32 * 1024 * 1024
_INIT_LIMIT = 64 * 1024

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Where a keyframe is stored: its fragment is bytes of a file, which never change."""

    file_id: int
    offset: int
    size: int
    at_us: int


class Pictures:
    """JPEGs that were made, by what they show: at most so many bytes, the longest unused go. One thread at a time."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[object, bytes] = OrderedDict()

    def get(self, key: object) -> bytes | None:
        """A picture that is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: object, jpeg: bytes) -> None:
        """Keep a picture, unless it alone is too large."""
        if key in self._kept or len(jpeg) > self._most:
            return
        self._kept[key] = jpeg
        self._bytes += len(jpeg)
        while self._bytes > self._most:
            self._bytes -= len(self._kept.popitem(last=False)[1])


def keyframe_at(timeline: Timeline, at_us: int) -> Keyframe | None:
    """The keyframe at or before a moment; None in a gap. Raises OSError, `sqlite3.Error`."""
    row = timeline.first_file(at_us, at_us + 1)
    if row is None:
        return None
    found: Fragment | None = None
    end_us = row.start_us
    for fragment in fragments_of(timeline, row, 0):
        if row.start_us + ticks_to_us(fragment.start) > at_us:
            break
        end_us = row.start_us + ticks_to_us(fragment.end)
        found = fragment if fragment.keyframe else found
    if found is None or end_us <= at_us:
        return None
    shown_us = row.start_us + ticks_to_us(found.start)
    return Keyframe(row.id, found.offset, found.size, shown_us) if at_us - shown_us <= FURTHEST_US else None


def decode(timeline: Timeline, keyframe: Keyframe, width: int) -> Picture:
    """The keyframe as RGB, scaled down to at most that width. Raises NoRecording for one that is gone or damaged."""
    try:
        return _first_picture(_read(timeline, keyframe), width)
    except FileNotFoundError as error:
        raise NoRecording("This was deleted: the space was needed.") from error
    except (BrokenFile, av.FFmpegError) as error:
        raise NoRecording("This moment of the recording is damaged.") from error


def encode(picture: Picture) -> bytes:
    """An RGB picture as JPEG."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def side_by_side(pictures: list[Picture | None], columns: int, tile: tuple[int, int]) -> Picture:
    """Tiles of one size (width, height) in rows, each picture in the middle of its own; black where there is none."""
    width, height = tile
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * height, columns * width, 3), np.uint8)
    for number, picture in enumerate(pictures):
        if picture is None:
            continue
        shown = picture[:height, :width]
        top = number // columns * height + (height - shown.shape[0]) // 2
        left = number % columns * width + (width - shown.shape[1]) // 2
        sheet[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return sheet


def _read(timeline: Timeline, keyframe: Keyframe) -> bytes:
    """The file's header and the keyframe's fragment."""
    row = timeline.file(keyframe.file_id)
    if row is None:
        raise FileNotFoundError(keyframe.file_id)
    descriptor = os.open(timeline.path_of(row), os.O_RDONLY)
    try:
        head = os.pread(descriptor, _INIT_LIMIT, 0)
        init = read_init(head)
        if init is None:
            raise BrokenFile("a file without a header")
        return head[: init.size] + os.pread(descriptor, keyframe.size, keyframe.offset)
    finally:
        os.close(descriptor)


def _first_picture(data: bytes, width: int) -> Picture:
    with av.open(io.BytesIO(data), "r") as container:
        container.streams.video[0].thread_count = 1
        frame = next(container.decode(video=0), None)
        if frame is None:
            raise BrokenFile("a keyframe without a picture")
        wide = min(width, frame.width)
        high = max(1, round(frame.height * wide / frame.width))
        return np.asarray(frame.reformat(width=wide, height=high, format="rgb24").to_ndarray(), np.uint8)
