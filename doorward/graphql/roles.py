"""Roles, groups of users, and what anybody may and why, in the API."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Permission
from doorward.acs.errors import ValidationFailed
from doorward.acs.privilege import PRIVILEGES
from doorward.acs.reach import Place as PlaceGiven
from doorward.acs.reach import Places
from doorward.acs.users import grants as domain
from doorward.acs.users.models import RoleRow
from doorward.acs.users.models import UserGroup as UserGroupRow
from doorward.acs.users.privileges import role_of
from doorward.acs.users.role_operations import (
    Assigned,
    NewRole,
    RoleChanges,
    UserGroupChanges,
    assign_roles,
    copy_role,
    create_role,
    create_user_group,
    delete_role,
    delete_user_group,
    update_role,
    update_user_group,
)
from doorward.acs.users.role_queries import (
    Assignment,
    GroupParts,
    Source,
    holders,
    list_user_groups,
    names_of_places,
    page_roles,
    page_sources,
    page_user_groups,
    role_by_id,
    sources_of,
)
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder, PlaceKind, PrivilegeArea
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import asked_for, sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, listed

Names = dict[PlaceGiven, str]


@strawberry.type(description="A permission as it is declared.")
class Privilege:
    """See docs/reference/permissions.md."""

    permission: str
    """Its name, such as door.command."""
    area: PrivilegeArea
    """What kind of thing it is about."""
    description: str
    """What it lets one do."""
    scopes: list[PlaceKind] = strawberry.field(
        description="What a grant of it can name; none: it is held everywhere or not at all."
    )


@strawberry.type(description="A place that a scope names.")
class Place:
    """A zone stands for its doors, the zones inside it and the cameras that see them; a door for its cameras."""

    kind: PlaceKind
    """What kind of place it is."""
    id: strawberry.ID
    name: str | None = strawberry.field(description="Null when it is gone, and gives nothing.")


@strawberry.type(description="A permission that a role gives.")
class Grant:
    """See Privilege."""

    permission: str
    """Such as door.view; privileges lists them all."""
    places: list[Place] | None
    """Where it holds. Null: everywhere."""
    newest: timedelta | None
    """Of clip.view: recordings older than this are not seen, in whole minutes. Null: all are."""
    priority: int
    """Of ptz.move: 0 (first) to 100."""


@strawberry.type(description="A role: built in, or one that the site has made.")
class UserRole(Node):
    """A named set of grants."""

    id: strawberry.ID
    name: str
    description: str
    """What it is for; may be empty."""
    built_in: bool = strawberry.field(description="It stays as it is; copy it to change the copy.")
    grants: list[Grant]
    """What it gives, and where."""
    clearance: int = strawberry.field(description="0 to 100: how high a threat level it may lower.")
    holder_count: int = strawberry.field(description="How many users and groups of users have it.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.type(description="A role that a user or a group of users has.")
class RoleAssignment:
    """What the role gives, at these places only."""

    role_id: strawberry.ID
    role_name: str
    places: list[Place] | None = strawberry.field(description="Null: everywhere.")


@strawberry.type(description="A user's id and name.")
class UserName:
    """A member of a group of users."""

    id: strawberry.ID
    name: str


@strawberry.type(description="Users who have roles in common.")
class UserGroup(Node):
    """A group of users."""

    id: strawberry.ID
    name: str
    description: str
    """What it is for; may be empty."""
    users: list[UserName]
    """Who is in it."""
    roles: list[RoleAssignment]
    """The roles that its users have by it."""
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.type(description="Why somebody has a permission.")
class PrivilegeSource:
    """A role that gives it, in person or by a group of users."""

    permission: str
    """The permission's name, such as door.command."""
    role_id: strawberry.ID
    role_name: str
    group_id: strawberry.ID | None = strawberry.field(description="Null: they have the role in person.")
    group_name: str | None
    """The group's name; null: they have the role in person."""
    places: list[Place] | None = strawberry.field(description="Where the role's grant counts; null: everywhere.")
    within: list[Place] | None = strawberry.field(description="Where they have the role; null: everywhere.")
    newest: timedelta | None
    """clip.view: recordings older than this are not seen; null: all are."""
    priority: int
    """ptz.move: 0 (first) to 100."""


