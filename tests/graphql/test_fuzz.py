"""Requests that nobody would send, over the whole schema and through the whole application, as whoever may send them.

None is a fault of the server, none takes long, and no answer has anything in it that is nobody's business. The long
run (`-m slow`) is the same for minutes, on both databases.
"""

import asyncio
import base64
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message
from tortoise import Tortoise, fields

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.users.operations import create_user
from doorward.graphql.limits import Limits
from doorward.graphql.schema import build_schema
from doorward.server.app import build_app
from tests.api import HEADERS, PASSWORD
from tests.graphql.random_requests import Maker, mangled, written
from tests.graphql.test_hostile_input import ids_of
from tests.world import World, open_world

SCHEMA = build_schema()._schema
FEW, MANY = 50, 6_000
LONGEST_S = 10.0
PLENTY = 10**9
GENEROUS = Limits(
    most_cost=10**6,
    cost_at_once=PLENTY,
    cost_per_second=PLENTY,
    anonymous_cost_at_once=PLENTY,
    anonymous_cost_per_second=PLENTY,
)
SET_UP_TOKEN = "sentinel-of-setting-up"
PUBLIC = {("Event", "digest"), ("Photo", "content")}
"""Columns that are named or kept like secrets and are none."""
INSIDES = re.compile(
    r"Traceback|File \\\"|\.py\b|site-packages|SELECT |INSERT INTO|sqlite|asyncpg|[Tt]ortoise|strawberry"
    r"|doorward\.(acs|graphql|server)| object at 0x|NoneType|KeyError|AttributeError|TypeError"
    r"|object has no attribute|unhashable|not subscriptable|UNIQUE constraint|violates|/tmp/"
)


