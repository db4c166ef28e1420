"""Roles of the site's own, groups of users, scopes: what they give, what they do not, and who may give them."""

import dataclasses
import importlib.util
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from doorward.acs import actor as actor_module
from doorward.acs.actor import COMMAND_LINE, HIGHEST_CLEARANCE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.privilege import ALWAYS, PRIVILEGES
from doorward.acs.reach import EVERYWHERE, NOWHERE, Place, PlaceKind, Reach
from doorward.acs.users.grants import BUILT_IN, Grant
from doorward.acs.users.models import RoleAssignment, SecondFactor, User, UserGroup
from doorward.acs.users.operations import (
    create_service_account,
    create_user,
    delete_user,
    remove_second_factor,
    reset_password,
    set_password,
    update_sign_in_rules,
    update_user,
)
from doorward.acs.users.role_operations import (
    Assigned,
    NewRole,
    assign_roles,
    copy_role,
    create_role,
    create_user_group,
    delete_role,
    delete_user_group,
    update_role,
    update_user_group,
)
from doorward.acs.users.role_queries import list_roles, list_user_groups, sources_of
from doorward.acs.users.sessions import Caller, actor_of_session
from doorward.acs.users.sign_in import sign_in
from doorward.acs.users.tokens import NewToken, actor_of_token, create_own_token, create_service_token
from doorward.acs.zones.operations import create_zone
from tests.two_places import make_two_places
from tests.world import START, World, only, open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
HERE = Caller("192.0.2.1", "A browser")
DOORS = (Grant(Permission.DOOR_VIEW), Grant(Permission.DOOR_COMMAND))


async def make(world: World, name: str, role: Role = Role.NONE) -> User:
    return await create_user(world.domain, COMMAND_LINE, name, PASSWORD, role)


async def acting(world: World, name: str) -> Actor:
    """Whoever signs in under the name, as their session has them."""
    signed_in = await sign_in(world.domain, name, PASSWORD, HERE)
    return await actor_of_session(world.domain, signed_in.token, None)


def at(kind: PlaceKind, row: Any) -> tuple[Place, ...]:
    return (Place(kind, row.id),)


async def role(world: World, name: str, *grants: Grant) -> str:
    return (await create_role(world.domain, COMMAND_LINE, NewRole(name, grants or DOORS))).id


def test_every_permission_is_declared_once_with_words() -> None:
    assert set(PRIVILEGES) == set(Permission)
    assert all(row.description.endswith(".") for row in PRIVILEGES.values())


def test_the_built_in_roles_are_as_the_manual_has_them() -> None:
    p = Permission
    viewer = {p.CAMERA_VIEW, p.VIDEO_LIVE, p.AUDIO_LISTEN, p.SNAPSHOT_TAKE, p.VIEW_ACCESS, p.IO_READ, p.DOOR_VIEW}
    recorded = {p.CLIP_VIEW, p.RECORDING_MANUAL, p.RECORDING_EXPORT, p.INCIDENT_REPORT, p.DATA_SEARCH, p.EVENT_VIEW}
    by_hand = {p.AUDIO_SPEAK, p.PTZ_MOVE, p.VIEW_EDIT, p.IO_WRITE, p.DOOR_COMMAND, p.THREAT_RAISE, p.THREAT_RELEASE}
    people = {p.CARDHOLDER_VIEW, p.CARDHOLDER_WRITE, p.CREDENTIAL_WRITE, p.PERSONAL_VIEW, p.PHOTO_VIEW, p.PIN_MANAGE}
    more = {p.EVENT_CATEGORY_ADD, p.EVENT_CATEGORY_REMOVE, p.CONFIGURATION_VIEW, p.HEALTH_VIEW}
    assert PERMISSIONS[Role.ADMINISTRATOR] == set(Permission)
    assert PERMISSIONS[Role.VIEWER] - ALWAYS == viewer
    assert PERMISSIONS[Role.OPERATOR] - ALWAYS == viewer | recorded | by_hand | people | more
    assert PERMISSIONS[Role.NONE] == ALWAYS


