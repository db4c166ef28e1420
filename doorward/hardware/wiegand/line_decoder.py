"""Framings of lines: text that ends with CR, LF or both."""

import re
from collections.abc import Callable

from doorward.hardware.wiegand.codec import Heard, Noise

_ENDS = re.compile(rb"[\r\n]")

Parse = Callable[[bytes], Heard]


class LineDecoder:
    """Gives each whole line to `parse`. Of a line that is cut short or too long nothing is used, not even its end."""

    def __init__(self, parse: Parse, longest: int) -> None:
        """`longest` is the most bytes of a line, without its end."""
        self._parse = parse
        self._longest = longest
        self._line = b""
        self._spoilt = False

    @property
    def waits(self) -> bool:
        """Whether a line has begun and not ended."""
        return bool(self._line)

    def feed(self, data: bytes) -> list[Heard]:
        """What these bytes complete."""
        heard: list[Heard] = []
        *ended, rest = _ENDS.split(data)
        for part in ended:
            heard += self._add(part)
            if self._line:
                heard.append(self._parse(self._line))
            self._line, self._spoilt = b"", False
        return heard + self._add(rest)

    def give_up(self) -> list[Heard]:
        """What still comes of this line is its tail, and a tail can look like a line."""
        self._line, self._spoilt = b"", True
        return [Noise("line cut short")]

    def _add(self, part: bytes) -> list[Heard]:
        if self._spoilt or not part:
            return []
        if len(self._line) + len(part) <= self._longest:
            self._line += part
            return []
        self._line, self._spoilt = b"", True
        return [Noise("line too long")]
