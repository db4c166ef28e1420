"""Input that no page of ours sends: whatever it is, it is refused in words or taken, and is no fault of the server."""

import random
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
)

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.schedules.operations import create_schedule
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio

ROUNDS = 6
TEXTS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "x" * 70_000,
    "💥" * 200,
    "\u202e",
    "1",
    "-1",
    "1e999",
    "NaN",
    "9" * 400,
    "%",
    "ß",
]
WHOLE = [0, 1, -1, 2**31 - 1, -(2**31), 255, 256, 70_000]
MOMENTS = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-23T12:00:00Z",
    "2026-11-23T12:00:00",
    "now",
]
DAYS = ["0001-01-01", "9999-12-31", "2026-02-29", "2026-11-23"]
LENGTHS = [0, 1, 2, 7, 400]


class Dice:
    """Values for any input type, some of them sound, most of them not."""

    def __init__(self, seed: str, ids: list[str]) -> None:
        self._random = random.Random(seed)
        self._ids = ids

    def value(self, kind: GraphQLInputType, depth: int = 0) -> Any:
        choose = self._random.choice
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, depth)
        return None if self._random.random() < 0.2 else self._present(kind, depth)

    def _present(self, kind: Any, depth: int) -> Any:
        choose = self._random.choice
        if isinstance(kind, GraphQLList):
            length = choose(LENGTHS if depth < 3 else LENGTHS[:3])
            one = self.value(kind.of_type, depth + 1)
            return [
                one if self._random.random() < 0.5 or length > 9 else self.value(kind.of_type, depth + 1)
                for _ in range(length)
            ]
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
        match kind.name:
            case "Boolean":
                return choose([True, False])
            case "Int":
                return choose(WHOLE)
            case "Float":
                return choose([*WHOLE, 1e308, -0.0])
            case "DateTime":
                return choose(MOMENTS)
            case "Date":
                return choose(DAYS)
            case "ID":
                return choose([*TEXTS, *self._ids, *self._ids, *self._ids])
            case _:
                return choose([*TEXTS, "Sound name", "12:00", "10110", "FB4C", "Europe/Berlin"])


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


def fields_of(kind: str) -> list[str]:
    schema = build_schema()._schema
    root = schema.mutation_type if kind == "mutation" else schema.query_type
    assert root is not None
    return [name for name, field in root.fields.items() if field.args and name not in {"signIn"}]


@pytest.mark.parametrize("kind", ["mutation", "query"])
async def test_no_input_is_a_fault_of_the_server(
    database_url: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    schema = build_schema()
    faults: dict[str, str] = {}
    async with open_world(database_url) as world:
        ids = await ids_of(world)
        root = schema._schema.mutation_type if kind == "mutation" else schema._schema.query_type
        for name in fields_of(kind):
            dice = Dice(name, ids)
            text = question(kind, name, schema._schema)
            for _ in range(ROUNDS):
                variables = {key: dice.value(argument.type) for key, argument in root.fields[name].args.items()}
                caplog.clear()
                context = ApiContext(world.domain, COMMAND_LINE, None, None)
                result = await schema.execute(text, variable_values=variables, context_value=context)
                for error in result.errors or ():
                    if (error.extensions or {}).get("code") == "INTERNAL":
                        faults[f"{name}: {caplog.records[-1].exc_info[1]!r:.200}"] = repr(variables)[:300]
    assert not faults, "\n".join(f"{fault}\n    {given}" for fault, given in faults.items())
