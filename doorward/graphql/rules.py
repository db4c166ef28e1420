"""Schedules and access rules in the API."""

import strawberry

from doorward.acs.doors.queries import list_doors
from doorward.acs.rules.queries import active_schedules, list_access_rules, list_schedules
from doorward.acs.schedules.models import ScheduleRow
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.doors import Door, shown_doors
from doorward.graphql.enums import Side
from doorward.graphql.groups import Group, groups_shown


@strawberry.type(description="A part of a day, local time: HH:MM, the end excluded; 24:00 is midnight.")
class Interval:
    """From `start` to `end`."""

    start: str
    end: str


@strawberry.type(description="A weekday's intervals.")
class ScheduleDay:
    """A day of the week; 0 is Monday."""

    weekday: int = strawberry.field(description="0 is Monday, 6 is Sunday.")
    intervals: list[Interval]


@strawberry.type(description="A date on which these intervals replace the weekday's.")
class ScheduleOverride:
    """An override day."""

    date: str = strawberry.field(description="ISO 8601, local.")
    intervals: list[Interval]


@strawberry.type(description="When something applies, week by week.")
class Schedule:
    """A weekly schedule with its override days."""

    id: strawberry.ID
    name: str
    days: list[ScheduleDay]
    overrides: list[ScheduleOverride]
    active_now: bool


@strawberry.type(description="A side of a door, as a rule names it.")
class DoorSide:
    """A door and a side."""

    door: Door
    side: Side


@strawberry.type(description="Members of the groups may pass the door sides while any of the schedules applies.")
class AccessRule:
    """An access rule."""

    id: strawberry.ID
    name: str
    groups: list[Group]
    schedules: list[Schedule]
    door_sides: list[DoorSide]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _intervals(parts: list[list[int]]) -> list[Interval]:
    return [Interval(start=_clock(start), end=_clock(end)) for start, end in parts]


async def _schedules(context: ApiContext, rows: list[ScheduleRow]) -> dict[str, Schedule]:
    active = await active_schedules(context.domain, rows)
    return {
        row.id: Schedule(
            id=strawberry.ID(row.id),
            name=row.name,
            days=[
                ScheduleDay(weekday=weekday, intervals=_intervals(parts)) for weekday, parts in enumerate(row.weekly)
            ],
            overrides=[
                ScheduleOverride(date=day, intervals=_intervals(parts)) for day, parts in sorted(row.overrides.items())
            ],
            active_now=row.id in active,
        )
        for row in rows
    }


@strawberry.type
class RuleQuery:
    """Queries about schedules and rules."""

    @strawberry.field(description="Every schedule, by name. Permission: configuration.view.")
    async def schedules(self, info: ApiInfo) -> list[Schedule]:
        rows = await list_schedules(info.context.actor)
        return list((await _schedules(info.context, rows)).values())

    @strawberry.field(description="Every access rule, by name. Permission: configuration.view.")
    async def access_rules(self, info: ApiInfo) -> list[AccessRule]:
        context = info.context
        rules = await list_access_rules(context.actor)
        rows = {schedule.id: schedule for rule in rules for schedule in rule.schedules}
        schedules = await _schedules(context, list(rows.values()))
        named = {group.id: group for rule in rules for group in rule.groups}
        groups = await groups_shown(info, list(named.values()))
        doors = {door.id: door for door in await shown_doors(context, await list_doors(context.actor))}
        return [
            AccessRule(
                id=strawberry.ID(rule.rule.id),
                name=rule.rule.name,
                groups=[groups[group.id] for group in rule.groups],
                schedules=[schedules[schedule.id] for schedule in rule.schedules],
                door_sides=[
                    DoorSide(door=doors[strawberry.ID(place.door_id)], side=place.side) for place in rule.door_sides
                ],
            )
            for rule in rules
        ]
