"""Override schedules in the API."""

from collections.abc import Sequence
from datetime import date
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.schedules import models as schedules_rows
from doorward.acs.schedules.given import DateRange
from doorward.acs.schedules.override_operations import (
    OverrideChanges,
    create_override_schedule,
    delete_override_schedule,
    update_override_schedule,
)
from doorward.acs.schedules.queries import OverrideParts, list_override_schedules, page_override_schedules
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.holidays import HolidayCalendar
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed
from doorward.graphql.schedules import ScheduleUse
from doorward.graphql.slots import Interval, IntervalInput, given_slots, shown_slots


@strawberry.type(description="Dates of an override schedule.")
class OverrideDates:
    """A range of dates, both ends included."""

    first_day: date
    """The first of them, local."""
    last_day: date
    """The last of them, included."""
    yearly: bool = strawberry.field(description="Again every year, by month and day.")
    intervals: list[Interval] | None = strawberry.field(description="Null: those of the override schedule.")


@strawberry.type(description="What replaces whole days of the schedules that follow it.")
class OverrideSchedule(Node):
    """An override schedule."""

    id: strawberry.ID
    name: str
    intervals: list[Interval] = strawberry.field(description="What stands on its dates and holidays; none: nothing.")
    dates: list[OverrideDates]
    """Its own dates."""
    calendars: list[HolidayCalendar]
    """The holiday calendars that it follows."""
    cuts_midnight: bool = strawberry.field(
        description="Whether what the day before would carry into its days ends at midnight."
    )
    in_use_by: list[ScheduleUse] = strawberry.field(description="The schedules that follow it.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, parts: OverrideParts) -> "OverrideSchedule":
        """The override schedule as the API shows it."""
        row = parts.row
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            intervals=shown_slots(row.slots),
            dates=[
                OverrideDates(
                    first_day=date.fromisoformat(dates["first"]),
                    last_day=date.fromisoformat(dates["last"]),
                    yearly=dates["yearly"],
                    intervals=None if dates["slots"] is None else shown_slots(dates["slots"]),
                )
                for dates in row.dates
            ],
            calendars=[HolidayCalendar.of(calendar) for calendar in parts.calendars],
            cuts_midnight=row.cuts_midnight,
            in_use_by=[ScheduleUse.of(use) for use in parts.schedules],
            version=row.version,
        )


@strawberry.input(description="See OverrideDates. lastDay left out: one day.")
class OverrideDatesInput:
    """A range of dates."""

    first_day: date
    last_day: date | None = None
    """The last of them, included. Left out: it is one day."""
    yearly: bool = False
    intervals: list[IntervalInput] | None = None
    """What stands on them; an empty list: nothing. Left out: those of the override schedule."""


@strawberry.input(description="An override schedule to create.")
class CreateOverrideScheduleInput(Keyed):
    """See OverrideSchedule."""

    name: str
    intervals: list[IntervalInput] = strawberry.field(default_factory=list)
    dates: list[OverrideDatesInput] = strawberry.field(default_factory=list)
    calendar_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """Holiday calendars whose dates it follows, in addition to its own."""
    cuts_midnight: bool = False


@strawberry.input(description="What to change of an override schedule; a field left out stays as it is.")
class UpdateOverrideScheduleInput(Keyed):
    """See OverrideSchedule."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    intervals: list[IntervalInput] | None = UNSET
    dates: list[OverrideDatesInput] | None = UNSET
    calendar_ids: list[strawberry.ID] | None = UNSET
    cuts_midnight: bool | None = UNSET


@strawberry.type(description="The override schedule as it now is, or why nothing was done.")
class OverrideSchedulePayload:
    """Result of an override schedule mutation."""

    override_schedule: OverrideSchedule | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _changes(given: CreateOverrideScheduleInput | UpdateOverrideScheduleInput) -> OverrideChanges:
    found = sent(given, ("name", "calendar_ids", "cuts_midnight", "intervals", "dates"))
    if "intervals" in found:
        found["slots"] = given_slots(found.pop("intervals"), "intervals")
    if "dates" in found:
        found["dates"] = _dates(found["dates"])
    return cast(OverrideChanges, found)


def _dates(given: Sequence[OverrideDatesInput]) -> list[DateRange]:
    return [
        DateRange(
            dates.first_day,
            dates.last_day or dates.first_day,
            dates.yearly,
            None if dates.intervals is None else given_slots(dates.intervals, "dates"),
        )
        for dates in given
    ]


async def _payload(info: ApiInfo, override_id: str) -> OverrideSchedulePayload:
    # Whoever may write may also see what they wrote.
    found = await list_override_schedules(info.context.actor, [override_id])
    return OverrideSchedulePayload(override_schedule=OverrideSchedule.of(found[0]))


@strawberry.input(description="Which override schedules; what is left out, or null, does not restrict.")
class OverrideScheduleFilter:
    """See OverrideSchedule."""

    calendar_id: strawberry.ID | None = strawberry.field(default=None, description="Those that follow this one.")
    schedule_id: strawberry.ID | None = strawberry.field(default=None, description="Those that this one follows.")


@strawberry.type
class OverrideQuery:
    """Queries about override schedules."""

    override_schedules = listed(
        OverrideSchedule,
        by_actor(page_override_schedules),
        each(OverrideSchedule.of),
        "Override schedules, by name. Permission: configuration.view.",
        filter=OverrideScheduleFilter,
        order=NameOrder,
        rows=schedules_rows.OverrideSchedule,
    )


@strawberry.type
class OverrideMutation:
    """Changes to override schedules."""

    @mutation(description="Create an override schedule. Permission: configuration.write.")
    async def create_override_schedule(
        self, info: ApiInfo, input: CreateOverrideScheduleInput
    ) -> OverrideSchedulePayload:
        row = await create_override_schedule(info.context.domain, info.context.actor, **_changes(input))
        return await _payload(info, row.id)

    @mutation(description="Change an override schedule. Permission: configuration.write.")
    async def update_override_schedule(
        self, info: ApiInfo, input: UpdateOverrideScheduleInput
    ) -> OverrideSchedulePayload:
        row = await update_override_schedule(
            info.context.domain, info.context.actor, input.id, _changes(input), input.expected_version
        )
        return await _payload(info, row.id)

    @mutation(description="Delete an override schedule that no schedule follows. Permission: configuration.write.")
    async def delete_override_schedule(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_override_schedule(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
