"""Subscriptions as clients meet them: changes, alarms, states, server-sent events, limits, and slow clients."""

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.changes import CHANGES, EntityKind, change_of
from doorward.acs.events.log import NewEvent
from doorward.acs.events.models import Event
from doorward.acs.events.operations import record_system_event, store_records
from doorward.acs.messages import DoorStatus, JournalRecord
from doorward.acs.people.operations import update_cardholder
from doorward.acs.users.models import Session
from doorward.acs.zones.operations import create_zone, delete_zone
from doorward.graphql import connections, socket
from doorward.graphql.server_sent import ServerSent
from tests.api import HEADERS, Api, serve_api, soon
from tests.world import START, World, make_site, open_world

pytestmark = pytest.mark.anyio

CHANGES_OF = "subscription($after: String, $entities: [EntityKind!]) { changes(after: $after, entities: $entities) { cursor kind change id name changedFields fields { name before after } userName } }"  # noqa: E501
EVENTS = 'subscription($after: String = "MA==") { events(after: $after) { cursor node { type } } }'


async def happen(world: World, *kinds: EventType) -> None:
    for kind in kinds:
        await record_system_event(world.domain, NewEvent(kind, START))


async def following(world: World, count: int) -> None:
    """So many follow what is new."""
    async with asyncio.timeout(10):
        while sum(one._number is not None for one in world.domain.feed._followers) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def type_in(event: dict[str, str]) -> str:
    """The type of the event that a server-sent event tells."""
    found: str = json.loads(event["data"])["data"]["events"]["node"]["type"]
    return found


async def test_changes_tell_what_changed_to_whom_may_look_at_it(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER) as api,
    ):
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        async with api.subscribe(CHANGES_OF, entities=["CARDHOLDER"]) as results:
            told = asyncio.create_task(soon(results))
            await following(world, 1)
            await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"first_name": "Augusta"})
            change = (await told)["changes"]
        assert (change["kind"], change["change"], change["id"]) == ("CARDHOLDER", "UPDATED", site.ada.id)
        assert change["changedFields"] == ["firstName"]
        assert change["fields"] == [{"name": "firstName", "before": "Ada", "after": "Augusta"}]
        assert change["userName"] == "command line"
        start = (await api.data("{ events(first: 1) { pageInfo { endCursor } } }"))["events"]["pageInfo"]["endCursor"]
        await api.sign_in(Role.OPERATOR)
        async with api.subscribe(CHANGES_OF, after=start, entities=["CARDHOLDER"]) as results:
            while (found := (await soon(results))["changes"])["change"] != "UPDATED":
                pass
        assert (found["changedFields"], found["fields"]) == (["firstName"], []), "values are for who sees the audit"
        await api.sign_in(Role.VIEWER)
        async with api.subscribe(CHANGES_OF, after=start, entities=["CARDHOLDER"]) as results:
            with pytest.raises(AssertionError, match=r"cardholder\.view"):
                await soon(results)
        async with api.subscribe(CHANGES_OF, after=start) as results:
            assert {(await soon(results))["changes"]["kind"] for _ in range(2)} <= {"DOOR", "CAMERA"}


