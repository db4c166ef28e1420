"""Users, sessions and limits as the API's clients meet them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from websockets import Subprotocol
from websockets.asyncio.client import connect

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.users.failures import FREE_FAILURES
from doorward.acs.users.models import Token, User
from doorward.acs.users.operations import end_sessions_of, update_user
from doorward.acs.users.totp import STEP_S, code_at, context_of
from tests.api import PASSWORD, Api, serve_api, soon
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio

SIGN_IN = (
    "mutation($input: SignInInput!) { signIn(input: $input)"
    " { user { name firstToDo permissions } secondFactorNeeded errors { code message path retryAfter } } }"
)
FOLLOW = 'subscription { events(after: "MA==") { node { type } } }'
"""Everything from the beginning."""
DOORS = "subscription { doorStates { node { id } } }"
WITHIN_S = 5.0
"""So soon an open subscription must follow what its user may."""


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.users.password._HASHER", PasswordHasher(1, 8, 1))


async def do(
    api: Api, name: str, arguments: str = "", result: str = "errors { code message path }"
) -> dict[str, object]:
    """A mutation's payload, the arguments as literals."""
    document = f"mutation {{ {name}(input: {{{arguments}}}) {{ {result} }} }}"
    reply: dict[str, object] = (await api.data(document))[name]
    return reply


async def sign_in(api: Api, name: str, password: str, code: str | None = None) -> dict[str, object]:
    given = {"name": name, "password": password, "code": code}
    reply: dict[str, object] = (await api.data(SIGN_IN, input=given))["signIn"]
    return reply


