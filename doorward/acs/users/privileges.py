"""What a user may, from all that they have: their role, further roles with their scopes, and those of their groups.

The union counts. What a user has is kept for two seconds (another process, the command line, may change it) and
forgotten at every change made here; what its places come to is worked out for each request.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet

from doorward.acs.actor import HIGHEST_CLEARANCE, PERMISSIONS, Permission, Role, Windows
from doorward.acs.cameras.models import CameraView
from doorward.acs.privilege import ALWAYS, EVERYWHERE_ONLY
from doorward.acs.reach import EVERYWHERE, MODEL, NOWHERE, Place, PlaceKind, Places, Reach
from doorward.acs.users.grants import BUILT_IN, RoleGrants, read, read_places
from doorward.acs.users.models import RoleAssignment, RoleRow, User, UserGroupMember
from doorward.acs.zones.layout import read_layout

FRESH_S = 2.0


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a user has at some places (None: everywhere), by a group of users or (None) in person."""

    role: RoleGrants
    places: Places = None
    group_id: str | None = None
    group_name: str | None = None


@dataclass(frozen=True, slots=True)
class Privileges:
    """What it all comes to; see `Actor` for the parts."""

    permissions: frozenset[Permission]
    reaches: Mapping[Permission, Reach]
    clearance: int
    windows: Windows | None = None

    @property
    def somewhere(self) -> frozenset[Permission]:
        """What is held everywhere or at some places."""
        return self.permissions | self.reaches.keys()

    def reach(self, permission: Permission) -> Reach:
        """Where a permission is held."""
        return EVERYWHERE if permission in self.permissions else self.reaches.get(permission, NOWHERE)

    def narrowed(self, permissions: Collection[Permission], within: Reach) -> "Privileges":
        """What is left of it with these permissions only, at these places only."""
        kept = frozenset(permissions) & self.somewhere
        reaches = {permission: self.reach(permission) & within for permission in kept}
        return Privileges(
            frozenset(permission for permission, reach in reaches.items() if reach.everything),
            {
                permission: reach
                for permission, reach in reaches.items()
                if not reach.everything and permission not in EVERYWHERE_ONLY
            },
            self.clearance if Permission.THREAT_RELEASE in kept else 0,
            self.windows if Permission.CLIP_VIEW in kept else None,
        )


ADMINISTRATOR = Privileges(PERMISSIONS[Role.ADMINISTRATOR], {}, HIGHEST_CLEARANCE)


@dataclass(slots=True)
class StandingPrivileges:
    """What users were last seen to have."""

    _held: dict[str, tuple[float, tuple[Held, ...]]] = field(default_factory=dict)

    async def of(self, user: User) -> Privileges:
        """What a user may now."""
        if user.role is Role.ADMINISTRATOR:
            return ADMINISTRATOR
        return (await self.of_all([user]))[user.id]

    async def of_all(self, users: Sequence[User]) -> dict[str, Privileges]:
        """What each of them may now."""
        now = time.monotonic()
        stale = [user for user in users if self._held.get(user.id, (float("-inf"),))[0] <= now - FRESH_S]
        if stale:
            if len(self._held) > 10_000:
                self._held.clear()
            for user_id, held in (await held_by(stale)).items():
                self._held[user_id] = (now, held)
        found = {user.id: (user, self._held[user.id][1]) for user in users}
        places = await read_reaches(each for _, held in found.values() for each in scopes_of(held))
        return {user_id: worked_out(user.role, held, places) for user_id, (user, held) in found.items()}

    def changed(self) -> None:
        """Read all anew next time."""
        self._held.clear()


async def held_by(users: Sequence[User], connection: BaseDBAsyncClient | None = None) -> dict[str, tuple[Held, ...]]:
    """The roles that users have besides their own `role`."""
    ids = [user.id for user in users if user.role is not Role.ADMINISTRATOR]
    found: dict[str, list[Held]] = {user.id: [] for user in users}
    if not ids:
        return dict.fromkeys(found, ())
    members = _on(UserGroupMember.filter(user_id__in=ids), connection).select_related("group")
    groups: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for member in await members:
        groups[member.group_id].append(member.user_id)
        names[member.group_id] = member.group.name
    rows = list(await _on(RoleAssignment.filter(user_id__in=ids), connection).order_by("id"))
    if groups:
        rows += await _on(RoleAssignment.filter(group_id__in=sorted(groups)), connection).order_by("id")
    roles = await roles_by_id([row.role_id for row in rows], connection)
    for row in rows:
        if row.role_id not in roles:
            continue
        name = names.get(row.group_id) if row.group_id else None
        held = Held(roles[row.role_id], read_places(row.places), row.group_id, name)
        for user_id in groups[row.group_id] if row.group_id else [row.user_id or ""]:
            found[user_id].append(held)
    return {user_id: tuple(held) for user_id, held in found.items()}


