"""Input that no page of ours sends: whatever it is, it is refused in words or taken, and is no fault of the server."""

import random
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
)
from starlette.requests import Request
from starlette.responses import Response

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.people.models import Group
from doorward.acs.schedules.operations import create_schedule
from doorward.graphql.context import ApiContext
from doorward.graphql.plain_input import LONGEST_LIST, is_plain
from doorward.graphql.schema import build_schema
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio

SCHEMA = build_schema()
ROUNDS = 4
LEFT_OUT = {"signIn", "signOut"}
"""The one takes its time by design, the other answers with a cookie, for which there is no whole request here."""
SCOPE: dict[str, Any] = {"type": "http", "headers": [], "client": None}
TEXTS = ["", " ", "x" * 70_000, "💥" * 200, "\u202e", "1", "-1", "1e999", "NaN", "9" * 400, "%", "ß", "a\nb", "0" * 256]
SOUND = ["Sound name", "12:00", "10110", "FB4C", "Europe/Berlin", "rtsp://camera/1"]
NOBODY = ["", "nobody", "%", "💥", "00000000-0000-7000-8000-000000000000"]
WHOLE = [0, 1, -1, 2**31 - 1, -(2**31), 255, 256, 70_000]
MOMENTS = ["1900-01-01T00:00:00+14:00", "8999-12-31T23:59:59-14:00", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00"]
DAYS = ["1900-01-01", "8999-12-31", "2026-02-29", "2026-11-23"]
LENGTHS = [0, 1, 2, 7, 400]


LENGTHS_OF_TIME = ["PT0S", "PT7S", "PT0.5S", "P30D", "-PT1S", "P36500D", "PT1H2M3S", "P1M", "7", ""]
SCALARS: dict[str, list[Any]] = {
    "Boolean": [True, False],
    "CardBits": ["0101", "1" * 256, "2", ""],
    "Date": DAYS,
    "DateTime": MOMENTS,
    "Duration": LENGTHS_OF_TIME,
    "Float": [*WHOLE, 1e308, -0.0],
    "Int": WHOLE,
}


class Dice:
    """Values for any input type, some of them sound, most of them not."""

    def __init__(self, seed: str, ids: list[str]) -> None:
        self._random = random.Random(seed)
        self._ids = ids

    def value(self, kind: GraphQLInputType, depth: int = 0) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, depth)
        return None if self._random.random() < 0.2 else self._present(kind, depth)

    def _present(self, kind: Any, depth: int) -> Any:
        choose = self._random.choice
        if isinstance(kind, GraphQLList):
            length = choose(LENGTHS if depth < 3 else LENGTHS[:3])
            if length > 9 or self._random.random() < 0.5:
                return [self.value(kind.of_type, depth + 1)] * length
            return [self.value(kind.of_type, depth + 1) for _ in range(length)]

        if isinstance(kind, GraphQLInputObjectType):
            fields = {
                name: self.value(field.type, depth + 1)
                for name, field in kind.fields.items()
                if isinstance(field.type, GraphQLNonNull) or self._random.random() < 0.6
            }
            if kind.is_one_of:
                name = choose(list(kind.fields))
                fields = {name: self._present(kind.fields[name].type, depth + 1)}
            return fields
        if isinstance(kind, GraphQLEnumType):
            return choose(list(kind.values))
        if kind.name == "ID":
            return choose([*NOBODY, *self._ids])
        return choose(SCALARS.get(kind.name, [*TEXTS, *SOUND]))


def question(kind: str, name: str, schema: GraphQLSchema) -> str:
    """A request for this field with all its arguments as variables."""
    root = schema.mutation_type if kind == "mutation" else schema.query_type
    assert root is not None
    arguments = root.fields[name].args
    declared = ", ".join(f"${key}: {argument.type}" for key, argument in arguments.items())
    given = ", ".join(f"{key}: ${key}" for key in arguments)
    brackets = (f"({declared})", f"({given})") if arguments else ("", "")
    return f"{kind}{brackets[0]} {{ {name}{brackets[1]} {{ __typename {shown(root.fields[name].type)} }} }}"


def shown(kind: Any) -> str:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return "errors { code message path }" if "errors" in getattr(kind, "fields", {}) else ""


