"""The server of a copy of the examples' site, with a controller that confirms whatever it is asked."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.doors import maintenance
from doorward.acs.doors.models import Door
from doorward.acs.messages import (
    Captured,
    CommandResult,
    CommandStatus,
    DoorCommand,
    DoorStatus,
    OrderProgress,
    OrderStep,
    OutputCommand,
    ToController,
)
from doorward.acs.users.oidc_client import OidcClient
from doorward.acs.users.web_addresses import WebAddresses
from doorward.graphql.context import SESSION_COOKIE
from doorward.server.app import build_app
from tests.api import HEADERS
from tests.fake_issuer import FakeIssuer
from tests.graphql.example_making import NOW, ORIGIN, SET_UP_TOKEN
from tests.graphql.example_webhooks import receiving
from tests.server.webhooks.receiver import Receiver
from tests.world import World, open_world


@dataclass
class Example:
    """A copy of the site: who asks through the endpoint of its server, and who else it speaks with."""

    world: World
    http: httpx.AsyncClient
    sent: list[ToController]
    """What its controller was sent."""
    receiver: Receiver
    """Of its webhooks."""
    issuer: FakeIssuer
    """Of its providers."""

    async def ask(self, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data that a request answers with; it must not fail. Variables that are bytes are files."""
        files = {name: value for name, value in variables.items() if isinstance(value, bytes)}
        operations = {"query": text, "variables": {**variables, **dict.fromkeys(files)}}
        if files:
            places = {str(number): [f"variables.{name}"] for number, name in enumerate(files)}
            form = {"operations": json.dumps(operations), "map": json.dumps(places)}
            reply = await self.http.post("/graphql", data=form, files=dict(zip(places, files.values(), strict=True)))
        else:
            reply = await self.http.post("/graphql", json=operations)
        body: dict[str, Any] = reply.json()
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data


@asynccontextmanager
async def open_example(database_url: str, session: str | None, place: Path) -> AsyncIterator[Example]:
    """A copy of the prepared database, as its server would have it with its controller connected.

    `place`: where its files are.
    """
    async with open_world(database_url) as world, receiving(world.domain) as receiver:
        world.clock.now = NOW
        domain, issuer = world.domain, FakeIssuer(int(NOW.timestamp()))
        domain.set_up_token = SET_UP_TOKEN
        domain.controllers.port = 8444
        domain.web, domain.oidc = WebAddresses((ORIGIN,)), OidcClient(issuer.transport())
        domain.job_files = place / "jobs"
        sent: list[ToController] = []
        domain.doors.attach(world.controller.id, _controller(world, sent))
        for door_id in await Door.all().values_list("id", flat=True):
            closed = DoorStatus(str(door_id), DoorMode.LOCKED, Position.CLOSED, True, False, False, False)
            domain.doors.update(world.controller.id, closed)
        transport = httpx.ASGITransport(build_app(domain, place / "video"))
        cookies = {SESSION_COOKIE: session} if session else {}
        headers = {**HEADERS, "origin": ORIGIN}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://example", headers=headers, cookies=cookies
        ) as http:
            yield Example(world, http, sent, receiver, issuer)


def _controller(world: World, sent: list[ToController]) -> Callable[[ToController], None]:
    """Takes every message, and confirms every command."""

    def take(message: ToController) -> None:
        sent.append(message)
        if isinstance(message, DoorCommand | OutputCommand):
            world.domain.doors.resolve(CommandResult(message.id, CommandStatus.CONFIRMED))

    return take


async def begin_order(example: Example, device_id: str, *, ended: bool) -> str:
    """A capture that goes on, or has ended and brought something: its id. It is known to this server alone."""
    domain, here = example.world.domain, example.world.controller.id
    order_id = (await maintenance.capture(domain, COMMAND_LINE, device_id)).order.id
    if ended:
        domain.orders.note(here, Captured(order_id, b"a capture"))
        domain.orders.note(here, OrderProgress(order_id, OrderStep.DONE))
    return order_id
