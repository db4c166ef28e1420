"""What comes in: so many at a time, of one address and in all, and no body that drips."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from doorward.graphql.limits import Limits
from doorward.server.gate import Gate

pytestmark = pytest.mark.anyio


class Hall:
    """An application that keeps everybody until it is told to let them go."""

    def __init__(self) -> None:
        self.inside = 0
        self.arrived = asyncio.Condition()
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self.arrived:
            self.inside += 1
            self.arrived.notify_all()
        await self.go.wait()
        await Response("done")(scope, receive, send)

    async def holds(self, number: int) -> None:
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(lambda: self.inside == number)


def client(app: Any, address: str = "192.0.2.1") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://doorward")


async def test_one_address_has_so_many_at_a_time_and_all_together_so_many() -> None:
    hall = Hall()
    gate = Gate(hall, Limits(connections_of_address=2, connections=3))
    first, second = client(gate), client(gate, "192.0.2.2")
    waiting = [asyncio.create_task(first.get("/")) for _ in range(2)]
    await hall.holds(2)
    refused = await first.get("/")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    waiting.append(asyncio.create_task(second.get("/")))
    await hall.holds(3)
    assert (await second.get("/")).status_code == 503
    hall.go.set()
    assert [(await one).status_code for one in waiting] == [200] * 3
    assert (await first.get("/")).status_code == 200, "there is room again"


async def test_a_websocket_counts_until_it_ends() -> None:
    hall = Hall()
    gate = Gate(hall, Limits(connections_of_address=1))
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "client": ("2001:db8::1", 1)}
    staying = asyncio.create_task(client(gate, "2001:db8::2").get("/"))
    await hall.holds(1)
    await gate(scope, receive, send)
    assert [message["type"] for message in told] == ["websocket.close"], "who has a network counts as one"
    hall.go.set()
    await staying


def dripping(*pieces: bytes) -> Callable[[], Awaitable[Message]]:
    """A body that never ends."""
    left = list(pieces)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": left.pop(0), "more_body": True}

    return receive


async def test_a_body_that_does_not_arrive_in_time_is_not_waited_for() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except ClientDisconnect:
            raise AssertionError from None

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    scope: Scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "client": None}
    async with asyncio.timeout(5):
        await Gate(app, Limits(body_s=0.05))(scope, dripping(b"a", b"b"), send)
    assert told[0]["status"] == 408