async def ids_of(world: World) -> list[str]:
    """Ids of one of everything that there is."""
    site: Site = await make_site(world)
    night = await create_schedule(world.domain, COMMAND_LINE, "Night", [[(0, 60)]] * 7)
    return [
        site.door.id, site.reader_a.id, site.camera.id, site.group.id, site.ada.id, site.card.id, *site.zones,
        night.id, world.controller.id, "card-and-pin", "H10301", "00000000-0000-7000-8000-000000000000",
    ]  # fmt: skip


def fields_of(kind: str, schema: GraphQLSchema) -> dict[str, dict[str, GraphQLArgument]]:
    """The arguments of every field that has any."""
    root = schema.mutation_type if kind == "mutation" else schema.query_type
    assert root is not None
    return {name: field.args for name, field in root.fields.items() if field.args and name not in LEFT_OUT}


def blame(caplog: pytest.LogCaptureFixture) -> str:
    """The fault that was masked last."""
    told = [record.exc_info[1] for record in caplog.records if record.exc_info]
    return f"{told[-1]!r:.150}" if told else "unknown"


async def ask(world: World, text: str, variables: dict[str, Any]) -> list[str]:
    """The codes of the errors of a request, those of the whole and those of a mutation."""
    context = ApiContext(world.domain, COMMAND_LINE, Request(SCOPE), Response())
    result = await SCHEMA.execute(text, variable_values=variables, context_value=context)
    codes = [str((error.extensions or {}).get("code")) for error in result.errors or ()]
    for payload in (result.data or {}).values():
        if isinstance(payload, dict):
            codes += [error["code"] for error in payload.get("errors") or ()]
    return codes


@pytest.mark.parametrize("kind", ["mutation", "query"])
async def test_no_input_is_a_fault_of_the_server(
    database_url: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    schema = SCHEMA._schema
    faults: dict[str, str] = {}
    async with open_world(database_url) as world:
        ids = await ids_of(world)
        for name, arguments in fields_of(kind, schema).items():
            dice = Dice(name, ids)
            for _ in range(ROUNDS):
                variables = {key: dice.value(argument.type) for key, argument in arguments.items()}
                caplog.clear()
                if "INTERNAL" in await ask(world, question(kind, name, schema), variables):
                    faults[f"{name}: {blame(caplog)}"] = f"{variables!r:.300}"
    assert not faults, "\n".join(f"{fault}\n    {given}" for fault, given in faults.items())


GROUP = "mutation($name: String!) { createGroup(input: {name: $name}) { errors { code } } }"


@pytest.mark.parametrize(
    "text, variables",
    [
        (GROUP, {"name": "a\0b"}),
        (GROUP, {"name": "\ud800"}),
        ('mutation { createGroup(input: {name: "a\\u0000b"}) { errors { code } } }', {}),
        ("query($id: ID!) { cardholder(id: $id) { id } }", {"id": "9" * 37}),
        (f'{{ cardholder(id: "{"9" * 37}") {{ id }} }}', {}),
        ("query($id: ID!) { cardholder(id: $id) { id } }", {"id": 10**40}),
        ("query($id: ID!) { cardholder(id: $id) { id } }", {"id": -1e40}),
        (f"{{ cardholder(id: {'9' * 37}) {{ id }} }}", {}),
        (
            "query($ids: [ID!]) { zones(first: 100, filter: {ids: $ids}) { nodes { id } } }",
            {"ids": ["x"] * (LONGEST_LIST + 1)},
        ),
        (
            "query($ids: [ID!]) { zones(first: 100, filter: {ids: $ids}) { nodes { id } } }",
            {"ids": ["sound", "9" * 37]},
        ),
    ],
)
async def test_what_nothing_can_take_is_refused_before_anything_is_done(
    database_url: str, text: str, variables: dict[str, Any]
) -> None:
    async with open_world(database_url) as world:
        assert await ask(world, text, variables) == ["VALIDATION"]
        assert not await Group.exists()


def test_plain_texts_of_every_script_are_plain() -> None:
    assert all(map(is_plain, ["", "Ada", "Zoë", "💥", "中文", "\ud7ff\ue000"]))
    assert not any(map(is_plain, ["\0", "\ud83d", "a\udca5"]))
