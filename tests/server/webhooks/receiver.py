"""A receiver of webhooks on loopback, and a webhook in a world of the tests."""

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook as Verifier

from doorward.acs.actor import PERMISSIONS, Actor, Role
from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.events.queries import EventFilter
from doorward.acs.identity import new_id
from doorward.acs.users.models import User
from doorward.acs.webhooks.handshake import enable_webhook
from doorward.acs.webhooks.operations import MadeSecret, NewWebhook, create_webhook
from doorward.server.webhooks.courier import Courier
from doorward.server.webhooks.post import Poster
from tests.world import World

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
ALARMS = EventFilter(types=(EventType.CONTROLLER_REFUSED, EventType.JOB_FAILED))


@dataclass
class Got:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:
        return json.loads(self.body)


Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


def reply(status: int, body: bytes = b"", **headers: str) -> Reply:
    """An answer of that status."""

    async def write(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return write


@dataclass
class Receiver:
    """Speaks just enough HTTP/1.1. Answers with what is next in `replies`, otherwise as a good receiver does."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    always: Reply | None = None
    echoes: bool = True
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def messages(self) -> list[Got]:
        """What came besides challenges."""
        return [each for each in self.got if each.said["type"] != "webhook.verification"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:-2]
                headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
                got = Got(headers, await reader.readexactly(int(headers["content-length"])))
                self.got.append(got)
                self.arrived.set()
                await self._answer(got, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, got: Got, writer: asyncio.StreamWriter) -> None:
        if got.said["type"] == "webhook.verification" and self.echoes:
            await reply(200, json.dumps({"challenge": got.said["data"]["challenge"]}).encode())(writer)
        elif self.replies:
            await self.replies.pop(0)(writer)
        else:
            await (self.always or reply(204))(writer)


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own."""
    one = Receiver()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


async def resolve(host: str, port: int) -> list[str]:
    """A resolver that knows addresses alone."""
    return [str(ipaddress.ip_address(host))]


@asynccontextmanager
async def posting(world: World, timeout_s: float = 5) -> AsyncIterator[Poster]:
    """The world sends webhooks to loopback, by HTTP. Its clock shows the present, which signatures are checked by."""
    world.clock.now = datetime.now(UTC).replace(microsecond=0)
    poster = Poster(resolve, LOOPBACK, timeout_s=timeout_s)
    world.domain.webhooks.post = poster
    world.domain.webhooks.allow_http = True
    try:
        yield poster
    finally:
        await poster.close()


async def somebody(role: Role = Role.ADMINISTRATOR, name: str = "Ada") -> Actor:
    """A user who is signed in."""
    user = await User.create(id=new_id(), name=name, password_hash="", role=role)
    return Actor(user.id, user.name, PERMISSIONS[role], "api")


async def make(world: World, actor: Actor, url: str, wanted: EventFilter = ALARMS, name: str = "Desk") -> MadeSecret:
    """A webhook that is enabled."""
    made = await create_webhook(world.domain, actor, NewWebhook(name, url, wanted))
    row = await enable_webhook(world.domain, actor, made.webhook.id)
    return MadeSecret(row, made.secret)


def courier(world: World, made: MadeSecret) -> Courier:
    """Its courier, whose waits are as agreed."""
    assert world.domain.webhooks.post is not None
    return Courier(world.domain, made.webhook.id, world.domain.webhooks.post, lambda: 0.5)


async def happen(domain: Domain, *names: str) -> None:
    """One event for each name, which it carries as its job."""
    for name in names:
        await record_system_event(domain, NewEvent(EventType.JOB_FAILED, domain.clock(), data={"job": name}))


def verified(secret: str, got: Got) -> Any:
    """What the library of the standard makes of a request. Raises where it does not verify."""
    return Verifier(secret).verify(got.body, got.headers)


def jobs(receiver: Receiver) -> list[str]:
    """The names of the events that arrived, in order."""
    return [got.said["data"]["data"]["job"] for got in receiver.messages]
