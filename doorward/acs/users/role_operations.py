"""Roles of the site's own, groups of users, and who has which roles where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from doorward.acs import check
from doorward.acs.actor import HIGHEST_CLEARANCE, Permission
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.privilege import PRIVILEGES
from doorward.acs.reach import Places
from doorward.acs.users.escalation import (
    administrators,
    existing_users,
    look_after,
    may_give,
    members_of,
    one_at_a_time,
    somebody_administers,
)
from doorward.acs.users.grants import (
    BUILT_IN,
    Grant,
    RoleGrants,
    checked,
    checked_places,
    read_places,
    stored,
    stored_places,
)
from doorward.acs.users.models import RoleAssignment, RoleRow, User, UserGroup, UserGroupMember
from doorward.acs.users.privileges import role_of, roles_by_id

MOST_ROLES = 200
MOST_OF_ONE = 50
"""Roles that one user or group has."""
MOST_USERS = 10_000
_IN_USE = "{} is the role of {} users or groups of users. Take it from them first."


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to make."""

    name: str
    grants: Sequence[Grant]
    description: str = ""
    clearance: int = 0


class RoleChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. `grants` replace those that there are."""

    name: str
    description: str
    grants: Sequence[Grant]
    clearance: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """A role to have, and where (None: everywhere)."""

    role_id: str
    places: Places = None


class UserGroupChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. Lists replace what there is."""

    name: str
    description: str
    user_ids: Sequence[str]
    roles: Sequence[Assigned]


@operation(Permission.USER_WRITE)
async def create_role(work: Work, given: NewRole) -> RoleRow:
    """A role of the site's own. Nobody makes one that may more than they do."""
    await one_at_a_time(work.connection)
    if await RoleRow.all().using_db(work.connection).count() >= MOST_ROLES:
        raise Conflict(f"There are {MOST_ROLES} roles. Delete one that nobody has.", "name")
    return await _store_new(work, given)


@operation(Permission.USER_WRITE)
async def copy_role(work: Work, role_id: str, name: str) -> RoleRow:
    """A role of the site's own with what another gives, built in or not."""
    await one_at_a_time(work.connection)
    found = (await roles_by_id([role_id], work.connection)).get(role_id)
    if found is None:
        raise NotFound("There is no such role.", "id")
    return await _store_new(work, NewRole(name, found.grants, found.description, found.clearance))


@operation(Permission.USER_WRITE)
async def update_role(work: Work, role_id: str, changes: RoleChanges, expected_version: int | None = None) -> RoleRow:
    """Change a role; whoever has it follows within seconds. Nobody changes one that may more than they do."""
    await one_at_a_time(work.connection)
    row = await _role(work, role_id)
    check.version(row.version, expected_version)
    await may_give(work, [(role_of(row), None)], "id")
    before, administered = _role_told(row), await administrators(work.connection)
    if "name" in changes:
        row.name = await _free_role_name(work, changes["name"], row.id)
    if "description" in changes:
        row.description = check.text(changes["description"], "description", longest=500, empty=True)
    if "grants" in changes:
        row.grants = stored(checked(changes["grants"]))
    row.clearance = _clearance(changes.get("clearance", row.clearance))
    after = _role_told(row)
    if before == after:
        return row
    await may_give(work, [(role_of(row), None)], "grants")
    row.version += 1
    await row.save(using_db=work.connection)
    if administered:
        await somebody_administers(work)
    work.after.append(work.domain.privileges.changed)
    work.audit(EventType.ROLE_UPDATED, of=row, before=before, after=after)
    return row


@operation(Permission.USER_WRITE)
async def delete_role(work: Work, role_id: str, expected_version: int | None = None) -> None:
    """Delete a role. Refused while somebody has it."""
    await one_at_a_time(work.connection)
    row = await _role(work, role_id)
    check.version(row.version, expected_version)
    if count := await RoleAssignment.filter(role_id=role_id).using_db(work.connection).count():
        raise Conflict(_IN_USE.format(row.name, count), "id")
    work.audit(EventType.ROLE_DELETED, of=row, before=_role_told(row))
    await row.delete(using_db=work.connection)
    work.after.append(work.domain.privileges.changed)