def test_a_new_permission_is_for_administrators_only_until_it_is_named(tmp_path: Path) -> None:
    """The module of the roles, with one permission more."""
    last = 'API_EXPLORE = "api.explore"\n'
    source = Path(str(actor_module.__file__)).read_text()
    changed = tmp_path / "actor_with_one_more.py"
    changed.write_text(source.replace(last, f'{last}    BRAND_NEW = "brand.new"\n'))
    spec = importlib.util.spec_from_file_location(changed.stem, changed)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[changed.stem] = module
    try:
        spec.loader.exec_module(module)
        holders = [role.value for role in module.Role if module.Permission.BRAND_NEW in module.PERMISSIONS[role]]
    finally:
        del sys.modules[changed.stem]
    assert holders == ["administrator"]


async def test_a_role_at_a_zone_is_its_doors_and_cameras_and_those_of_the_zones_inside(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        outer = await create_zone(world.domain, COMMAND_LINE, "Outer")
        eve = await make(world, "eve")
        given = await role(world, "Guard", *DOORS, Grant(Permission.CAMERA_VIEW), Grant(Permission.CARDHOLDER_VIEW))
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given, at(PlaceKind.ZONE, outer))])
        assert (await acting(world, "eve")).reach(Permission.DOOR_VIEW) == Reach(zones=frozenset({outer.id}))
        await two.near.zone.refresh_from_db()
        two.near.zone.parent_id = outer.id
        await two.near.zone.save()
        actor = await acting(world, "eve")
        assert actor.reach(Permission.DOOR_COMMAND) == Reach(
            zones=frozenset({outer.id, two.near.zone.id}),
            doors=frozenset({two.near.door.id}),
            cameras=frozenset({two.near.camera.id}),
        )
        assert actor.reach(Permission.CAMERA_VIEW).cameras == {two.near.camera.id}
        assert actor.permissions == {Permission.ACCOUNT_OWN}
        assert Permission.CARDHOLDER_VIEW not in actor.reaches
        with pytest.raises(NotPermitted, match="everywhere"):
            actor.require(Permission.DOOR_VIEW)


async def test_what_a_user_may_is_the_union_of_their_own_roles_and_those_of_their_groups(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        eve = await make(world, "eve", Role.VIEWER)
        given = await role(world, "Guard", Grant(Permission.DOOR_COMMAND), Grant(Permission.CARDHOLDER_VIEW))
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given, at(PlaceKind.DOOR, two.near.door))])
        roles = [Assigned(given, at(PlaceKind.DOOR, two.far.door))]
        group = await create_user_group(world.domain, COMMAND_LINE, "Night", "", [eve.id], roles)
        actor = await acting(world, "eve")
        assert actor.permissions == PERMISSIONS[Role.VIEWER]
        assert actor.reach(Permission.DOOR_COMMAND).doors == {two.near.door.id, two.far.door.id}
        sources = [each for each in await sources_of(COMMAND_LINE, eve.id) if each.permission.value == "door.command"]
        assert [(each.role_name, each.group_name) for each in sources] == [("Guard", None), ("Guard", "Night")]
        everywhere = [Assigned(given), Assigned("operator", at(PlaceKind.DOOR, two.near.door))]
        await update_user_group(world.domain, COMMAND_LINE, group.id, {"roles": everywhere})
        actor = await acting(world, "eve")
        assert actor.reach(Permission.DOOR_COMMAND) == EVERYWHERE
        assert Permission.CARDHOLDER_VIEW in actor.permissions
        assert actor.reach(Permission.CLIP_VIEW).cameras == {two.near.camera.id}
        await delete_user_group(world.domain, COMMAND_LINE, group.id)
        assert (await acting(world, "eve")).reach(Permission.DOOR_COMMAND).doors == {two.near.door.id}
        assert not await UserGroup.exists()


async def test_the_scope_of_a_grant_and_that_of_its_role_both_count(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        eve = await make(world, "eve")
        near, far = at(PlaceKind.DOOR, two.near.door), at(PlaceKind.DOOR, two.far.door)
        given = await role(world, "Near", Grant(Permission.DOOR_VIEW, near))
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given, near)])
        assert (await acting(world, "eve")).reach(Permission.DOOR_VIEW).doors == {two.near.door.id}
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given, far)])
        assert (await acting(world, "eve")).reach(Permission.DOOR_VIEW) == NOWHERE
        gone = await role(world, "Gone", Grant(Permission.DOOR_VIEW, (Place(PlaceKind.ZONE, "gone"),)))
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(gone)])
        assert (await acting(world, "eve")).reach(Permission.DOOR_VIEW) == NOWHERE


