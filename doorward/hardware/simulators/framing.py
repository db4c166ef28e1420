"""Cutting what a control panel sends into frames, so that each goes to the device that it is for."""

MARK = 0xFF
START_OF_MESSAGE = 0x53
BROADCAST = 0x7F
HEADER_BYTES = 4
MIN_FRAME_BYTES, MAX_FRAME_BYTES = 7, 1_500
BROKEN_AFTER_S = 0.1
"""A frame whose rest has not come by then never gets it; OSDP allows 20 ms between bytes."""

Frame = tuple[int, bytes]
"""The address, 0-126 or BROADCAST, and all bytes with a mark before them if there was one."""

_HAS_SECURITY_BLOCK = 0x08
_FIRST_SECURED_TYPE = 0x15
"""Security blocks from this type on are of messages in an established channel (OSDP 2.2, annex D)."""


def is_secure(frame: bytes) -> bool:
    """Whether a frame belongs to an established secure channel."""
    control = frame.find(START_OF_MESSAGE) + HEADER_BYTES
    has_block = bool(frame[control] & _HAS_SECURITY_BLOCK)
    return has_block and len(frame) > control + 2 and frame[control + 2] >= _FIRST_SECURED_TYPE


class FrameSplitter:
    """Takes bytes as they come, in any pieces. What belongs to no frame is thrown away."""

    __slots__ = ("_at", "_held")

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0.0

    def feed(self, data: bytes, now: float) -> list[Frame]:
        """The frames that are complete with `data`. `now` is in monotonic seconds."""
        if now - self._at > BROKEN_AFTER_S:
            self._held.clear()
        self._at = now
        self._held += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        while True:
            start = self._held.find(START_OF_MESSAGE)
            if start < 0:
                del self._held[: max(0, len(self._held) - 1)]  # the last byte may be the mark of the next frame
                return None
            if len(self._held) < start + HEADER_BYTES:
                return None
            length = self._held[start + 2] | self._held[start + 3] << 8
            if MIN_FRAME_BYTES <= length <= MAX_FRAME_BYTES:
                break
            del self._held[: start + 1]
        end = start + length
        if len(self._held) < end:
            return None
        first = start - 1 if start and self._held[start - 1] == MARK else start
        frame = (self._held[start + 1] & BROADCAST, bytes(self._held[first:end]))
        del self._held[:end]
        return frame
