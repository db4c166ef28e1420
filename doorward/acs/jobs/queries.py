"""What may be asked about jobs."""

from pathlib import Path

from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound
from doorward.acs.jobs.files import result_of
from doorward.acs.jobs.models import Job
from doorward.acs.jobs.operations import may_see

MOST_SHOWN = 100


def _require(actor: Actor) -> None:
    if Permission.JOB_VIEW not in actor.permissions:
        actor.require(Permission.CARDHOLDER_WRITE)


async def list_jobs(actor: Actor) -> list[Job]:
    """One's own jobs, or with job.view everybody's: the latest 100, the newest first."""
    _require(actor)
    found = Job.all() if Permission.JOB_VIEW in actor.permissions else Job.filter(user_id=actor.user_id)
    return await found.order_by("-id").limit(MOST_SHOWN)


async def job_by_id(actor: Actor, job_id: str) -> Job | None:
    """A job, if there is one that the actor may see."""
    _require(actor)
    job = await Job.get_or_none(id=job_id)
    return job if job is not None and may_see(actor, job) else None


async def result_file(domain: Domain, actor: Actor, job_id: str) -> tuple[Path, int]:
    """Where a job's result is, and how many bytes of it count by now. Raises NotFound."""
    job = await job_by_id(actor, job_id)
    path = result_of(domain.job_files, job_id) if job and domain.job_files else None
    if job is None or path is None or not path.exists():
        raise NotFound("There is no such result, or it was deleted since.")
    return path, job.result_bytes
