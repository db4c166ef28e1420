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

from doorward.video.errors import CameraFailure, CameraStalled, CameraUnreachable, UnsupportedStream
from doorward.video.fragment import TIMESCALE
from doorward.video.muxer import MediaPacket
from doorward.video.parameter_sets import codec_named, parameter_sets, template_of
from doorward.video.timestamps import TimestampRepair

STALL_S = 5.0
"""A camera that sends nothing for this long is stalled."""

_NO_PICTURE = f"No picture for {STALL_S:.0f} s. Check the camera's network and load."

# libavformat looks this far for the container's format only; parameter sets are found in the first keyframe.
# Its own analysis would hold back the first packets for seconds.
_PROBE = {"probesize": "32768", "analyzeduration": "1"}
_RTSP = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "timeout": str(int(STALL_S * 1_000_000)),
    "probesize": "32",
    "analyzeduration": "0",
}


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


OpenSession = Callable[[str, threading.Event], Session]


def open_session(url: str, stop: threading.Event) -> Session:
    """Connect to rtsp://, rtsps://, http:// or https://; anything else is a file. Raises `CameraFailure`.

    `stop` ends the pacing of a file at once; a live session notices at its next packet, or its time-out.
    """
    scheme = urlsplit(url).scheme
    if scheme in ("rtsp", "rtsps"):
        return LiveSession(url, _RTSP)
    if scheme in ("http", "https"):
        return LiveSession(url, _PROBE)
    if scheme not in ("", "file"):
        raise UnsupportedStream(
            f"The address begins with {scheme}://; use rtsp://, http:// or the path of a video file."
        )
    return FileSession(unquote(urlsplit(url).path) if scheme == "file" else url, stop)


class LiveSession:
    """A camera on the network."""

    def __init__(self, url: str, options: dict[str, str]) -> None:
        self._container = _open(url, options)
        self._reader = _PacketReader()

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
        self._container = _open(path, {})
        self._reader = _PacketReader()

    def packets(self) -> Iterator[SourcePacket]:
        """See `Session`."""
        began = self._clock()
        origin: int | None = None
        shift = last = 0
        while True:
            for packet in self._reader.read(self._container, shift):
                last = packet.packet.dts
                origin = last if origin is None else origin
                due = began + (last - origin) / TIMESCALE
                if self._stop.wait(max(0.0, due - self._clock())):
                    return
                yield packet
            if origin is None:
                raise UnsupportedStream(f"{self._path} holds no picture; give the path of a video file.")
            self._container.close()
            self._container = _open(self._path, {})
            shift = last + TIMESCALE // 25 - origin

    def close(self) -> None:
        """See `Session`."""
        self._container.close()


class _PacketReader:
    """Reads a container's first video stream, repairing times and watching for new parameter sets."""

    def __init__(self) -> None:
        self._stamps = TimestampRepair()
        self._template: VideoStream | None = None
        self._sets: bytes | None = None

    def read(self, container: InputContainer, shift: int) -> Iterator[SourcePacket]:
        if not container.streams.video:
            raise UnsupportedStream("The camera sends no video. Check the stream's address.")
        stream = container.streams.video[0]
        codec = codec_named(stream.codec_context.name)
        described = stream.codec_context.extradata
        for packet in _demux(container, stream):
            if packet.size == 0:
                continue
            data = bytes(packet)
            if packet.is_keyframe:
                sets = parameter_sets(codec, data)
                if sets is not None and sets != self._sets:
                    self._sets = sets
                    self._template = template_of(codec, data)
                elif self._template is None and described and stream.codec_context.width:
                    self._template = stream
            if self._template is None:
                continue
            base = packet.time_base
            stamp = self._stamps.stamp(_ticks(packet.dts, base, shift), _ticks(packet.pts, base, shift))
            media = MediaPacket(data, stamp.dts, stamp.pts, packet.is_keyframe)
            yield SourcePacket(media, self._template, stamp.jumped)


def _ticks(value: int | None, base: Fraction, shift: int) -> int | None:
    return None if value is None else value * base.numerator * TIMESCALE // base.denominator + shift


def _open(url: str, options: dict[str, str]) -> InputContainer:
    began = time.monotonic()
    try:
        return av.open(url, "r", options=dict(options), timeout=(STALL_S, STALL_S))
    except (av.FFmpegError, ValueError) as error:
        if time.monotonic() - began >= STALL_S:
            # An RTSP time-out comes out of libavformat as invalid data.
            raise CameraStalled(_NO_PICTURE) from error
        raise _failure(error) from error


def _demux(container: InputContainer, stream: VideoStream) -> "Iterator[av.Packet[VideoStream]]":
    try:
        yield from container.demux(stream)
    except (av.FFmpegError, ValueError) as error:
        raise _failure(error) from error


def _failure(error: Exception) -> CameraFailure:
    """What went wrong, without the address: it may hold a password."""
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return CameraStalled(_NO_PICTURE)
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return CameraUnreachable("The camera refuses the user name or password. Correct them in its address.")
    if isinstance(error, av.error.HTTPNotFoundError | av.error.FileNotFoundError):
        return CameraUnreachable("The camera knows no such stream. Check the path in its address.")
    reason = getattr(error, "strerror", None) or type(error).__name__
    return CameraUnreachable(f"The camera cannot be reached ({reason}). Check its address, power and network.")
