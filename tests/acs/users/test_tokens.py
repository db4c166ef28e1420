"""Tokens: what they may, from where and how long, and that they never make others."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from doorward.acs.actor import COMMAND_LINE, PERMISSIONS, Actor, Permission, Role
from doorward.acs.errors import Conflict, NotFound, NotPermitted, Unauthenticated, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.users.models import Token
from doorward.acs.users.operations import (
    create_service_account,
    create_user,
    delete_user,
    set_password,
    unlock_user,
    update_sign_in_rules,
    update_user,
)
from doorward.acs.users.sessions import Caller, actor_of
from doorward.acs.users.sign_in import sign_in
from doorward.acs.users.standing_rules import default_rules
from doorward.acs.users.tokens import (
    NewToken,
    actor_of_token,
    create_own_token,
    create_service_token,
    own_tokens,
    page_tokens,
    revoke_own_token,
    revoke_token,
)
from doorward.acs.zones.operations import create_zone
from tests.world import START, World, open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
SEES = (Permission.DOOR_VIEW, Permission.IO_READ)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


def new(**given: Any) -> NewToken:
    values: dict[str, Any] = {"name": "Badges", "permissions": SEES, "expires_at": START + timedelta(days=30)}
    return NewToken(**{**values, **given})


async def make_user(world: World, role: Role = Role.ADMINISTRATOR, name: str = "eve") -> Actor:
    return actor_of(await create_user(world.domain, COMMAND_LINE, name, PASSWORD, role), default_rules(), None)


async def test_a_token_may_what_it_was_given_and_its_user_still_may(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_user(world, name="root")
        eve = await make_user(world)
        made = await create_own_token(
            world.domain, eve, PASSWORD, new(permissions=(*SEES, Permission.CONFIGURATION_WRITE))
        )
        assert made.text.startswith("dw_")
        assert len(made.text) == 46
        actor = await actor_of_token(world.domain, made.text, "192.0.2.1")
        assert actor.permissions == {*SEES, Permission.CONFIGURATION_WRITE}
        await create_zone(world.domain, actor, "Yard")
        event = await Event.get(type=EventType.ZONE_CREATED)
        assert event.user_name == "eve"
        assert event.data["means"] == "token"
        assert event.data["token"] == {"id": made.token.id, "name": "Badges"}
        await update_user(world.domain, COMMAND_LINE, eve.user_id or "", {"role": Role.VIEWER})
        assert (await actor_of_token(world.domain, made.text, None)).permissions == set(SEES)
        await update_user(world.domain, COMMAND_LINE, eve.user_id or "", {"enabled": False})
        assert (await actor_of_token(world.domain, made.text, None)).user_id is None


async def test_the_text_is_kept_nowhere(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await create_own_token(world.domain, await make_user(world), PASSWORD, new())
        row = (await Token.all().values())[0]
        event = await Event.get(type=EventType.TOKEN_CREATED)
        assert made.text not in str(row)
        assert made.text[3:] not in str(event.data)
        assert event.data["after"]["permissions"] == sorted(SEES)


@pytest.mark.parametrize(
    "bad, field",
    [
        ({"permissions": ()}, "permissions"),
        ({"permissions": (Permission.ACCOUNT_OWN,)}, "permissions"),
        ({"permissions": (Permission.DOOR_COMMAND,)}, "permissions"),
        ({"expires_at": START}, "expiresAt"),
        ({"expires_at": START.replace(tzinfo=None, year=2027)}, "expiresAt"),
        ({"expires_at": START + timedelta(days=366)}, "expiresAt"),
        ({"networks": ("192.0.2.1/24",)}, "networks"),
        ({"networks": ("everywhere",)}, "networks"),
        ({"networks": ("10.0.0.0/8",) * 21}, "networks"),
        ({"name": " "}, "name"),
    ],
)
async def test_a_token_beyond_its_bounds_is_refused(database_url: str, bad: dict[str, Any], field: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed) as caught:
            await create_own_token(world.domain, await make_user(world, Role.VIEWER), PASSWORD, new(**bad))
        assert caught.value.path == (field,)
        assert not await Token.exists()


async def test_a_token_ends_when_it_expires_and_counts_where_it_may(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make_user(world)
        networks = ("192.0.2.0/24", "2001:db8::/32")
        text = (await create_own_token(world.domain, eve, PASSWORD, new(networks=networks))).text
        sources = ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "198.51.100.1", "2001:db9::1", "unix", None)
        known = [(await actor_of_token(world.domain, text, source)).user_id is not None for source in sources]
        assert known == [True, True, True, False, False, False, False]
        world.clock.advance(timedelta(days=30))
        assert (await actor_of_token(world.domain, text, "192.0.2.7")).user_id is None
        for wrong in ("", "dw_", text[:-1], text.upper(), "dw_" + "x" * 1000):
            assert (await actor_of_token(world.domain, wrong, "192.0.2.7")).user_id is None


async def test_use_is_noted_but_not_at_every_request(database_url: str) -> None:
    async with open_world(database_url) as world:
        text = (await create_own_token(world.domain, await make_user(world), PASSWORD, new())).text
        noted = []
        for seconds in (0, 30, 31):
            world.clock.advance(timedelta(seconds=seconds))
            await actor_of_token(world.domain, text, "192.0.2.1")
            noted.append((await Token.get()).last_used_at)
        assert noted == [START, START, START + timedelta(seconds=61)]
        world.clock.advance(timedelta(hours=1))
        await actor_of_token(world.domain, text, "192.0.2.1", used=False)
        assert (await Token.get()).last_used_at == noted[-1]


async def test_a_token_makes_no_token_and_changes_no_password(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make_user(world)
        every = tuple(PERMISSIONS[Role.ADMINISTRATOR] - {Permission.ACCOUNT_OWN})
        text = (await create_own_token(world.domain, eve, PASSWORD, new(permissions=every))).text
        actor = await actor_of_token(world.domain, text, None)
        with pytest.raises(NotPermitted):
            await create_own_token(world.domain, actor, PASSWORD, new())
        with pytest.raises(NotPermitted):
            await own_tokens(actor, PageRequest(100))
        narrow = await create_own_token(world.domain, eve, PASSWORD, new(permissions=(Permission.USER_WRITE,)))
        machine = await create_service_account(world.domain, eve, "HR", Role.ADMINISTRATOR)
        with pytest.raises(ValidationFailed, match=r"door\.view"):
            await create_service_token(
                world.domain, await actor_of_token(world.domain, narrow.text, None), machine.id, new()
            )


async def test_a_stolen_session_makes_no_token(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="not your password"):
            await create_own_token(world.domain, await make_user(world), "a guess", new())


async def test_tokens_are_listed_and_revoked(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve, mallory = await make_user(world), await make_user(world, Role.VIEWER, "mallory")
        first = await create_own_token(world.domain, eve, PASSWORD, new())
        second = await create_own_token(world.domain, eve, PASSWORD, new(name="Another"))
        assert [token.name for token in (await own_tokens(eve, PageRequest(100))).rows] == ["Another", "Badges"]
        assert (await own_tokens(mallory, PageRequest(100))).rows == []
        with pytest.raises(NotFound):
            await revoke_own_token(world.domain, mallory, first.token.id)
        await revoke_own_token(world.domain, eve, first.token.id)
        assert (await actor_of_token(world.domain, first.text, None)).user_id is None
        assert [
            len((await page_tokens(world.domain, eve, PageRequest(100), user_id=whose)).rows)
            for whose in (None, eve.user_id)
        ] == [1, 1]
        await revoke_token(world.domain, COMMAND_LINE, second.token.id)
        assert not await Token.exists()
        assert await Event.filter(type=EventType.TOKEN_REVOKED).count() == 2


async def test_a_service_account_has_tokens_and_cannot_sign_in(database_url: str) -> None:
    async with open_world(database_url) as world:
        root = await make_user(world, name="root")
        machine = await create_service_account(world.domain, root, "HR system", Role.ADMINISTRATOR)
        for password in ("", PASSWORD):
            with pytest.raises(Unauthenticated, match="name or the password"):
                await sign_in(world.domain, "HR system", password, Caller())
        with pytest.raises(Conflict, match="service account"):
            await set_password(world.domain, root, "HR system", PASSWORD)
        with pytest.raises(Conflict, match="a person"):
            await create_service_token(world.domain, root, root.user_id or "", new())
        made = await create_service_token(world.domain, root, machine.id, new())
        assert (await actor_of_token(world.domain, made.text, None)).permissions == set(SEES)
        with pytest.raises(Conflict, match="last administrator"):
            await update_user(world.domain, COMMAND_LINE, root.user_id or "", {"enabled": False})
        await unlock_user(world.domain, root, machine.id)
        await delete_user(world.domain, root, machine.id)
        assert (await actor_of_token(world.domain, made.text, None)).user_id is None


async def test_the_site_says_how_long_a_token_lasts(database_url: str) -> None:
    async with open_world(database_url) as world:
        eve = await make_user(world)
        await update_sign_in_rules(world.domain, COMMAND_LINE, {"longest_token_days": 7})
        with pytest.raises(ValidationFailed, match="7 days"):
            await create_own_token(world.domain, eve, PASSWORD, new())
        await create_own_token(world.domain, eve, PASSWORD, new(expires_at=START + timedelta(days=7)))