@operation(Permission.USER_WRITE)
async def assign_roles(
    work: Work, user_id: str, roles: Sequence[Assigned], expected_version: int | None = None
) -> User:
    """A user has these roles, besides the one everywhere and those of their groups, and no others."""
    await one_at_a_time(work.connection)
    user = await User.select_for_update().using_db(work.connection).get_or_none(id=user_id)
    if user is None:
        raise NotFound("There is no such user.", "id")
    check.version(user.version, expected_version)
    if user.id == work.actor.user_id:
        raise Conflict("You cannot change your own rights. Ask another administrator.", "id")
    await look_after(work, user)
    administered = await administrators(work.connection)
    before = await _assigned(work, user_id=user.id)
    after = await _assign(work, roles, user_id=user.id)
    if before == after:
        return user
    user.version += 1
    await user.save(using_db=work.connection, update_fields=["version"])
    if administered:
        await somebody_administers(work)
    work.after.append(work.domain.privileges.changed)
    work.audit(EventType.ROLES_ASSIGNED, of=user, before={"roles": before}, after={"roles": after})
    return user


@operation(Permission.USER_WRITE)
async def create_user_group(
    work: Work,
    name: str,
    description: str = "",
    user_ids: Sequence[str] = (),
    roles: Sequence[Assigned] = (),
) -> UserGroup:
    """A group of users with the roles that they have by it."""
    await one_at_a_time(work.connection)
    row = UserGroup(id=new_id(), name=await _free_group_name(work, name, None), version=1)
    row.description = check.text(description, "description", longest=500, empty=True)
    await row.save(using_db=work.connection, force_create=True)
    after = await _group_told(work, row)
    after["roles"] = await _assign(work, roles, group_id=row.id)
    after["users"] = await _put_members(work, row, user_ids)
    work.after.append(work.domain.privileges.changed)
    work.audit(EventType.USER_GROUP_CREATED, of=row, after=after)
    return row


@operation(Permission.USER_WRITE)
async def update_user_group(
    work: Work, group_id: str, changes: UserGroupChanges, expected_version: int | None = None
) -> UserGroup:
    """Change a group of users. Nobody puts somebody into a group that may more than they do, or changes its roles."""
    await one_at_a_time(work.connection)
    row = await _group(work, group_id)
    check.version(row.version, expected_version)
    await _may_give_group(work, row)
    before, administered = await _group_told(work, row), await administrators(work.connection)
    if "name" in changes:
        row.name = await _free_group_name(work, changes["name"], row.id)
    if "description" in changes:
        row.description = check.text(changes["description"], "description", longest=500, empty=True)
    after = {"name": row.name, "description": row.description, "users": before["users"], "roles": before["roles"]}
    if "roles" in changes:
        after["roles"] = await _assign(work, changes["roles"], group_id=row.id)
    if "user_ids" in changes:
        after["users"] = await _put_members(work, row, changes["user_ids"])
    if before == after:
        return row
    row.version += 1
    await row.save(using_db=work.connection)
    if administered:
        await somebody_administers(work)
    work.after.append(work.domain.privileges.changed)
    work.audit(EventType.USER_GROUP_UPDATED, of=row, before=before, after=after)
    return row


@operation(Permission.USER_WRITE)
async def delete_user_group(work: Work, group_id: str, expected_version: int | None = None) -> None:
    """Delete a group of users; they lose what they had by it alone."""
    await one_at_a_time(work.connection)
    row = await _group(work, group_id)
    check.version(row.version, expected_version)
    await _may_give_group(work, row)
    administered = await administrators(work.connection)
    work.audit(EventType.USER_GROUP_DELETED, of=row, before=await _group_told(work, row))
    await row.delete(using_db=work.connection)
    if administered:
        await somebody_administers(work)
    work.after.append(work.domain.privileges.changed)


async def _store_new(work: Work, given: NewRole) -> RoleRow:
    grants = checked(given.grants)
    row = RoleRow(
        id=new_id(),
        name=await _free_role_name(work, given.name, None),
        description=check.text(given.description, "description", longest=500, empty=True),
        grants=stored(grants),
        clearance=_clearance(given.clearance),
        version=1,
    )
    await may_give(work, [(role_of(row), None)], "grants")
    await row.save(using_db=work.connection, force_create=True)
    work.audit(EventType.ROLE_CREATED, of=row, after=_role_told(row))
    return row


def _clearance(given: int) -> int:
    if not 0 <= given <= HIGHEST_CLEARANCE:
        raise ValidationFailed(f"A clearance is 0 to {HIGHEST_CLEARANCE}.", "clearance")
    return given


async def _role(work: Work, role_id: str) -> RoleRow:
    if role_id in BUILT_IN:
        raise Conflict(f"{BUILT_IN[role_id].name} is built in and stays as it is. Copy it and change the copy.", "id")
    row = await RoleRow.get_or_none(id=role_id, using_db=work.connection)
    if row is None:
        raise NotFound("There is no such role.", "id")
    return row


