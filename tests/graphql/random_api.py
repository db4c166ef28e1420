"""Random schemas, random objects behind them and random requests, for comparing one executor with another."""

import asyncio
import enum
import math
import types
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Annotated, Any, NewType, Union

import strawberry

READS: list[str] = []
"""Which attributes were read, in what order: an executor may not look twice."""


@strawberry.enum
class Colour(enum.Enum):
    """Values with names of their own, one of them twice."""

    RED = "r"
    GREEN = "g"
    ALSO_RED = "r"  # noqa: PIE796 - an alias is the point


@strawberry.enum
class Level(enum.IntEnum):
    """An enum whose members are numbers."""

    LOW = 1
    HIGH = 2


class Text(str):
    """Not exactly a str."""

    __slots__ = ()


def _serialise(value: object) -> object:
    match value:
        case "later":
            return _later("came later", 1)
        case "fails later":
            return _later(ValueError("failed later"), 1)
        case "nothing":
            return None
        case "fails":
            raise ValueError("this scalar fails")
    return f"odd {value}"


async def _later(value: object, steps: int) -> object:
    for _ in range(steps):
        await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


Odd = NewType("Odd", object)
ODD = strawberry.scalar(name="Odd", serialize=_serialise)
MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAVES: dict[Any, list[object]] = {
    str: ["a", "", "ß", Text("b"), 1, True, 1.5, object(), ["x"]],
    int: [0, 1, -1, 2**31 - 1, 2**31, -(2**31) - 1, True, 2.0, 2.5, "7", "x", Level.HIGH],
    float: [0.0, -0.0, 1.5, 2, True, math.nan, math.inf, "1.5", "x"],
    bool: [True, False, 1, 0, 0.0, "yes"],
    strawberry.ID: ["id", 7, 7.0, True, Text("c"), object()],
    Colour: [Colour.RED, Colour.GREEN, Colour.ALSO_RED, "r", "nonsense", [], 1],
    Level: [Level.LOW, Level.HIGH, 1, 9, "LOW"],
    datetime: [MOMENT, "not a moment", 5],
    Odd: ["plain", "later", "fails later", "nothing", "fails"],
}


@dataclass(frozen=True)
class Recipe:
    """How a value is made, as often as it is asked for: always the same, with fresh coroutines and iterators."""

    make: str
    of: Any = None
    parts: tuple["Recipe", ...] = ()

    def __call__(self) -> Any:
        match self.make:
            case "value":
                return self.of
            case "object":
                made = self.of.__new__(self.of)
                made.__dict__["recipes"] = dict(zip(made.named, self.parts, strict=True))
                return made
            case "raise":
                raise LookupError("cannot be read")
            case "await":
                return _awaited(self.parts[0], self.of)
            case "list":
                return _made(self.parts)
            case "tuple":
                return tuple(_made(self.parts))
            case "generator":
                return _generated(self.parts)
        return _streamed(self.parts)


def _made(parts: tuple[Recipe, ...]) -> list[object]:
    made: list[object] = []
    try:
        made.extend(part() for part in parts)
    except LookupError:
        for value in made:
            if asyncio.iscoroutine(value):
                value.close()
        raise
    return made


async def _awaited(recipe: Recipe, steps: int) -> object:
    await _later(None, steps)
    value = recipe()
    return await value if asyncio.iscoroutine(value) else value


def _generated(parts: tuple[Recipe, ...]) -> Iterator[object]:
    for part in parts:
        yield part()


async def _streamed(parts: tuple[Recipe, ...]) -> AsyncIterator[object]:
    for part in parts:
        await asyncio.sleep(0)
        yield part()


class Recipes:
    """An object whose attributes are made when they are read."""

    named: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.named:
            raise AttributeError(name)
        READS.append(f"{type(self).__name__}.{name}")
        return self.__dict__["recipes"][name]()


@dataclass
class Api:
    """A schema, and the types of its fields as they were drawn."""

    schema: strawberry.Schema
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    classes: dict[str, Any] = field(default_factory=dict)


def _resolved(chance: Random, name: str) -> Any:
    """A field with a resolver of its own, or nothing: then it is an attribute."""
    kind = chance.choice(["", "", "", "", "", "self", "async", "argument"])
    if kind == "self":

        def plain(self: Any) -> Any:
            return self.__getattr__(name)

        return plain
    if kind == "async":

        async def waits(self: Any) -> Any:
            await asyncio.sleep(0)
            value = self.__getattr__(name)
            return await value if asyncio.iscoroutine(value) else value

        return waits
    if kind == "argument":

        def asks(self: Any, wanted: bool = True) -> Any:
            return self.__getattr__(name) if wanted else None

        return asks
    return None


