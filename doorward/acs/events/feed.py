"""The end of the log in memory, read once for everybody who follows it.

One task reads each new event, once, for as long as somebody follows. The newest events are kept, so many of them and
no more, and each follower only remembers up to where it has come: there is no queue for each. Whoever stays so far
behind that what comes next for it is no longer kept is told so, and nobody else notices.
"""

import asyncio
import logging
from bisect import bisect_right
from collections.abc import AsyncIterator, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from doorward.acs.bell import Bell
from doorward.acs.cameras.bookmarks import bookmarks_of_events
from doorward.acs.cameras.models import Bookmark
from doorward.acs.errors import FellBehind
from doorward.acs.events.bus import Bus
from doorward.acs.events.catalogue import BOOKMARKED
from doorward.acs.events.models import Event

KEPT = 2_000
"""Events that are kept in memory."""
PAGE = 500
"""Events that are read at a time."""
PROMPT_S = 2.0
"""A follower that asked for more so recently is not stuck."""
WAIT_S = 10.0
"""Longest that those who are stuck no longer than that hold up the reading of a backlog."""
_LOOK_S = 0.02
_AGAIN_S = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the log with what belongs to it. `memo` is for what its readers make of it, by their own keys."""

    position: int
    event: Event
    bookmarks: list[Bookmark]
    memo: dict[Hashable, Any] = field(default_factory=dict)


async def entries_of(rows: Sequence[Event]) -> list[Entry]:
    """Events with their bookmarks, by one query at most."""
    showing = [row.id for row in rows if row.type in BOOKMARKED]
    bookmarks = await bookmarks_of_events(showing) if showing else {}
    return [Entry(row.position, row, bookmarks.get(row.id, [])) for row in rows]


class Follower:
    """One reader of the feed. `join` says from where; then `next` gives one event after the other."""

    def __init__(self, feed: "Feed", bell: Bell) -> None:
        self._feed = feed
        self._bell = bell
        self._number: int | None = None
        self._position = 0
        self._asked_at = feed.now()

    @property
    def head(self) -> int:
        """The position of the newest event that the feed has seen."""
        return self._feed.head

    def join(self, position: int) -> bool:
        """Go on after this position; False when the feed does not go back that far, and the log must be read first."""
        number = self._feed.number_after(position)
        self._number, self._position = number, position
        return number is not None

    def next(self) -> Entry | None:
        """The next event, or None: then wait for the bell. Raises FellBehind when it is no longer kept."""
        if self._number is None:
            return None
        self._asked_at = self._feed.now()
        entry = self._feed.entry(self._number, self._position)
        if entry is not None:
            self._number += 1
            self._position = entry.position
        return entry

    def ring(self) -> None:
        """There is more, or the feed has ended."""
        self._bell.ring()

    def needs(self, number: int) -> bool:
        """Whether it still has to take an event before this number, and is about to."""
        if self._number is None or self._number >= number:
            return False
        return self._feed.now() - self._asked_at < PROMPT_S


class Feed:
    """One per server; it reads nothing while nobody follows. Belongs to one event loop."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._followers: set[Follower] = set()
        self._reader: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[None] | None = None
        self._entries: list[Entry] = []
        self._positions: list[int] = []
        self._first = 0
        self._floor = 0
        self.head = 0
        """The position of the newest event that was read."""

    @staticmethod
    def now() -> float:
        """Seconds of the event loop."""
        return asyncio.get_running_loop().time()

    @asynccontextmanager
    async def follow(self, bell: Bell) -> AsyncIterator[Follower]:
        """Follow the log from now on; the bell rings when there is more."""
        follower = Follower(self, bell)
        self._followers.add(follower)
        try:
            if self._reader is None:
                self._ready = asyncio.get_running_loop().create_future()
                self._reader = asyncio.create_task(self._read(self._ready), name="feed")
            if self._ready is not None:
                await asyncio.shield(self._ready)
            yield follower
        finally:
            self._followers.discard(follower)
            if not self._followers and self._reader is not None:
                self._reader.cancel()
                self._reader = self._ready = None
                self._forget()

    def number_after(self, position: int) -> int | None:
        """The number of the first kept event after this position (it may be yet to come); None: not all are kept."""
        if position < self._floor:
            return None
        return self._first + bisect_right(self._positions, position)

    def entry(self, number: int, position: int) -> Entry | None:
        """The event of this number. Raises FellBehind, with the position after which to go on."""
        place = number - self._first
        if place < 0:
            raise FellBehind("This client fell too far behind and is no longer sent events.", position)
        return self._entries[place] if place < len(self._entries) else None

    async def _read(self, ready: asyncio.Future[None]) -> None:
        try:
            while not ready.done():
                await self._attempt(self._start(ready))
            while True:
                seen = self._bus.announced
                if not await self._attempt(self._more()):
                    await self._bus.wait(seen)
        finally:
            if not ready.done():
                ready.cancel()

    @staticmethod
    async def _attempt(reading: Coroutine[Any, Any, bool]) -> bool:
        """Whether to read again at once: a database that fails for a while stops nobody who follows."""
        try:
            return await reading
        except Exception:
            logger.exception("the log could not be read; trying again")
            await asyncio.sleep(_AGAIN_S)
            return True

    async def _start(self, ready: asyncio.Future[None]) -> bool:
        newest = await Event.all().only("position").order_by("-position").first()
        self._floor = self.head = int(newest.position) if newest else 0
        if not ready.done():
            ready.set_result(None)
        return True

    async def _more(self) -> bool:
        """Read on; whether there may be still more."""
        rows = await Event.filter(position__gt=self.head).order_by("position").limit(PAGE)
        if not rows:
            return False
        entries = await entries_of(rows)
        await self._make_room(len(entries))
        self._entries += entries
        self._positions += [entry.position for entry in entries]
        self.head = entries[-1].position
        for follower in self._followers:
            follower.ring()
        return len(rows) == PAGE

    async def _make_room(self, coming: int) -> None:
        """Drop the oldest, but let those who are not stuck take them first: a backlog is no fault of theirs."""
        surplus = len(self._entries) + coming - KEPT
        if surplus <= 0:
            return
        until = self.now() + WAIT_S
        # Nothing tells that somebody is stuck but the time that passes.
        while self.now() < until and any(one.needs(self._first + surplus) for one in self._followers):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)
        self._floor = self._positions[surplus - 1]
        self._first += surplus
        del self._entries[:surplus]
        del self._positions[:surplus]

    def _forget(self) -> None:
        self._first += len(self._entries)
        self._entries, self._positions = [], []