async def test_a_change_acts_at_once_on_a_session_that_is_open(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make(world, "eve")
        given = await role(world, "Guard")
        signed_in = await sign_in(world.domain, "eve", PASSWORD, HERE)

        async def may() -> bool:
            actor = await actor_of_session(world.domain, signed_in.token, None)
            return Permission.DOOR_COMMAND in actor.permissions

        assert not await may()
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given)])
        assert await may()
        await update_role(world.domain, COMMAND_LINE, given, {"grants": [Grant(Permission.DOOR_VIEW)]})
        assert not await may()
        await update_role(world.domain, COMMAND_LINE, given, {"grants": DOORS})
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [])
        assert not await may()
        assert not await RoleAssignment.exists()


NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"grants": ()}, "grants"),
    ({"grants": (Grant(Permission.ACCOUNT_OWN),)}, "grants"),
    ({"grants": (Grant(Permission.USER_WRITE, (Place(PlaceKind.DOOR, "x"),)),)}, "grants"),
    ({"grants": (Grant(Permission.DOOR_VIEW, (Place(PlaceKind.CAMERA, "x"),)),)}, "grants"),
    ({"grants": (Grant(Permission.DOOR_VIEW, ()),)}, "grants"),
    ({"grants": (Grant(Permission.DOOR_VIEW, newest_minutes=5),)}, "grants"),
    ({"grants": (Grant(Permission.CLIP_VIEW, newest_minutes=0),)}, "grants"),
    ({"grants": (Grant(Permission.CLIP_VIEW, priority=1),)}, "grants"),
    ({"grants": (Grant(Permission.PTZ_MOVE, priority=101),)}, "grants"),
    ({"clearance": 101}, "clearance"),
    ({"name": ""}, "name"),
]


@pytest.mark.parametrize("wrong, path", NONSENSE)
async def test_a_role_that_makes_no_sense_is_refused(database_url: str, wrong: dict[str, Any], path: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed) as caught:
            await create_role(world.domain, COMMAND_LINE, dataclasses.replace(NewRole("Guard", DOORS), **wrong))
        assert caught.value.path == (path,)


async def test_built_in_roles_stay_and_a_role_in_use_is_not_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make(world, "eve")
        for change in (update_role(world.domain, COMMAND_LINE, "operator", {"name": "x"}),):
            with pytest.raises(Conflict, match="built in"):
                await change
        with pytest.raises(Conflict, match="built in"):
            await delete_role(world.domain, COMMAND_LINE, "viewer")
        with pytest.raises(Conflict, match="already"):
            await create_role(world.domain, COMMAND_LINE, NewRole("OPERATOR", DOORS))
        copy = await copy_role(world.domain, COMMAND_LINE, "operator", "Day shift")
        found = {each.name: each for each in await list_roles(COMMAND_LINE)}
        assert found["Day shift"].grants == BUILT_IN["operator"].grants
        assert list(found) == ["Administrator", "Operator", "Viewer", "Day shift"]
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(copy.id)])
        with pytest.raises(Conflict, match="1 users or groups"):
            await delete_role(world.domain, COMMAND_LINE, copy.id)
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [])
        await delete_role(world.domain, COMMAND_LINE, copy.id)
        for missing in (delete_role,):
            with pytest.raises(NotFound):
                await missing(world.domain, COMMAND_LINE, copy.id)
        with pytest.raises(NotFound):
            await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(copy.id)])


async def test_what_changes_is_in_the_audit_with_what_was_there(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        eve = await make(world, "eve")
        given = await role(world, "Guard")
        near = at(PlaceKind.DOOR, two.near.door)
        await update_role(world.domain, COMMAND_LINE, given, {"grants": DOORS[:1], "name": "Watch"})
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given, near)])
        await create_user_group(world.domain, COMMAND_LINE, "Night", "", [eve.id], [Assigned(given)])
        told = {event.type: event.data for event in await Event.filter(type__startswith="audit.role")}
        view, command = ({"permission": f"door.{what}", "places": None} for what in ("view", "command"))
        assert told[EventType.ROLE_UPDATED]["before"] == {"name": "Guard", "grants": [command, view]}
        assert told[EventType.ROLE_UPDATED]["after"] == {"name": "Watch", "grants": [view]}
        assert told[EventType.ROLES_ASSIGNED]["before"] == {"roles": []}
        assert told[EventType.ROLES_ASSIGNED]["after"] == {"roles": [{"role": "Watch", "places": [near[0].text()]}]}
        group = await Event.get(type=EventType.USER_GROUP_CREATED)
        assert group.data["after"]["users"] == ["eve"]


