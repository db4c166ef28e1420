"""What works off the jobs of the server: one at a time, one batch after the other, until it is stopped."""

import asyncio
import logging
from contextlib import suppress

from doorward.acs.domain import Domain
from doorward.acs.jobs.batch import Carry, end_in_vain, next_job, work_off
from doorward.acs.transaction import DATABASE_TROUBLE
from doorward.graphql.importing import carry_line

LOOK_EVERY_S = 30.0
"""Also without being told, so that nothing waits for ever."""
AFTER_TROUBLE_S = 2.0

logger = logging.getLogger(__name__)


class Importer:
    """Owns one task, which `start` begins and `stop` ends."""

    def __init__(self, domain: Domain, carry: Carry = carry_line) -> None:
        self._domain = domain
        self._carry = carry
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Go on where the last run of the server has stopped."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, in the middle of a batch too: it is undone, and done when the server runs again."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            self._domain.jobs.due.clear()
            try:
                if await self.step():
                    continue
            except DATABASE_TROUBLE:
                logger.warning("the database is in trouble; imports wait", exc_info=True)
                await asyncio.sleep(AFTER_TROUBLE_S)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._domain.jobs.due.wait(), LOOK_EVERY_S)

    async def step(self) -> bool:
        """One batch; whether there was one."""
        job = await next_job()
        if job is None:
            return False
        try:
            await work_off(self._domain, job, self._carry)
        except DATABASE_TROUBLE:
            raise
        except Exception:
            logger.exception("import %s failed", job.id)
            await end_in_vain(self._domain, job, "Something went wrong on the server. See its log.")
        return True
