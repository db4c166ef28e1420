"""A camera's packets as live messages: an initialization segment whenever the stream changes, then each picture."""

from collections.abc import Iterator

import av

from doorward.video.capture import Arrived
from doorward.video.fmp4 import read_init
from doorward.video.live_wire import LiveInit, LiveMedia, LiveMessage
from doorward.video.muxer import FragmentMuxer


class LiveMuxer:
    """One subscription's muxer; a picture comes out when the next one has come in. Not for use by two threads."""

    def __init__(self) -> None:
        self._muxer: FragmentMuxer | None = None
        self._last: Arrived | None = None

    def add(self, arrived: Arrived) -> Iterator[LiveMessage]:
        """What a packet completes; nothing before the first keyframe, or of what cannot be put into MP4."""
        last, packet = self._last, arrived.item.packet
        is_other = last is None or (
            arrived.item.template is not last.item.template or packet.dts <= last.item.packet.dts or arrived.item.jumped
        )
        if is_other:
            yield from self.finish()
            if not packet.keyframe:
                return
            yield from self._begin(arrived)
        if self._muxer is None:
            return
        try:
            data = self._muxer.add(packet)
        except av.FFmpegError:
            self._muxer = self._last = None
            return
        if data and self._last is not None:
            yield LiveMedia(self._last.keyframe, self._last.at_us, data)
        self._last = arrived

    def finish(self) -> Iterator[LiveMessage]:
        """The picture that is held back; how long it lasts is a guess. A keyframe has to come next."""
        muxer, last = self._muxer, self._last
        self._muxer = self._last = None
        if muxer is None:
            return
        data = muxer.finish()
        if data and last is not None:
            yield LiveMedia(last.keyframe, last.at_us, data)

    def _begin(self, arrived: Arrived) -> Iterator[LiveMessage]:
        template = arrived.item.template
        self._muxer = FragmentMuxer(template, every_picture=True)
        init = read_init(self._muxer.header)
        if init is None:
            raise RuntimeError("libavformat did not write the header first")
        context = template.codec_context
        yield LiveInit(init.codec, context.width, context.height, self._muxer.header)
