"""What may be asked about jobs."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound
from doorward.acs.jobs.files import result_of
from doorward.acs.jobs.models import Job, JobKind, JobState
from doorward.acs.jobs.operations import OPEN, may_see
from doorward.acs.keyset import NAMES, NameOrder, Orders, page_rows, where
from doorward.acs.paging import MAX_PAGE, Page, PageRequest

ENDED_LATELY = timedelta(days=1)


class JobOrder(StrEnum):
    """How jobs can be ordered."""

    NEWEST = "newest"
    """The last begun first."""
    OLDEST = "oldest"
    """The first begun first."""


_JOBS: Orders = {
    JobOrder.NEWEST: NAMES[NameOrder.NEWEST],
    JobOrder.OLDEST: NAMES[NameOrder.OLDEST],
}


def require_jobs(actor: Actor) -> None:
    """Raises for whoever may see no job at all."""
    if Permission.JOB_VIEW not in actor.permissions:
        actor.require(Permission.CARDHOLDER_WRITE)


def _seen(actor: Actor) -> QuerySet[Job]:
    require_jobs(actor)
    return Job.all() if Permission.JOB_VIEW in actor.permissions else Job.filter(user_id=actor.user_id)


async def page_jobs(
    actor: Actor,
    request: PageRequest,
    *,
    kind: JobKind | None = None,
    states: Collection[JobState] | None = None,
    dry_run: bool | None = None,
    user_id: str | None = None,
) -> Page[Job]:
    """One's own jobs, or with job.view everybody's; the newest first."""
    among = None if states is None else list(states)
    rows = where(_seen(actor), kind=kind, state__in=among, dry_run=dry_run, user_id=user_id)
    return await page_rows(rows, _JOBS, request)


async def current_jobs(
    domain: Domain, actor: Actor, ids: Collection[str] | None, *, ended_lately: bool = False
) -> list[Job]:
    """Those of these jobs that the actor may see; None: those that have not ended, the oldest first.

    `ended_lately`: and the latest of those that ended in the last day.
    """
    seen = _seen(actor)
    if ids is not None:
        return await seen.filter(id__in=list(ids)).order_by("id")
    found = await seen.filter(state__in=list(OPEN)).order_by("id")
    if ended_lately:
        ended = seen.filter(ended_at__gte=domain.clock() - ENDED_LATELY).order_by("-id").limit(MAX_PAGE)
        found = sorted([*await ended, *found], key=lambda job: job.id)
    return found


async def job_by_id(actor: Actor, job_id: str) -> Job | None:
    """A job, if there is one that the actor may see."""
    require_jobs(actor)
    job = await Job.get_or_none(id=job_id)
    return job if job is not None and may_see(actor, job) else None


async def result_file(domain: Domain, actor: Actor, job_id: str) -> tuple[Path, int]:
    """Where a job's result is, and how many bytes of it count by now. Raises NotFound."""
    job = await job_by_id(actor, job_id)
    path = result_of(domain.job_files, job_id) if job and domain.job_files else None
    if job is None or path is None or not path.exists():
        raise NotFound("There is no such result, or it was deleted since.")
    return path, job.result_bytes
