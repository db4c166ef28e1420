"""Schedules in the API."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, cast

import strawberry
from strawberry import UNSET
from strawberry.dataloader import DataLoader

from doorward.acs.decision import schedule_walk
from doorward.acs.decision.schedule import CauseKind
from doorward.acs.errors import AcsError
from doorward.acs.schedules import models as schedules_rows
from doorward.acs.schedules.given import PeriodGiven
from doorward.acs.schedules.models import ScheduleKind, ScheduleRow
from doorward.acs.schedules.operations import ScheduleChanges, create_schedule, delete_schedule, update_schedule
from doorward.acs.schedules.queries import (
    active_schedules,
    next_changes_of,
    override_schedules_of,
    page_schedules,
    preview_of,
    preview_of_draft,
    schedule_by_id,
    used_by,
)
from doorward.acs.used_by import Use
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, listed
from doorward.graphql.slots import (
    Interval,
    IntervalInput,
    ScheduleDay,
    ScheduleDayInput,
    given_slots,
    given_week,
    shown_slots,
    shown_week,
)

strawberry.enum(
    ScheduleKind, name="ScheduleKind", description="Weekly: slots by weekday. Daily: slots on date ranges only."
)
strawberry.enum(CauseKind, name="ScheduleCause", description="What gives a date its slots.")


@strawberry.type(description="A date on which these intervals replace the weekday's.")
class ScheduleOverride:
    """An override day."""

    date: str = strawberry.field(description="ISO 8601, local.")
    intervals: list[Interval]
    """When it applies on that date; none: not at all."""


@strawberry.type(description="Dates on which these days stand instead of the week's.")
class SchedulePeriod:
    """A date range of a schedule."""

    first_day: date
    """The first of the dates, local."""
    last_day: date = strawberry.field(description="Included.")
    days: list[ScheduleDay]
    """The days that stand there instead of the week's."""


@strawberry.type(description="What uses a schedule or an override schedule.")
class ScheduleUse:
    """A user of a schedule."""

    kind: str = strawberry.field(description='For people: "access rule", "schedule" ...')
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, use: Use) -> "ScheduleUse":
        """The user as the API shows it."""
        return cls(kind=use.kind, id=strawberry.ID(use.id), name=use.name)


@strawberry.type(description="When something applies, in the site's time zone.")
class Schedule(Node):
    """A schedule."""

    id: strawberry.ID
    name: str
    kind: ScheduleKind
    """By weekday, or the same on every day of date ranges."""
    days: list[ScheduleDay]
    """The week of a weekly schedule; empty days never apply."""
    periods: list[SchedulePeriod]
    """Date ranges with days of their own, which may not overlap."""
    overrides: list[ScheduleOverride] = strawberry.field(description="The schedule's own override days.")
    override_schedules: list[ScheduleUse] = strawberry.field(
        description="The override schedules it follows; of two that name a date, the earlier one wins."
    )
    first_day: date | None = strawberry.field(
        description="Before it the schedule never applies. Null: it has no first day."
    )
    last_day: date | None = strawberry.field(
        description="After it the schedule never applies. Null: it has no last day."
    )
    active_now: bool
    """Whether it applies at this moment."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")
    changes: strawberry.Private[DataLoader[str, datetime | None]]

    @strawberry.field(description="When it next begins or ceases to apply; null if not within a year.")
    async def next_change(self) -> datetime | None:
        return await self.changes.load(self.id)

    @strawberry.field(
        description="Everything that uses the schedule; while there is any, it cannot be deleted. Empty for those who "
        "see the set-up of some places only."
    )
    async def in_use_by(self, info: ApiInfo) -> list[ScheduleUse]:
        return [ScheduleUse.of(use) for use in await used_by(info.context.actor, self.id)]


@strawberry.type(description="A date of the week as the schedule will be.")
class SchedulePreviewDay:
    """A date and what gives it its slots."""

    date: date
    """The date, local."""
    intervals: list[Interval]
    """When it applies on that date."""
    cause: CauseKind
    """What gives the date its intervals."""
    override: str = strawberry.field(description="The override schedule's name, if one gives the slots.")
    holiday: str = strawberry.field(description="The holiday's name, if one is the reason.")


@strawberry.type(description="A time in which the schedule applies.")
class SchedulePreviewSpan:
    """A span; `day` is the date it belongs to, which after midnight is yesterday."""

    day: date
    """The date that it belongs to; after midnight that of the day before."""
    starts_at: datetime
    """Its first moment."""
    ends_at: datetime
    """The first moment after it."""
    local_start: datetime = strawberry.field(description="The same moment with the site's offset.")
    local_end: datetime = strawberry.field(description="The same moment with the site's offset.")
    cause: CauseKind
    """What gives its date the intervals."""


@strawberry.type(description="A week from Monday, DST, override schedules and holidays included.")
class SchedulePreview:
    """Seven days and the spans within them."""

    days: list[SchedulePreviewDay]
    """The seven days from Monday on."""
    spans: list[SchedulePreviewSpan]
    """When it applies in that week, as moments, in their order."""


@strawberry.input(description="See ScheduleOverride.")
class ScheduleOverrideInput:
    """An override day."""

    date: date
    """The date, local."""
    intervals: list[IntervalInput]


@strawberry.input(description="See SchedulePeriod. everyDay gives all seven days the same intervals, beside their own.")
class SchedulePeriodInput:
    """A date range."""

    first_day: date
    """The first of the dates, local."""
    last_day: date
    """The last of the dates, included."""
    days: list[ScheduleDayInput] = strawberry.field(default_factory=list)
    """Weekdays with their intervals; those left out have none but everyDay's."""
    every_day: list[IntervalInput] = strawberry.field(default_factory=list)
    """Intervals of all seven days, beside the days' own."""


