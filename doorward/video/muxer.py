"""Turning compressed packets into fragmented MP4 in memory, with libavformat's muxer."""

import io
from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.stream import VideoStream

from doorward.video.fragment import TIMESCALE

FRAGMENT_US = 500_000
"""A reader sees a picture at most this much later, plus one frame."""

_TICK = Fraction(1, TIMESCALE)
_OPTIONS = {
    "movflags": "empty_moov+default_base_moof+skip_trailer",
    "frag_duration": str(FRAGMENT_US),
    "video_track_timescale": str(TIMESCALE),
    "flush_packets": "1",
}
_EVERY_PICTURE = {
    "movflags": "empty_moov+default_base_moof+frag_every_frame+skip_trailer",
    "video_track_timescale": str(TIMESCALE),
    "flush_packets": "1",
}


@dataclass(frozen=True, slots=True)
class MediaPacket:
    """One compressed picture; times in ticks of `TIMESCALE` on its session's time line."""

    data: bytes
    dts: int
    pts: int
    keyframe: bool


class _Sink:
    """Where libavformat writes; never fails, so that a full disk is met in Python code only."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


class FragmentMuxer:
    """One file's muxer: `header`, then what each `add` returns, then what `finish` returns, is the file.

    Media time zero is the first packet's decode time. With `every_picture` each is a fragment of its own, which comes
    with the next picture: only that says how long it lasts. Not for use by two threads.
    """

    def __init__(self, template: VideoStream, every_picture: bool = False) -> None:
        self._sink = _Sink()
        codec = template.codec_context.name
        options = dict(_EVERY_PICTURE if every_picture else _OPTIONS)
        if codec != "mjpeg" and not every_picture:
            # Where every picture is a key picture, each would become a fragment.
            options["movflags"] += "+frag_keyframe"
        self._container = av.open(self._sink, "w", format="mp4", options=options)
        self._stream = self._container.add_stream_from_template(template)
        if codec == "hevc":
            # Players on Apple systems refuse libavformat's default tag, hev1.
            self._stream.codec_context.codec_tag = "hvc1"
        self._stream.time_base = _TICK
        self._container.start_encoding()
        self.header = self._sink.take()
        self._origin: int | None = None

    def add(self, packet: MediaPacket) -> bytes:
        """Add a packet; return the fragment that it completes, or nothing. Raises `av.FFmpegError`."""
        if self._origin is None:
            self._origin = packet.dts
        coded = av.Packet(packet.data)
        coded.dts = packet.dts - self._origin
        coded.pts = packet.pts - self._origin
        coded.time_base = _TICK
        coded.is_keyframe = packet.keyframe
        coded.stream = self._stream
        self._container.mux_one(coded)
        return self._sink.take()

    def finish(self) -> bytes:
        """Complete and return the last fragment. The muxer is of no more use."""
        self._container.close()
        return self._sink.take()


def template_like(stream: VideoStream) -> VideoStream:
    """The same description, of use after the stream's container is closed. Raises `av.FFmpegError`."""
    described = av.open(io.BytesIO(FragmentMuxer(stream).header), format="mp4")
    # The container stays open as long as its stream is referenced.
    return described.streams.video[0]
