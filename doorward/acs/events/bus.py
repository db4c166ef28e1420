"""Tells readers of the log that there is more to read. Carries no events: the log itself is the queue."""

import asyncio


class Bus:
    """One per server. Every reader waits for the next announcement and then reads the log from its own cursor."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._announced = 0

    @property
    def announced(self) -> int:
        """How often something was announced; remember it before reading, then wait from it."""
        return self._announced

    def announce(self) -> None:
        """The log has grown (its transaction is committed)."""
        self._announced += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, seen: int) -> None:
        """Return once there was an announcement after `seen`."""
        if self._announced > seen:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