@strawberry.input(description="A schedule to create.")
class CreateScheduleInput(Keyed):
    """See Schedule."""

    name: str
    kind: ScheduleKind = ScheduleKind.WEEKLY
    days: list[ScheduleDayInput] = strawberry.field(default_factory=list)
    """The intervals of each weekday; days that are left out have none."""
    periods: list[SchedulePeriodInput] = strawberry.field(default_factory=list)
    """Dates with days of their own in place of the week's."""
    overrides: list[ScheduleOverrideInput] = strawberry.field(default_factory=list)
    """Single dates with intervals of their own, which go before everything else."""
    override_schedule_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """The override schedules that it follows; of two that name a date, the earlier one wins."""
    first_day: date | None = None
    last_day: date | None = None


@strawberry.input(description="What to change of a schedule; a field left out stays as it is.")
class UpdateScheduleInput(Keyed):
    """See Schedule."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    kind: ScheduleKind | None = UNSET
    days: list[ScheduleDayInput] | None = UNSET
    periods: list[SchedulePeriodInput] | None = UNSET
    overrides: list[ScheduleOverrideInput] | None = UNSET
    override_schedule_ids: list[strawberry.ID] | None = UNSET
    """The override schedules that it is to follow; of two that name a date, the earlier one wins."""
    first_day: date | None = UNSET
    last_day: date | None = UNSET


@strawberry.input(description="A schedule that is not stored: when it would apply. It needs no name.")
class DraftScheduleInput:
    """See CreateScheduleInput."""

    kind: ScheduleKind = ScheduleKind.WEEKLY
    """What decides its days."""
    days: list[ScheduleDayInput] = strawberry.field(default_factory=list)
    """The intervals of each weekday; days that are left out have none."""
    periods: list[SchedulePeriodInput] = strawberry.field(default_factory=list)
    """Dates with days of their own in place of the week's."""
    overrides: list[ScheduleOverrideInput] = strawberry.field(default_factory=list)
    """Single dates with intervals of their own, which go before everything else."""
    override_schedule_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """The override schedules that it follows; of two that name a date, the earlier one wins."""
    first_day: date | None = None
    """Before it the schedule never applies. Null: it has no beginning."""
    last_day: date | None = None
    """After it the schedule never applies. Null: it has no end."""


@strawberry.type(description="The week, or why there is none.")
class SchedulePreviewPayload:
    """Result of trying out a schedule."""

    preview: SchedulePreview | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The schedule as it now is, or why nothing was done.")
class SchedulePayload:
    """Result of a schedule mutation."""

    schedule: Schedule | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def shown_schedules(context: ApiContext, rows: Sequence[ScheduleRow]) -> dict[str, Schedule]:
    """Schedules, by id, that the caller was allowed to read."""
    active = await active_schedules(context.domain, rows)
    followed = await override_schedules_of([row.id for row in rows])

    async def next_changes(ids: list[str]) -> list[datetime | BaseException | None]:
        found = await next_changes_of(context.domain, context.actor, ids)
        return [found.get(schedule_id) for schedule_id in ids]

    changes = DataLoader(next_changes)
    return {
        row.id: Schedule(
            id=strawberry.ID(row.id),
            name=row.name,
            kind=row.kind,
            days=shown_week(row.weekly),
            periods=[
                SchedulePeriod(
                    first_day=date.fromisoformat(period["first"]),
                    last_day=date.fromisoformat(period["last"]),
                    days=shown_week(period["days"]),
                )
                for period in row.periods or ()
            ],
            overrides=[
                ScheduleOverride(date=day, intervals=shown_slots(slots)) for day, slots in sorted(row.overrides.items())
            ],
            override_schedules=[
                ScheduleUse.of(Use("override schedule", override.id, override.name)) for override in followed[row.id]
            ],
            first_day=row.first_day,
            last_day=row.last_day,
            active_now=row.id in active,
            version=row.version,
            changes=changes,
        )
        for row in rows
    }


