"""Framings of envelopes: frames that begin with STX."""

from collections.abc import Callable

from doorward.hardware.wiegand.codec import Heard, Noise

STX, ETX = 0x02, 0x03

Cut = Callable[[bytes], tuple[int, Heard] | None]
"""Looks at bytes that begin with STX: how many of them are done with, and what they say; None: more must come first.
Of a broken frame only the STX is done with, so that a good one behind it is found."""


class EnvelopeDecoder:
    """Finds envelopes by `cut`, which must come to an answer within `longest` bytes."""

    def __init__(self, cut: Cut, longest: int) -> None:
        self._cut = cut
        self._longest = longest
        self._buffer = b""

    @property
    def waits(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Heard]:
        """What these bytes complete."""
        heard: list[Heard] = []
        for start in range(0, len(data), self._longest):
            self._buffer += data[start : start + self._longest]
            heard += self._take()
        return heard

    def give_up(self) -> list[Heard]:
        """What has begun is noise; a whole frame that came behind its STX is not."""
        heard: list[Heard] = [Noise("frame cut short")]
        while self._buffer:
            self._buffer = self._buffer[1:]
            heard += self._take()
        return heard

    def _take(self) -> list[Heard]:
        heard: list[Heard] = []
        while self._buffer:
            begin = self._buffer.find(STX)
            if begin != 0:
                heard.append(Noise("bytes between frames"))
                self._buffer = self._buffer[begin:] if begin > 0 else b""
                continue
            piece = self._cut(self._buffer)
            if piece is None:
                break
            size, found = piece
            heard.append(found)
            self._buffer = self._buffer[size:]
        return heard