async def test_nobody_gives_what_they_do_not_have(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        two = await make_two_places(world)
        eve, root = await make(world, "eve"), await make(world, "root", Role.ADMINISTRATOR)
        near, far = at(PlaceKind.DOOR, two.near.door), at(PlaceKind.DOOR, two.far.door)
        reach = Reach(doors=frozenset({two.near.door.id}), cameras=frozenset({two.near.camera.id}))
        manager = Actor(
            "manager",
            "manager",
            frozenset({Permission.USER_WRITE, Permission.ACCOUNT_OWN}),
            "api",
            reaches={Permission.DOOR_VIEW: reach},
        )
        small = await role(world, "Small", Grant(Permission.DOOR_VIEW))
        large = await role(world, "Large", Grant(Permission.AUDIT_VIEW))
        group = await create_user_group(domain, COMMAND_LINE, "Auditors", "", [], [Assigned(large)])
        refused = (
            create_role(domain, manager, NewRole("New", (Grant(Permission.DOOR_VIEW),))),
            create_role(domain, manager, NewRole("New", (Grant(Permission.DOOR_VIEW, far),))),
            create_role(domain, manager, NewRole("New", (Grant(Permission.DOOR_VIEW, near),), clearance=1)),
            copy_role(domain, manager, "viewer", "New"),
            update_role(domain, manager, large, {"name": "Mine"}),
            assign_roles(domain, manager, eve.id, [Assigned(small)]),
            assign_roles(domain, manager, eve.id, [Assigned(small, far)]),
            assign_roles(domain, manager, eve.id, [Assigned("administrator", near)]),
            assign_roles(domain, manager, root.id, []),
            create_user_group(domain, manager, "New", "", [], [Assigned(large)]),
            update_user_group(domain, manager, group.id, {"user_ids": [eve.id]}),
            delete_user_group(domain, manager, group.id),
            create_user(domain, manager, "mallory", PASSWORD, Role.ADMINISTRATOR),
            update_user(domain, manager, eve.id, {"role": Role.OPERATOR}),
            update_user(domain, manager, root.id, {"enabled": False}),
            delete_user(domain, manager, root.id),
            reset_password(domain, manager, root.id, "another one to know"),
            set_password(domain, manager, "root", "another one to know"),
            remove_second_factor(domain, manager, root.id),
        )
        before = await Event.all().count()
        for attempt in refused:
            with pytest.raises(NotPermitted):
                await attempt
        assert await Event.all().count() == before
        await create_role(domain, manager, NewRole("New", (Grant(Permission.DOOR_VIEW, near),)))
        await assign_roles(domain, manager, eve.id, [Assigned(small, near)])
        await create_user(domain, manager, "helper", PASSWORD, Role.NONE)


async def test_nobody_changes_their_own_rights(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make(world, "root", Role.ADMINISTRATOR)
        actor = await acting(world, "root")
        own = actor.user_id or ""
        group = await create_user_group(world.domain, COMMAND_LINE, "All")
        with pytest.raises(Conflict, match="your own"):
            await assign_roles(world.domain, actor, own, [Assigned("viewer")])
        with pytest.raises(Conflict, match="your own"):
            await update_user_group(world.domain, actor, group.id, {"user_ids": [own]})


async def test_somebody_administers_whatever_roles_and_groups_become(database_url: str) -> None:
    """The last one is administrator by a group only: no way of taking that from them is open."""
    async with open_world(database_url) as world:
        domain = world.domain
        eve = await make(world, "eve")
        given = await role(world, "Users", Grant(Permission.USER_WRITE), Grant(Permission.DOOR_VIEW))
        group = await create_user_group(domain, COMMAND_LINE, "Managers", "", [eve.id], [Assigned(given)])
        for attempt in (
            update_role(domain, COMMAND_LINE, given, {"grants": [Grant(Permission.DOOR_VIEW)]}),
            update_user_group(domain, COMMAND_LINE, group.id, {"roles": []}),
            update_user_group(domain, COMMAND_LINE, group.id, {"user_ids": []}),
            delete_user_group(domain, COMMAND_LINE, group.id),
            update_user(domain, COMMAND_LINE, eve.id, {"enabled": False}),
            delete_user(domain, COMMAND_LINE, eve.id),
        ):
            with pytest.raises(Conflict, match="last administrator"):
                await attempt
        assert [len(each.users) for each in await list_user_groups(COMMAND_LINE)] == [1]
        await assign_roles(domain, COMMAND_LINE, eve.id, [Assigned(given)])
        await delete_user_group(domain, COMMAND_LINE, group.id)
        with pytest.raises(Conflict, match="last administrator"):
            await assign_roles(domain, COMMAND_LINE, eve.id, [])
        await make(world, "root", Role.ADMINISTRATOR)
        await assign_roles(domain, COMMAND_LINE, eve.id, [])


async def test_a_token_is_kept_to_its_places_and_those_of_its_user(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        eve = await make(world, "eve", Role.OPERATOR)
        near = at(PlaceKind.DOOR, two.near.door)
        actor, expires_at = await acting(world, "eve"), START + timedelta(days=1)
        new = NewToken("One door", (Permission.DOOR_VIEW, Permission.CARDHOLDER_VIEW), expires_at, places=near)
        made = await create_own_token(world.domain, actor, PASSWORD, new)
        token = await actor_of_token(world.domain, made.text, None)
        assert token.permissions == frozenset()
        assert {key: reach.doors for key, reach in token.reaches.items()} == {Permission.DOOR_VIEW: {two.near.door.id}}
        given = await role(world, "Far", Grant(Permission.DOOR_VIEW))
        await update_user(world.domain, COMMAND_LINE, eve.id, {"role": Role.NONE})
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given, at(PlaceKind.DOOR, two.far.door))])
        assert (await actor_of_token(world.domain, made.text, None)).reach(Permission.DOOR_VIEW) == NOWHERE
        with pytest.raises(ValidationFailed, match="cannot have"):
            await create_own_token(
                world.domain, await acting(world, "eve"), PASSWORD, dataclasses.replace(new, name="x")
            )


