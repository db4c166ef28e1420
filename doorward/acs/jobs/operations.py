"""What may be done with jobs: beginning an import, and cancelling it."""

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.errors import Conflict, NotFound, Unauthenticated
from doorward.acs.events.catalogue import EventType
from doorward.acs.jobs.live import job_changed
from doorward.acs.jobs.models import Job, JobKind, JobState
from doorward.acs.operation import Work, operation

NEEDED = {
    JobKind.CARDHOLDERS: Permission.CARDHOLDER_WRITE,
    JobKind.GROUPS: Permission.CONFIGURATION_WRITE,
    JobKind.ACCESS_RULES: Permission.CONFIGURATION_WRITE,
}
OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})
MOST_WAITING = 10
"""Imports of one user that have not ended."""


@operation(Permission.CARDHOLDER_WRITE)
async def create_job(work: Work, job_id: str, kind: JobKind, total: int, dry_run: bool) -> Job:
    """An import of a file that is stored under the job's id. It goes by what whoever asks may now, or later less."""
    actor = work.actor
    actor.require(NEEDED[kind])
    if actor.user_id is None:
        raise Unauthenticated("Sign in first.")
    waiting = await Job.filter(user_id=actor.user_id, state__in=list(OPEN)).using_db(work.connection).count()
    if waiting >= MOST_WAITING:
        raise Conflict(f"{MOST_WAITING} of your imports have not ended yet. Wait for one, or cancel it.")
    token_id, token_name = actor.token or (None, None)
    job = await Job.create(
        using_db=work.connection,
        id=job_id,
        kind=kind,
        state=JobState.QUEUED,
        dry_run=dry_run,
        user_id=actor.user_id,
        user_name=actor.name,
        permissions=sorted(actor.permissions),
        token_id=token_id,
        token_name=token_name,
        total=total,
        created_at=work.now,
    )
    work.audit(EventType.JOB_CREATED, of=job, after={"kind": kind.value, "lines": total, "dry_run": dry_run})
    work.after.append(lambda: job_changed(work.domain, job.id))
    return job


@operation(Permission.CARDHOLDER_WRITE)
async def cancel_job(work: Work, job_id: str, expected_version: int | None = None) -> Job:
    """End a job after the batch that is under way. What was imported stays. Raises Conflict for one that has ended."""
    job = await Job.select_for_update().using_db(work.connection).get_or_none(id=job_id)
    if job is None or not may_see(work.actor, job):
        raise NotFound("There is no such job.", "id")
    check.version(job.version, expected_version)
    if job.state not in OPEN:
        raise Conflict("The job has ended already.", "id")
    before = job.state
    job.state, job.ended_at = JobState.CANCELLED, work.now
    job.version += 1
    await job.save(using_db=work.connection, update_fields=["state", "ended_at", "version"])
    work.audit(EventType.JOB_CANCELLED, of=job, before={"state": before.value}, after={"state": job.state.value})
    work.after.append(lambda: job_changed(work.domain, job.id))
    return job


def may_see(actor: Actor, job: Job) -> bool:
    """Whether a job is the actor's own, or they may see everybody's."""
    return job.user_id == actor.user_id or Permission.JOB_VIEW in actor.permissions
