"""Access rules in the API."""

import strawberry

from doorward.acs.doors.queries import list_doors
from doorward.acs.people.queries import member_counts
from doorward.acs.rules.queries import list_access_rules
from doorward.graphql.context import ApiInfo
from doorward.graphql.doors import Door, shown_doors
from doorward.graphql.enums import Side
from doorward.graphql.people import Group
from doorward.graphql.schedules import Schedule, shown_schedules


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


@strawberry.type
class RuleQuery:
    """Queries about rules."""

    @strawberry.field(description="Every access rule, by name. Permission: configuration.view.")
    async def access_rules(self, info: ApiInfo) -> list[AccessRule]:
        context = info.context
        rules = await list_access_rules(context.actor)
        rows = {schedule.id: schedule for rule in rules for schedule in rule.schedules}
        schedules = await shown_schedules(context, list(rows.values()))
        counts = await member_counts([group.id for rule in rules for group in rule.groups])
        doors = {door.id: door for door in await shown_doors(context, await list_doors(context.actor))}
        return [
            AccessRule(
                id=strawberry.ID(rule.rule.id),
                name=rule.rule.name,
                groups=[
                    Group(id=strawberry.ID(group.id), name=group.name, member_count=counts[group.id])
                    for group in rule.groups
                ],
                schedules=[schedules[schedule.id] for schedule in rule.schedules],
                door_sides=[
                    DoorSide(door=doors[strawberry.ID(place.door_id)], side=place.side) for place in rule.door_sides
                ],
            )
            for rule in rules
        ]
