"""How somebody who waits hears that there is news, from wherever it comes."""

import asyncio


class Bell:
    """One waits, any may ring. A ring that nobody waits for is kept, one of them. Belongs to one event loop."""

    __slots__ = ("_rung", "_waiting")

    def __init__(self) -> None:
        self._rung = False
        self._waiting: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """There is news."""
        self._rung = True
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def wait(self) -> None:
        """Return once it has rung since the last time this returned."""
        if not self._rung:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        self._rung = False
