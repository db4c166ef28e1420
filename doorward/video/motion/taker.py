"""What one camera offers to motion detection: few of its packets, in a queue that recording never waits for."""

import threading
from collections import deque
from dataclasses import dataclass

from doorward.video.session import SourcePacket

APART_US = 450_000
"""Pictures closer than this to the last one are not looked at: two a second are enough to find a person."""
FAR_APART_US = 2_500_000
"""Keyframes further apart than this show too little of what moves."""
LOW_PIXELS = 704 * 576
"""Pictures up to this size are cheap enough to decode all of them, where keyframes are too far apart."""
QUEUED = 200
"""More packets than this waiting, and all up to the next keyframe are left out."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A packet and when it arrived. `wanted`: look at its picture; otherwise the decoder only needs it for others."""

    item: SourcePacket
    at_us: int
    wanted: bool


class MotionTaker:
    """`offer` is called by the thread that reads the camera, `take` by the one that decodes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Offered] = deque()
        self._last_key_us: int | None = None
        self._apart_us: int | None = None
        self._wanted_us: int | None = None
        self._all = False
        self._waits = True
        self.lost = 0
        """Packets that were left out because the decoder was behind."""

    @property
    def sparse(self) -> bool:
        """Whether only keyframes are looked at although they are far apart."""
        return not self._all and (self._apart_us or 0) > FAR_APART_US

    def offer(self, item: SourcePacket, at_us: int) -> None:
        """Take the packet or leave it; never blocks for longer than it takes to queue it."""
        key = item.packet.keyframe
        if key:
            self._learn(item, at_us)
        if not key and not self._all:
            return
        wanted = self._wanted_us is None or not 0 <= at_us - self._wanted_us < APART_US
        if not wanted and not self._all:
            return
        with self._lock:
            if len(self._queue) >= QUEUED:
                self.lost += len(self._queue)
                self._queue.clear()
                self._waits = True
            if self._waits and not key:
                self.lost += 1
                return
            self._waits = False
            self._queue.append(Offered(item, at_us, wanted))
        if wanted:
            self._wanted_us = at_us

    def take(self) -> Offered | None:
        """The next packet; None: there is none at present."""
        with self._lock:
            return self._queue.popleft() if self._queue else None

    def _learn(self, item: SourcePacket, at_us: int) -> None:
        """Decide at a keyframe, where a decoder can begin, what is decoded from here on."""
        if self._last_key_us is not None:
            self._apart_us = at_us - self._last_key_us
        self._last_key_us = at_us
        codec = item.template.codec_context
        is_low = codec.width * codec.height <= LOW_PIXELS
        every = is_low and (self._apart_us is None or self._apart_us > FAR_APART_US)
        if every and not self._all:
            # What came before was not decoded whole; this keyframe is looked at in any case.
            self._wanted_us = None
        self._all = every
