"""Which numbers of a journal are stored: all up to one, and ranges ahead of it. Pure.

A controller that comes back with a long backlog sends its news ahead of it; the gap between is filled in order.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from doorward.acs.messages import SequenceRange

MOST_RANGES = 32
"""Each comes from a link that ended before its backlog was through. With more, news waits its turn."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything up to and including `upto`, and the ranges `ahead`: in order, apart from it and from each other."""

    upto: int = 0
    ahead: tuple[SequenceRange, ...] = ()

    @classmethod
    def of(cls, upto: int, ahead: Iterable[Iterable[int]] | None) -> "Stored":
        """As it is in a row."""
        return cls(upto, tuple((first, last) for first, last in ahead or ()))

    @property
    def newest(self) -> int:
        """The highest number that is stored."""
        return self.ahead[-1][1] if self.ahead else self.upto

    def has(self, number: int) -> bool:
        """Whether this number is stored."""
        return number <= self.upto or any(first <= number <= last for first, last in self.ahead)

    def follows(self, number: int) -> bool:
        """Whether this number continues what is stored: all of it, or one of the ranges ahead."""
        return self.has(number - 1)

    def with_range(self, first: int, last: int) -> "Stored":
        """What is stored once these are, too."""
        merged: list[SequenceRange] = []
        for start, end in sorted([(1, self.upto), *self.ahead, (first, last)]):
            if end < start:
                continue
            if merged and start <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        if merged and merged[0][0] == 1:
            return Stored(merged[0][1], tuple(merged[1:]))
        return Stored(0, tuple(merged))