async def test_who_must_wait_is_told_for_how_many_seconds(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        replies = []
        for name in ("viewer", "nobody"):
            for _ in range(FREE_FAILURES):
                await sign_in(api, name, "wrong password")
            replies.append(await sign_in(api, name, PASSWORD))
        assert replies[0] == replies[1]
        assert replies[0]["errors"] == [
            {
                "code": "RATE_LIMITED",
                "message": "Too many attempts have failed. Try again in 30 seconds.",
                "path": [],
                "retryAfter": "PT30S",
            }
        ]


async def test_a_new_user_chooses_a_password_before_anything_else(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        made = await do(api, "createUser", 'name: "Trent", role: OPERATOR, password: "a first password"')
        assert made["errors"] == []
        first = await sign_in(api, "Trent", "a first password")
        assert first["user"] == {"name": "Trent", "firstToDo": "CHANGE_PASSWORD", "permissions": ["account.own"]}
        refused = await api.ask("{ doors(first: 100) { nodes { name } } }")
        assert refused["errors"][0]["extensions"]["code"] == "PERMISSION"
        wrong = await do(api, "changePassword", 'oldPassword: "a guess", newPassword: "a second password"')
        assert wrong["errors"] == [
            {"code": "VALIDATION", "message": "This is not your password.", "path": ["oldPassword"]}
        ]
        change = 'oldPassword: "a first password", newPassword: "a second password"'
        done = await do(api, "changePassword", change, "user { firstToDo } errors { message }")
        assert done == {"user": {"firstToDo": None}, "errors": []}
        assert (await api.data("{ doors(first: 100) { nodes { name } } }"))["doors"]["nodes"] == []


async def test_users_are_listed_changed_and_deleted_by_those_who_may(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        for query in (
            "{ users(first: 100) { nodes { name } } }",
            "{ sessions(first: 100) { nodes { id } } }",
            "{ signInRules { version } }",
        ):
            assert (await api.ask(query))["errors"][0]["extensions"]["code"] == "PERMISSION"
        await api.sign_in(Role.ADMINISTRATOR)
        users = (await api.data("{ users(first: 100) { nodes { id name role enabled version } } }"))["users"]["nodes"]
        assert [(user["name"], user["role"]) for user in users] == [
            ("administrator", "ADMINISTRATOR"),
            ("operator", "OPERATOR"),
        ]
        own, other = users[0]["id"], users[1]["id"]
        changed = await do(
            api, "updateUser", f'id: "{other}", expectedVersion: 1, role: VIEWER', "user { role version }"
        )
        assert changed == {"user": {"role": "VIEWER", "version": 2}}
        sessions = (
            await api.data(
                f'{{ sessions(first: 100, filter: {{userId: "{other}"}}) {{ nodes {{ id userName address current }} }} }}'  # noqa: E501
            )
        )["sessions"]["nodes"]
        assert [(each["userName"], each["address"], each["current"]) for each in sessions] == [
            ("operator", "127.0.0.1", False)
        ]
        assert (await do(api, "endSession", f'id: "{sessions[0]["id"]}"', "ended errors { code }"))["ended"] == 1
        refused = await do(api, "deleteUser", f'id: "{own}"')
        assert refused["errors"][0]["code"] == "CONFLICT"  # type: ignore[index]
        assert (await do(api, "deleteUser", f'id: "{other}"', "deletedId"))["deletedId"] == other
        assert (await api.data(f'{{ user(id: "{other}") {{ name }} }}'))["user"] is None


async def test_a_second_factor_is_set_up_asked_for_and_removed(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.VIEWER)
        begun = await do(api, "beginSecondFactor", f'password: "{PASSWORD}"', "uri secret svg errors { message }")
        assert str(begun["svg"]).startswith("<svg")
        user = await User.get(name="viewer")
        assert user.sealed_next_totp is not None
        secret = world.domain.sealer.open(bytes(user.sealed_next_totp), context_of(user.id))
        code = code_at(secret, world.clock())
        done = await do(api, "confirmSecondFactor", f'code: "{code}"', "codes user { hasSecondFactor } errors { code }")
        assert done["user"] == {"hasSecondFactor": True}
        assert len(done["codes"]) == (await api.data("{ recoveryCodesLeft }"))["recoveryCodesLeft"] == 10  # type: ignore[arg-type]
        await do(api, "signOut", result="signedOut")
        half = await sign_in(api, "viewer", PASSWORD)
        assert half == {"user": None, "secondFactorNeeded": True, "errors": []}
        assert (await api.data("{ viewer { name } }"))["viewer"] is None
        replayed = await sign_in(api, "viewer", PASSWORD, code)
        assert replayed["errors"][0]["path"] == ["code"]  # type: ignore[index]
        world.clock.advance(timedelta(seconds=STEP_S))
        assert (await sign_in(api, "viewer", PASSWORD, code_at(secret, world.clock())))["user"] is not None
        await api.sign_in(Role.ADMINISTRATOR)
        assert (await do(api, "removeSecondFactor", f'id: "{user.id}"'))["errors"] == []
        assert (await sign_in(api, "viewer", PASSWORD))["user"] is not None


async def something_happens(world: World) -> None:
    """An event that everybody may see who sees any."""
    await record_system_event(world.domain, NewEvent(EventType.SERVER_STARTED, world.clock()))


async def ends_soon(results: AsyncIterator[dict[str, object]]) -> None:
    """The subscription ends, because nobody is signed in any more, within the time that is promised."""

    async def follow() -> None:
        async for _ in results:
            pass

    async with asyncio.timeout(WITHIN_S + 2):
        with pytest.raises(AssertionError, match="Sign in first"):
            await follow()


@pytest.mark.parametrize("query", [FOLLOW, DOORS])
async def test_an_open_subscription_ends_with_its_session(database_url: str, tmp_path: Path, query: str) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await make_site(world)
        await something_happens(world)
        await api.sign_in(Role.OPERATOR)
        user = await User.get(name="operator")
        async with api.subscribe(query) as results:
            await soon(results)
            await end_sessions_of(world.domain, COMMAND_LINE, user.id)
            await ends_soon(results)


async def test_disabling_a_user_ends_an_open_subscription(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.OPERATOR, Role.ADMINISTRATOR) as api,
    ):
        await something_happens(world)
        await api.sign_in(Role.OPERATOR)
        user = await User.get(name="operator")
        async with api.subscribe(FOLLOW) as results:
            assert (await soon(results))["events"]["node"]["type"]
            await update_user(world.domain, COMMAND_LINE, user.id, {"enabled": False})
            await ends_soon(results)


async def test_a_lower_role_narrows_an_open_subscription(database_url: str, tmp_path: Path) -> None:
    """What an administrator follows has audit events; what the same person follows as an operator has none."""
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.OPERATOR, Role.ADMINISTRATOR) as api,
    ):
        await api.sign_in(Role.ADMINISTRATOR)
        users = {user.name: user.id for user in await User.all()}
        await update_user(world.domain, COMMAND_LINE, users["operator"], {"role": Role.ADMINISTRATOR})
        async with api.subscribe(FOLLOW) as results:
            while (await soon(results))["events"]["node"]["type"] != "audit.user.updated":
                pass
            await update_user(world.domain, COMMAND_LINE, users["administrator"], {"role": Role.OPERATOR})
            await update_user(world.domain, COMMAND_LINE, users["operator"], {"name": "renamed"})
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await anext(results)


