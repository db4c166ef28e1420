"""All the webhooks of a server: each has a courier in a task of its own, so that none waits for another's receiver."""

import asyncio
import logging
from datetime import datetime

from doorward.acs.domain import Domain
from doorward.acs.events.bus import Bus
from doorward.acs.transaction import DATABASE_TROUBLE
from doorward.acs.webhooks.live import Post
from doorward.acs.webhooks.models import Webhook
from doorward.server.webhooks.courier import Courier

TROUBLE_S = 5.0
"""Seconds to wait when the database is away, or something unforeseen has happened."""
LOOK_S = 60.0
"""Seconds after which a courier looks again whatever it has heard: the command line writes events, too."""
GATHER_S = 0.05
"""Seconds in which events gather after the first, so that many at once are looked for once."""

logger = logging.getLogger(__name__)


class Couriers:
    """Started in a task that sees the open database, and stopped at the end."""

    def __init__(self, domain: Domain, post: Post) -> None:
        self._domain = domain
        self._post = post
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._pokes: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hiring: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to send: from where each webhook is in the log."""
        self._domain.webhooks.post = self._post
        self._domain.webhooks.changed = self._on_change
        for webhook_id in await Webhook.filter(enabled=True).values_list("id", flat=True):
            self._on_change(str(webhook_id))
        self._hiring = asyncio.create_task(self._hire(), name="webhooks")

    async def stop(self) -> None:
        """Send nothing any more. What was under way is sent again at the next start."""
        self._domain.webhooks.post = None
        self._domain.webhooks.changed = lambda _: None
        tasks = [task for task in (self._hiring, *self._tasks.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    @property
    def at_work(self) -> set[str]:
        """The webhooks that have a courier."""
        return {webhook_id for webhook_id, task in self._tasks.items() if not task.done()}

    def _on_change(self, webhook_id: str) -> None:
        self._changed.add(webhook_id)
        self._news.set()
        if poke := self._pokes.get(webhook_id):
            poke.set()

    async def _hire(self) -> None:
        """A courier for every webhook of which there is news and that has none. Tasks are made here alone: one made
        in a request would see the database as that request does."""
        while True:
            await self._news.wait()
            self._news.clear()
            for webhook_id in list(self._changed):
                self._changed.discard(webhook_id)
                task = self._tasks.get(webhook_id)
                if task is None or task.done():
                    self._pokes[webhook_id] = asyncio.Event()
                    self._tasks[webhook_id] = asyncio.create_task(self._run(webhook_id), name=f"webhook {webhook_id}")

    async def _run(self, webhook_id: str) -> None:
        courier = Courier(self._domain, webhook_id, self._post)
        poke = self._pokes[webhook_id]
        while True:
            seen = self._domain.bus.announced
            poke.clear()
            try:
                goes_on, due = await courier.work()
            except DATABASE_TROUBLE as error:
                logger.warning("webhook %s waits for the database: %s", webhook_id, error)
                await asyncio.sleep(TROUBLE_S)
                continue
            except Exception:
                logger.exception("the courier of webhook %s failed; it goes on", webhook_id)
                await asyncio.sleep(TROUBLE_S)
                continue
            if not goes_on and not poke.is_set():
                self._dismiss(webhook_id)
                return
            await self._wait(self._domain.bus, seen, poke, due)

    def _dismiss(self, webhook_id: str) -> None:
        self._tasks.pop(webhook_id, None)
        self._pokes.pop(webhook_id, None)

    async def _wait(self, bus: Bus, seen: int, poke: asyncio.Event, due: datetime | None) -> None:
        """Until there are events, a change of the webhook, or something is due."""
        seconds = LOOK_S if due is None else max(0.0, (due - self._domain.clock()).total_seconds())
        news = asyncio.create_task(_gathered(bus, seen))
        poked = asyncio.create_task(poke.wait())
        try:
            await asyncio.wait({news, poked}, timeout=min(seconds, LOOK_S), return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            poked.cancel()
            await asyncio.gather(news, poked, return_exceptions=True)


async def _gathered(bus: Bus, seen: int) -> None:
    await bus.wait(seen)
    await asyncio.sleep(GATHER_S)
