"""One connection to a camera, or one endless playing of a file: packets out, failures as `CameraFailure`."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol
from urllib.parse import unquote, urlsplit

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from doorward.video import connection
from doorward.video.connection import connect, failure, open_input, stalled
from doorward.video.errors import CameraUnreachable, UnsupportedStream
from doorward.video.fragment import TIMESCALE
from doorward.video.messages import CameraSource
from doorward.video.muxer import MediaPacket, template_like
from doorward.video.parameter_sets import Codec, begins_with_any, codec_named, has_lengths, parameter_sets, template_of
from doorward.video.timestamps import TimestampRepair

_LIVE_SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
_UNTIMED_FORMATS = frozenset({"mpjpeg"})
"""Formats that carry no times; libavformat invents some at 25 pictures a second."""


@dataclass(frozen=True, slots=True)
class SourcePacket:
    """A packet, the description of its stream (a new object when that changes), and whether time jumped."""

    packet: MediaPacket
    template: VideoStream
    jumped: bool


class Session(Protocol):
    """What a capture thread reads."""

    def packets(self) -> Iterator[SourcePacket]:
        """Packets from the first keyframe on, until the session ends; raises `CameraFailure`."""

    def close(self) -> None:
        """Free the connection; only from the thread that reads."""


OpenSession = Callable[[CameraSource, threading.Event], Session]


def open_session(source: CameraSource, stop: threading.Event) -> Session:
    """Connect to rtsp://, rtsps://, http:// or https://; anything else is a file. Raises `CameraFailure`.

    `stop` ends the pacing of a file at once; a live session notices at its next packet, or its time-out.
    """
    address = urlsplit(source.url)
    if address.scheme in _LIVE_SCHEMES:
        return LiveSession(source)
    if address.scheme not in ("", "file"):
        raise UnsupportedStream(
            f"The address begins with {address.scheme}://; use rtsp://, http:// or the path of a video file."
        )
    return FileSession(unquote(address.path) if address.scheme == "file" else source.url, stop)


class LiveSession:
    """A camera on the network."""

    def __init__(self, source: CameraSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._container = connect(source)
        self._reader = _PacketReader(clock)

    def packets(self) -> Iterator[SourcePacket]:
        """See `Session`."""
        yield from self._reader.read(self._container, 0)
        raise CameraUnreachable("The camera ended the stream. It is tried again; check its power and network.")

    def close(self) -> None:
        """See `Session`."""
        self._container.close()


class FileSession:
    """A file played in real time, again and again, as a camera would send it."""

    def __init__(self, path: str, stop: threading.Event, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._stop = stop
        self._clock = clock
        self._container = open_input(path, {})
        self._reader = _PacketReader(clock)

    def packets(self) -> Iterator[SourcePacket]:
        """See `Session`."""
        began = self._clock()
        origin: int | None = None
        shift = last = 0
        step = TIMESCALE // 25
        while True:
            for packet in self._reader.read(self._container, shift):
                step = packet.packet.dts - last if origin is not None else step
                last = packet.packet.dts
                origin = last if origin is None else origin
                due = began + (last - origin) / TIMESCALE
                if self._stop.wait(max(0.0, due - self._clock())):
                    return
                yield packet
            if origin is None:
                raise UnsupportedStream(f"{self._path} holds no picture; give the path of a video file.")
            self._container.close()
            self._container = open_input(self._path, {})
            shift = last + step - origin

    def close(self) -> None:
        """See `Session`."""
        self._container.close()


class _PacketReader:
    """Reads a container's first video stream, repairing times and watching for new parameter sets."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._stamps = TimestampRepair()
        self._template: VideoStream | None = None
        self._sets: bytes | None = None

    def read(self, container: InputContainer, shift: int) -> Iterator[SourcePacket]:
        if not container.streams.video:
            raise UnsupportedStream("The camera sends no video. Check the stream's address.")
        stream = container.streams.video[0]
        codec = codec_named(stream.codec_context.name)
        described = stream.codec_context.extradata
        stands_alone = codec is Codec.MJPEG or not has_lengths(described)
        foreign = codec.foreign_first_bytes() if stands_alone else frozenset()
        timed = container.format.name not in _UNTIMED_FORMATS
        for packet in _demux(container, stream, self._clock):
            data = bytes(packet)
            if foreign and begins_with_any(data, foreign):
                raise CameraUnreachable("The camera has changed its video encoding. It is connected to again.")
            if packet.is_keyframe:
                if stands_alone:
                    self._describe(codec, described, data)
                elif self._template is None:
                    self._template = template_like(stream)
            if self._template is None:
                continue
            if timed:
                base = packet.time_base
                stamp = self._stamps.stamp(_ticks(packet.dts, base, shift), _ticks(packet.pts, base, shift))
            else:
                arrival = round(self._clock() * TIMESCALE)
                stamp = self._stamps.stamp(arrival, arrival)
            media = MediaPacket(data, stamp.dts, stamp.pts, packet.is_keyframe)
            yield SourcePacket(media, self._template, stamp.jumped)

    def _describe(self, codec: Codec, described: bytes | None, keyframe: bytes) -> None:
        """Take up another description of the stream where this keyframe brings one."""
        sets = parameter_sets(codec, keyframe)
        if sets is None and self._template is None and described:
            # An RTSP camera may send them in its session description only.
            keyframe = described + keyframe
            sets = parameter_sets(codec, keyframe)
        if sets is not None and sets != self._sets:
            self._sets = sets
            self._template = template_of(codec, keyframe)


def _ticks(value: int | None, base: Fraction, shift: int) -> int | None:
    return None if value is None else value * base.numerator * TIMESCALE // base.denominator + shift


def _demux(
    container: InputContainer, stream: VideoStream, clock: Callable[[], float]
) -> "Iterator[av.Packet[VideoStream]]":
    """The stream's packets that hold anything. What else the container brings does not count as a sign of life."""
    heard_at = clock()
    try:
        for packet in container.demux():
            if packet.stream_index == stream.index and packet.size:
                yield packet  # type: ignore[misc]
                heard_at = clock()
            elif clock() - heard_at > connection.STALL_S:
                raise stalled()
    except (av.FFmpegError, ValueError) as error:
        raise failure(error) from error
