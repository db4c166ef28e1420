"""The npm client graphql-ws follows the log through cuts of the network, until its token is revoked."""

import asyncio
import base64
import json
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.events.catalogue import Category, EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.models import Event
from doorward.acs.events.operations import record_system_event
from doorward.acs.users.operations import create_service_account
from doorward.acs.users.tokens import NewToken, create_service_token, revoke_token
from tests.api import serve_api
from tests.node import MODULES, node_with
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
FOLLOW = Path(__file__).with_name("follow.cjs")
WITHIN_S = 5.0


class Proxy:
    """Between the client and the server; it can cut what runs through it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either end closes it."""
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        except ConnectionError:
            pass
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    @staticmethod
    async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    def cut(self) -> None:
        """Everything that runs through it breaks."""
        self.cuts += bool(self._writers)
        for writer in tuple(self._writers):
            writer.transport.abort()


@asynccontextmanager
async def proxy_to(port: int) -> AsyncIterator[tuple[Proxy, int]]:
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        proxy.cut()
        server.close()


async def write(world: World, count: int) -> None:
    for _ in range(count):
        await record_system_event(world.domain, NewEvent(EventType.SERVER_STARTED, world.clock()))


async def test_a_client_that_is_cut_again_and_again_gets_exactly_the_log(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path) as api,
        proxy_to(api.port) as (proxy, port),
    ):
        program = await create_service_account(world.domain, COMMAND_LINE, "a program", Role.OPERATOR)
        given = NewToken("it", (Permission.EVENT_VIEW,), world.clock() + timedelta(days=1))
        made = await create_service_token(world.domain, COMMAND_LINE, program.id, given)
        await write(world, 30)
        node = await asyncio.create_subprocess_exec(
            node_with("graphql-ws"), FOLLOW, MODULES.parent, f"ws://127.0.0.1:{port}/graphql", made.text, stdout=PIPE
        )
        assert node.stdout is not None
        seen: list[int] = []
        closed: list[int] = []
        try:
            async with asyncio.timeout(60):
                while len(seen) < 120 or len(closed) < 5:
                    told = json.loads(await node.stdout.readline())
                    if "closed" in told:
                        closed.append(told["closed"])
                        await write(world, 10)
                    elif "cursor" in told:
                        seen.append(int(base64.urlsafe_b64decode(told["cursor"])))
                    if proxy.cuts == len(closed) < 5 and len(seen) > 15 * proxy.cuts:
                        proxy.cut()
                    if len(seen) < 120 or len(closed) < 5:
                        await write(world, 1)
            log = [row.position for row in await Event.exclude(category=Category.AUDIT).order_by("position")]
            assert seen == log[: len(seen)]
            assert len(closed) == 5
            await revoke_token(world.domain, COMMAND_LINE, made.token.id)
            began = time.monotonic()
            async with asyncio.timeout(WITHIN_S + 2):
                while json.loads(await node.stdout.readline()).get("closed") != 4401:
                    pass
            assert time.monotonic() - began < WITHIN_S
        finally:
            if node.returncode is None:
                node.kill()
            await node.wait()
