"""What may be asked about roles and groups of users, and why somebody may do something."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tortoise.expressions import Subquery

from doorward.acs.actor import PERMISSIONS, Actor, Permission
from doorward.acs.cameras.models import Camera
from doorward.acs.doors.models import Door
from doorward.acs.errors import NotFound
from doorward.acs.keyset import NAMES, named, page_rows
from doorward.acs.local_io.models import AuxInput, AuxOutput
from doorward.acs.paging import Page, PageRequest, page_within
from doorward.acs.privilege import EVERYWHERE_ONLY, PRIVILEGES
from doorward.acs.reach import Place, PlaceKind, Places
from doorward.acs.users.grants import BUILT_IN, Grant, RoleGrants, read_places
from doorward.acs.users.models import RoleAssignment, RoleRow, User, UserGroup, UserGroupMember
from doorward.acs.users.privileges import Held, held_by, role_of, roles_by_id
from doorward.acs.zones.models import Zone


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that a user or a group has, and where (None: everywhere)."""

    role: RoleGrants
    places: Places


@dataclass(frozen=True, slots=True)
class GroupParts:
    """A group of users with its users by name, and its roles."""

    group: UserGroup
    users: tuple[User, ...]
    roles: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Why somebody has a permission: the role that gives it, by which group (None: in person), where, and with what."""

    permission: Permission
    role_id: str
    role_name: str
    group_id: str | None
    group_name: str | None
    places: Places
    """Of the role's grant; what counts are those of them that are `within`, where they have the role."""
    within: Places
    newest_minutes: int | None
    priority: int


async def list_roles(actor: Actor) -> list[RoleGrants]:
    """The built-in roles, then those of the site by name."""
    actor.require(Permission.USER_WRITE)
    own = [role_of(row) for row in await RoleRow.all()]
    return [*BUILT_IN.values(), *sorted(own, key=lambda role: (role.name, role.id))]


_RANKS = {role_id: rank for rank, role_id in enumerate(BUILT_IN)}


async def page_roles(
    actor: Actor, request: PageRequest, *, built_in: bool | None = None, permission: str | None = None
) -> Page[RoleGrants]:
    """The built-in roles, then those of the site by name. There are at most 203: all are read for each page."""
    words = [word.casefold() for word in request.words]
    found = [
        role
        for role in await list_roles(actor)
        if (built_in is None or role.built_in is built_in)
        and (permission is None or any(grant.permission == permission for grant in role.grants))
        and all(word in role.name.casefold() for word in words)
        and (request.ids is None or role.id in request.ids)
    ]
    return page_within(
        found, lambda role: (_RANKS.get(role.id, len(_RANKS)), role.name, role.id), (int, str, str), request, "role"
    )


async def role_by_id(actor: Actor, role_id: str) -> RoleGrants | None:
    """One role."""
    actor.require(Permission.USER_WRITE)
    return (await roles_by_id([role_id])).get(role_id)


async def holders(actor: Actor, role_ids: Collection[str]) -> dict[str, int]:
    """How many users and groups have each role: by assignment, or as the one everywhere."""
    actor.require(Permission.USER_WRITE)
    counts: dict[str, int] = defaultdict(int)
    for role_id in await RoleAssignment.filter(role_id__in=sorted(role_ids)).values_list("role_id", flat=True):
        counts[str(role_id)] += 1
    for user in await User.all().only("role"):
        counts[user.role.value] += 1
    return counts


async def list_user_groups(actor: Actor, ids: Collection[str] | None = None) -> list[GroupParts]:
    """Every group of users, or those named, by name."""
    actor.require(Permission.USER_WRITE)
    return await _parts(
        await (UserGroup.all() if ids is None else UserGroup.filter(id__in=sorted(ids))).order_by("name")
    )


async def _parts(groups: Sequence[UserGroup]) -> list[GroupParts]:
    found = [group.id for group in groups]
    users: dict[str, list[User]] = defaultdict(list)
    for member in await UserGroupMember.filter(group_id__in=found).select_related("user").order_by("user__name"):
        users[member.group_id].append(member.user)
    rows = await RoleAssignment.filter(group_id__in=found).order_by("id")
    roles = await _assignments(rows)
    return [GroupParts(group, tuple(users[group.id]), tuple(roles[group.id])) for group in groups]


