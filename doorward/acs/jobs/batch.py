"""Working a job off: batch by batch, each in one transaction with its audit, each line in a savepoint of its own.

A line that is refused leaves nothing behind and keeps no other from being done. What became of the lines is written
to the result's file before the batch is committed, and how much of that file counts is committed with it: whenever
the server stops, the job goes on after its last whole batch.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError

from doorward.acs.actor import Actor
from doorward.acs.collision import is_collision
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.jobs.files import Line, append, lines_from, remove_all_but, result_of, source_of
from doorward.acs.jobs.live import job_changed
from doorward.acs.jobs.models import Job, JobKind, JobState
from doorward.acs.jobs.operations import NEEDED, OPEN
from doorward.acs.operation import MET, Work, finish, tell
from doorward.acs.transaction import transacted
from doorward.acs.users.models import Token, User
from doorward.acs.users.privileges import StandingPrivileges
from doorward.acs.users.sessions import actor_of

LINES = 100
"""Of one batch."""
KEPT = timedelta(days=7)
"""So long the files of a job that has ended stay."""

Carry = Callable[[Work, JobKind, dict[str, Any]], Awaitable[str]]
"""Does what one line says; the id of what it made or changed."""

_CODES: dict[type[AcsError], str] = {Conflict: "CONFLICT", NotFound: "NOT_FOUND", NotPermitted: "PERMISSION"}

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Outcome:
    """What became of a batch."""

    job: Job
    work: Work
    more: bool


async def next_job() -> Job | None:
    """The job that is due: the one under way, or else the oldest that waits."""
    running = await Job.filter(state=JobState.RUNNING).order_by("id").first()
    return running or await Job.filter(state=JobState.QUEUED).order_by("id").first()


async def work_off(domain: Domain, job: Job, carry: Carry) -> bool:
    """One batch of a job; whether more is left of it."""
    root = domain.job_files
    if root is None:
        raise RuntimeError("there is no place for the files of jobs")
    try:
        lines = await asyncio.to_thread(lines_from, source_of(root, job.id), job.read_bytes, job.done + 1, LINES)
    except FileNotFoundError:
        await end_in_vain(domain, job, "Its file is gone.")
        return False
    try:
        outcome = await transacted(lambda connection: _batch(domain, connection, job, lines, carry, root))
    except NotPermitted as error:
        await end_in_vain(domain, job, error.message)
        return False
    tell(outcome.work)
    job_changed(domain, job.id)
    return outcome.more


async def _batch(
    domain: Domain, connection: BaseDBAsyncClient, job: Job, lines: list[Line], carry: Carry, root: Path
) -> _Outcome:
    row = await Job.select_for_update().using_db(connection).get(id=job.id)
    actor = await _actor(domain, row)
    work = Work(domain, actor, domain.clock(), connection)
    if row.state not in OPEN:
        return _Outcome(row, work, False)
    await connection.execute_query("SAVEPOINT batch")
    told = [await _line(work, row.kind, line, carry) for line in lines]
    if row.dry_run:
        await connection.execute_query("ROLLBACK TO SAVEPOINT batch")
        work = Work(domain, actor, work.now, connection)
    content = b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in told if each is not None)
    row.result_bytes = await asyncio.to_thread(append, result_of(root, row.id), row.result_bytes, content)
    row.state, row.started_at = JobState.RUNNING, row.started_at or work.now
    row.failed += sum(each is not None and not each["ok"] for each in told)
    row.done += len(lines)
    row.read_bytes = lines[-1].end if lines else row.read_bytes
    row.version += 1
    if len(lines) < LINES or row.done >= row.total:
        _end(work, row, JobState.DONE)
    await row.save(using_db=connection)
    await finish(work)
    return _Outcome(row, work, row.state in OPEN)


def _end(work: Work, row: Job, state: JobState) -> None:
    row.state, row.ended_at = state, work.now
    after = {"state": state.value, "lines": row.done, "failed": row.failed, "dry_run": row.dry_run}
    work.audit(EventType.JOB_ENDED, of=row, after={**after, "message": row.message} if row.message else after)


async def _line(work: Work, kind: JobKind, line: Line, carry: Carry) -> dict[str, Any] | None:
    """What became of a line; None for an empty one. Nothing is left of one that is refused."""
    if not line.text:
        return None
    alone = replace(work, events=[], policy_parts=set(), policy_changed=False, after=[])
    await work.connection.execute_query("SAVEPOINT line")
    try:
        made = await carry(alone, kind, _object(line.text))
    except (AcsError, IntegrityError) as error:
        await work.connection.execute_query("ROLLBACK TO SAVEPOINT line")
        return {"line": line.number, "ok": False, "errors": [_told(error)]}
    await work.connection.execute_query("RELEASE SAVEPOINT line")
    work.events += alone.events
    work.policy_parts |= alone.policy_parts
    work.policy_changed = work.policy_changed or alone.policy_changed
    work.after += alone.after
    return {"line": line.number, "ok": True, "id": made}


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except json.JSONDecodeError as error:
        raise ValidationFailed("This line is not JSON.") from error
    if not isinstance(found, dict):
        raise ValidationFailed("Each line is one JSON object.")
    return found


def _told(error: AcsError | IntegrityError) -> dict[str, Any]:
    if isinstance(error, IntegrityError):
        if not is_collision(error):
            raise error
        return {"code": "CONFLICT", "message": MET, "path": []}
    code = _CODES.get(type(error), "VALIDATION")
    return {"code": code, "message": error.message, "path": list(error.path)}


async def _actor(domain: Domain, job: Job) -> Actor:
    """Whoever asked, with what they may now of what they might then. Raises NotPermitted when that is not enough."""
    user = await User.get_or_none(id=job.user_id)
    if user is None or not user.enabled:
        raise NotPermitted(f"{job.user_name} may not do this any more.")
    if job.token_id is not None and not await Token.filter(id=job.token_id, expires_at__gt=domain.clock()).exists():
        raise NotPermitted(f"The token {job.token_name} of {job.user_name} does not count any more.")
    may = await StandingPrivileges().of(user)
    now = actor_of(user, await domain.rules.now(), None, "job", may)
    permissions = frozenset(each for each in now.permissions if each.value in job.permissions)
    token = (job.token_id, job.token_name or "") if job.token_id is not None else None
    actor = replace(now, permissions=permissions, reaches={}, token=token)
    actor.require(NEEDED[job.kind])
    return actor


async def end_in_vain(domain: Domain, job: Job, message: str) -> None:
    """A job cannot go on; what it has done stays."""

    async def attempt(connection: BaseDBAsyncClient) -> Work:
        row = await Job.select_for_update().using_db(connection).get(id=job.id)
        who = Actor(row.user_id, row.user_name, frozenset(), "job")
        work = Work(domain, who, domain.clock(), connection)
        if row.state in OPEN:
            row.message = message[:500]
            row.version += 1
            _end(work, row, JobState.FAILED)
            await row.save(using_db=connection)
        await finish(work)
        return work

    tell(await transacted(attempt))
    job_changed(domain, job.id)


async def clean_files(domain: Domain) -> None:
    """Delete the files of jobs that ended a week ago, and those that belong to none."""
    root = domain.job_files
    if root is None:
        return
    end = domain.clock() - KEPT
    kept = {row.id for row in await Job.all() if row.ended_at is None or row.ended_at >= end}
    await asyncio.to_thread(remove_all_but, root, kept, end)


def new_job_id() -> str:
    """The id of a job, under which its file is stored before the job is."""
    return new_id()