async def test_what_is_deleted_is_told_with_its_name(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        zone = await create_zone(world.domain, COMMAND_LINE, "Vault")
        await delete_zone(world.domain, COMMAND_LINE, zone.id)
        async with api.subscribe(CHANGES_OF, after="MA==", entities=["ZONE"]) as results:
            told = [(await soon(results))["changes"] for _ in range(2)]
        assert [one["change"] for one in told] == ["CREATED", "DELETED"]
        assert [(one["id"], one["name"]) for one in told] == [(zone.id, "Vault")] * 2


async def test_every_change_in_the_log_names_its_entity(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        rows = await Event.filter(type__in=list(CHANGES))
        assert rows
        for row in rows:
            change = change_of(row)
            assert change is not None, row.type
            assert change.id or change.kind in {EntityKind.SITE, EntityKind.PIN_RULES, EntityKind.SIGN_IN_RULES}
            assert change.name, row.type


async def test_alarms_come_with_what_ends_them(database_url: str, tmp_path: Path) -> None:
    query = 'subscription { alarms(after: "MA==") { cursor ends event { type doorId } } }'
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        kinds = (EventType.DOOR_FORCED, EventType.DOOR_OPENED, EventType.DOOR_FORCED_CLEARED)
        records = [
            JournalRecord(number, "boot", START, number, kind, str(number), door_id=site.door.id)
            for number, kind in enumerate(kinds, 1)
        ]
        await store_records(world.domain, world.controller.id, records)
        await api.sign_in(Role.OPERATOR)
        async with api.subscribe(query) as results:
            found = [(await soon(results))["alarms"] for _ in range(2)]
        assert [one["event"]["type"] for one in found] == ["door.forced", "door.forced_cleared"]
        assert [one["ends"] for one in found] == [[], ["door.forced"]]


async def test_states_go_on_from_a_cursor_and_anew_from_that_of_an_earlier_start(
    database_url: str, tmp_path: Path
) -> None:
    query = "subscription($after: String) { doorStates(after: $after) { cursor node { state { condition } } } }"
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)

        def becomes(position: Position) -> None:
            status = DoorStatus(site.door.id, DoorMode.LOCKED, position, True, False, False, False)
            world.domain.doors.update(world.controller.id, status)

        async with api.subscribe(query) as results:
            first = (await soon(results))["doorStates"]
            becomes(Position.OPEN)
            second = (await soon(results))["doorStates"]
        becomes(Position.CLOSED)
        async with api.subscribe(query, after=first["cursor"]) as results:
            missed = (await soon(results))["doorStates"]
        assert [one["node"]["state"]["condition"] for one in (first, second, missed)] == ["OFFLINE", "OPEN", "LOCKED"]
        async with api.subscribe(query, after=missed["cursor"]) as results:
            waiting = asyncio.create_task(soon(results))
            done, _ = await asyncio.wait({waiting}, timeout=0.3)
            assert not done, "nothing has changed since"
            becomes(Position.OPEN)
            assert (await waiting)["doorStates"]["node"]["state"]["condition"] == "OPEN"
        world.domain.doors.versions.start = "another"
        async with api.subscribe(query, after=missed["cursor"]) as results:
            assert (await soon(results))["doorStates"]["node"]["state"]["condition"] == "OPEN"


async def test_camera_states_come_as_they_change(database_url: str, tmp_path: Path) -> None:
    query = "subscription { cameraStates { node { name state } } }"
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        async with api.subscribe(query) as results:
            assert (await soon(results))["cameraStates"]["node"] == {"name": "Entrance", "state": "CONNECTING"}
            world.domain.cameras.update(site.camera.id, "lost", "The camera does not answer.")
            assert (await soon(results))["cameraStates"]["node"]["state"] == "LOST"


@asynccontextmanager
async def sse(
    api: Api, query: str, method: str = "POST", **headers: str
) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """Server-sent events, as a client that is not ours reads them."""
    given = {**HEADERS, "accept": "text/event-stream", **headers}
    parts: dict[str, Any] = {"params": {"query": query}} if method == "GET" else {"json": {"query": query}}
    async with api.http.stream(method, "/graphql", headers=given, timeout=20, **parts) as reply:
        assert reply.status_code == 200, (await reply.aread()).decode()
        assert reply.headers["content-type"].startswith("text/event-stream")
        yield _sent(reply)


async def _sent(reply: httpx.Response) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in reply.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")
        elif event:
            yield event
            event = {}


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_server_sent_events_go_on_from_the_last_that_was_had(
    database_url: str, tmp_path: Path, method: str
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await happen(world, EventType.SERVER_STARTED, EventType.JOB_FAILED)
        await api.sign_in(Role.OPERATOR)
        async with asyncio.timeout(20):
            async with sse(api, EVENTS, method) as events:
                first = await anext(events)
                assert first["event"] == "next"
                node = json.loads(first["data"])["data"]["events"]
                assert (node["node"]["type"], node["cursor"]) == ("server.started", first["id"])
            async with sse(api, EVENTS, method, **{"last-event-id": first["id"]}) as events:
                assert type_in(await anext(events)) == "server.job_failed"
                await happen(world, EventType.RECORDER_LOST)
                assert type_in(await anext(events)) == "recorder.lost"


async def test_a_silent_stream_of_events_is_kept_alive_and_ends_with_its_session(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServerSent.__init__, "__defaults__", (0.05,))
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        async with asyncio.timeout(20), sse(api, "subscription { events { cursor } }") as events:
            assert await anext(events) == {"": "ping"}
            await Session.all().delete()
            async with asyncio.timeout(5):
                told = [event async for event in events if "event" in event]
        assert [event["event"] for event in told] == ["next", "complete"]
        assert json.loads(told[0]["data"])["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_stream_without_the_header_or_without_a_session_has_nothing(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await happen(world, EventType.SERVER_STARTED)
        refused = await api.http.get("/graphql", params={"query": EVENTS}, headers={"accept": "text/event-stream"})
        assert refused.status_code == 403
        async with asyncio.timeout(20), sse(api, EVENTS) as events:
            told = [event async for event in events]
        assert [event["event"] for event in told] == ["next", "complete"]
        assert "server.started" not in str(told)


@asynccontextmanager
async def connected(api: Api) -> AsyncIterator[ClientConnection]:
    cookies = "; ".join(f"{name}={value}" for name, value in api.http.cookies.items())
    async with connect(
        f"ws://127.0.0.1:{api.port}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"cookie": cookies},
    ) as client:
        await client.send('{"type": "connection_init"}')
        yield client


async def test_the_connection_itself_ends_with_its_session(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        async with connected(api) as client:
            assert json.loads(await client.recv())["type"] == "connection_ack"
            await Session.all().delete()
            async with asyncio.timeout(5):
                await client.wait_closed()
            assert client.close_code == 4401


async def test_nobody_has_more_connections_than_the_limit(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_OF_ONE", 2)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await happen(world, EventType.SERVER_STARTED)
        await api.sign_in(Role.OPERATOR)
        async with asyncio.timeout(20), connected(api) as one, sse(api, EVENTS) as events:
            assert json.loads(await one.recv())["type"] == "connection_ack"
            await anext(events)
            async with connected(api) as third:
                await third.wait_closed()
                assert third.close_code == 1013
            refused = await api.http.post(
                "/graphql", json={"query": EVENTS}, headers={**HEADERS, "accept": "text/event-stream"}
            )
            assert refused.status_code == 429
            assert (await api.data("{ viewer { name } }"))["viewer"]["name"] == "operator"


async def test_a_connection_on_which_nothing_is_asked_is_closed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "IDLE_S", 0.2)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        async with connected(api) as client, asyncio.timeout(10):
            await client.wait_closed()
            assert client.close_code == 1000


async def test_a_client_that_reads_nothing_is_dropped_and_the_others_notice_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "doorward.graphql.connections")
    monkeypatch.setattr(connections, "SEND_WITHIN_S", 0.5)
    monkeypatch.setattr(connections, "_SWEEP_S", 0.1)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        cookies = "; ".join(f"{name}={value}" for name, value in api.http.cookies.items())
        deaf = sockets.socket()
        deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", api.port))
        body = json.dumps({"query": "subscription { events { node { type data } } }"})
        request = (
            "POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nDoorward-Request: 1\r\n"
            f"Cookie: {cookies}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        await loop.sock_sendall(deaf, request.encode())
        async with asyncio.timeout(60), api.subscribe(EVENTS.replace("MA==", "MTAwMDA=")) as _:
            await following(world, 2)
            told = 0
            while len(world.domain.feed._followers) > 1:
                padded = NewEvent(EventType.JOB_FAILED, START, data={"detail": "x" * 60_000})
                await record_system_event(world.domain, padded)
                told += 1
                await asyncio.sleep(0.02)
        deaf.close()
        assert told < 2_000
        assert "was dropped" in caplog.text


@pytest.mark.parametrize(
    "accept, streams",
    [
        ("text/event-stream", True),
        ("application/json;q=0.5, text/event-stream", True),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", False),
        ("application/json, text/event-stream;q=0.9", False),
        ("*/*", False),
    ],
)
async def test_who_takes_json_as_gladly_gets_json(
    database_url: str, tmp_path: Path, accept: str, streams: bool
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        reply = await api.http.post("/graphql", json={"query": "{ __typename }"}, headers={**HEADERS, "accept": accept})
        assert reply.headers["content-type"].startswith("text/event-stream") is streams
