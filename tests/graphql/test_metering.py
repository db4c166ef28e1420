"""Paying for requests: headers, the rateLimit field, refusals, time limits, over HTTP and over a WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.site.models import Site
from doorward.acs.site.operations import update_site
from doorward.acs.users.sessions import Caller
from doorward.acs.users.sign_in import sign_in
from doorward.graphql import doors, site
from doorward.graphql.context import SESSION_COOKIE
from doorward.graphql.limits import Limits
from doorward.graphql.meter import Meter
from doorward.graphql.metering import CostLimit
from tests.api import HEADERS, PASSWORD, Api, serve_api, soon
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
EVENTS = "query($n: Int) { events(first: $n) { nodes { id } } }"
SMALL = Limits(
    most_cost=60,
    cost_at_once=100,
    cost_per_second=10,
    anonymous_cost_at_once=20,
    anonymous_cost_per_second=1,
)


@pytest.fixture(autouse=True)
def reading_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long documents take to read is the machine's business."""
    given = Meter.__init__

    def still(self: Meter, limits: Limits, clock: Any) -> None:
        given(self, limits, clock, timer=lambda: 0.0)

    monkeypatch.setattr(Meter, "__init__", still)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as opened:
        yield opened


@pytest.fixture
async def api(world: World, tmp_path: Path) -> AsyncIterator[Api]:
    async with serve_api(world, tmp_path, Role.ADMINISTRATOR, limits=SMALL) as running:
        await running.sign_in(Role.ADMINISTRATOR)
        yield running


@pytest.fixture
async def hasty(world: World, tmp_path: Path) -> AsyncIterator[Api]:
    """A server that waits for nothing, and somebody who is signed in there already."""
    async with serve_api(world, tmp_path, Role.ADMINISTRATOR, limits=Limits(execution_s=0.2)) as running:
        signed_in = await sign_in(world.domain, "administrator", PASSWORD, Caller(None, None))
        running.http.cookies.set(SESSION_COOKIE, signed_in.token)
        yield running


async def ask(api: Api, query: str, **variables: Any) -> Any:
    return await api.http.post("/graphql", json={"query": query, "variables": variables}, headers=HEADERS)


async def test_what_a_request_costs_and_what_is_left_is_told(api: Api, world: World) -> None:
    reply = await ask(
        api, "{ rateLimit { cost costLimit limit remaining resetAt } events(first: 28) { nodes { id } } }"
    )
    told = reply.json()["data"]["rateLimit"]
    assert (told["cost"], told["costLimit"], told["limit"], told["remaining"]) == (30, 60, 100, 70)
    assert told["resetAt"] == (world.clock() + timedelta(seconds=3)).isoformat()
    assert reply.headers["ratelimit-policy"] == '"cost";q=100;w=10'
    assert reply.headers["ratelimit"] == '"cost";r=70;t=3'


async def test_what_is_too_costly_is_not_done_and_says_what_to_do(api: Api) -> None:
    error = (await ask(api, EVENTS, n=90)).json()["errors"][0]
    assert error["extensions"] == {"code": "TOO_COSTLY", "cost": 92, "limit": 60}
    assert "shorter pages" in error["message"]


async def test_an_empty_bucket_is_429_until_it_has_filled(api: Api, world: World) -> None:
    assert (await ask(api, EVENTS, n=50)).status_code == 200
    for _ in range(2):
        refused = await ask(api, EVENTS, n=50)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert refused.json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED", "retryAfter": "PT1S"}
    assert (await ask(api, EVENTS, n=46)).status_code == 200
    nothing = await ask(api, "{ viewer { name } }")
    assert (nothing.status_code, nothing.headers["retry-after"]) == (429, "1")
    assert nothing.headers["ratelimit"] == '"cost";r=0;t=10'
    world.clock.advance(timedelta(seconds=1))
    assert (await ask(api, "{ viewer { name } }")).status_code == 200


async def test_documents_that_are_not_valid_are_paid_for(api: Api) -> None:
    for wrong in ("{", "{ nowhere }", "{ viewer }", '{ door(id: "\\u0000") { id } }'):
        await ask(api, wrong)
    assert (await ask(api, "{ nowhere }")).headers["ratelimit"].startswith('"cost";r=5')


async def test_whoever_has_not_signed_in_has_the_bucket_of_the_address(api: Api) -> None:
    api.http.cookies.clear()
    assert (await ask(api, "{ needsSetUp }")).headers["ratelimit-policy"] == '"cost";q=20;w=20'
    await ask(api, "{ nowhere }")
    await ask(api, "{ nowhere }")
    assert (await ask(api, "{ needsSetUp }")).status_code == 429


async def test_a_websocket_pays_from_the_same_bucket(api: Api) -> None:
    await ask(api, EVENTS, n=50)
    with pytest.raises(AssertionError, match="RATE_LIMITED"):
        async with api.subscribe(EVENTS, n=50) as results:
            await soon(results)
    async with api.subscribe("{ rateLimit { cost remaining } viewer { name } }") as results:
        assert (await soon(results))["rateLimit"] == {"cost": 2, "remaining": 46}


async def test_an_empty_bucket_starts_nothing_over_a_websocket(api: Api) -> None:
    await ask(api, EVENTS, n=50)
    await ask(api, EVENTS, n=46)
    with pytest.raises(AssertionError, match="RATE_LIMITED"):
        async with api.subscribe("subscription { doorStates { id } }") as results:
            await soon(results)


async def test_a_query_that_takes_too_long_is_stopped(hasty: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = asyncio.Event()

    async def endless(*_: object) -> object:
        try:
            return await asyncio.Event().wait()
        finally:
            stopped.set()

    monkeypatch.setattr(doors, "list_doors", endless)
    error = (await ask(hasty, '{ door(id: "x") { id } }')).json()["errors"][0]
    assert error["extensions"]["code"] == "TIMED_OUT"
    await asyncio.wait_for(stopped.wait(), 5)


async def test_a_change_that_takes_too_long_goes_on_to_its_end(hasty: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, done = asyncio.Event(), asyncio.Event()

    async def slow(*given: Any) -> object:
        await go_on.wait()
        row = await update_site(*given)
        done.set()
        return row

    monkeypatch.setattr(site, "update_site", slow)
    reply = await ask(hasty, 'mutation { updateSite(input: {name: "Harbour"}) { errors { message } } }')
    assert reply.json()["errors"][0]["extensions"]["code"] == "TIMED_OUT"
    assert "goes on" in reply.json()["errors"][0]["message"]
    go_on.set()
    await asyncio.wait_for(done.wait(), 5)
    assert (await Site.get()).name == "Harbour"


@pytest.mark.parametrize("busy_s, cost", [(0.0, 0), (0.05, 500), (30.0, 1_000)])
def test_reading_costs_its_time_but_no_more_than_a_bound(busy_s: float, cost: int) -> None:
    limit = CostLimit.__new__(CostLimit)
    limit.reading_since = 0.0
    meter = Meter.__new__(Meter)
    meter.timer = lambda: busy_s
    assert limit._reading(meter) == cost