async def roles_by_id(ids: Collection[str], connection: BaseDBAsyncClient | None = None) -> dict[str, RoleGrants]:
    """Those of the roles that exist."""
    found = {role_id: BUILT_IN[role_id] for role_id in ids if role_id in BUILT_IN}
    if own := sorted(set(ids) - found.keys()):
        found |= {row.id: role_of(row) for row in await _on(RoleRow.filter(id__in=own), connection)}
    return found


def role_of(row: RoleRow) -> RoleGrants:
    """A role of the site's own as it counts."""
    return RoleGrants(row.id, row.name, row.description, read(row.grants), row.clearance, False, row.version)


def scopes_of(held: Iterable[Held]) -> Iterable[Places]:
    """Every scope that has to be worked out."""
    for each in held:
        yield each.places
        yield from (grant.places for grant in each.role.grants)


def worked_out(role: Role, held: Sequence[Held], places: Mapping[Place, Reach]) -> Privileges:
    """What a role everywhere and further ones come to. A role that is given for places gives nothing without one."""
    reaches: dict[Permission, Reach] = dict.fromkeys(PERMISSIONS[role] | ALWAYS, EVERYWHERE)
    clearance = BUILT_IN[role.value].clearance if role.value in BUILT_IN else 0
    windows = [(None, EVERYWHERE)] if Permission.CLIP_VIEW in PERMISSIONS[role] else []
    limited: list[tuple[int | None, Reach]] = list(windows)
    for each in held:
        if each.places is None:
            clearance = max(clearance, each.role.clearance)
        around = reach_of(each.places, places)
        for grant in each.role.grants:
            reach = reach_of(grant.places, places) & around
            if grant.permission in EVERYWHERE_ONLY and not reach.everything:
                continue
            reaches[grant.permission] = reaches.get(grant.permission, NOWHERE) | reach
            if grant.permission is Permission.CLIP_VIEW:
                limited.append((grant.newest_minutes, reach))
    everywhere = frozenset(permission for permission, reach in reaches.items() if reach.everything)
    return Privileges(
        everywhere,
        {permission: reach for permission, reach in reaches.items() if permission not in everywhere},
        clearance,
        tuple(limited) if any(minutes is not None for minutes, _ in limited) else None,
    )


def reach_of(scope: Places, places: Mapping[Place, Reach]) -> Reach:
    """What a scope comes to, by what its places do."""
    if scope is None:
        return EVERYWHERE
    found = NOWHERE
    for place in scope:
        found = found | places.get(place, NOWHERE)
    return found


async def read_reaches(scopes: Iterable[Places], connection: BaseDBAsyncClient | None = None) -> dict[Place, Reach]:
    """What each place of these scopes stands for now: three queries whatever their number, none without places."""
    wanted = {place for scope in scopes if scope is not None for place in scope}
    if not wanted:
        return {}
    layout = await read_layout(connection)
    cameras: dict[str, set[str]] = defaultdict(set)
    for door_id, camera_id in await _on(CameraView.all(), connection).values_list("door_id", "camera_id"):
        cameras[str(door_id)].add(str(camera_id))

    def seen(doors: Iterable[str]) -> frozenset[str]:
        return frozenset(camera for door in doors for camera in cameras.get(door, ()))

    def one(place: Place) -> Reach:
        match place.kind:
            case PlaceKind.SITE:
                return EVERYWHERE
            case PlaceKind.ZONE:
                zones = layout.within.get(place.id, frozenset())
                doors = frozenset(each.door_id for zone in zones for each in layout.of_zone.get(zone, ()))
                return Reach(zones=zones, doors=doors, cameras=seen(doors))
            case PlaceKind.DOOR:
                return Reach(doors=frozenset({place.id}), cameras=seen([place.id]))
            case PlaceKind.CAMERA:
                return Reach(cameras=frozenset({place.id}))
            case PlaceKind.VIEW:
                return Reach(views=frozenset({place.id}))
            case PlaceKind.INPUT:
                return Reach(inputs=frozenset({place.id}))
            case PlaceKind.OUTPUT:
                return Reach(outputs=frozenset({place.id}))

    return {place: one(place) for place in wanted}


def _on(rows: QuerySet[MODEL], connection: BaseDBAsyncClient | None) -> QuerySet[MODEL]:
    return rows if connection is None else rows.using_db(connection)
