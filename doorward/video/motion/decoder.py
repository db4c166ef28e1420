"""Compressed packets of a camera as small grey pictures."""

from collections.abc import Iterator

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

from doorward.video.motion.grid import HEIGHT, WIDTH, Picture
from doorward.video.session import SourcePacket


class SmallPictures:
    """One camera's decoder: one thread only. A stream that changes its description gets a new one."""

    def __init__(self) -> None:
        self._template: VideoStream | None = None
        self._decoder: av.VideoCodecContext | None = None
        self._shrink = VideoReformatter()

    def is_new(self, item: SourcePacket) -> bool:
        """Whether the packet begins another stream than the last one."""
        return item.template is not self._template

    def decode(self, item: SourcePacket, *, wanted: bool) -> Iterator[Picture]:
        """The pictures that the packet completes; none that are not wanted. Raises `av.FFmpegError`."""
        if self._decoder is None or self.is_new(item):
            self._template, self._decoder = item.template, _decoder_of(item.template)
        for frame in self._decoder.decode(av.Packet(item.packet.data)):
            if wanted:
                small = self._shrink.reformat(frame, WIDTH, HEIGHT, "gray", interpolation=Interpolation.AREA)
                plane = small.planes[0]
                yield np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:HEIGHT, :WIDTH].copy()


def _decoder_of(template: VideoStream) -> av.VideoCodecContext:
    described = template.codec_context
    decoder = av.CodecContext.create(described.name, "r")
    if not isinstance(decoder, av.VideoCodecContext):
        raise TypeError(f"{described.name} is no video codec")
    # Frames come out at once, and the machine's other cores stay with the recording.
    decoder.thread_count = 1
    decoder.options = {"flags": "low_delay"}
    if described.extradata:
        decoder.extradata = described.extradata
    return decoder
