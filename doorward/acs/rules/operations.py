"""What may be done to access rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.decision.policy import DoorSide
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.reach import PlaceKind
from doorward.acs.rules.members import Members, read_members, told_members, write_members
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.uses import RULE_USES
from doorward.acs.used_by import named, uses_of

NOBODY = Members()


class AccessRuleChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. Lists replace what the rule names."""

    name: str
    enabled: bool
    valid_from: datetime | None
    valid_to: datetime | None
    cardholder_ids: Sequence[str]
    group_ids: Sequence[str]
    zone_ids: Sequence[str]
    schedule_ids: Sequence[str]
    door_sides: Sequence[DoorSide]


@operation(Permission.ACCESS_ASSIGN, placed=True)
async def create_access_rule(
    work: Work,
    name: str,
    group_ids: Sequence[str] = (),
    schedule_ids: Sequence[str] = (),
    door_sides: Sequence[DoorSide] = (),
    *,
    cardholder_ids: Sequence[str] = (),
    zone_ids: Sequence[str] = (),
    enabled: bool = True,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> AccessRule:
    """A new rule: the people may pass the places while any of the schedules applies. One without people, places or
    schedules is incomplete: it is kept, and lets nobody in."""
    rule = AccessRule(id=new_id(), version=1)
    changes = AccessRuleChanges(name=name, enabled=enabled, valid_from=valid_from, valid_to=valid_to)
    await _apply(work, rule, changes)
    await rule.save(using_db=work.connection, force_create=True)
    members = Members(tuple(cardholder_ids), tuple(group_ids), tuple(zone_ids), tuple(schedule_ids), tuple(door_sides))
    _keep_within(work, members)
    await write_members(work, rule.id, NOBODY, members)
    work.changed(PolicyPart.RULE, rule.id)
    after = {**_told(rule), **await told_members(work, members, NOBODY)}
    _audit(work, EventType.ACCESS_RULE_CREATED, rule, None, after)
    return rule


@operation(Permission.ACCESS_ASSIGN, placed=True)
async def update_access_rule(
    work: Work, rule_id: str, changes: AccessRuleChanges, expected_version: int | None = None
) -> AccessRule:
    """Change a rule. Raises Conflict if it is no longer at `expected_version`."""
    rule = await _locked(work, rule_id, expected_version)
    before, members = _told(rule), await read_members(work, rule.id)
    await _apply(work, rule, changes)
    wanted = Members(
        tuple(changes.get("cardholder_ids", members.cardholder_ids)),
        tuple(changes.get("group_ids", members.group_ids)),
        tuple(changes.get("zone_ids", members.zone_ids)),
        tuple(changes.get("schedule_ids", members.schedule_ids)),
        tuple(changes.get("door_sides", members.door_sides)),
    )
    return await _change(work, rule, before, members, wanted)


@operation(Permission.ACCESS_ASSIGN, placed=True)
async def change_access_rule_members(
    work: Work, rule_id: str, add: Members, remove: Members, expected_version: int | None = None
) -> AccessRule:
    """Add people, places and schedules to a rule, and take others from it. What changes nothing may be named."""
    rule = await _locked(work, rule_id, expected_version)
    members = await read_members(work, rule.id)
    return await _change(work, rule, _told(rule), members, members.changed_by(add, remove))


@operation(Permission.ACCESS_ASSIGN, placed=True)
async def delete_access_rule(work: Work, rule_id: str, expected_version: int | None = None) -> None:
    """Delete a rule; whoever passed by it alone no longer passes."""
    rule = await _locked(work, rule_id, expected_version)
    if uses := await uses_of(RULE_USES, rule.id):
        raise Conflict(f"{rule.name} is named by {named(uses)}. Take it out of them first.", "id")
    members = await read_members(work, rule.id)
    before = {**_told(rule), **await told_members(work, members, NOBODY)}
    await write_members(work, rule.id, members, NOBODY)
    await rule.delete(using_db=work.connection)
    work.changed(PolicyPart.RULE, rule.id)
    _audit(work, EventType.ACCESS_RULE_DELETED, rule, before, None)


async def _locked(work: Work, rule_id: str, expected_version: int | None) -> AccessRule:
    rule = await AccessRule.select_for_update().using_db(work.connection).get_or_none(id=rule_id)
    if rule is None or not _leads_within(work, await read_members(work, rule.id)):
        raise NotFound("There is no such access rule.", "id")
    check.version(rule.version, expected_version)
    return rule


def _leads_within(work: Work, members: Members) -> bool:
    """Whether a rule is for the actor to change: who may not change all of them, only those within their reach."""
    reach = work.reach()
    if reach.everything:
        return True
    places = [reach.has(PlaceKind.DOOR, place.door_id) for place in members.door_sides]
    places += [reach.has(PlaceKind.ZONE, zone_id) for zone_id in members.zone_ids]
    return bool(places) and all(places)


def _keep_within(work: Work, members: Members) -> None:
    """Raise where a rule would lead elsewhere. A place out of reach is one that does not exist."""
    reach = work.reach()
    for place in members.door_sides:
        if not reach.has(PlaceKind.DOOR, place.door_id):
            raise NotFound(f"There is no such door: {place.door_id}.", "doorSides")
    for zone_id in members.zone_ids:
        if not reach.has(PlaceKind.ZONE, zone_id):
            raise NotFound(f"There is no such zone: {zone_id}.", "zoneIds")
    if not reach.everything and not members.door_sides and not members.zone_ids:
        raise ValidationFailed("Name a door or a zone of yours: your rules lead there only.", "doorSides")


async def _apply(work: Work, rule: AccessRule, changes: AccessRuleChanges) -> None:
    """Check the rule's own columns and put them on the row, without saving it."""
    if "name" in changes:
        rule.name = check.text(changes["name"], "name", longest=100)
        message = f"There is a rule called {rule.name} already."
        await check.unique(AccessRule, work.connection, message, "name", but=rule.id, name=rule.name)
    if "enabled" in changes:
        rule.enabled = changes["enabled"]
    if "valid_from" in changes:
        rule.valid_from = changes["valid_from"]
    if "valid_to" in changes:
        rule.valid_to = changes["valid_to"]
    check.period(rule.valid_from, rule.valid_to)


async def _change(
    work: Work, rule: AccessRule, before: dict[str, Any], members: Members, wanted: Members
) -> AccessRule:
    """Store a changed rule and tell what changed: of lists, what only was there before and what only is there now."""
    _keep_within(work, wanted)
    await write_members(work, rule.id, members, wanted)
    old = {**before, **await told_members(work, members, wanted)}
    new = {**_told(rule), **await told_members(work, wanted, members)}
    if old == new:
        return rule
    rule.version += 1
    await rule.save(using_db=work.connection)
    work.changed(PolicyPart.RULE, rule.id)
    _audit(work, EventType.ACCESS_RULE_UPDATED, rule, old, new)
    return rule


def _told(rule: AccessRule) -> dict[str, Any]:
    return {"name": rule.name, "enabled": rule.enabled, "valid_from": rule.valid_from, "valid_to": rule.valid_to}


def _audit(
    work: Work, event_type: EventType, rule: AccessRule, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """An audit event that names its rule whatever changed."""
    work.audit(event_type, of=rule, before=before, after=after)
