"""GraphQL over HTTP: media types, status codes, GET, and what is no request at all."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError
from httpx import Response
from strawberry.types import ExecutionResult

from doorward.acs.actor import Role
from doorward.graphql.documents import ParsedDocuments
from doorward.graphql.endpoint import encoded, media_type, not_executed
from doorward.graphql.executor import LONGEST_KEPT
from doorward.graphql.schema import build_schema
from doorward.graphql.server_sent import GRAPHQL_JSON, JSON
from tests.api import HEADERS, Api, serve_api
from tests.world import open_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.VIEWER) as running:
        yield running


async def post(api: Api, body: Any, accept: str = "*/*") -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {**HEADERS, "content-type": "application/json; charset=utf-8", "accept": accept}
    return await api.http.post("/graphql", content=content, headers=headers)


@pytest.mark.parametrize(
    "accept, expected",
    [
        (None, JSON),
        ("*/*", JSON),
        ("text/html, application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        ("Application/GraphQL-Response+JSON; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/graphql+json, {JSON}, text/event-stream", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON}; q=0.9", JSON),
        (f"{JSON};q=0.1,{GRAPHQL_JSON};q=0.5", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0", JSON),
        (f"{GRAPHQL_JSON};q=much", JSON),
        (";;,=,q=1", JSON),
    ],
)
async def test_the_answer_has_the_media_type_that_was_asked_for(accept: str | None, expected: str) -> None:
    assert media_type(accept) == expected


@pytest.mark.parametrize(
    "query, variables",
    [
        ("{", {}),
        ("{ nowhere }", {}),
        ("query($id: ID!) { cardholder(id: $id) { id } }", {}),
        ("query($id: ID!) { cardholder(id: $id) { id } }", {"id": "9" * 37}),
    ],
)
async def test_what_cannot_be_executed_has_no_data_and_says_so_in_its_status(
    api: Api, query: str, variables: dict[str, Any]
) -> None:
    for accept, status in ((JSON, 200), (GRAPHQL_JSON, 400)):
        reply = await post(api, {"query": query, "variables": variables}, accept)
        assert (reply.status_code, reply.headers["content-type"]) == (status, accept)
        assert list(reply.json()) == ["errors"]


async def test_a_field_that_fails_is_an_answer(api: Api) -> None:
    for accept in (JSON, GRAPHQL_JSON):
        reply = await post(api, {"query": "{ doors(first: 100) { nodes { name } } }"}, accept)
        assert reply.status_code == 200
        assert reply.json()["data"] is None
        assert reply.json()["errors"][0]["path"] == ["doors"]
        assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"query": "{ viewer { name } }", "variables": {"a": NaN}}',
        b"[" * 100_000,
        [],
        "text",
        5,
        None,
        {},
        {"query": ""},
        {"query": 5},
        {"query": "{ viewer { name } }", "operationName": 0},
        {"query": "{ viewer { name } }", "operationName": {}},
        {"query": "{ viewer { name } }", "variables": []},
        {"query": "{ viewer { name } }", "extensions": "x"},
        {"query": "query A { viewer { name } }", "operationName": "B"},
        [{"query": "{ viewer { name } }"}],
    ],
)
async def test_what_is_no_request_is_refused_in_words(api: Api, body: Any) -> None:
    for accept in (JSON, GRAPHQL_JSON):
        reply = await post(api, body, accept)
        assert (reply.status_code, reply.headers["content-type"]) == (400, accept)
        assert reply.json()["errors"][0]["message"]


async def test_queries_may_be_asked_with_get_by_pages_of_ours(api: Api) -> None:
    await api.sign_in(Role.VIEWER)
    query = "query($name: String!) { __type(name: $name) { name } }"
    parameters = {"query": query, "variables": '{"name": "Door"}'}
    reply = await api.http.get("/graphql", params=parameters, headers=HEADERS)
    assert reply.json() == {"data": {"__type": {"name": "Door"}}}
    assert (await api.http.get("/graphql", params=parameters)).status_code == 403, "no other site may"
    for wrong in ({"query": "mutation { signOut(input: {}) { signedOut } }"}, {}, {"query": query, "variables": "[]"}):
        refused = await api.http.get("/graphql", params=wrong, headers={**HEADERS, "accept": "text/html"})
        assert refused.status_code == 400
        assert refused.json()["errors"]
    assert (await api.http.put("/graphql", headers=HEADERS)).headers["allow"] == "GET, POST"


async def test_half_a_character_in_an_error_is_no_fault_of_the_server() -> None:
    assert json.loads(encoded({"message": "\ud83d"})) == {"message": "\ud83d"}


async def test_an_error_of_the_execution_has_a_path() -> None:
    assert not_executed(ExecutionResult(data=None, errors=[GraphQLError("invalid")]))
    assert not not_executed(ExecutionResult(data=None, errors=[GraphQLError("failed", path=["doors"])]))
    assert not not_executed(ExecutionResult(data={}, errors=[GraphQLError("odd")]))


async def test_a_document_is_parsed_and_validated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    validated: list[object] = []
    schema = build_schema()

    def counted(*given: Any) -> list[GraphQLError]:
        validated.append(given)
        return validate(*given)

    cache: Any = ParsedDocuments().cached_parse_document
    from strawberry.extensions import validation_cache  # noqa: PLC0415 - what is cached is made anew here
    from strawberry.schema import schema as strawberry_schema  # noqa: PLC0415

    validate = strawberry_schema.validate_document
    monkeypatch.setattr(strawberry_schema, "validate_document", counted)
    validation_cache._get_validate_cache.cache_clear()
    try:
        before = cache.cache_info().misses
        for _ in range(3):
            await schema.execute("{ once: __typename }")
        assert (len(validated), cache.cache_info().misses - before) == (1, 1)
        long = "{ __typename } #" + "x" * LONGEST_KEPT
        for _ in range(2):
            await schema.execute(long)
        assert (len(validated), cache.cache_info().misses - before) == (3, 1), "nothing is kept of a long one"
    finally:
        validation_cache._get_validate_cache.cache_clear()
