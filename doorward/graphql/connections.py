"""What is open: WebSockets and streams of events, how many there may be, and what becomes of those that nobody reads.

A client that does not read holds up nobody but itself: what is sent to it waits. When nothing could be sent to it
for a while it is dropped. What it has not read is all that is kept for it, and the kernel gives that up, too
(`TCP_USER_TIMEOUT`, set by the server).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import Message, Send

MOST_IN_ALL = 2_000
MOST_OF_ONE = 200
"""Connections and streams of one user."""
SEND_WITHIN_S = 10.0
IDLE_S = 600.0
"""A WebSocket on which nothing is open and nothing is said for so long is closed."""
_SWEEP_S = 1.0

logger = logging.getLogger(__name__)


class TooMany(Exception):
    """There are as many open as may be; the message says of what."""


@dataclass(slots=True, eq=False)
class Open:
    """One WebSocket or stream of events, and the task that serves it."""

    user_id: str | None
    task: asyncio.Task[object]
    sending: int = 0
    progress_at: float = 0.0
    dropped: bool = False

    def watched(self, send: Send) -> Send:
        """The same, but it is noted when something could be sent last."""
        now = asyncio.get_running_loop().time

        async def tell(message: Message) -> None:
            if not self.sending:
                self.progress_at = now()
            self.sending += 1
            try:
                await send(message)
            finally:
                self.sending -= 1
                self.progress_at = now()

        return tell

    def drop_if_stuck(self, now: float) -> None:
        """End what serves a client that has taken nothing for too long."""
        if self.sending and now - self.progress_at > SEND_WITHIN_S and not self.dropped:
            self.dropped = True
            self.task.cancel()


class Connections:
    """All that is open at an endpoint. Looked through every second while there is any."""

    def __init__(self) -> None:
        self._open: set[Open] = set()
        self._of: Counter[str | None] = Counter()
        self._sweeper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def opened(self, user_id: str | None = None) -> Iterator[Open]:
        """Something is open as long as this is, served by the present task. Raises TooMany.

        None: who opens it has yet to say. When it is dropped, the cancellation of the task ends here.
        """
        if len(self._open) >= MOST_IN_ALL:
            raise TooMany("The server has as many connections open as it takes. Try again later.")
        self._check(user_id)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served by a task")
        one = Open(user_id, task)
        self._open.add(one)
        self._of[user_id] += 1
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep(), name="connections")
        try:
            yield one
        except asyncio.CancelledError:
            if not one.dropped:
                raise
            task.uncancel()
            logger.info("a client that took nothing for %d seconds was dropped", SEND_WITHIN_S)
        finally:
            self._open.discard(one)
            self._move(one, None)
            self._of[None] -= 1
            if not self._open:
                self._sweeper.cancel()
                self._sweeper = None

    def claim(self, one: Open, user_id: str | None) -> None:
        """Whose it is, once that is known. Raises TooMany."""
        self._check(user_id)
        self._move(one, user_id)

    def _check(self, user_id: str | None) -> None:
        if self._of[user_id] >= MOST_OF_ONE:
            raise TooMany(f"There are {MOST_OF_ONE} connections of yours open, which is the most. Close some.")

    def _move(self, one: Open, user_id: str | None) -> None:
        self._of[one.user_id] -= 1
        if not self._of[one.user_id]:
            del self._of[one.user_id]
        one.user_id = user_id
        self._of[user_id] += 1

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = asyncio.get_running_loop().time()
            for one in tuple(self._open):
                one.drop_if_stuck(now)