@strawberry.input(description="A place that a scope names.")
class PlaceInput:
    """See Place."""

    kind: PlaceKind
    id: strawberry.ID


@strawberry.input(description="A permission that a role is to give.")
class GrantInput:
    """See Grant."""

    permission: str
    places: list[PlaceInput] | None = None
    """At which places only; null: everywhere."""
    newest: timedelta | None = None
    priority: int = 0


@strawberry.input(description="A role to have, and where.")
class RoleAssignmentInput:
    """See RoleAssignment."""

    role_id: strawberry.ID
    places: list[PlaceInput] | None = None
    """Where they are to have it; null: everywhere."""


@strawberry.input(description="A role to create.")
class CreateRoleInput(Keyed):
    """See UserRole."""

    name: str
    description: str = ""
    """What it is for, at most 500 characters."""
    grants: list[GrantInput]
    """The permissions that it gives; a role without any gives nothing."""
    clearance: int = 0


@strawberry.input(description="A role to copy, built in or not, and the name of the copy.")
class CopyRoleInput(Keyed):
    """See UserRole."""

    id: strawberry.ID
    name: str


@strawberry.input(description="What to change of a role; a field left out stays as it is.")
class UpdateRoleInput(Keyed):
    """See UserRole."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    description: str | None = UNSET
    grants: list[GrantInput] | None = UNSET
    clearance: int | None = UNSET


@strawberry.input(description="The roles that a user is to have besides the one everywhere and those of their groups.")
class AssignRolesInput(Keyed):
    """They replace those that there are."""

    user_id: strawberry.ID
    expected_version: int | None = None
    roles: list[RoleAssignmentInput]
    """All that they are to have; those that are not among them are taken away."""


@strawberry.input(description="A group of users to create.")
class CreateUserGroupInput(Keyed):
    """See UserGroup."""

    name: str
    description: str = ""
    """What it is for, at most 500 characters."""
    user_ids: list[strawberry.ID] = strawberry.field(default_factory=list)
    """Its members."""
    roles: list[RoleAssignmentInput] = strawberry.field(default_factory=list)
    """The roles that its members have."""


@strawberry.input(description="What to change of a group of users; a field left out stays as it is.")
class UpdateUserGroupInput(Keyed):
    """See UserGroup."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    description: str | None = UNSET
    user_ids: list[strawberry.ID] | None = UNSET
    roles: list[RoleAssignmentInput] | None = UNSET


@strawberry.type(description="The role as it now is, or why nothing was done.")
class RolePayload:
    """Result of a role mutation."""

    role: UserRole | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The roles that the user now has, or why nothing was done.")
