"""As whom a webhook sees: by all the roles of its owner, where these are held, at the moment of each message."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from doorward.acs.actor import COMMAND_LINE, Actor, Permission, Role
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.queries import EventFilter
from doorward.acs.reach import Place, PlaceKind, Reach
from doorward.acs.users.grants import Grant
from doorward.acs.users.models import RoleRow, User, UserGroup
from doorward.acs.users.operations import delete_user, update_user
from doorward.acs.users.privileges import StandingPrivileges
from doorward.acs.users.role_operations import (
    Assigned,
    NewRole,
    assign_roles,
    create_role,
    create_user_group,
    delete_user_group,
    update_role,
    update_user_group,
)
from doorward.acs.webhooks.models import Webhook
from doorward.acs.webhooks.operations import MadeSecret, disable_webhook, update_webhook
from doorward.acs.webhooks.queries import listed, messages_after
from doorward.acs.webhooks.replay import replay_since
from doorward.server.webhooks.courier import Courier
from tests.server.webhooks.receiver import Receiver, courier, happen, jobs, make, posting, receiver, somebody
from tests.two_places import make_two_places
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

FORCED = EventFilter(types=(EventType.DOOR_FORCED,))
ONE, TWO = "Near door", "Far door"


async def acting(user_id: str) -> Actor:
    """A user, with all that they may at the moment."""
    user = await User.get(id=user_id)
    may = await StandingPrivileges().of(user)
    return Actor(
        user.id, user.name, may.permissions, "api", None, may.clearance, reaches=may.reaches, windows=may.windows
    )


async def role(world: World, name: str, *permissions: Permission) -> str:
    grants = [Grant(permission) for permission in permissions]
    return (await create_role(world.domain, COMMAND_LINE, NewRole(name, grants))).id


def at(*doors: str) -> tuple[Place, ...]:
    return tuple(Place(PlaceKind.DOOR, door) for door in doors)


async def watching(world: World, there: Receiver, *doors: str) -> tuple[MadeSecret, str]:
    """A webhook of Ada, who has no built-in role, sets up webhooks, and by a group of users sees events there."""
    ada = (await somebody(Role.NONE)).user_id
    assert ada is not None
    await assign_roles(
        world.domain, COMMAND_LINE, ada, [Assigned(await role(world, "Sets up", Permission.WEBHOOK_WRITE))]
    )
    watch = await role(world, "Watch", Permission.EVENT_VIEW, Permission.DOOR_VIEW)
    await create_user_group(world.domain, COMMAND_LINE, "Watch", "", [ada], [Assigned(watch, at(*doors))])
    return await make(world, await acting(ada), there.url, FORCED), ada


async def replayed(world: World, made: MadeSecret, there: Receiver) -> set[str]:
    """The doors that a replay of the whole log tells of."""
    there.got.clear()
    await replay_since(world.domain, COMMAND_LINE, made.webhook.id, after=0)
    await courier(world, made).work()
    return {got.said["data"]["doorName"] for got in there.messages}


async def test_it_sees_where_the_roles_and_groups_of_its_owner_reach(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        two = await make_two_places(world)
        made, ada = await watching(world, there, two.near.door.id)
        assert await replayed(world, made, there) == {ONE}
        group = await UserGroup.get()
        both = at(two.near.door.id, two.far.door.id)
        roles = [Assigned((await RoleRow.get(name="Watch")).id, both)]
        await update_user_group(world.domain, COMMAND_LINE, group.id, {"roles": roles})
        assert await replayed(world, made, there) == {ONE, TWO}
        assert (await listed([await Webhook.get()]))[0].words == "Works."
        reader = await acting(ada)
        assert {row.door_name for row in (await messages_after(reader, made.webhook.id, None, 10)).events} == {ONE, TWO}
        far = {Permission.EVENT_VIEW: Reach(doors=frozenset({two.far.door.id}))}
        token = replace(reader, permissions=frozenset(), reaches=far, token=("t", "Token"))
        assert {row.door_name for row in (await messages_after(token, made.webhook.id, None, 10)).events} == {TWO}


async def _taken_from_the_role(world: World, ada: str) -> None:
    watch = await RoleRow.get(name="Watch")
    await update_role(world.domain, COMMAND_LINE, watch.id, {"grants": [Grant(Permission.DOOR_VIEW)]})


async def _put_out_of_the_group(world: World, ada: str) -> None:
    await update_user_group(world.domain, COMMAND_LINE, (await UserGroup.get()).id, {"user_ids": []})


async def _group_deleted(world: World, ada: str) -> None:
    await delete_user_group(world.domain, COMMAND_LINE, (await UserGroup.get()).id)


async def _disabled(world: World, ada: str) -> None:
    await update_user(world.domain, COMMAND_LINE, ada, {"enabled": False})


async def _deleted(world: World, ada: str) -> None:
    await delete_user(world.domain, COMMAND_LINE, ada)


@pytest.mark.parametrize(
    "change",
    [_taken_from_the_role, _put_out_of_the_group, _group_deleted, _disabled, _deleted],
    ids=lambda it: it.__name__,
)
async def test_it_sees_nothing_once_its_owner_does_not(
    database_url: str, change: Callable[[World, str], Awaitable[None]]
) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        two = await make_two_places(world)
        made, ada = await watching(world, there, two.near.door.id)
        await somebody(name="Root")
        assert await replayed(world, made, there) == {ONE}
        await change(world, ada)
        assert await replayed(world, made, there) == set()
        assert (await listed([await Webhook.get()]))[0].is_paused


async def test_a_token_s_webhook_sees_where_the_user_does_and_no_more_than_the_token(database_url: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world):
        two = await make_two_places(world)
        _, ada = await watching(world, there, two.near.door.id)
        person = await acting(ada)
        token = replace(person, token=("t", "Token"))
        made = await make(world, token, there.url, FORCED, "Of a token")
        assert await replayed(world, made, there) == {ONE}
        blind = replace(token, reaches={})
        await update_webhook(world.domain, blind, made.webhook.id, {})
        assert await replayed(world, made, there) == set()


@pytest.mark.parametrize("how", ["role", "disabled user", "disabled webhook", "deleted"])
async def test_what_ends_while_a_batch_is_sent_ends_it_with_the_message_under_way(database_url: str, how: str) -> None:
    async with open_world(database_url) as world, receiver() as there, posting(world) as post:
        ada = await somebody()
        made = await make(world, ada, there.url)
        await somebody(name="Root")
        await happen(world.domain, "one", "two", "three")

        async def meanwhile(outgoing: object) -> object:
            answer = await post(outgoing)  # type: ignore[arg-type]
            if how == "disabled webhook":
                await disable_webhook(world.domain, COMMAND_LINE, made.webhook.id)
            elif how == "deleted":
                await User.filter(id=ada.user_id).delete()
            else:
                await User.filter(id=ada.user_id).update(
                    **({"role": Role.VIEWER} if how == "role" else {"enabled": False})
                )
            return answer

        await Courier(world.domain, made.webhook.id, meanwhile, lambda: 0.5).work()  # type: ignore[arg-type]
        assert jobs(there) == ["one"]
