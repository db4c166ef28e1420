"""Documents that the server knows beforehand: named by their hash, and where the site says so nothing else."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.graphql.limits import Documents, Limits
from doorward.graphql.persisted import PersistedDocuments, digest_of
from tests.api import HEADERS, Api, serve_api, soon
from tests.world import open_world

pytestmark = pytest.mark.anyio
KNOWN = "query Name { viewer { name } }"
STATES = "subscription States { doorStates { id } }"
OTHER = "{ viewer { role } }"
STRICT = Limits(documents=Documents.PERSISTED)


def named(digest: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


async def ask(api: Api, **body: Any) -> Any:
    return (await api.http.post("/graphql", json=body, headers=HEADERS)).json()


def code(answer: Any) -> str:
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize("limits", [Limits(), STRICT])
async def test_a_known_document_is_named_by_its_hash(database_url: str, tmp_path: Path, limits: Limits) -> None:
    documents = PersistedDocuments([KNOWN], limits.documents)
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.VIEWER, limits=limits, documents=documents) as api,
    ):
        nobody = {"data": {"viewer": None}}
        assert await ask(api, extensions=named(digest_of(KNOWN))) == nobody
        assert await ask(api, extensions=named(digest_of(KNOWN).upper()), query=OTHER) == nobody, "the hash counts"
        assert await ask(api, query=KNOWN) == nobody
        unknown = await ask(api, extensions=named(digest_of(OTHER)))
        assert (code(unknown), unknown["errors"][0]["message"]) == (
            "PERSISTED_QUERY_NOT_FOUND",
            "PersistedQueryNotFound",
        )
        odd: list[Any] = [{"persistedQuery": {"sha256Hash": 5}}, named("x"), {"persistedQuery": []}, {}]
        for extensions in odd:
            assert "errors" in await ask(api, extensions=extensions)


@pytest.mark.parametrize("limits", [Limits(), STRICT])
async def test_a_known_document_is_named_by_its_identifier(database_url: str, tmp_path: Path, limits: Limits) -> None:
    documents = PersistedDocuments([KNOWN, STATES], limits.documents)
    digest, nobody = digest_of(KNOWN), {"data": {"viewer": None}}
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.VIEWER, limits=limits, documents=documents) as api,
    ):
        for identifier in (f"sha256:{digest}", digest, f"sha256:{digest.upper()}"):
            assert await ask(api, documentId=identifier) == nobody
        assert await ask(api, documentId=digest, query=OTHER, extensions=named(digest_of(STATES))) == nobody
        assert await ask(api, documentId=None, extensions=named(digest)) == nobody
        got = await api.http.get("/graphql", params={"documentId": f"sha256:{digest}"}, headers=HEADERS)
        assert got.json() == nobody
        for unknown in (digest_of(OTHER), f"md5:{digest}", f"sha256:sha256:{digest}", "", "x"):
            answer = await ask(api, documentId=unknown)
            assert (code(answer), len(answer["errors"])) == ("PERSISTED_QUERY_NOT_FOUND", 1)
        for wrong in (5, [digest], {"sha256": digest}, True):
            assert "must be a string" in (await ask(api, documentId=wrong))["errors"][0]["message"]
        hidden = await ask(api, query=OTHER, variables={"documentId": digest})
        assert ("errors" in hidden) == (limits is STRICT), "only the request's own counts"


async def test_events_and_files_take_an_identifier_too(database_url: str, tmp_path: Path) -> None:
    documents = PersistedDocuments([KNOWN, *SIGN_IN], Documents.PERSISTED)
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.VIEWER, limits=STRICT, documents=documents) as api,
    ):
        await api.sign_in(Role.VIEWER)
        headers = {**HEADERS, "accept": "text/event-stream"}
        body = {"documentId": f"sha256:{digest_of(KNOWN)}"}
        events = await api.http.post("/graphql", json=body, headers=headers)
        assert 'data: {"data":{"viewer":{"name":"viewer"}}}' in events.text
        form = {"operations": json.dumps(body), "map": "{}"}
        sent = await api.http.post("/graphql", data=form, files={"0": ("x", b"y")}, headers=HEADERS)
        assert sent.json() == {"data": {"viewer": {"name": "viewer"}}}
        form["operations"] = json.dumps({"documentId": 5})
        refused = await api.http.post("/graphql", data=form, files={"0": ("x", b"y")}, headers=HEADERS)
        assert "must be a string" in refused.text


async def test_a_websocket_takes_an_identifier_too(database_url: str, tmp_path: Path) -> None:
    documents = PersistedDocuments([KNOWN, *SIGN_IN], Documents.PERSISTED)
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.VIEWER, limits=STRICT, documents=documents) as api,
    ):
        await api.sign_in(Role.VIEWER)
        async with api.connected() as socket:
            for number, identifier in enumerate([f"sha256:{digest_of(KNOWN)}", "sha256:unknown"]):
                asked = {"id": str(number), "type": "subscribe", "payload": {"documentId": identifier}}
                await socket.send(json.dumps(asked))
            async with asyncio.timeout(10):
                found = [json.loads(await socket.recv()) for _ in range(3)]
            assert {"id": "0", "type": "next", "payload": {"data": {"viewer": {"name": "viewer"}}}} in found
            (error,) = [message["payload"] for message in found if message["type"] == "error"]
            assert error[0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_nothing_is_registered_by_asking(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path) as api:
        assert "data" in await ask(api, query=OTHER, extensions=named(digest_of(OTHER)))
        assert code(await ask(api, extensions=named(digest_of(OTHER)))) == "PERSISTED_QUERY_NOT_FOUND"


async def test_where_only_known_documents_are_taken_no_other_is(database_url: str, tmp_path: Path) -> None:
    documents = PersistedDocuments([KNOWN, STATES, *SIGN_IN], Documents.PERSISTED)
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.ADMINISTRATOR, limits=STRICT, documents=documents) as api,
    ):
        await api.sign_in(Role.ADMINISTRATOR)
        for wrong in ({"query": OTHER}, {"query": OTHER, "extensions": named("0" * 64)}, {"query": KNOWN + " "}):
            assert code(await ask(api, **wrong)) == "DOCUMENT_NOT_ACCEPTED"
        refused = await api.http.get("/graphql", params={"query": OTHER}, headers=HEADERS)
        assert code(refused.json()) == "DOCUMENT_NOT_ACCEPTED"
        with pytest.raises(AssertionError, match="DOCUMENT_NOT_ACCEPTED"):
            async with api.subscribe("subscription { doorStates { name } }") as results:
                await soon(results)
        async with api.subscribe(KNOWN) as results:
            assert await soon(results) == {"viewer": {"name": "administrator"}}


SIGN_IN = ["mutation($input: SignInInput!) { signIn(input: $input) { user { name } errors { message } } }"]
