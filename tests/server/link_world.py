"""A server that takes controllers in over real TLS on loopback, and controllers of several kinds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.controllers.authority import SERVER_NAME
from doorward.acs.controllers.enrolment_code import parse_code
from doorward.acs.controllers.operations import create_controller, issue_enrolment_code
from doorward.acs.doors.models import Controller as ControllerRow
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import Hello, ToController, ToServer
from doorward.hardware.remote.enrol import enrol
from doorward.hardware.remote.identity import Identity
from doorward.hardware.remote.parts import Assembly
from doorward.hardware.remote.wire import LINK_PATH, SUBPROTOCOL, decode_to_controller, encode
from doorward.server.controller_listener import listen_for_controllers
from doorward.server.hub import ControllerHub
from tests.world import World, open_world

HOST = "127.0.0.1"
PATIENCE_S = 30.0
Message = TypeVar("Message", bound=ToController)


async def until(condition: Callable[[], bool | Awaitable[bool]], patience_s: float = PATIENCE_S) -> None:
    """Return once the condition holds; fails after some seconds."""
    async with asyncio.timeout(patience_s):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.01)


@dataclass
class LinkWorld:
    """The server, and where it listens."""

    world: World
    hub: ControllerHub
    port: int
    folder: Path
    _peers: list["Peer"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"wss://{HOST}:{self.port}"

    async def code(self, controller_id: str) -> str:
        return (await issue_enrolment_code(self.world.domain, COMMAND_LINE, controller_id)).code

    async def enrolled(self, name: str = "Annexe", port: int | None = None) -> tuple[ControllerRow, Identity]:
        """A new controller with its certificate, in a folder of its name."""
        row = await create_controller(self.world.domain, COMMAND_LINE, name)
        return row, await self.enrol(row, port)

    async def enrol(self, row: ControllerRow, port: int | None = None) -> Identity:
        folder = self.folder / row.name
        folder.mkdir(exist_ok=True)
        identity = Identity(folder)
        await enrol(f"wss://{HOST}:{port or self.port}", parse_code(await self.code(row.id)), identity)
        return identity

    async def events(self, kind: EventType, count: int = 1) -> list[Event]:
        """The events of a type, once there are so many."""

        async def enough() -> bool:
            return await Event.filter(type=kind).count() >= count

        await until(enough)
        return await Event.filter(type=kind).order_by("position")

    @asynccontextmanager
    async def peer(self, identity: Identity, controller_id: str) -> AsyncIterator["Peer"]:
        """A controller played by the test, over a link that stands."""
        async with connect(
            self.url + LINK_PATH,
            ssl=identity.tls(),
            server_hostname=SERVER_NAME,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=None,
            proxy=None,
        ) as connection:
            yield Peer(connection, controller_id)


@dataclass
class Peer:
    """Says and hears messages, honest ones and others."""

    connection: ClientConnection
    controller_id: str
    heard: list[ToController] = field(default_factory=list)
    _assembly: Assembly = field(default_factory=Assembly)

    async def say(self, *messages: ToServer) -> None:
        for message in messages:
            await self.connection.send(encode(message))

    async def greet(self, last_sequence: int = 0) -> None:
        await self.say(Hello(self.controller_id, "boot", last_sequence, 0))

    async def next(self, kind: type[Message]) -> Message:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = self._assembly.take(decode_to_controller(await self.connection.recv()))
                if message is not None:
                    self.heard.append(message)
                if isinstance(message, kind):
                    return message

    async def closed(self) -> str:
        """The reason for which the server closed the link."""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        return self.connection.close_reason or ""


@asynccontextmanager
async def listening(database_url: str, folder: Path) -> AsyncIterator[LinkWorld]:
    """The server over an empty database."""
    async with open_world(database_url) as world:
        hub = ControllerHub(world.domain)
        async with listen_for_controllers(world.domain, hub, HOST, 0) as port:
            yield LinkWorld(world, hub, port, folder)


class CuttingProxy:
    """Between a controller and its server: passes bytes on, until it is cut. One event loop owns it."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.passes = True
        self._server: asyncio.Server
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "CuttingProxy":
        self._server = await asyncio.start_server(self._take, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.cut()
        self._server.close()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Every connection ends now, and new ones do at once."""
        self.passes = False
        for writer in list(self._open):
            writer.transport.abort()

    def mend(self) -> None:
        """New connections pass."""
        self.passes = True

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.passes:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection(HOST, self.target)
        self._open |= {writer, there_writer}
        await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))
        self._open -= {writer, there_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
