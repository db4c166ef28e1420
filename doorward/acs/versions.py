"""What changed when, of things whose present state is all that counts: doors, inputs and outputs, cameras."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from doorward.acs.bell import Bell

Made = TypeVar("Made")


class Versions:
    """Counts changes from the start of the server on, and rings for each. Belongs to one event loop."""

    def __init__(self) -> None:
        self.start = secrets.token_hex(4)
        """What tells this count from that of any other start."""
        self.count = 0
        self._changed_at: dict[str, int] = {}
        self._bells: set[Bell] = set()
        self._made: dict[Hashable, asyncio.Task[Any]] = {}

    def changed(self, *keys: str) -> None:
        """These have another state now."""
        if not keys:
            return
        self.count += 1
        self._changed_at.update(dict.fromkeys(keys, self.count))
        self._made.clear()
        for bell in self._bells:
            bell.ring()

    def since(self, count: int) -> list[str]:
        """What changed after a count, that which did last at the end."""
        newer = [(at, key) for key, at in self._changed_at.items() if at > count]
        return [key for _, key in sorted(newer)]

    @contextmanager
    def watched(self, bell: Bell) -> Iterator[None]:
        """The bell rings at each change."""
        self._bells.add(bell)
        try:
            yield
        finally:
            self._bells.discard(bell)

    async def once(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
        """What is made of the present states, once for all who ask before the next change."""
        task = self._made.get(key)
        if task is None:
            task = self._made[key] = asyncio.create_task(make())
        made: Made = await asyncio.shield(task)
        return made
