"""A running API over a test world, and a client that speaks to it as a browser would."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.users.operations import create_user
from doorward.graphql.limits import Limits
from doorward.graphql.persisted import PersistedDocuments
from doorward.server.app import build_app
from doorward.server.live.hub import LiveHub
from tests.world import World

PASSWORD = "correct horse battery"
HEADERS = {"doorward-request": "1"}


@dataclass
class Api:
    """A client with a cookie jar."""

    http: httpx.AsyncClient
    port: int

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole reply to a query."""
        reply = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=HEADERS)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query that must not fail."""
        reply = await self.ask(query, **variables)
        assert "errors" not in reply, reply
        found: dict[str, Any] = reply["data"]
        return found

    async def sign_in(self, role: Role) -> None:
        """Begin a session as the user of that role."""
        reply = await self.data(
            "mutation($input: SignInInput!) { signIn(input: $input) { user { name } errors { message } } }",
            input={"name": role.value, "password": PASSWORD},
        )
        assert reply["signIn"]["errors"] == []

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[ClientConnection]:
        """A WebSocket of graphql-transport-ws, with the session, that has been acknowledged."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        async with connect(
            f"ws://127.0.0.1:{self.port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers={"cookie": cookies},
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            yield socket

    @asynccontextmanager
    async def subscribe(self, query: str, **variables: Any) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The results of a subscription over graphql-transport-ws."""
        async with self.connected() as socket:
            payload = {"query": query, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            yield _results(socket)


async def _results(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    async for text in socket:
        message = json.loads(text)
        if message["type"] == "error" or "errors" in message.get("payload", {}):
            raise AssertionError(message["payload"])
        if message["type"] == "complete":
            return
        if message["type"] == "next":
            yield message["payload"]["data"]


_TLS = ssl.create_default_context()
"""Made once: it reads every authority of the machine, and nothing here speaks TLS."""


@asynccontextmanager
async def serve_api(
    world: World,
    video_root: Path,
    *roles: Role,
    limits: Limits | None = None,
    documents: PersistedDocuments | None = None,
    live: LiveHub | None = None,
) -> AsyncIterator[Api]:
    """The API of this world on a port of its own, with one user for each role."""
    for role in roles:
        await create_user(world.domain, COMMAND_LINE, role.value, PASSWORD, role)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.setblocking(False)
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.accesslog = None
    config.graceful_timeout = 0.2
    stop = asyncio.Event()
    app = build_app(world.domain, video_root, limits=limits, documents=documents, live=live)
    served = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=_TLS) as http:
            yield Api(http, port)
    finally:
        stop.set()
        await served


async def soon(results: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    """The next result, or a failure instead of waiting for ever."""
    return await asyncio.wait_for(anext(results), 10)