async def page_user_groups(
    actor: Actor, request: PageRequest, *, user_id: str | None = None, role_id: str | None = None
) -> Page[GroupParts]:
    """Groups of users, by name: all, those that a user is in, or those that have a role."""
    actor.require(Permission.USER_WRITE)
    rows = named(UserGroup.all(), request)
    if user_id is not None:
        rows = rows.filter(id__in=Subquery(UserGroupMember.filter(user_id=user_id).values("group_id")))
    if role_id is not None:
        having = RoleAssignment.filter(role_id=role_id, group_id__isnull=False)
        rows = rows.filter(id__in=Subquery(having.values("group_id")))
    page = await page_rows(rows, NAMES, request)
    parts = {each.group.id: each for each in await _parts(page.rows)}
    return page.of([parts[row.id] for row in page.rows])


async def roles_of_users(actor: Actor, user_ids: Collection[str]) -> dict[str, list[Assignment]]:
    """The roles that users have in person, besides the one everywhere."""
    actor.require(Permission.USER_WRITE)
    return await _assignments(await RoleAssignment.filter(user_id__in=sorted(user_ids)).order_by("id"))


async def _assignments(rows: Sequence[RoleAssignment]) -> dict[str, list[Assignment]]:
    roles = await roles_by_id([row.role_id for row in rows])
    found: dict[str, list[Assignment]] = defaultdict(list)
    for row in rows:
        if row.role_id in roles:
            found[row.user_id or row.group_id or ""].append(Assignment(roles[row.role_id], read_places(row.places)))
    return found


async def sources_of(actor: Actor, user_id: str) -> list[Source]:
    """What a user may, and why, in the order of the permissions."""
    actor.require(Permission.USER_WRITE)
    user = await User.get_or_none(id=user_id)
    if user is None:
        raise NotFound("There is no such user.", "id")
    held = (await held_by([user]))[user.id]
    found = [_source(Grant(permission), _own(user)) for permission in PERMISSIONS[user.role]]
    for each in held:
        found += [
            _source(grant, each)
            for grant in each.role.grants
            if grant.permission not in EVERYWHERE_ONLY or each.places is None
        ]
    order = list(PRIVILEGES)
    return sorted(found, key=lambda source: order.index(source.permission))


async def page_sources(actor: Actor, request: PageRequest, *, user_id: str) -> Page[Source]:
    """The same in pages; of a user that is not there, none. All are worked out for each page."""
    actor.require(Permission.USER_WRITE)
    there = await User.exists(id=user_id)
    numbered = list(enumerate(await sources_of(actor, user_id) if there else []))
    page = page_within(numbered, lambda each: (each[0],), (int,), request, "source")
    return page.of([source for _, source in page.rows])


def _own(user: User) -> Held:
    none = RoleGrants(user.role.value, "Everybody", "", (), 0, True)
    return Held(BUILT_IN.get(user.role.value, none))


def _source(grant: Grant, held: Held) -> Source:
    return Source(
        grant.permission,
        held.role.id,
        held.role.name,
        held.group_id,
        held.group_name,
        grant.places,
        held.places,
        grant.newest_minutes,
        grant.priority,
    )


_NAMED = {
    PlaceKind.ZONE: Zone,
    PlaceKind.DOOR: Door,
    PlaceKind.CAMERA: Camera,
    PlaceKind.INPUT: AuxInput,
    PlaceKind.OUTPUT: AuxOutput,
}


async def names_of_places(places: Collection[Place]) -> dict[Place, str]:
    """The names of those that exist, one query a kind; for callers who may see the scopes that name them."""
    found: dict[Place, str] = {}
    for kind, model in _NAMED.items():
        ids = sorted({place.id for place in places if place.kind is kind})
        if ids:
            rows = await model.filter(id__in=ids).values_list("id", "name")
            found |= {Place(kind, str(row_id)): str(name) for row_id, name in rows}
    return found