@cache
def api(number: int) -> Api:
    """One of a few dozen schemas, always the same for its number."""
    chance = Random(number)
    drawn: dict[str, dict[str, Any]] = {}
    classes: dict[str, Any] = {}

    def a_type(name: str, below: list[Any], depth: int = 0) -> Any:
        if depth < 2 and chance.random() < 0.3:
            kind: Any = list[a_type(name, below, depth + 1)]  # type: ignore[misc]
        else:
            kind = (
                chance.choice(below)
                if below and chance.random() < (0.8 if name == "Query" else 0.3)
                else chance.choice(list(LEAVES))
            )
        return kind | None if chance.random() < 0.6 else kind

    def a_class(name: str, below: list[Any], base: Any = None) -> Any:
        fields = {f"{name.lower()}{place}": a_type(name, below) for place in range(chance.randint(3, 7))}
        shared = drawn["I"] if base is not None else {}
        body: dict[str, Any] = {"__annotations__": dict(fields), "__module__": __name__}
        for key, kind in fields.items():
            resolver = _resolved(chance, key)
            if resolver is not None:
                resolver.__annotations__ = {**resolver.__annotations__, "return": kind}
                resolver.__annotations__.pop("self", None)
                body[key] = strawberry.field(resolver=resolver)
                del body["__annotations__"][key]
        bases = (Recipes,) if base is None else (base,)
        made: Any = types.new_class(name, bases, exec_body=lambda space: space.update(body))
        drawn[name] = {**shared, **fields}
        made.named = tuple(drawn[name])
        classes[name] = (strawberry.interface if name == "I" else strawberry.type)(made)
        return classes[name]

    base = a_class("I", [])
    low = a_class("C", [], base)
    middle = a_class("B", [low, base], base)
    either: Any = Annotated[Union[middle, low], strawberry.union("U")]  # noqa: UP007
    top = a_class("A", [middle, low, base, either])
    every = a_class("Query", [top, middle, low, base, either])
    drawn["U"] = {}
    config = strawberry.schema.config.StrawberryConfig(scalar_map={Odd: ODD})
    return Api(strawberry.Schema(query=every, types=[low, middle], config=config), drawn, classes)


def a_recipe(chance: Random, api: Api, kind: Any, odd: float, depth: int = 0) -> Recipe:
    """A value for a field of this type; `odd` of them are what a careful resolver would not return."""
    if chance.random() < odd:
        match chance.choice(["none", "none", "await", "await", "error", "raise", "wrong"]):
            case "none":
                return Recipe("value")
            case "await":
                return Recipe("await", chance.randint(0, 2), (a_recipe(chance, api, kind, odd, depth),))
            case "error":
                return Recipe("value", RuntimeError("an error is the value"))
            case "raise":
                return Recipe("raise")
            case "wrong":
                return Recipe("value", chance.choice([object, 0, "", (), {}, Colour.RED]))
    inner = [part for part in getattr(kind, "__args__", ()) if part is not type(None)]
    origin = getattr(kind, "__origin__", None)
    if origin is list:
        length = chance.choice([0, 1, 2, 3])
        parts = tuple(a_recipe(chance, api, inner[0], odd, depth + 1) for _ in range(length))
        return Recipe(chance.choice(["list"] * 5 + ["tuple", "generator", "stream"]), None, parts)
    if kind in LEAVES:
        values = LEAVES[kind]
        return Recipe("value", values[0] if chance.random() > 3 * odd else chance.choice(values))
    if hasattr(kind, "__metadata__"):
        name = chance.choice(["B", "C"])
    elif kind in api.classes.values():
        name = kind.__name__ if kind.__name__ != "I" else chance.choice(["B", "C"])
    else:
        return a_recipe(chance, api, inner[0], odd, depth)
    if depth > 6:
        return Recipe("value")
    return an_object(chance, api, name, odd, depth)


def an_object(chance: Random, api: Api, name: str, odd: float, depth: int = 0) -> Recipe:
    """An object with a recipe for each of its fields."""
    parts = tuple(a_recipe(chance, api, kind, odd, depth + 1) for kind in api.objects[name].values())
    return Recipe("object", api.classes[name], parts)


VARIABLES = {"yes": True, "no": False}


def a_query(chance: Random, api: Api, depth: int = 5) -> str:  # noqa: C901 - a grammar in one piece
    """A request that need not be valid: fragments, directives, aliases and what is asked for twice."""
    directed = chance.random() < 0.6
    schema = api.schema._schema

    def directive() -> str:
        if not directed or chance.random() < 0.8:
            return ""
        return f" @{chance.choice(['skip', 'include'])}(if: {chance.choice(['$yes', '$no', 'true', 'false'])})"

    def argument(definition: Any) -> str:
        if chance.random() < 0.05:
            return "(nothing: 1)"
        if "wanted" not in definition.args or chance.random() < 0.4:
            return ""
        return f"(wanted: {chance.choice(['true', 'false', '$yes', '$no', '7'])})"

    def selection(name: str, left: int) -> str:
        fields = getattr(schema.type_map.get(name), "fields", {})
        chosen: list[str] = []
        for _ in range(chance.randint(1, 7)):
            dice = chance.random()
            if left > 0 and dice < 0.12:
                on = chance.choice(["", f" on {name}", " on B", " on C", " on I"])
                inside = on.removeprefix(" on ") or name
                chosen.append(f"...{on}{directive()} {selection(inside, left - 1)}")
            elif dice < 0.22:
                chosen.append(f"...{chance.choice(['FA', 'FB', 'FI'])}{directive()}")
            elif dice < 0.32 or not fields:
                chosen.append(chance.choice(["__typename", "kind: __typename", "nowhere"]) + directive())
            else:
                chosen.append(asked(chance.choice(list(fields)), name, left))
        return "{ " + " ".join(chosen) + " }"

    def asked(key: str, name: str, left: int) -> str:
        definition: Any = schema.type_map[name].fields[key]  # type: ignore[attr-defined]
        kind = definition.type
        while hasattr(kind, "of_type"):
            kind = kind.of_type
        alias = chance.choice(["", "", "", "x: ", "y: "])
        leaf = not hasattr(kind, "fields") and not hasattr(kind, "types")
        below = "" if leaf else " " + selection(kind.name, left - 1)
        if not leaf and left <= 0:
            below = " { __typename }"
        return f"{alias}{key}{argument(definition)}{directive()}{below}"

    fragments = " ".join(f"fragment F{name} on {name} {selection(name, 1)}" for name in ("A", "B", "I"))
    return f"query($yes: Boolean!, $no: Boolean!) {selection('Query', depth)} {fragments}"