async def _payload(context: ApiContext, row: ScheduleRow) -> SchedulePayload:
    return SchedulePayload(schedule=(await shown_schedules(context, [row]))[row.id])


_TERMS = ("kind", "override_schedule_ids", "first_day", "last_day", "days", "overrides", "periods")

_FIELDS = ("name", *_TERMS)


def schedule_changes(given: CreateScheduleInput | UpdateScheduleInput | DraftScheduleInput) -> ScheduleChanges:
    """The fields that were sent, as the operations take them."""
    found = sent(
        given, _TERMS if isinstance(given, DraftScheduleInput) else _FIELDS, may_be_null=("first_day", "last_day")
    )
    if "days" in found:
        found["weekly"] = given_week(found.pop("days"), "days")
    if "overrides" in found:
        found["overrides"] = {
            override.date.isoformat(): given_slots(override.intervals, "overrides") for override in found["overrides"]
        }
    if "periods" in found:
        found["periods"] = [_period(period) for period in found["periods"]]
    return cast(ScheduleChanges, found)


def _period(given: SchedulePeriodInput) -> PeriodGiven:
    every_day = given_slots(given.every_day, "periods")
    return PeriodGiven(given.first_day, given.last_day, [day + every_day for day in given_week(given.days, "periods")])


def _preview(week: schedule_walk.WeekPreview) -> SchedulePreview:
    return SchedulePreview(
        days=[
            SchedulePreviewDay(
                date=day.date,
                intervals=shown_slots([(slot.start, slot.end) for slot in day.slots]),
                cause=day.cause.kind,
                override=day.cause.override,
                holiday=day.cause.holiday,
            )
            for day in week.days
        ],
        spans=[
            SchedulePreviewSpan(
                day=span.day,
                starts_at=span.starts_at,
                ends_at=span.ends_at,
                local_start=span.local_start,
                local_end=span.local_end,
                cause=span.cause.kind,
            )
            for span in week.spans
        ],
    )


async def _shown(info: ApiInfo, rows: Sequence[ScheduleRow]) -> list[Schedule]:
    return list((await shown_schedules(info.context, rows)).values())


@strawberry.input(description="Which schedules; what is left out, or null, does not restrict.")
class ScheduleFilter:
    """See Schedule."""

    kind: ScheduleKind | None = None
    """Those of this kind."""


_FirstDay = Annotated[date, strawberry.argument(description="The Monday that the week begins with, local.")]


@strawberry.type
class ScheduleQuery:
    """Queries about schedules."""

    schedules = listed(
        Schedule,
        by_actor(page_schedules),
        _shown,
        "Schedules, by name. Permission: configuration.view or access.assign.",
        filter=ScheduleFilter,
        order=NameOrder,
        rows=schedules_rows.ScheduleRow,
    )

    @strawberry.field(description="One schedule. Permission: configuration.view or access.assign.")
    async def schedule(self, info: ApiInfo, id: strawberry.ID) -> Schedule | None:
        row = await schedule_by_id(info.context.actor, id)
        return (await shown_schedules(info.context, [row]))[row.id] if row else None

    @strawberry.field(description="A week of a schedule, from a Monday. Permission: configuration.view.")
    async def schedule_preview(self, info: ApiInfo, id: strawberry.ID, monday: _FirstDay) -> SchedulePreview:
        return _preview(await preview_of(info.context.actor, id, monday))

    @strawberry.field(
        description="A week, from a Monday, of a schedule as it is being written: checked like one that is to be "
        "stored, but nothing is stored. Permission: configuration.view."
    )
    async def draft_schedule_preview(
        self,
        info: ApiInfo,
        draft: Annotated[DraftScheduleInput, strawberry.argument(description="The schedule as it is being written.")],
        monday: _FirstDay,
    ) -> SchedulePreviewPayload:
        try:
            week = await preview_of_draft(info.context.actor, schedule_changes(draft), monday)
        except AcsError as error:
            return SchedulePreviewPayload(errors=[OperationError.of(error)])
        return SchedulePreviewPayload(preview=_preview(week))


@strawberry.type
class ScheduleMutation:
    """Changes to schedules."""

    @mutation(description="Create a schedule. Permission: configuration.write.")
    async def create_schedule(self, info: ApiInfo, input: CreateScheduleInput) -> SchedulePayload:
        row = await create_schedule(info.context.domain, info.context.actor, **schedule_changes(input))
        return await _payload(info.context, row)

    @mutation(description="Change a schedule. Permission: configuration.write.")
    async def update_schedule(self, info: ApiInfo, input: UpdateScheduleInput) -> SchedulePayload:
        row = await update_schedule(
            info.context.domain, info.context.actor, input.id, schedule_changes(input), input.expected_version
        )
        return await _payload(info.context, row)

    @mutation(description="Delete a schedule that nothing uses. Permission: configuration.write.")
    async def delete_schedule(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_schedule(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