class Site:
    """A site with secrets in it, and clients of its application: one signed in with each role, and one not at all."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        world.domain.set_up_token = SET_UP_TOKEN
        self.app = build_app(world.domain, folder, limits=GENEROUS)
        self._clients: dict[Role | None, httpx.AsyncClient] = {None: self._client()}
        self.ids: list[str] = []
        self.secrets: set[str] = set()
        self._users = 0

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        return httpx.AsyncClient(transport=transport, base_url="http://doorward", headers=HEADERS)

    async def furnish(self) -> None:
        """Something of everything, and secrets wherever there are any."""
        self.ids = await ids_of(self._world)
        await the_authority(self._world.domain)
        for role in (Role.ADMINISTRATOR, Role.OPERATOR):
            await self.sign_in(role)
        self.secrets = {SET_UP_TOKEN, PASSWORD, "user:secret@"} | await stored_secrets()

    async def sign_in(self, role: Role) -> None:
        """A new user of that role, signed in."""
        self._users += 1
        name = f"{role.value} {self._users}"
        self._world.domain.sign_ins.succeeded("127.0.0.1")
        await create_user(self._world.domain, COMMAND_LINE, name, PASSWORD, role)
        client = self._clients[role] = self._client()
        document = "mutation($i: SignInInput!) { signIn(input: $i) { errors { message } } }"
        body = {"query": document, "variables": {"i": {"name": name, "password": PASSWORD}}}
        reply = await client.post("/graphql", json=body)
        assert reply.json()["data"]["signIn"]["errors"] == []

    async def ask(self, body: bytes, role: Role | None, **headers: str) -> str:
        """The answer to a request, which is looked at closely."""
        began = time.monotonic()
        reply = await self._clients[role].post(
            "/graphql", content=body, headers={"content-type": "application/json", **headers}
        )
        took_s = time.monotonic() - began
        assert reply.status_code < 500, reply.text
        assert took_s < LONGEST_S
        self.look_at(reply.text)
        if role is not None and "UNAUTHENTICATED" in reply.text:
            await self.sign_in(role)
        return reply.text

    def look_at(self, answer: str) -> None:
        """Fail if there is a fault of the server, a secret, or something of the insides in an answer."""
        assert "INTERNAL" not in answer, answer[:2_000]
        assert not (found := INSIDES.search(answer)), (found, answer[:2_000])
        for secret in self.secrets:
            assert secret not in answer, (secret, answer[:2_000])


async def stored_secrets() -> set[str]:
    """All that is sealed or hashed in the database, in every way to write it."""
    found: set[str] = set()
    for models in Tortoise.apps.values():
        for name, model in models.items():
            for column, field in model._meta.fields_map.items():
                hashed = column.endswith(("hash", "digest"))
                if (name, column) in PUBLIC or not (hashed or isinstance(field, fields.BinaryField)):
                    continue
                for value in await model.all().values_list(column, flat=True):
                    if isinstance(value, str) and value:
                        found.add(value)
                    elif value:
                        data = bytes(value)
                        found |= {data.hex(), base64.b64encode(data).decode()}
    return found


@asynccontextmanager
async def furnished(database_url: str, folder: Path) -> AsyncIterator[Site]:
    async with open_world(database_url) as world:
        site = Site(world, folder)
        await site.furnish()
        yield site


def run(database_url: str, folder: Path, examples: int, one: Callable[[Site, Random], Awaitable[None]]) -> None:
    """So many examples in one world and one event loop."""
    with asyncio.Runner() as runner:
        world = furnished(database_url, folder)
        site = runner.run(world.__aenter__())

        @settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            database=None,
        )
        @given(dice=st.randoms(use_true_random=False))
        def every(dice: Random) -> None:
            runner.run(_coroutine(one(site, dice)))

        try:
            every()
        finally:
            runner.run(world.__aexit__(None, None, None))


async def _coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable


EXAMPLES = [FEW, pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3_600)])]


@pytest.fixture(autouse=True)
def faults_are_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_documents_over_the_whole_schema(database_url: str, tmp_path: Path, examples: int) -> None:
    async def one(site: Site, dice: Random) -> None:
        body = Maker(SCHEMA, dice, site.ids).body()
        await site.ask(written(body), dice.choice([Role.ADMINISTRATOR, Role.ADMINISTRATOR, Role.OPERATOR, None]))

    run(database_url, tmp_path, examples, one)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_bodies_that_are_mangled(database_url: str, tmp_path: Path, examples: int) -> None:
    async def one(site: Site, dice: Random) -> None:
        body = mangled(dice, written(Maker(SCHEMA, dice, site.ids).body("query")))
        kind = dice.choice(["application/json"] * 8 + ["application/json; charset=utf-16", "multipart/form-data", ""])
        await site.ask(body, Role.OPERATOR, **{"content-type": kind})

    run(database_url, tmp_path, examples, one)


LAST = json.dumps({"type": "subscribe", "id": "last", "payload": {"query": "{ viewer { name } }"}})


class Line:
    """A WebSocket of the application, without a network."""

    def __init__(self, site: Site, role: Role) -> None:
        self._site = site
        cookies = "; ".join(f"{name}={value}" for name, value in site._clients[role].cookies.items())
        self._scope = {
            "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "root_path": "", "scheme": "ws",
            "query_string": b"", "headers": [(b"cookie", cookies.encode()), (b"host", b"doorward")],
            "client": ("127.0.0.1", 1), "server": ("doorward", 80), "subprotocols": ["graphql-transport-ws"],
            "state": {}, "extensions": {},
        }  # fmt: skip
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.answers: list[str] = []
        self.over = asyncio.Event()
        """The line was closed, or what was sent last is answered."""

    async def _send(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            assert message.get("code", 1000) in range(4000, 5000), message
            assert len((message.get("reason") or "").encode()) <= 123
            self.over.set()
        if '"id":"last"' in message.get("text", ""):
            self.over.set()
        self.answers.append(message.get("text") or message.get("reason") or "")

    async def talk(self, messages: list[str]) -> None:
        """Send all of these, wait until nothing more comes, and hang up."""
        self.inbox.put_nowait({"type": "websocket.connect"})
        serving = asyncio.ensure_future(self._site.app(self._scope, self.inbox.get, self._send))
        for text in [*messages, LAST]:
            self.inbox.put_nowait({"type": "websocket.receive", "text": text})
        async with asyncio.timeout(LONGEST_S):
            await self.over.wait()
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(LONGEST_S):
            await serving
        for answer in self.answers:
            self._site.look_at(answer)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_messages_of_a_websocket(
    database_url: str, tmp_path: Path, examples: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def one(site: Site, dice: Random) -> None:
        messages: list[Any] = [{"type": "connection_init", **dice.choice([{}, {"payload": {}}, {"payload": None}])}]
        for number in range(dice.randint(1, 4)):
            body: Any = Maker(SCHEMA, dice, site.ids).body(dice.choice(["subscription", "query"]))
            messages.append({"type": "subscribe", "id": str(dice.choice([number, 0])), "payload": body})
            messages.append(
                dice.choice([{"type": "ping"}, {"type": "complete", "id": "0"}, {"type": "pong", "payload": 1}])
            )
        broken = dice.randrange(len(messages)) if dice.random() < 0.7 else -1
        if broken >= 0:
            messages[broken] = _broken(dice, messages[broken])
        caplog.clear()
        texts = [json.dumps(one) for one in messages]
        if dice.random() < 0.3:
            at = dice.randrange(len(texts))
            texts[at] = mangled(dice, texts[at].encode()).decode(errors="replace")
        await Line(site, Role.OPERATOR).talk(texts)
        assert not [record.getMessage() for record in caplog.records], caplog.text

    run(database_url, tmp_path, examples, one)


OTHER_MESSAGES: list[Any] = [{"type": "ping"}, {"type": "complete", "id": "0"}, {"type": "pong", "payload": 1}]
ODD: list[Any] = [None, 5, "x", [], {}, {"query": []}, [[]], True]
PARTS = ["query", "variables", "operationName", "extensions"]


def _broken(dice: Random, message: Any) -> Any:
    if dice.random() < 0.3:
        return dice.choice(ODD)
    changed = {**message, dice.choice(["type", "id", "payload"]): dice.choice(ODD)}
    if dice.random() < 0.5 and isinstance(message.get("payload"), dict):
        payload = {
            **message["payload"],
            dice.choice(["query", "variables", "operationName", "extensions"]): dice.choice(ODD),
        }
        changed = {**message, "payload": payload}
    return changed
