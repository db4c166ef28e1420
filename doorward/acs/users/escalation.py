"""Nobody gives what they do not have, nor looks after somebody who may more; and somebody always administers."""

from collections.abc import Iterable, Sequence

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.actor import CLEARANCES, PERMISSIONS, Actor, Permission, Role, Windows
from doorward.acs.errors import Conflict, NotFound, NotPermitted
from doorward.acs.operation import SITE_ID, Work
from doorward.acs.reach import NOWHERE, Places, Reach
from doorward.acs.site.models import Site
from doorward.acs.users.grants import RoleGrants
from doorward.acs.users.models import RoleAssignment, User, UserGroupMember, UserKind
from doorward.acs.users.privileges import Held, Privileges, held_by, read_reaches, scopes_of, worked_out

LAST = "This is the last administrator who can sign in. Make another one first."


async def one_at_a_time(connection: BaseDBAsyncClient) -> None:
    """Two administrators who disable each other at once are not both last: the second sees what the first did."""
    await Site.select_for_update().using_db(connection).get(id=SITE_ID)


async def privileges_of(work: Work, user: User) -> Privileges:
    """What a user may, as this transaction has it."""
    held = (await held_by([user], work.connection))[user.id]
    return worked_out(user.role, held, await read_reaches(scopes_of(held), work.connection))


async def look_after(work: Work, user: User, what: str = "id") -> None:
    """Raise unless the actor may everything that the user may, so that a changed password gives nobody more rights."""
    if user.id == work.actor.user_id:
        return
    if lacking := lacking_of(work.actor, await privileges_of(work, user)):
        raise NotPermitted(
            f"{user.name} may more than you: {_list(lacking)}. Only somebody who may all that can do this.", what
        )


def may_give_role(work: Work, role: Role, path: str = "role") -> None:
    """Raise unless the actor may everywhere what the built-in role may: recordings as old, threats as high."""
    if lacking := lacking_of(work.actor, Privileges(PERMISSIONS[role], {}, CLEARANCES[role])):
        raise NotPermitted(f"You cannot give the role {role.value}: you lack {_list(lacking)} yourself.", path)


async def may_give(work: Work, roles: Iterable[tuple[RoleGrants, Places]], path: str) -> None:
    """Raise unless the actor has everything that these roles, at these places, come to."""
    held = tuple(Held(role, places) for role, places in roles)
    places = await read_reaches(scopes_of(held), work.connection)
    for each in held:
        lacking = lacking_of(work.actor, worked_out(Role.NONE, [each], places))
        # What comes to nothing at these places now may come to something later.
        lacking |= {grant.permission for grant in each.role.grants} - _somewhere(work.actor)
        if lacking:
            raise NotPermitted(f"You cannot give {each.role.name} there: you lack {_list(lacking)} yourself.", path)


def _somewhere(actor: Actor) -> frozenset[Permission]:
    return actor.permissions | actor.reaches.keys()


def lacking_of(actor: Actor, gives: Privileges) -> set[Permission]:
    """What of all this the actor has not: not there, not as high, not as far back."""
    lacking = {
        permission
        for permission in gives.somewhere - {Permission.ACCOUNT_OWN}
        if not gives.reach(permission) <= actor.reach_if_any(permission)
    }
    if gives.clearance > actor.clearance:
        lacking.add(Permission.THREAT_RELEASE)
    if not _no_further_back(gives, actor):
        lacking.add(Permission.CLIP_VIEW)
    return lacking


def _no_further_back(gives: Privileges, actor: Actor) -> bool:
    """Whether the recordings that are given are not older, anywhere, than those that the giver sees."""
    if actor.windows is None:
        return True
    given: Windows = gives.windows or ((None, gives.reach(Permission.CLIP_VIEW)),)
    return all(reach <= _seen(actor.windows, minutes) for minutes, reach in given)


def _seen(windows: Windows, minutes: int | None) -> Reach:
    """Where recordings of this age are seen."""
    found = NOWHERE
    for most, reach in windows:
        if most is None or (minutes is not None and most >= minutes):
            found = found | reach
    return found


def _list(permissions: Iterable[Permission]) -> str:
    return ", ".join(sorted(permission.value for permission in permissions))


async def administrators(connection: BaseDBAsyncClient) -> bool:
    """Whether anybody can sign in and manage users: as administrator, or by any role everywhere."""
    people = User.filter(enabled=True, kind=UserKind.PERSON).using_db(connection)
    if await people.filter(role=Role.ADMINISTRATOR).exists():
        return True
    # Few users have further roles that manage users: this is reached by sites without any administrator by name.
    everybody: Sequence[User] = await people
    return any(_manages(held) for held in (await held_by(everybody, connection)).values())


def _manages(held: Sequence[Held]) -> bool:
    return any(
        each.places is None and any(grant.permission is Permission.USER_WRITE for grant in each.role.grants)
        for each in held
    )


async def somebody_administers(work: Work, path: str = "id") -> None:
    """Raise when after this change nobody could sign in and manage users."""
    if not await administrators(work.connection):
        raise Conflict(LAST, path)


async def holders_of(work: Work, role_id: str) -> int:
    """How many users and groups of users have the role."""
    return await RoleAssignment.filter(role_id=role_id).using_db(work.connection).count()


async def members_of(work: Work, group_id: str) -> list[str]:
    """The ids of a group's users."""
    rows = UserGroupMember.filter(group_id=group_id).using_db(work.connection).order_by("user_id")
    return [str(user_id) for user_id in await rows.values_list("user_id", flat=True)]


async def existing_users(work: Work, ids: Sequence[str], path: str) -> list[User]:
    """The users with these ids. Raises NotFound."""
    rows = await User.filter(id__in=list(ids)).using_db(work.connection)
    if missing := set(ids) - {row.id for row in rows}:
        raise NotFound(f"There is no user {sorted(missing)[0]}.", path)
    return list(rows)
