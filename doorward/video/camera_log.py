"""One camera's recording: packets in; files, index rows and gaps out."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import av
from av.video.stream import VideoStream

from doorward.video.errors import CameraFailure, StorageFull
from doorward.video.fmp4 import read_init
from doorward.video.fragment import TIMESCALE, ticks_to_us
from doorward.video.index import GapReason, Index
from doorward.video.index_schema import HOME_VOLUME
from doorward.video.media_clock import MediaClock
from doorward.video.muxer import FragmentMuxer, MediaPacket
from doorward.video.recovery import recover_files
from doorward.video.segment import OpenOutput, Segment, open_output
from doorward.video.session import SourcePacket
from doorward.video.storage import Place
from doorward.video.store import file_path

FILE_TICKS = 60 * TIMESCALE
"""A new file begins at the first keyframe after this much media time."""

_NO_ROOM = "No volume has room: only held recordings are left to delete. Release holds or allow more space."

logger = logging.getLogger(__name__)


class CameraLog:
    """Writes one camera. The capture thread calls `write`; any thread may `sync`, `interrupt` and `close`."""

    def __init__(
        self,
        camera_id: str,
        root: Path,
        index: Index,
        has_room: Callable[[], bool] = lambda: True,
        open_file: OpenOutput = open_output,
        place: Callable[[], Place | None] | None = None,
    ) -> None:
        self._camera_id = camera_id
        self._root = root
        self._index = index
        self._has_room = has_room
        self._place = place or (lambda: Place(HOME_VOLUME, root) if has_room() else None)
        self._open_file = open_file
        self._lock = threading.RLock()
        self._clock = MediaClock()
        self._file: _OpenFile | None = None
        self._end_us = index.last_end_us(camera_id)
        self._failed: GapReason | None = None
        self._closed = False

    def write(self, item: SourcePacket, arrival_us: int) -> bool:
        """Record one packet; True when it completed a fragment, so that the camera is visibly recorded.

        Raises `StorageFull` (what came so far is kept; call again later) and `CameraFailure`.
        """
        with self._lock:
            if self._closed:
                return False
            try:
                return self._write(item, arrival_us)
            except (OSError, sqlite3.Error) as error:
                self._abandon(GapReason.STORAGE_FULL)
                raise StorageFull(
                    f"Recordings cannot be written ({error}). Free space on the disk of {self._root}."
                ) from error
            except av.FFmpegError as error:
                self._abandon(GapReason.LOST)
                raise CameraFailure(
                    f"The camera sent a picture that cannot be stored ({error.strerror}). It is tried again."
                ) from error

    def interrupt(self, reason: GapReason) -> None:
        """End the present file, if any, and begin a gap: the next packet belongs to another time line."""
        with self._lock:
            self._clock = MediaClock()
            if self._file is None:
                return
            try:
                self._finish_file(reason)
            except (OSError, sqlite3.Error):
                logger.warning("camera %s: its file could not be closed; it is repaired later", self._camera_id)
                self._abandon(reason)

    def close(self, reason: GapReason) -> None:
        """Interrupt for good; later packets are ignored."""
        with self._lock:
            self.interrupt(reason)
            self._closed = True

    @property
    def file_id(self) -> int | None:
        """The row of the file being written."""
        with self._lock:
            return None if self._file is None else self._file.id

    def sync(self) -> None:
        """Make what is recorded so far durable. Raises OSError."""
        with self._lock:
            if self._file is not None:
                self._file.segment.sync()

    def _write(self, item: SourcePacket, arrival_us: int) -> bool:
        packet = item.packet
        media_us = ticks_to_us(packet.dts)
        if item.jumped or not self._clock.observe(media_us, arrival_us):
            self._finish_file(GapReason.TIME_JUMP)
            self._clock = MediaClock()
            self._clock.observe(media_us, arrival_us)
        file = self._file
        if packet.keyframe and (file is None or file.should_end(item)):
            self._finish_file(None)
            file = self._begin_file(packet, item.template)
        if file is None:
            return False
        return self._append(file, file.muxer.add(packet))

    def _begin_file(self, packet: MediaPacket, template: VideoStream) -> "_OpenFile":
        if self._failed is not None:
            self._recover(self._failed)
        place = self._place()
        if place is None:
            if self._end_us is not None:
                self._index.open_gap(self._camera_id, self._end_us, GapReason.STORAGE_FULL)
            raise StorageFull(_NO_ROOM)
        muxer = FragmentMuxer(template)
        init = read_init(muxer.header)
        if init is None:
            raise RuntimeError("libavformat did not write the header first")
        media_us = ticks_to_us(packet.dts)
        start_us = self._clock.wall_us(media_us)
        path = file_path(self._camera_id, start_us)
        file_id = self._index.open_file(self._camera_id, path, start_us, init.codec, place.volume_id)
        segment = Segment(place.root / path, muxer.header, self._open_file)
        self._file = _OpenFile(file_id, muxer, segment, template, packet.dts, start_us)
        return self._file

    def _append(self, file: "_OpenFile", data: bytes) -> bool:
        if not data:
            return False
        first = not file.segment.fragments
        file.segment.append(data)
        file.start_us = self._clock.wall_us(ticks_to_us(file.origin))
        self._index.advance_file(file.id, file.start_us, file.end_us, file.segment.size)
        if first:
            self._index.end_gap(self._camera_id, file.start_us)
        if not self._has_room():
            self._finish_file(GapReason.STORAGE_FULL)
            raise StorageFull(_NO_ROOM)
        return True

    def _finish_file(self, reason: GapReason | None) -> None:
        file = self._file
        if file is None:
            return
        data = file.muxer.finish()
        if data:
            file.segment.append(data)
        segment = file.segment
        segment.close()
        if segment.fragments:
            self._index.close_file(
                file.id, file.start_us, file.end_us, segment.size, segment.fragments, segment.digest()
            )
            self._end_us = file.end_us
        else:
            segment.path.unlink()
            self._index.remove_file(file.id)
        self._file = None
        if reason is not None:
            self._index.open_gap(self._camera_id, file.end_us, reason)

    def _abandon(self, reason: GapReason) -> None:
        """Leave the file as it is on disk; `_recover` completes its row before the next file."""
        self._failed = self._failed or reason
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            file.segment.close(durable=False)
        except OSError:
            logger.warning("camera %s: %s did not close", self._camera_id, file.segment.path.name)

    def _recover(self, reason: GapReason) -> None:
        recover_files(self._index, self._root, self._camera_id)
        end_us = self._index.last_end_us(self._camera_id)
        if end_us is not None:
            self._end_us = end_us
            self._index.open_gap(self._camera_id, end_us, reason)
        self._failed = None


class _OpenFile:
    """The file being written: its row, muxer and bytes; `origin` is its first decode time in ticks."""

    def __init__(
        self,
        file_id: int,
        muxer: FragmentMuxer,
        segment: Segment,
        template: VideoStream,
        origin: int,
        start_us: int,
    ) -> None:
        self.id = file_id
        self.muxer = muxer
        self.segment = segment
        self.template = template
        self.origin = origin
        self.start_us = start_us

    @property
    def end_us(self) -> int:
        return self.start_us + ticks_to_us(self.segment.end)

    def should_end(self, item: SourcePacket) -> bool:
        """Whether a keyframe begins another file: this one is long enough, or the stream has changed."""
        return item.packet.dts - self.origin >= FILE_TICKS or item.template is not self.template