async def make_token(api: Api, permissions: str, more: str = "") -> str:
    """A token of whoever is signed in."""
    given = f'password: "{PASSWORD}", name: "A program", permissions: [{permissions}], {more}'
    made = await do(
        api, "createOwnToken", f'{given} expiresAt: "2026-12-24T00:00:00Z"', "text token { id } errors { message }"
    )
    assert made["errors"] == []
    return str(made["text"])


async def test_a_program_comes_with_a_token_and_a_cookie_beside_it_counts_for_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        text = await make_token(api, '"camera.view", "door.view"')

        async def ask(query: str, authorization: str) -> dict[str, Any]:
            headers = {"authorization": authorization}
            reply = await api.http.post("/graphql", json={"query": query}, headers=headers)
            assert reply.status_code == 200
            found: dict[str, Any] = reply.json()
            return found

        assert (
            len((await ask("{ doors(first: 100) { nodes { name } } }", f"Bearer {text}"))["data"]["doors"]["nodes"])
            == 1
        )
        for query in (
            "{ users(first: 100) { nodes { name } } }",
            "{ ownTokens(first: 100) { nodes { id } } }",
            "{ ownSessions(first: 100) { nodes { id } } }",
        ):
            refused = await ask(query, f"bearer {text}")
            assert refused["errors"][0]["extensions"]["code"] == "PERMISSION"
        for wrong in (f"Bearer {text}x", f"Basic {text}", "Bearer", ""):
            refused = await ask("{ doors(first: 100) { nodes { name } } }", wrong)
            assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        tokens = (await api.data("{ ownTokens(first: 100) { nodes { name lastAddress permissions } } }"))["ownTokens"][
            "nodes"
        ]
        assert tokens == [
            {"name": "A program", "lastAddress": "127.0.0.1", "permissions": ["camera.view", "door.view"]}
        ]
        photo = await api.http.get(f"/photos/{'0' * 64}", headers={"authorization": f"Bearer {text}"})
        assert photo.status_code == 403


@pytest.mark.parametrize("place", ["header", "init"])
async def test_a_token_opens_a_socket_until_it_is_revoked(database_url: str, tmp_path: Path, place: str) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await something_happens(world)
        await api.sign_in(Role.OPERATOR)
        authorization = f"Bearer {await make_token(api, chr(34) + 'event.view' + chr(34))}"
        headers = {"authorization": authorization} if place == "header" else {}
        init = {"type": "connection_init", "payload": {"Authorization": authorization} if place == "init" else {}}
        async with connect(
            f"ws://127.0.0.1:{api.port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers=headers,
        ) as socket:
            await socket.send(json.dumps(init))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}))
            assert json.loads(await socket.recv())["type"] == "next"
            await Token.all().delete()
            async with asyncio.timeout(WITHIN_S + 2):
                last = json.loads(await socket.recv())
                while "errors" not in str(last):
                    last = json.loads(await socket.recv())
            assert "Sign in first" in str(last)


async def test_a_socket_with_a_wrong_token_is_closed_although_a_cookie_is_right(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        cookies = "; ".join(f"{name}={value}" for name, value in api.http.cookies.items())
        async with connect(
            f"ws://127.0.0.1:{api.port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers={"cookie": cookies},
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": "Bearer dw_no"}}))
            async with asyncio.timeout(WITHIN_S):
                await socket.wait_closed()
            assert (socket.close_code, socket.close_reason) == (4401, "Sign in first.")