async def _group(work: Work, group_id: str) -> UserGroup:
    row = await UserGroup.get_or_none(id=group_id, using_db=work.connection)
    if row is None:
        raise NotFound("There is no such group of users.", "id")
    return row


async def _free_role_name(work: Work, name: str, but: str | None) -> str:
    name = check.text(name, "name", longest=100)
    taken = await RoleRow.filter(name__iexact=name).using_db(work.connection)
    built_in = name.casefold() in {role.name.casefold() for role in BUILT_IN.values()}
    if built_in or any(row.id != but for row in taken):
        raise Conflict(f"There is a role called {name} already.", "name")
    return name


async def _free_group_name(work: Work, name: str, but: str | None) -> str:
    name = check.text(name, "name", longest=100)
    taken = await UserGroup.filter(name__iexact=name).using_db(work.connection)
    if any(row.id != but for row in taken):
        raise Conflict(f"There is a group of users called {name} already.", "name")
    return name


async def _assign(work: Work, given: Sequence[Assigned], **holder: str) -> list[dict[str, Any]]:
    """Store what the holder has, which the actor must have too; what there is now, as the audit tells it."""
    if len(given) > MOST_OF_ONE:
        raise ValidationFailed(f"Somebody has at most {MOST_OF_ONE} roles.", "roles")
    wanted = list(dict.fromkeys(replace(each, places=checked_places(each.places, "roles")) for each in given))
    roles = await roles_by_id([each.role_id for each in wanted], work.connection)
    if missing := [each.role_id for each in wanted if each.role_id not in roles]:
        raise NotFound(f"There is no role {missing[0]}.", "roles")
    for each in wanted:
        _check_scope(roles[each.role_id], each.places)
    await may_give(work, [(roles[each.role_id], each.places) for each in wanted], "roles")
    await RoleAssignment.filter(**holder).using_db(work.connection).delete()
    rows = [RoleAssignment(role_id=each.role_id, places=stored_places(each.places), **holder) for each in wanted]
    for row in rows:
        await row.save(using_db=work.connection)
    return await _assigned(work, **holder)


def _check_scope(role: RoleGrants, places: Places) -> None:
    """A scope in which the role would give nothing at all is a mistake."""
    for place in places or ():
        if not any(place.kind in PRIVILEGES[grant.permission].scopes for grant in role.grants):
            raise ValidationFailed(f"{role.name} gives nothing for a {place.kind.value}.", "roles")


async def _assigned(work: Work, **holder: str) -> list[dict[str, Any]]:
    rows = await RoleAssignment.filter(**holder).using_db(work.connection).order_by("role_id", "id")
    roles = await roles_by_id([row.role_id for row in rows], work.connection)
    return [{"role": roles[row.role_id].name, "places": row.places} for row in rows if row.role_id in roles]


async def _may_give_group(work: Work, row: UserGroup) -> None:
    rows = await RoleAssignment.filter(group_id=row.id).using_db(work.connection)
    roles = await roles_by_id([each.role_id for each in rows], work.connection)
    held = [(roles[each.role_id], read_places(each.places)) for each in rows if each.role_id in roles]
    await may_give(work, held, "id")


async def _put_members(work: Work, row: UserGroup, user_ids: Sequence[str]) -> list[str]:
    """Store who is in the group; their names."""
    if len(user_ids) > MOST_USERS:
        raise ValidationFailed(f"A group has at most {MOST_USERS} users.", "userIds")
    wanted, present = set(user_ids), set(await members_of(work, row.id))
    users = await existing_users(work, sorted(wanted), "userIds")
    changed = wanted ^ present
    if work.actor.user_id in changed:
        raise Conflict("You cannot change your own rights. Ask another administrator.", "userIds")
    for user in users:
        if user.id in changed:
            await look_after(work, user, "userIds")
    gone = UserGroupMember.filter(group_id=row.id, user_id__in=sorted(present - wanted))
    await gone.using_db(work.connection).delete()
    rows = [UserGroupMember(group_id=row.id, user_id=user_id) for user_id in sorted(wanted - present)]
    await UserGroupMember.bulk_create(rows, using_db=work.connection)
    return sorted(user.name for user in users)


def _role_told(row: RoleRow) -> dict[str, Any]:
    return {"name": row.name, "description": row.description, "grants": row.grants, "clearance": row.clearance}


async def _group_told(work: Work, row: UserGroup) -> dict[str, Any]:
    names = User.filter(id__in=await members_of(work, row.id)).using_db(work.connection).order_by("name")
    return {
        "name": row.name,
        "description": row.description,
        "users": sorted(await names.values_list("name", flat=True)),
        "roles": await _assigned(work, group_id=row.id),
    }