class AssignRolesPayload:
    """Result of assigning roles."""

    sources: list[PrivilegeSource] | None = strawberry.field(default=None, description="What they may now, and why.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="The group of users as it now is, or why nothing was done.")
class UserGroupPayload:
    """Result of a mutation of a group of users."""

    user_group: UserGroup | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def given_places(given: Sequence[PlaceInput] | None) -> Places:
    """The scope of an input."""
    return None if given is None else tuple(PlaceGiven(place.kind, str(place.id)) for place in given)


def given_permission(text: str, path: str) -> Permission:
    """The permission of that name. Raises ValidationFailed."""
    try:
        return Permission(text)
    except ValueError as error:
        raise ValidationFailed(f"There is no such permission: {text}.", path) from error


def shown_places(places: Places, names: Names) -> list[Place] | None:
    """A scope as the API shows it."""
    if places is None:
        return None
    return [Place(kind=place.kind, id=strawberry.ID(place.id), name=names.get(place)) for place in places]


async def names_in(scopes: Iterable[Places]) -> Names:
    """The names of all places that these scopes name."""
    return await names_of_places({place for scope in scopes for place in scope or ()})


def shown_assignments(rows: Sequence[Assignment], names: Names) -> list[RoleAssignment]:
    """What somebody has, as the API shows it."""
    return [
        RoleAssignment(
            role_id=strawberry.ID(row.role.id), role_name=row.role.name, places=shown_places(row.places, names)
        )
        for row in rows
    ]


def _minutes(length: timedelta | None) -> int | None:
    if length is not None and length % timedelta(minutes=1):
        raise ValidationFailed("Give whole minutes, such as PT30M.", "grants")
    return None if length is None else length // timedelta(minutes=1)


def _length(minutes: int | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)


def _grants(given: Sequence[GrantInput]) -> list[domain.Grant]:
    return [
        domain.Grant(
            given_permission(each.permission, "grants"), given_places(each.places), _minutes(each.newest), each.priority
        )
        for each in given
    ]


def _assigned(given: Sequence[RoleAssignmentInput]) -> list[Assigned]:
    return [Assigned(str(each.role_id), given_places(each.places)) for each in given]


async def _roles(info: ApiInfo, rows: Sequence[domain.RoleGrants]) -> list[UserRole]:
    actor = info.context.actor
    counts = await holders(actor, [row.id for row in rows]) if asked_for(info, "holderCount") else {}
    names = await names_in(grant.places for row in rows for grant in row.grants)
    return [
        UserRole(
            id=strawberry.ID(row.id),
            name=row.name,
            description=row.description,
            built_in=row.built_in,
            grants=[
                Grant(
                    permission=grant.permission.value,
                    places=shown_places(grant.places, names),
                    newest=_length(grant.newest_minutes),
                    priority=grant.priority,
                )
                for grant in row.grants
            ],
            clearance=row.clearance,
            holder_count=counts.get(row.id, 0),
            version=row.version,
        )
        for row in rows
    ]


async def _groups(rows: Sequence[GroupParts]) -> list[UserGroup]:
    names = await names_in(each.places for row in rows for each in row.roles)
    return [
        UserGroup(
            id=strawberry.ID(row.group.id),
            name=row.group.name,
            description=row.group.description,
            users=[UserName(id=strawberry.ID(user.id), name=user.name) for user in row.users],
            roles=shown_assignments(row.roles, names),
            version=row.group.version,
        )
        for row in rows
    ]


async def _sources(rows: Sequence[Source]) -> list[PrivilegeSource]:
    names = await names_in(scope for row in rows for scope in (row.places, row.within))
    return [
        PrivilegeSource(
            permission=row.permission.value,
            role_id=strawberry.ID(row.role_id),
            role_name=row.role_name,
            group_id=strawberry.ID(row.group_id) if row.group_id else None,
            group_name=row.group_name,
            places=shown_places(row.places, names),
            within=shown_places(row.within, names),
            newest=_length(row.newest_minutes),
            priority=row.priority,
        )
        for row in rows
    ]


async def _groups_shown(_: ApiInfo, rows: Sequence[GroupParts]) -> list[UserGroup]:
    return await _groups(rows)


async def _sources_shown(_: ApiInfo, rows: Sequence[Source]) -> list[PrivilegeSource]:
    return await _sources(rows)


async def _group_payload(info: ApiInfo, group_id: str) -> UserGroupPayload:
    rows: Collection[GroupParts] = await list_user_groups(info.context.actor, [group_id])
    return UserGroupPayload(user_group=(await _groups(list(rows)))[0])


@strawberry.input(description="Which roles; what is left out, or null, does not restrict.")
class UserRoleFilter:
    """See UserRole."""

    built_in: bool | None = None
    permission: str | None = strawberry.field(default=None, description="Those that give it, wherever.")


@strawberry.input(description="Which groups of users; what is left out, or null, does not restrict.")
class UserGroupFilter:
    """See UserGroup."""

    user_id: strawberry.ID | None = strawberry.field(default=None, description="Those that this user is in.")
    role_id: strawberry.ID | None = strawberry.field(default=None, description="Those that have this role.")


@strawberry.type
class RoleQuery:
    """Queries about roles, groups of users and permissions."""

    @strawberry.field(description="Every permission that there is. Permission: account.own.")
    async def privileges(self, info: ApiInfo) -> list[Privilege]:
        info.context.actor.require(Permission.ACCOUNT_OWN)
        return [
            Privilege(
                permission=row.permission.value, area=row.area, description=row.description, scopes=list(row.scopes)
            )
            for row in PRIVILEGES.values()
        ]

    roles = listed(
        UserRole,
        by_actor(page_roles),
        _roles,
        "The built-in roles, then the site's own by name. Permission: user.write.",
        filter=UserRoleFilter,
        rows=RoleRow,
    )

    @strawberry.field(description="One role; null when there is none with this id. Permission: user.write.")
    async def role(self, info: ApiInfo, id: strawberry.ID) -> UserRole | None:
        found = await role_by_id(info.context.actor, id)
        return (await _roles(info, [found]))[0] if found else None

    user_groups = listed(
        UserGroup,
        by_actor(page_user_groups),
        _groups_shown,
        "Groups of users, by name. Permission: user.write.",
        filter=UserGroupFilter,
        order=NameOrder,
        rows=UserGroupRow,
    )

    @strawberry.field(description="One group of users; null when there is none with this id. Permission: user.write.")
    async def user_group(self, info: ApiInfo, id: strawberry.ID) -> UserGroup | None:
        found = await _groups(await list_user_groups(info.context.actor, [id]))
        return found[0] if found else None

    privilege_sources = listed(
        PrivilegeSource,
        by_actor(page_sources),
        _sources_shown,
        "What a user may, by permission, and why: which role or group gives it. Permission: user.write.",
        search=None,
        given={"user_id": strawberry.ID},
    )


@strawberry.type
class RoleMutation:
    """Changes to roles and groups of users."""

    @mutation(description="Create a role; nobody makes one that may more than they do. Permission: user.write.")
    async def create_role(self, info: ApiInfo, input: CreateRoleInput) -> RolePayload:
        given = NewRole(input.name, _grants(input.grants), input.description, input.clearance)
        row = await create_role(info.context.domain, info.context.actor, given)
        return RolePayload(role=(await _roles(info, [role_of(row)]))[0])

    @mutation(description="A role of the site's own that gives what another does. Permission: user.write.")
    async def copy_role(self, info: ApiInfo, input: CopyRoleInput) -> RolePayload:
        row = await copy_role(info.context.domain, info.context.actor, input.id, input.name)
        return RolePayload(role=(await _roles(info, [role_of(row)]))[0])

    @mutation(
        description="Change a role of the site's own; whoever has it follows within five seconds. "
        "Permission: user.write."
    )
    async def update_role(self, info: ApiInfo, input: UpdateRoleInput) -> RolePayload:
        context = info.context
        changes = sent(input, ("name", "description", "clearance"))
        if input.grants is not UNSET and input.grants is not None:
            changes["grants"] = _grants(input.grants)
        row = await update_role(
            context.domain, context.actor, input.id, cast(RoleChanges, changes), input.expected_version
        )
        return RolePayload(role=(await _roles(info, [role_of(row)]))[0])

    @mutation(description="Delete a role that nobody has. Permission: user.write.")
    async def delete_role(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_role(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(
        description="Give a user roles, each everywhere or at some places, instead of those they have so; nobody gives "
        "what they do not have. Permission: user.write."
    )
    async def assign_roles(self, info: ApiInfo, input: AssignRolesInput) -> AssignRolesPayload:
        context = info.context
        await assign_roles(context.domain, context.actor, input.user_id, _assigned(input.roles), input.expected_version)
        found = await sources_of(context.actor, input.user_id)
        return AssignRolesPayload(sources=await _sources(found))

    @mutation(description="Create a group of users with its roles. Permission: user.write.")
    async def create_user_group(self, info: ApiInfo, input: CreateUserGroupInput) -> UserGroupPayload:
        context = info.context
        row = await create_user_group(
            context.domain, context.actor, input.name, input.description, input.user_ids, _assigned(input.roles)
        )
        return await _group_payload(info, row.id)

    @mutation(
        description="Change a group of users, who is in it, or its roles; lists replace what there is. "
        "Permission: user.write."
    )
    async def update_user_group(self, info: ApiInfo, input: UpdateUserGroupInput) -> UserGroupPayload:
        context = info.context
        changes = sent(input, ("name", "description", "user_ids"))
        if input.roles is not UNSET and input.roles is not None:
            changes["roles"] = _assigned(input.roles)
        row = await update_user_group(
            context.domain, context.actor, input.id, cast(UserGroupChanges, changes), input.expected_version
        )
        return await _group_payload(info, row.id)

    @mutation(description="Delete a group of users; they lose what they had by it alone. Permission: user.write.")
    async def delete_user_group(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_user_group(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
