"""Jobs in the API: imports, how far they came, and their results."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

import strawberry
from starlette.datastructures import UploadFile
from strawberry.file_uploads import Upload

from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.jobs import models
from doorward.acs.jobs.batch import new_job_id
from doorward.acs.jobs.files import remove, store
from doorward.acs.jobs.models import JobKind, JobState
from doorward.acs.jobs.operations import NEEDED, OPEN, cancel_job, create_job
from doorward.acs.jobs.queries import current_jobs, job_by_id, page_jobs, require_jobs
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import JobOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Edge, Node, by_actor, each, listed
from doorward.graphql.states import follow_states

strawberry.enum(JobKind, name="JobKind", description="What an import brings.")
strawberry.enum(JobState, name="JobState", description="How far a job came; done, failed and cancelled end it.")


@strawberry.type(description="An import, worked off in batches of 100 lines.")
class Job(Node):
    """A job."""

    id: strawberry.ID
    kind: JobKind
    """What it imports."""
    state: JobState
    """How far it came; DONE, FAILED and CANCELLED end it."""
    dry_run: bool = strawberry.field(description="Its lines are only tried, and nothing is changed.")
    user_name: str = strawberry.field(description="Who asked; it goes by what they may.")
    total: int = strawberry.field(description="Lines of the file.")
    done: int = strawberry.field(description="Lines that are worked off.")
    failed: int = strawberry.field(description="Those of them that were refused.")
    message: str = strawberry.field(description="Why it failed as a whole; empty otherwise.")
    created_at: datetime
    """When it was asked for."""
    started_at: datetime | None
    """When its first batch began; null: not yet."""
    ended_at: datetime | None
    """When it was done, failed or was stopped; null: not yet."""
    result_url: str | None = strawberry.field(
        description="Where to GET what became of each line (JSONL), as far as it came. Null: nothing yet."
    )
    version: int = strawberry.field(description="Grows with every batch; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.Job) -> "Job":
        """The job as the API shows it."""
        return cls(
            id=strawberry.ID(row.id),
            kind=row.kind,
            state=row.state,
            dry_run=row.dry_run,
            user_name=row.user_name,
            total=row.total,
            done=row.done,
            failed=row.failed,
            message=row.message,
            created_at=row.created_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            result_url=f"/jobs/{row.id}/result" if row.result_bytes else None,
            version=row.version,
        )


@strawberry.input(description="A file to import: one JSON object a line, at most 64 MiB and 1,000,000 lines of 64 KiB.")
class ImportInput(Keyed):
    """Each line has the fields of the mutation that creates such a thing, or with an id of the one that changes it."""

    kind: JobKind
    """What the lines of the file are."""
    file: Upload = strawberry.field(description="Sent as a GraphQL multipart request.")
    dry_run: bool = strawberry.field(
        default=False, description="Only try: each batch of 100 lines is undone, and so later ones do not see it."
    )


@strawberry.type(description="The job as it now is, or why nothing was done.")
class JobPayload:
    """Result of a mutation of a job."""

    job: Job | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Which jobs; what is left out, or null, does not restrict.")
class JobFilter:
    """See Job."""

    kind: JobKind | None = None
    states: list[JobState] | None = None
    """In one of these states. Null: in any."""
    dry_run: bool | None = None
    user_id: strawberry.ID | None = None


@strawberry.type
class JobQuery:
    """Queries about jobs."""

    jobs = listed(
        Job,
        by_actor(page_jobs),
        each(Job.of),
        "One's own jobs, the newest first; with job.view everybody's. Permission: cardholder.write or job.view.",
        search=None,
        filter=JobFilter,
        order=JobOrder,
        rows=models.Job,
    )

    @strawberry.field(
        description="A job of one's own; with job.view anybody's. Permission: cardholder.write or job.view."
    )
    async def job(self, info: ApiInfo, id: strawberry.ID) -> Job | None:
        row = await job_by_id(info.context.actor, id)
        return Job.of(row) if row else None


@strawberry.type
class JobMutation:
    """Beginning and cancelling jobs."""

    @mutation(
        description="Import a file as a job, which goes on when the request has ended. Permission: cardholder.write, "
        "and configuration.write for groups and access rules."
    )
    async def import_(self, info: ApiInfo, input: ImportInput) -> JobPayload:
        context = info.context
        context.actor.require(NEEDED[input.kind])
        root = context.domain.job_files
        if root is None:
            raise NotFound("This server has no place for files to import.", "file")
        if not isinstance(input.file, UploadFile):
            raise ValidationFailed("Send the file in a GraphQL multipart request.", "file")
        job_id = new_job_id()
        lines = await store(root, job_id, input.file.read)
        try:
            row = await create_job(context.domain, context.actor, job_id, input.kind, lines, input.dry_run)
        except BaseException:
            remove(root, job_id)
            raise
        if row.id != job_id:
            remove(root, job_id)  # The same request was there before, and has its file.
        return JobPayload(job=Job.of(row))

    @mutation(
        description="End a job after the batch that is under way; what was imported stays. Permission: "
        "cardholder.write, and job.view for that of somebody else."
    )
    async def cancel_job(self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None) -> JobPayload:
        return JobPayload(job=Job.of(await cancel_job(info.context.domain, info.context.actor, id, expected_version)))


@strawberry.type
class JobSubscription:
    """How far jobs come."""

    @strawberry.subscription(
        description="Jobs that have not ended first, or with a cursor those that changed since, then each at every "
        "batch and when it ends. With an id that one alone, at once and until it has ended. One's own; with "
        "job.view everybody's. Permission: cardholder.write or job.view."
    )
    async def jobs(
        self, info: ApiInfo, after: str | None = None, id: strawberry.ID | None = None
    ) -> AsyncGenerator[Edge[Job], None]:
        context = info.context
        require_jobs(context.actor)
        if id is not None and await job_by_id(context.actor, id) is None:
            raise NotFound("There is no such job.", "id")

        async def look(ids: list[str] | None) -> list[models.Job]:
            if id is not None:
                ids = [id] if ids is None or id in ids else []
            return await current_jobs(context.domain, context.actor, ids, ended_lately=after is not None)

        begin = after if id is None else None
        jobs = follow_states(context, context.domain.jobs.versions, begin, require_jobs, look, alike=False)
        async with aclosing(jobs) as states:
            async for cursor, row in states:
                yield Edge(cursor=cursor, node=Job.of(row))
                if id is not None and row.state not in OPEN:
                    return