async def test_who_manages_users_by_a_role_needs_the_second_factor_of_administrators(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make(world, "eve")
        given = await role(world, "Users", Grant(Permission.USER_WRITE))
        await assign_roles(world.domain, COMMAND_LINE, eve.id, [Assigned(given)])
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"second_factor": SecondFactor.ADMINISTRATORS})
        assert (await acting(world, "eve")).permissions == {Permission.ACCOUNT_OWN}
        assert only(Permission.USER_WRITE).permissions == {Permission.USER_WRITE}


EVERYTHING = frozenset(Permission)


@pytest.mark.parametrize(
    "lesser",
    [
        Actor("m", "Manager", EVERYTHING, "api", clearance=10),
        Actor("m", "Manager", EVERYTHING, "api", clearance=100, windows=((60, EVERYWHERE),)),
    ],
    ids=["lower threats", "older recordings"],
)
async def test_a_built_in_role_and_a_token_give_nothing_further_than_their_giver_has_it(
    database_url: str, lesser: Actor
) -> None:
    """As far back, and threats as high: neither a new user nor a program's token gets around that."""
    async with open_world(database_url) as world:
        program = await create_service_account(world.domain, COMMAND_LINE, "Badges", Role.OPERATOR)
        for make_one in (create_service_account(world.domain, lesser, "More", Role.OPERATOR),
                         create_user(world.domain, lesser, "more", PASSWORD, Role.OPERATOR)):  # fmt: skip
            with pytest.raises(NotPermitted, match="cannot give the role operator"):
                await make_one
        until = START + timedelta(days=2)
        wanted = (Permission.CLIP_VIEW, Permission.THREAT_RELEASE, Permission.DOOR_VIEW)
        with pytest.raises(ValidationFailed, match="cannot have the permission"):
            await create_service_token(world.domain, lesser, program.id, NewToken("All", wanted, until))
        plain = NewToken("Plain", (Permission.DOOR_VIEW,), until)
        made = await create_service_token(world.domain, lesser, program.id, plain)
        actor = await actor_of_token(world.domain, made.text, None)
        assert actor.permissions == {Permission.DOOR_VIEW}
        assert actor.clearance == 0
        whole = dataclasses.replace(lesser, clearance=HIGHEST_CLEARANCE, windows=None)
        await create_service_token(world.domain, whole, program.id, NewToken("All", wanted, until))
