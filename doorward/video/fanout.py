"""One stream of pictures given to several takers, each with a queue of its own that nobody waits for."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

SLOW_US = 2_000_000
"""A taker that is further behind than this loses everything up to the next keyframe."""
QUEUED_BYTES = 16 * 1024**2
GROUP_BYTES = 16 * 1024**2
"""A group of pictures larger than this is not kept for those who come later; they wait for the next keyframe."""


class Picture(Protocol):
    """One compressed picture."""

    @property
    def keyframe(self) -> bool:
        """Whether a decoder can begin here."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def at_us(self) -> int:
        """When it arrived here, in microseconds since the epoch."""


PICTURE = TypeVar("PICTURE", bound=Picture)


@dataclass(frozen=True, slots=True)
class Lost:
    """So many pictures were left out before the next one, which is a keyframe."""

    pictures: int


class Taker(Generic[PICTURE]):
    """One taker's queue: given to by one thread, taken from by another. `ring` is called when there is news."""

    def __init__(self, ring: Callable[[], None], begun: list[PICTURE]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._queue = deque(begun)
        self._bytes = sum(picture.size for picture in begun)
        # What it began with may span any time: only what came since says whether it is slow.
        self._begun = len(begun)
        self._waits = not begun
        self._lost = 0
        self.ended = False

    def give(self, picture: PICTURE) -> None:
        """Queue a picture, or leave it out; never waits for the taker."""
        with self._lock:
            if self._is_slow(picture):
                self._lost += len(self._queue)
                self._queue.clear()
                self._bytes = self._begun = 0
                self._waits = True
            if self._waits and not picture.keyframe:
                self._lost += 1
                return
            self._waits = False
            self._queue.append(picture)
            self._bytes += picture.size
        self._ring()

    def take(self) -> PICTURE | Lost | None:
        """The next picture, or how many were left out before it; None: there is nothing at present."""
        with self._lock:
            if not self._queue:
                return None
            if self._lost:
                lost, self._lost = self._lost, 0
                return Lost(lost)
            picture = self._queue.popleft()
            self._begun = max(0, self._begun - 1)
            self._bytes -= picture.size
            return picture

    def end(self) -> None:
        """There will be no more."""
        self.ended = True
        self._ring()

    def _is_slow(self, picture: PICTURE) -> bool:
        if self._bytes + picture.size > QUEUED_BYTES and self._queue:
            return True
        return len(self._queue) > self._begun and picture.at_us - self._queue[self._begun].at_us > SLOW_US


class Fanout(Generic[PICTURE]):
    """Gives each picture to every taker, and keeps the present group for those who come in the middle of it.

    One thread gives; any thread adds and removes takers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._takers: set[Taker[PICTURE]] = set()
        self._group: list[PICTURE] = []
        self._bytes = 0
        self._ended = False

    def __len__(self) -> int:
        return len(self._takers)

    def give(self, picture: PICTURE) -> None:
        """Give a picture to everybody."""
        with self._lock:
            self._keep(picture)
            for taker in self._takers:
                taker.give(picture)

    def add(self, ring: Callable[[], None]) -> Taker[PICTURE]:
        """A new taker, which begins with the present group. `ring` must not block; it is called from any thread."""
        with self._lock:
            taker = Taker(ring, list(self._group))
            taker.ended = self._ended
            self._takers.add(taker)
            return taker

    def remove(self, taker: Taker[PICTURE]) -> None:
        """Give it nothing any more."""
        with self._lock:
            self._takers.discard(taker)

    def group(self) -> list[PICTURE]:
        """The pictures since the latest keyframe, with it; empty while there is none."""
        with self._lock:
            return list(self._group)

    def forget(self) -> None:
        """The connection is gone: whoever comes now does not begin with what it showed."""
        with self._lock:
            self._group, self._bytes = [], 0

    def end(self) -> None:
        """Tell every taker, also those who come later, that there will be no more."""
        with self._lock:
            self._ended = True
            for taker in self._takers:
                taker.end()

    def _keep(self, picture: PICTURE) -> None:
        if picture.keyframe:
            self._group, self._bytes = [], 0
        elif not self._group:
            return
        self._bytes += picture.size
        if self._bytes > GROUP_BYTES:
            self._group = []
        else:
            self._group.append(picture)
