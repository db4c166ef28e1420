"""What may be done to groups of cardholders."""

from collections.abc import Collection, Sequence
from typing import Any, TypedDict

from tortoise.expressions import F

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.people.models import Cardholder, Group, GroupMember
from doorward.acs.people.uses import GROUP_USES
from doorward.acs.policy_part import PolicyPart
from doorward.acs.used_by import listed, named, uses_of

MAX_MEMBERS_PER_CALL = 5_000
_LONGEST_INITIALS = 3


class GroupChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is."""

    name: str
    initials: str
    is_global: bool


@operation(Permission.CONFIGURATION_WRITE)
async def create_group(work: Work, name: str, initials: str = "", is_global: bool = False) -> Group:
    """A new group without members."""
    group = Group(id=new_id())
    await _apply(work, group, {"name": name, "initials": initials, "is_global": is_global})
    await group.save(using_db=work.connection, force_create=True)
    work.audit(EventType.GROUP_CREATED, of=group, after={"id": group.id, **_snapshot(group)})
    return group


@operation(Permission.CONFIGURATION_WRITE)
async def update_group(work: Work, group_id: str, changes: GroupChanges, expected_version: int | None = None) -> Group:
    """Change a group. Raises Conflict if it is no longer at `expected_version`."""
    group = await _locked(work, group_id)
    check.version(group.version, expected_version)
    before = _snapshot(group)
    await _apply(work, group, changes)
    after = _snapshot(group)
    if before == after:
        return group
    group.version += 1
    await group.save(using_db=work.connection)
    work.audit(EventType.GROUP_UPDATED, of=group, before=before, after=after)
    return group


@operation(Permission.CONFIGURATION_WRITE)
async def delete_group(work: Work, group_id: str, expected_version: int | None = None) -> Group:
    """Remove a group; its members stay. Raises Conflict while anything relies on it, naming what does."""
    group = await _locked(work, group_id)
    check.version(group.version, expected_version)
    if uses := await uses_of(GROUP_USES, group.id):
        raise Conflict(f"The group {group.name} is used by {named(uses)}. Remove it from there first.", "id")
    rows = GroupMember.filter(group_id=group.id).using_db(work.connection)
    members = [str(member) for member in await rows.order_by("cardholder_id").values_list("cardholder_id", flat=True)]
    await _refuse_owned(work, members)
    await _touch(work, members)
    await rows.delete()
    await group.delete(using_db=work.connection)
    before = {"id": group.id, **_snapshot(group), "cardholder_ids": members}
    work.audit(EventType.GROUP_DELETED, of=group, before=before)
    return group


@operation(Permission.CARDHOLDER_WRITE)
async def add_members(
    work: Work, group_id: str, cardholder_ids: Sequence[str], expected_version: int | None = None
) -> Group:
    """Put cardholders (at most 5,000) in a group; those who are in it stay. One audit event for all of them."""
    group = await _locked(work, group_id)
    check.version(group.version, expected_version)
    await check.exist(Cardholder, _limited(cardholder_ids), "cardholderIds", work.connection)
    present = await _members(work, group, cardholder_ids)
    added = [member for member in dict.fromkeys(cardholder_ids) if member not in present]
    if added:
        await _refuse_owned(work, added)
        rows = [GroupMember(group_id=group.id, cardholder_id=member) for member in added]
        await GroupMember.bulk_create(rows, using_db=work.connection)
        await _touch(work, added)
        group.version += 1
        await group.save(using_db=work.connection, update_fields=["version"])
        work.audit(EventType.GROUP_MEMBERS_ADDED, of=group, after=_members_snapshot(group, added))
    return group


@operation(Permission.CARDHOLDER_WRITE)
async def remove_members(
    work: Work, group_id: str, cardholder_ids: Sequence[str], expected_version: int | None = None
) -> Group:
    """Take cardholders (at most 5,000) out of a group; those who are not in it are passed over. One audit event."""
    group = await _locked(work, group_id)
    check.version(group.version, expected_version)
    present = await _members(work, group, _limited(cardholder_ids))
    removed = [member for member in dict.fromkeys(cardholder_ids) if member in present]
    if removed:
        await _refuse_owned(work, removed)
        rows = GroupMember.filter(group_id=group.id, cardholder_id__in=removed)
        await rows.using_db(work.connection).delete()
        await _touch(work, removed)
        group.version += 1
        await group.save(using_db=work.connection, update_fields=["version"])
        work.audit(EventType.GROUP_MEMBERS_REMOVED, of=group, before=_members_snapshot(group, removed))
    return group


async def _locked(work: Work, group_id: str) -> Group:
    found = await Group.select_for_update().using_db(work.connection).get_or_none(id=group_id)
    if found is None:
        raise NotFound("There is no such group.", "id")
    return found


async def _apply(work: Work, group: Group, changes: GroupChanges) -> None:
    if "name" in changes:
        group.name = check.text(changes["name"], "name", longest=100)
        message = f"There is a group called {group.name} already."
        await check.unique(Group, work.connection, message, "name", but=group.id, name=group.name)
    if "initials" in changes:
        group.initials = check.text(changes["initials"], "initials", longest=_LONGEST_INITIALS, empty=True)
    if "is_global" in changes:
        group.is_global = changes["is_global"]


def _limited(cardholder_ids: Sequence[str]) -> Sequence[str]:
    if len(cardholder_ids) > MAX_MEMBERS_PER_CALL:
        raise ValidationFailed(f"Name at most {MAX_MEMBERS_PER_CALL} cardholders at a time.", "cardholderIds")
    return cardholder_ids


async def _members(work: Work, group: Group, among: Sequence[str]) -> set[str]:
    rows = GroupMember.filter(group_id=group.id, cardholder_id__in=list(among)).using_db(work.connection)
    return {str(member) for member in await rows.values_list("cardholder_id", flat=True)}


async def _refuse_owned(work: Work, cardholder_ids: Collection[str]) -> None:
    """Nobody among them whose groups a directory owns."""
    rows = Cardholder.exclude(directory="").using_db(work.connection).order_by("sort_name")
    for chunk in _chunks(sorted(set(cardholder_ids))):
        found = await rows.filter(id__in=chunk)
        if owned := [row.display_name for row in found if "group_ids" in (row.directory_fields or ())]:
            raise ValidationFailed(
                f"The groups of {listed(owned)} come from a directory. Change them there.", "cardholderIds"
            )


async def _touch(work: Work, cardholder_ids: Sequence[str]) -> None:
    """Their groups are part of them: forms that were opened before are outdated, and controllers must learn of it."""
    for chunk in _chunks(cardholder_ids):
        await Cardholder.filter(id__in=chunk).using_db(work.connection).update(version=F("version") + 1)
    work.changed(PolicyPart.CARDHOLDER, *cardholder_ids)


def _chunks(ids: Sequence[str]) -> list[list[str]]:
    """Lists that fit into one statement on either engine."""
    size = MAX_MEMBERS_PER_CALL
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]


def _snapshot(group: Group) -> dict[str, Any]:
    return {"name": group.name, "initials": group.initials, "is_global": group.is_global}


def _members_snapshot(group: Group, cardholder_ids: Sequence[str]) -> dict[str, Any]:
    return {"id": group.id, "name": group.name, "cardholder_ids": list(cardholder_ids)}
