"""Drafts in the API: changes that are only tried out, each in the input of its own mutation."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import strawberry
from strawberry import UNSET

from doorward.acs.errors import AcsError, ValidationFailed
from doorward.acs.people.operations import add_members, delete_cardholder, remove_members, update_cardholder
from doorward.acs.rehearsal import Rehearsed, rehearsed
from doorward.acs.rules.operations import (
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.schedules.operations import update_schedule
from doorward.acs.threats.operations import update_threat_level
from doorward.acs.threats.setting import release_threat_level, set_threat_level
from doorward.acs.zones.operations import set_zone_doors
from doorward.graphql.people import UpdateCardholderInput, cardholder_changes
from doorward.graphql.rules import (
    ChangeAccessRuleMembersInput,
    CreateAccessRuleInput,
    UpdateAccessRuleInput,
    given_members,
    rule_changes,
)
from doorward.graphql.schedules import UpdateScheduleInput, schedule_changes
from doorward.graphql.threats import UpdateThreatLevelInput, threat_level_changes
from doorward.graphql.zones import ZoneDoorInput, given_zone_doors


@strawberry.input(description="What to delete in a draft.")
class DraftDeletionInput:
    """An id, and optionally the version that the caller has seen."""

    id: strawberry.ID
    expected_version: int | None = None


@strawberry.input(description="Cardholders to put into a group, or to take out of it.")
class DraftGroupMembersInput:
    """A group and cardholders, at most 5,000."""

    id: strawberry.ID
    cardholder_ids: list[strawberry.ID]
    """Those to put in or to take out; at most 5,000."""


@strawberry.input(description="What the doors of a zone would be.")
class DraftZoneDoorsInput:
    """A zone and all its doors."""

    id: strawberry.ID
    doors: list[ZoneDoorInput]
    """They replace those that the zone has."""
    expected_version: int | None = None


@strawberry.input(description="Which threat level would be put in force.")
class DraftThreatLevelInput:
    """A threat level."""

    level_id: strawberry.ID
    """The threat level."""


@strawberry.input(one_of=True, description="One change of a draft. Each needs the permission of its mutation.")
class DraftChangeInput:
    """Exactly one of them."""

    create_access_rule: CreateAccessRuleInput | None = UNSET
    """As createAccessRule takes it."""
    update_access_rule: UpdateAccessRuleInput | None = UNSET
    """As updateAccessRule takes it."""
    change_access_rule_members: ChangeAccessRuleMembersInput | None = UNSET
    """As changeAccessRuleMembers takes it."""
    delete_access_rule: DraftDeletionInput | None = UNSET
    """As deleteAccessRule does."""
    update_cardholder: UpdateCardholderInput | None = UNSET
    """As updateCardholder takes it."""
    delete_cardholder: DraftDeletionInput | None = UNSET
    """As deleteCardholder does."""
    add_group_members: DraftGroupMembersInput | None = UNSET
    """As addGroupMembers does."""
    remove_group_members: DraftGroupMembersInput | None = UNSET
    """As removeGroupMembers does."""
    update_schedule: UpdateScheduleInput | None = UNSET
    """As updateSchedule takes it."""
    set_zone_doors: DraftZoneDoorsInput | None = UNSET
    """All doors of a zone, as updateZone takes them."""
    update_threat_level: UpdateThreatLevelInput | None = strawberry.field(
        default=UNSET, description="A level that is not in force. Whom that concerns shows once it is set."
    )
    set_threat_level: DraftThreatLevelInput | None = UNSET
    """As setThreatLevel does."""
    release_threat_level: bool | None = strawberry.field(default=UNSET, description="True: end the level in force.")


def given_draft(changes: Sequence[DraftChangeInput]) -> list[Rehearsed]:
    """The operations that the changes stand for, in order. Raises ValidationFailed naming the change."""
    draft = []
    for number, change in enumerate(changes, 1):
        try:
            draft.append(_rehearsed(change))
        except AcsError as error:
            message = f"Change {number} of the draft: {error.message}"
            raise type(error)(message, "draft", str(number - 1), *error.path) from error
    return draft


def _rehearsed(change: DraftChangeInput) -> Rehearsed:
    sent = {field.name: getattr(change, field.name) for field in fields(change)}
    match next(((name, given) for name, given in sent.items() if given), None):
        case "create_access_rule", given:
            return _new_rule(given)
        case "update_access_rule", given:
            return rehearsed(update_access_rule, given.id, rule_changes(given), given.expected_version)
        case "change_access_rule_members", given:
            add, remove = given_members(given.add), given_members(given.remove)
            return rehearsed(change_access_rule_members, given.id, add, remove, given.expected_version)
        case "delete_access_rule", given:
            return rehearsed(delete_access_rule, given.id, given.expected_version)
        case "update_cardholder", given:
            return rehearsed(update_cardholder, given.id, cardholder_changes(given), given.expected_version)
        case "delete_cardholder", given:
            return rehearsed(delete_cardholder, given.id, given.expected_version)
        case "add_group_members", given:
            return rehearsed(add_members, given.id, given.cardholder_ids)
        case "remove_group_members", given:
            return rehearsed(remove_members, given.id, given.cardholder_ids)
        case "update_schedule", given:
            return rehearsed(update_schedule, given.id, schedule_changes(given), given.expected_version)
        case "set_zone_doors", given:
            return rehearsed(set_zone_doors, given.id, given_zone_doors(given.doors), given.expected_version)
        case name, given:
            return _threat(name, given)
    raise ValidationFailed("A change of a draft is exactly one thing.")


def _threat(name: str, given: Any) -> Rehearsed:
    match name:
        case "update_threat_level":
            return rehearsed(update_threat_level, given.id, threat_level_changes(given), given.expected_version)
        case "set_threat_level":
            return rehearsed(set_threat_level, given.level_id, "")
        case _:
            return rehearsed(release_threat_level, "")


def _new_rule(given: CreateAccessRuleInput) -> Rehearsed:
    members = given_members(given)
    return rehearsed(
        create_access_rule,
        given.name,
        members.group_ids,
        members.schedule_ids,
        members.door_sides,
        cardholder_ids=members.cardholder_ids,
        zone_ids=members.zone_ids,
        enabled=given.enabled,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
    )
