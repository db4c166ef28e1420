"""Those who have something open, such as a subscription, as they stand now: one look for each, however much is open.

What somebody may can change while it is open, and their session or their token can end. It is looked for every few
seconds, once for all that the same session or token has open, and all of it is told.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from doorward.acs.actor import Actor
from doorward.acs.bell import Bell

LOOK_S = 2.0

logger = logging.getLogger(__name__)

Look = Callable[[], Awaitable[Actor]]


@dataclass(slots=True, eq=False)
class Standing:
    """Somebody now. Anonymous once nobody is signed in any more."""

    actor: Actor
    look: Look
    bells: set[Bell] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _true_at: int = 0

    def note(self, actor: Actor) -> None:
        """This is who they are now; all who wait for that are told if it is news."""
        if actor != self.actor:
            self.actor = actor
            for bell in self.bells:
                bell.ring()

    async def true_at(self, position: int) -> None:
        """Look at once, unless that was done since the event at this position of the log was stored."""
        async with self._looking:
            if self._true_at < position:
                self.note(await self.look())
                self._true_at = position


class Standings:
    """Everybody who has something open, by what names their session or their token and where they are."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Standing] = {}

    def __len__(self) -> int:
        return len(self._known)

    @asynccontextmanager
    async def of(self, key: Hashable, actor: Actor, look: Look, bell: Bell) -> AsyncIterator[Standing]:
        """Somebody, watched for as long as this is open. `actor` is who they are now; the bell rings at a change."""
        standing = self._known.get(key)
        if standing is None:
            standing = self._known[key] = Standing(actor, look)
            standing.task = asyncio.create_task(_watch(standing), name="standing")
        standing.bells.add(bell)
        standing.note(actor)
        try:
            yield standing
        finally:
            standing.bells.discard(bell)
            if not standing.bells and standing.task is not None:
                standing.task.cancel()
                self._known.pop(key, None)


async def _watch(standing: Standing) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            standing.note(await standing.look())
        except Exception:
            logger.exception("who has something open could not be looked up; trying again")
