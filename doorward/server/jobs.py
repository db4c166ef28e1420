"""What the server does by itself, by the clock: every day, in the site's time zone.

Each job runs once more when the server starts, which may have been off at its hour, and so must be one that does
nothing where there is nothing to do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from doorward.acs.actor import SYSTEM
from doorward.acs.credentials.mobile import withdraw_expired_invitations
from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.jobs.batch import clean_files
from doorward.acs.requests.keyed import clear_keys
from doorward.acs.schedules.holiday_operations import refresh_country_calendars
from doorward.acs.site.time_zone import site_zone
from doorward.acs.users.failures import end_old_runs
from doorward.acs.webhooks.queries import forget_old_deliveries

STOP_S = 3.0
"""So long a job may go on when the server stops; then it is cancelled, and its transaction undone."""
FOLLOW_HOURS = 1
"""Hours between two looks at whether the site has another time zone."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every day at an hour and minute of the site. `run` may raise anything."""

    name: str
    hour: int
    minute: int
    run: Callable[[Domain], Awaitable[object]]

    def trigger(self, zone: ZoneInfo) -> CronTrigger:
        """When it is due."""
        return CronTrigger(hour=self.hour, minute=self.minute, timezone=zone)


async def _refresh_holidays(domain: Domain) -> None:
    today = domain.clock().astimezone(await site_zone()).date()
    await refresh_country_calendars(domain, SYSTEM, today)


async def _clear_keys(domain: Domain) -> None:
    await clear_keys(domain.clock())


async def _withdraw_invitations(domain: Domain) -> None:
    await withdraw_expired_invitations(domain, SYSTEM)


# No time zone that there is skips five o'clock when its clocks go forward.
JOBS = (
    Job("refresh_holidays", 5, 10, _refresh_holidays),
    Job("withdraw_invitations", 5, 20, _withdraw_invitations),
    Job("end_failure_runs", 5, 30, end_old_runs),
    Job("forget_deliveries", 5, 40, forget_old_deliveries),
    Job("clear_keys", 5, 45, _clear_keys),
    Job("clean_import_files", 5, 50, clean_files),
)


class Jobs:
    """The jobs of one server. The task that starts them must be one that sees the open database, and stops them."""

    def __init__(self, domain: Domain, jobs: Sequence[Job] = JOBS) -> None:
        self._domain = domain
        self._jobs = jobs
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler: AsyncIOScheduler | None = None
        self._zone = ZoneInfo("UTC")

    async def start(self) -> None:
        """Run every job now, and then every day."""
        self._zone = await site_zone()
        scheduler = AsyncIOScheduler(
            timezone=self._zone,
            # One run, however late and however many were missed: each does all that is to be done.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        now = datetime.now(self._zone)
        for job in self._jobs:
            scheduler.add_job(self._run, job.trigger(self._zone), args=[job], id=job.name, next_run_time=now)
        scheduler.add_job(self._follow_time_zone, "interval", hours=FOLLOW_HOURS)
        scheduler.start()
        self._scheduler = scheduler

    async def stop(self) -> None:
        """Begin no job any more, and return when none runs."""
        if self._scheduler is None:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_S)
        left = list(self._running)
        self._scheduler.shutdown(wait=False)
        # The scheduler shuts down in the next turn of the loop, and cancels what still runs.
        await asyncio.sleep(0)
        await asyncio.gather(*left, return_exceptions=True)
        self._scheduler = None

    def due(self, name: str) -> datetime | None:
        """When a job runs next; None once it is stopped."""
        if self._scheduler is None:
            return None
        due: datetime | None = self._scheduler.get_job(name).next_run_time
        return due

    async def _run(self, job: Job) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs is in a task
        self._running.add(task)
        try:
            await job.run(self._domain)
        except Exception as error:
            logger.exception("the job %s failed; it runs again tomorrow", job.name)
            await self._tell(job, error)
        finally:
            self._running.discard(task)

    async def _tell(self, job: Job, error: Exception) -> None:
        """In the event log too, where somebody looks; whatever keeps that from being written is in the other log."""
        data = {"job": job.name, "problem": str(error) or type(error).__name__}
        with suppress(Exception):
            await record_system_event(self._domain, NewEvent(EventType.JOB_FAILED, self._domain.clock(), data=data))

    async def _follow_time_zone(self) -> None:
        try:
            zone = await site_zone()
        except Exception:
            logger.exception("the site's time zone could not be read; jobs stay as they are")
            return
        if zone == self._zone or self._scheduler is None:
            return
        self._zone = zone
        for job in self._jobs:
            self._scheduler.reschedule_job(job.name, trigger=job.trigger(zone))
