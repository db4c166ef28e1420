"""graphql-transport-ws: what is no message, and documents that are wrong."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets import ConnectionClosed, Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from doorward.acs.actor import Role
from doorward.graphql import metering
from doorward.graphql.socket import LONGEST_OPERATION_ID, is_message
from tests.api import Api, serve_api
from tests.world import open_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as running:
        await running.sign_in(Role.VIEWER)
        yield running


def line(api: Api) -> connect:
    cookies = "; ".join(f"{name}={value}" for name, value in api.http.cookies.items())
    address = f"ws://127.0.0.1:{api.port}/graphql"
    protocol = Subprotocol("graphql-transport-ws")
    return connect(address, subprotocols=[protocol], additional_headers={"cookie": cookies})


async def say(socket: ClientConnection, **message: Any) -> Any:
    await socket.send(json.dumps(message))
    return json.loads(await socket.recv())


@pytest.mark.parametrize(
    "found",
    [
        None, [], 5, "x", {}, {"type": 5}, {"type": []}, {"type": "subscribe"}, {"type": "complete"},
        {"type": "complete", "id": {}}, {"type": "complete", "id": ""}, {"type": "subscribe", "id": "1", "payload": []},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}}, {"type": "subscribe", "id": 1, "payload": {}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{a}", "operationName": {}}},
        {"type": "subscribe", "id": "1" * (LONGEST_OPERATION_ID + 1), "payload": {"query": "{a}"}},
    ],
)  # fmt: skip
async def test_what_is_no_message_is_known_as_none(found: Any) -> None:
    assert not is_message(found)


async def test_what_is_no_message_ends_the_connection_with_4400(api: Api) -> None:
    for wrong in ("[]", "5", '{"type": "subscribe", "id": {}, "payload": "x"}'):
        async with line(api) as socket:
            assert (await say(socket, type="connection_init"))["type"] == "connection_ack"
            await socket.send(wrong)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4400


async def test_a_document_that_is_wrong_ends_nothing_but_its_own_operation(api: Api) -> None:
    async with line(api) as socket:
        await say(socket, type="connection_init")
        for number, text in enumerate(("{", "", "{ nowhere }")):
            told = await say(socket, type="subscribe", id=str(number), payload={"query": text})
            assert (told["type"], told["id"]) == ("error", str(number)), told
        assert (await say(socket, type="ping"))["type"] == "pong"


async def test_what_fails_outside_of_a_resolver_is_masked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(metering.CostLimit, "_cost", broken)
    async with line(api) as socket:
        await say(socket, type="connection_init")
        told = [
            await say(socket, type="subscribe", id="1", payload={"query": "{ viewer { name } }"}),
            await api.ask("{ viewer { name } }"),
        ]
    for answer in map(str, told):
        assert "INTERNAL" in answer
        assert "secret" not in answer
