"""Access rules in the API."""

from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Permission
from doorward.acs.decision.policy import DoorSide as DomainSide
from doorward.acs.decision.policy import Side as SideOfDoor
from doorward.acs.doors.queries import doors_named
from doorward.acs.paging import Page, PageRequest
from doorward.acs.people.models import Cardholder as CardholderRow
from doorward.acs.rules import models as rules_rows
from doorward.acs.rules.members import Members
from doorward.acs.rules.operations import (
    AccessRuleChanges,
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.rules.queries import (
    RuleFilter,
    RuleParts,
    access_rules_by_id,
    page_access_rules,
)
from doorward.graphql.cardholder_name import CardholderName
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.doors import Door, ZoneName, shown_doors
from doorward.graphql.enums import Missing, NameOrder, Side
from doorward.graphql.errors import OperationError
from doorward.graphql.groups import Group, groups_shown
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import (
    Node,
    listed,
)
from doorward.graphql.schedules import Schedule, shown_schedules
from doorward.graphql.zones import zone_name


@strawberry.type(description="A side of a door, as a rule names it.")
class DoorSide:
    """A door and a side."""

    door: Door
    """Whose side it is."""
    side: Side
    """The side from which it is passed."""


@strawberry.type(description="The people may pass the places while any of the schedules applies.")
class AccessRule(Node):
    """An access rule: who, where, when."""

    id: strawberry.ID
    name: str
    enabled: bool
    """Whether it counts; a rule that does not lets nobody in."""
    valid_from: datetime | None
    """From when it applies. Null: at once."""
    valid_to: datetime | None
    """The first moment it no longer applies. Null: it never ends."""
    cardholders: list[CardholderName] | None
    """People who are named by themselves. Null for those who may not see cardholders (cardholder.view)."""
    groups: list[Group]
    """For all who are in them at the time."""
    zones: list[ZoneName]
    """For the doors that enter them and those inside them; zones inside them need a rule of their own."""
    door_sides: list[DoorSide]
    """Sides of doors that are named by themselves."""
    schedules: list[Schedule]
    """It applies while any of them does."""
    missing: list[Missing] = strawberry.field(
        description="What the rule lacks; while it lacks anything, it lets nobody in."
    )
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.input(description="A side of a door, or the whole door.")
class DoorSideInput:
    """A door and a side."""

    door_id: strawberry.ID
    """The door."""
    side: Side | None = None
    """The side from which it is passed. Null: both sides."""


@strawberry.input(description="People, places and schedules, by id.")
class AccessRuleMembersInput:
    """What to add to a rule, or to take from it."""

    cardholder_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """People who are named by themselves."""
    group_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """Groups, for all who are in them at the time."""
    zone_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """Zones, for the doors that enter them and those inside them; zones inside them need their own."""
    door_sides: list[DoorSideInput] = strawberry.field(default_factory=list)
    """Sides of doors that are named by themselves."""
    schedule_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """Schedules; the rule applies while any of them does."""


@strawberry.input(description="An access rule to create. It may be incomplete; then it lets nobody in.")
class CreateAccessRuleInput(AccessRuleMembersInput, Keyed):
    """Name, members, and when it applies at all."""

    name: str
    enabled: bool = True
    """False: it lets nobody in until it is enabled."""
    valid_from: datetime | None = None
    """From when it applies. Null: at once."""
    valid_to: datetime | None = None
    """The first moment it no longer applies. Null: it never ends."""


@strawberry.input(description="What to change in an access rule; what is left out stays as it is. Lists replace.")
class UpdateAccessRuleInput(Keyed):
    """See AccessRule."""

    id: strawberry.ID
    name: str | None = UNSET
    enabled: bool | None = UNSET
    valid_from: datetime | None = UNSET
    valid_to: datetime | None = UNSET
    cardholder_ids: list[strawberry.ID] | None = UNSET
    group_ids: list[strawberry.ID] | None = UNSET
    zone_ids: list[strawberry.ID] | None = UNSET
    door_sides: list[DoorSideInput] | None = UNSET
    schedule_ids: list[strawberry.ID] | None = UNSET
    expected_version: int | None = None


@strawberry.input(description="What to add to an access rule and what to take from it.")
class ChangeAccessRuleMembersInput(Keyed):
    """Whatever the rule has or lacks already may be named."""

    id: strawberry.ID
    add: AccessRuleMembersInput | None = None
    """What to add. Null: nothing."""
    remove: AccessRuleMembersInput | None = None
    """What to take away. Null: nothing."""
    expected_version: int | None = None


@strawberry.type(description="The access rule as it now is, or why nothing was done.")
class AccessRulePayload:
    """Result of a change to a rule."""

    access_rule: AccessRule | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _places(given: Iterable[DoorSideInput]) -> tuple[DomainSide, ...]:
    return tuple(
        DomainSide(place.door_id, side)
        for place in given
        for side in (SideOfDoor if place.side is None else (place.side,))
    )


def given_members(given: AccessRuleMembersInput | None) -> Members:
    """The people, places and schedules as the operations take them."""
    if given is None:
        return Members()
    return Members(
        tuple(given.cardholder_ids),
        tuple(given.group_ids),
        tuple(given.zone_ids),
        tuple(given.schedule_ids),
        _places(given.door_sides),
    )


_PLAIN_CHANGES = (
    "name", "enabled", "valid_from", "valid_to", "cardholder_ids", "group_ids", "zone_ids", "schedule_ids",
)  # fmt: skip


def rule_changes(given: UpdateAccessRuleInput) -> AccessRuleChanges:
    """The fields of a rule that were sent."""
    found = sent(given, _PLAIN_CHANGES, may_be_null=("valid_from", "valid_to"))
    if given.door_sides is not UNSET and given.door_sides is not None:
        found["door_sides"] = _places(given.door_sides)
    return cast(AccessRuleChanges, found)


async def _payload(info: ApiInfo, rule_id: str) -> AccessRulePayload:
    found = await _rules(info, await access_rules_by_id(info.context.actor, [rule_id]))
    return AccessRulePayload(access_rule=found[0])


async def _rules(info: ApiInfo, rules: list[RuleParts]) -> list[AccessRule]:
    context = info.context
    rows = {schedule.id: schedule for rule in rules for schedule in rule.schedules}
    schedules = await shown_schedules(context, list(rows.values()))
    groups = await groups_shown(info, list({group.id: group for rule in rules for group in rule.groups}.values()))
    ids = {place.door_id for rule in rules for place in rule.door_sides}
    doors = {door.id: door for door in await shown_doors(context, await doors_named(context.actor, sorted(ids)))}
    return [
        AccessRule(
            id=strawberry.ID(rule.rule.id),
            name=rule.rule.name,
            enabled=rule.rule.enabled,
            valid_from=rule.rule.valid_from,
            valid_to=rule.rule.valid_to,
            cardholders=_cardholders(context, rule.cardholders),
            groups=[groups[group.id] for group in rule.groups],
            zones=[zone_name(zone) for zone in rule.zones],
            door_sides=[
                DoorSide(door=doors[strawberry.ID(place.door_id)], side=place.side) for place in rule.door_sides
            ],
            schedules=[schedules[schedule.id] for schedule in rule.schedules],
            missing=list(rule.missing),
            version=rule.rule.version,
        )
        for rule in rules
    ]


def _cardholders(context: ApiContext, rows: list[CardholderRow]) -> list[CardholderName] | None:
    if Permission.CARDHOLDER_VIEW not in context.actor.permissions:
        return None
    return [CardholderName(id=strawberry.ID(row.id), number=row.number, name=row.display_name) for row in rows]


@strawberry.input(description="Which access rules; what is left out, or null, does not restrict.")
class AccessRuleFilter:
    """See AccessRule."""

    ids: list[strawberry.ID] | None = None
    """Those with these ids; at most 100."""
    incomplete: bool | None = None
    """Those that lack something, or those that lack nothing."""
    enabled: bool | None = None
    """Those that count, or those that do not."""
    expired: bool | None = None
    """Those whose validTo has passed, or those whose has not."""
    cardholder_id: strawberry.ID | None = None
    """Those that name this cardholder, and not only a group of theirs."""
    group_id: strawberry.ID | None = None
    """Those that name this group."""
    zone_id: strawberry.ID | None = None
    """Those that name this zone."""
    schedule_id: strawberry.ID | None = None
    """Those that name this schedule."""
    door_id: strawberry.ID | None = strawberry.field(
        default=None, description="Those that name a side of this door, and not only a zone of it."
    )


def _page(info: ApiInfo, request: PageRequest, **wanted: Any) -> Awaitable[Page[RuleParts]]:
    return page_access_rules(info.context.domain, info.context.actor, request, RuleFilter(**wanted))


@strawberry.type
class RuleQuery:
    """Queries about rules."""

    access_rules = listed(
        AccessRule,
        _page,
        _rules,
        "Access rules, by name. Permission: configuration.view or access.assign.",
        filter=AccessRuleFilter,
        order=NameOrder,
        rows=rules_rows.AccessRule,
    )

    @strawberry.field(description="One access rule. Permission: configuration.view or access.assign.")
    async def access_rule(self, info: ApiInfo, id: strawberry.ID) -> AccessRule | None:
        found = await _rules(info, await access_rules_by_id(info.context.actor, [id]))
        return found[0] if found else None


@strawberry.type
class RuleMutation:
    """Changes to access rules."""

    @mutation(description="Create an access rule. Permission: access.assign.")
    async def create_access_rule(self, info: ApiInfo, input: CreateAccessRuleInput) -> AccessRulePayload:
        members = given_members(input)
        row = await create_access_rule(
            info.context.domain,
            info.context.actor,
            input.name,
            members.group_ids,
            members.schedule_ids,
            members.door_sides,
            cardholder_ids=members.cardholder_ids,
            zone_ids=members.zone_ids,
            enabled=input.enabled,
            valid_from=input.valid_from,
            valid_to=input.valid_to,
        )
        return await _payload(info, row.id)

    @mutation(description="Change an access rule. Permission: access.assign.")
    async def update_access_rule(self, info: ApiInfo, input: UpdateAccessRuleInput) -> AccessRulePayload:
        await update_access_rule(
            info.context.domain, info.context.actor, input.id, rule_changes(input), input.expected_version
        )
        return await _payload(info, input.id)

    @mutation(
        description="Add people, places and schedules to a rule, and take others from it. Permission: access.assign."
    )
    async def change_access_rule_members(self, info: ApiInfo, input: ChangeAccessRuleMembersInput) -> AccessRulePayload:
        await change_access_rule_members(
            info.context.domain,
            info.context.actor,
            input.id,
            given_members(input.add),
            given_members(input.remove),
            input.expected_version,
        )
        return await _payload(info, input.id)

    @mutation(description="Delete an access rule; who passed by it alone no longer passes. Permission: access.assign.")
    async def delete_access_rule(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_access_rule(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
