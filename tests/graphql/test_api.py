"""The API as its clients meet it: sessions, permissions, typed errors, pages, subscriptions."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets import Origin, Subprotocol
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.door import DoorMode, DoorSetting, Position, Source
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.operations import store_records
from doorward.acs.messages import (
    CommandResult,
    CommandStatus,
    DoorCommand,
    DoorStatus,
    JournalRecord,
    ManualSetting,
    ToController,
)
from doorward.acs.people.operations import NewCardholder, create_cardholder
from doorward.acs.users.models import Session
from doorward.graphql.limits import MAX_BODY_BYTES
from doorward.graphql.schema import print_schema
from tests.acs.test_event_log import granted
from tests.api import HEADERS, serve_api, soon
from tests.world import START, make_site, open_world

pytestmark = pytest.mark.anyio

VIEWER = "{ viewer { name role permissions } }"
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { user { name } errors { code message } } }"
EVENTS = "query($last: Int, $before: String) { events(last: $last, before: $before) { nodes { type } pageInfo { hasPreviousPage startCursor endCursor } } }"  # noqa: E501
FOLLOW = "subscription($after: String) { events(after: $after) { cursor node { type cardholderName bookmarks { clipUrl } } } }"  # noqa: E501


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    committed = Path(__file__).parents[2] / "schema.graphql"
    assert committed.read_text() == print_schema(), "run: doorward schema > schema.graphql"


async def test_a_session_begins_and_ends(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        assert (await api.data(VIEWER))["viewer"] is None
        await api.sign_in(Role.VIEWER)
        assert (await api.data(VIEWER))["viewer"]["role"] == "VIEWER"
        assert (await api.data("mutation { signOut(input: {}) { signedOut } }"))["signOut"]["signedOut"]
        assert (await api.data(VIEWER))["viewer"] is None
        assert not await Session.exists()


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        variables = {"input": {"name": "viewer", "password": "correct horse battery"}}
        reply = await api.http.post("/graphql", json={"query": SIGN_IN, "variables": variables}, headers=HEADERS)
        cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie


async def test_a_wrong_password_and_an_unknown_name_look_alike(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        replies = [
            (await api.data(SIGN_IN, input={"name": name, "password": "wrong password"}))["signIn"]
            for name in ("viewer", "nobody")
        ]
        assert replies[0] == replies[1]
        assert replies[0]["errors"][0]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "headers, body, status",
    [
        ({}, b'{"query": "{ viewer { name } }"}', 403),
        ({"content-type": "text/plain", "doorward-request": "1"}, b'{"query": "{ viewer { name } }"}', 415),
        ({"content-type": "application/json", "doorward-request": "1"}, b" " * (MAX_BODY_BYTES + 1), 413),
        ({"content-type": "application/json", "doorward-request": "1"}, b"not json", 400),
    ],
)
async def test_requests_that_no_page_of_ours_sends_are_refused(
    database_url: str, tmp_path: Path, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        assert (await api.http.post("/graphql", content=body, headers=headers)).status_code == status
        assert (await api.http.get("/graphql?query={viewer{name}}")).status_code == 403


async def test_queries_say_which_permission_is_missing(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        anonymous = await api.ask("{ doors(first: 100) { nodes { name } } }")
        assert anonymous["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        await api.sign_in(Role.VIEWER)
        refused = await api.ask("{ cardholders(first: 1) { nodes { number } } }")
        assert refused["errors"][0]["extensions"]["code"] == "PERMISSION"
        assert "cardholder.view" in refused["errors"][0]["message"]


async def test_card_numbers_are_for_those_who_may_see_them(database_url: str, tmp_path: Path) -> None:
    query = "{ cardholders(first: 1) { nodes { cards { number facilityCode } } } }"
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.OPERATOR, Role.ADMINISTRATOR) as api,
    ):
        await make_site(world)
        await api.sign_in(Role.OPERATOR)
        hidden = (await api.data(query))["cardholders"]["nodes"][0]["cards"][0]
        assert hidden == {"number": None, "facilityCode": None}
        await api.sign_in(Role.ADMINISTRATOR)
        shown = (await api.data(query))["cardholders"]["nodes"][0]["cards"][0]
        assert shown == {"number": 1042, "facilityCode": 17}


async def test_a_cardholder_and_a_card_are_made_and_changed(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        made = await api.data(
            "mutation($input: CreateCardholderInput!) { createCardholder(input: $input)"
            " { cardholder { id version groups { name memberCount } } errors { message } } }",
            input={"number": "E-2", "firstName": "Grace", "lastName": "Hopper", "groupIds": [site.group.id]},
        )
        cardholder = made["createCardholder"]["cardholder"]
        assert cardholder["groups"] == [{"name": "Staff", "memberCount": 2}]
        card = await api.data(
            "mutation($input: CreateCardInput!) { createCard(input: $input) { card { id } errors { message } } }",
            input={"cardholderId": cardholder["id"], "facilityCode": 17, "number": 2000},
        )
        lost = await api.data(
            "mutation($input: UpdateCardInput!) { updateCard(input: $input) { card { status } errors { message } } }",
            input={"id": card["createCard"]["card"]["id"], "status": "LOST"},
        )
        assert lost["updateCard"]["card"]["status"] == "LOST"
        stale = await api.data(
            "mutation($input: UpdateCardholderInput!) { updateCardholder(input: $input)"
            " { cardholder { id } errors { code path message } } }",
            input={"id": cardholder["id"], "suspended": True, "expectedVersion": 99},
        )
        assert stale["updateCardholder"]["errors"][0]["code"] == "CONFLICT"
        invalid = await api.data(
            "mutation($input: UpdateCardholderInput!) { updateCardholder(input: $input) { errors { code path } } }",
            input={"id": cardholder["id"], "email": "nonsense"},
        )
        assert invalid["updateCardholder"]["errors"] == [{"code": "VALIDATION", "path": ["email"]}]


async def test_pages_of_events_meet_without_gap_or_repeat(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        whole = (await api.data(EVENTS, last=100))["events"]
        pages: list[str] = []
        before = None
        while True:
            page = (await api.data(EVENTS, last=4, before=before))["events"]
            pages = [node["type"] for node in page["nodes"]] + pages
            before = page["pageInfo"]["startCursor"]
            if not page["pageInfo"]["hasPreviousPage"]:
                break
        assert pages == [node["type"] for node in whole["nodes"]]
        for wrong in ("last: 0", "last: 101", "first: 1, last: 1", "", 'first: 1, after: "x"'):
            arguments = f"({wrong})" if wrong else ""
            reply = await api.ask(f"{{ events{arguments} {{ nodes {{ id }} }} }}")
            assert reply["errors"][0]["extensions"]["code"] == "VALIDATION", wrong


async def test_an_event_without_a_code_shows_the_sentence_that_came_with_it(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        lost = JournalRecord(
            1,
            "boot",
            START,
            1,
            EventType.READER_OFFLINE,
            "c",
            door_id=site.door.id,
            data={"reason": "Check it."},
        )
        denied = JournalRecord(2, "boot", START, 2, EventType.ACCESS_DENIED, "d", reason="card_unknown")
        await store_records(world.domain, world.controller.id, [lost, denied])
        await api.sign_in(Role.OPERATOR)
        nodes = (await api.data("{ events(last: 3) { nodes { type reasonText } } }"))["events"]["nodes"]
        words = {node["type"]: node["reasonText"] for node in nodes}
        assert words["reader.offline"] == "Check it."
        assert words["access.denied"] == "This card belongs to nobody."


async def test_a_subscription_replays_from_its_cursor_and_then_follows(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        await store_records(world.domain, world.controller.id, [granted(site, 1)])
        start = (await api.data(EVENTS, last=1))["events"]["pageInfo"]["endCursor"]
        await store_records(world.domain, world.controller.id, [granted(site, 2), granted(site, 3)])
        async with api.subscribe(FOLLOW, after=start) as results:
            first, second = await soon(results), await soon(results)
            await store_records(world.domain, world.controller.id, [granted(site, 4)])
            third = await soon(results)
        cursors = [result["events"]["cursor"] for result in (first, second, third)]
        assert len(set(cursors)) == 3
        assert third["events"]["node"]["cardholderName"] == "Ada Lovelace"
        assert third["events"]["node"]["bookmarks"][0]["clipUrl"].startswith("/clips/")
        async with api.subscribe(FOLLOW, after=cursors[0]) as again:
            assert [(await soon(again))["events"]["cursor"] for _ in range(2)] == cursors[1:]


async def test_a_subscription_ends_when_its_session_does(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.users.standing.LOOK_S", 0.05)
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        async with api.subscribe(FOLLOW) as results:
            waiting = asyncio.create_task(soon(results))
            await asyncio.sleep(0)
            await Session.all().delete()
            with pytest.raises(Exception, match="Sign in first"):
                await waiting


async def test_nobody_subscribes_without_a_session(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        address = f"ws://127.0.0.1:{api.port}/graphql"
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send('{"type": "connection_init"}')
            await socket.wait_closed()
            assert (socket.close_code, socket.close_reason) == (4401, "Sign in first.")


async def test_a_page_of_another_site_gets_no_socket(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        await api.sign_in(Role.VIEWER)
        cookie = "; ".join(f"{name}={value}" for name, value in api.http.cookies.items())
        with pytest.raises(InvalidStatus, match="403"):
            await connect(
                f"ws://127.0.0.1:{api.port}/graphql",
                subprotocols=[Subprotocol("graphql-transport-ws")],
                additional_headers={"cookie": cookie},
                origin=Origin("https://evil.example"),
            )


async def test_door_states_come_first_whole_and_then_as_they_change(database_url: str, tmp_path: Path) -> None:
    query = "subscription { doorStates { node { name state { condition online } } } }"
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        site = await make_site(world)
        await api.sign_in(Role.VIEWER)
        async with api.subscribe(query) as results:
            assert (await soon(results))["doorStates"]["node"]["state"]["condition"] == "OFFLINE"
            status = DoorStatus(site.door.id, DoorMode.LOCKED, Position.OPEN, True, False, True, False)
            world.domain.doors.update(world.controller.id, status)
            assert (await soon(results))["doorStates"]["node"]["state"]["condition"] == "FORCED"


async def test_a_door_tells_who_set_it_by_hand_and_until_when(database_url: str, tmp_path: Path) -> None:
    query = "{ doors(first: 100) { nodes { state { source manual { setting until setBy } } } } }"
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as api:
        site = await make_site(world)
        await api.sign_in(Role.VIEWER)
        viewer = (await api.data("{ viewer { id name } }"))["viewer"]
        noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        status = DoorStatus(site.door.id, DoorMode.LOCKDOWN, Position.CLOSED, True, False, False, False)

        async def told(manual: ManualSetting | None) -> dict[str, Any]:
            now = msgspec.structs.replace(status, source=Source.OPERATOR, manual=manual)
            world.domain.doors.update(world.controller.id, now)
            state: dict[str, Any] = (await api.data(query))["doors"]["nodes"][0]["state"]
            assert state["source"] == "OPERATOR"
            return state["manual"] or {}

        by_user = await told(ManualSetting(DoorSetting.LOCKDOWN, noon, viewer["id"]))
        assert by_user == {"setting": "LOCKDOWN", "until": noon.isoformat(), "setBy": viewer["name"]}
        at_reader = await told(ManualSetting(DoorSetting.LOCKDOWN, cardholder_id=site.ada.id))
        assert at_reader == {"setting": "LOCKDOWN", "until": None, "setBy": "Ada Lovelace"}
        assert (await told(ManualSetting(DoorSetting.LOCKED)))["setBy"] is None
        assert await told(None) == {}


COMMAND = (
    "mutation($input: UnlockDoorInput!) { unlockDoor(input: $input)"
    " { command { id status detail } errors { code message } } }"
)


async def test_a_command_without_a_controller_is_refused_and_audited(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.ADMINISTRATOR)
        reply = await api.data(COMMAND, input={"doorId": site.door.id})
        assert reply["unlockDoor"]["errors"][0]["code"] == "CONTROLLER_OFFLINE"
        types = [node["type"] for node in (await api.data(EVENTS, last=2))["events"]["nodes"]]
        assert types == ["audit.door.commanded", "audit.door.command_failed"]


async def test_the_same_idempotency_key_is_the_same_command(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        sent: list[DoorCommand] = []

        def controller(message: ToController) -> None:
            if isinstance(message, DoorCommand):
                sent.append(message)
                world.domain.doors.resolve(CommandResult(message.id, CommandStatus.CONFIRMED))

        world.domain.doors.attach(world.controller.id, controller)
        await api.sign_in(Role.OPERATOR)
        for key in ("a", "a", "b"):
            reply = await api.data(COMMAND, input={"doorId": site.door.id, "idempotencyKey": key, "reason": "delivery"})
            assert reply["unlockDoor"]["command"]["status"] == "CONFIRMED"
        assert len({message.id for message in sent}) == len(sent) == 2
        assert sent[0].reason == "delivery"


async def test_an_unexpected_failure_is_masked_and_numbered(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("doorward.graphql.paging.PageRequest", broken)
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        reply = await api.ask("{ doors(first: 100) { nodes { name } } }")
        assert "secret" not in str(reply)
        assert reply["errors"][0]["extensions"]["incident"] in caplog.text


async def test_a_query_too_large_to_be_meant_is_refused(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        aliases = " ".join(f"a{number}: viewer {{ name }}" for number in range(40))
        assert "errors" in await api.ask(f"{{ {aliases} }}")


async def test_photos_are_for_those_who_may_see_them(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("1", "A", "B"))
        assert (await api.http.get("/photos/" + "0" * 64)).status_code == 401
        assert (await api.http.get("/clips/none.mp4")).status_code == 401
        await api.sign_in(Role.OPERATOR)
        assert (await api.http.get("/photos/" + "0" * 64)).status_code == 404
        missing = await api.http.get("/clips/none.mp4")
        assert (missing.status_code, missing.json()) == (404, {"error": "There is no such bookmark."})


async def test_every_answer_carries_the_security_headers(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        reply = await api.http.get("/healthz")
        assert reply.json() == {"status": "ok"}
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
