"""Requests made up from the schema itself: documents that are nearly always valid, with values that nobody expects."""

import json
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_abstract_type,
    is_leaf_type,
)

TEXTS = ["", " ", "Ada", "%", "_", "\\", "'", '"', "x" * 5_000, "💥", "\u202e", "\ud800", "a\0b", "-1", "1e999", "NaN",
         "9" * 400, "../../etc/passwd", "' OR 1=1 --", "{{7*7}}", "10110", "FB4C", "Europe/Berlin", "rtsp://camera/1",
         "2026-11-23", "12:00", "ß\u0301", "\r\n", "null", "H10301"]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 7, 25, 100, 101, 255, 256, 65_536, 2**31 - 1, -(2**31), 2**31, 2**53, 2**63, 10**40]
MOMENTS = ["1900-01-01T00:00:00+14:00", "8999-12-31T23:59:59-14:00", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00",
           "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "now", ""]  # fmt: skip
DAYS = ["1900-01-01", "8999-12-31", "2026-02-29", "2026-11-23", "0000-00-00", ""]
CURSORS = ["", "MQ==", "LTE=", "x", "AAAA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "4pyT", "bnVsbAo="]
NOBODY = ["", "nobody", "%", "💥", "00000000-0000-7000-8000-000000000000", "9" * 36, "9" * 37]
ANYTHING: list[Any] = [None, True, False, 0, 10**40, 1.5, -0.0, 1e308, "", "x", [], {}, [[]], {"a": {"b": []}}]
SPLINTERS = [b'"', b"{", b"}", b"[" * 2_000, b"\\u0000", b"\xff\xfe", b"null", b"1e400", b"$"]
DEEPEST = 6
MOST_FIELDS = 60
TURNS_THE_KEY = {"updateSignInRules"}
"""After it nobody could do anything any more."""


class Maker:
    """Makes requests with the given dice. `ids` are ids of things that are there."""

    def __init__(self, schema: GraphQLSchema, dice: Random, ids: list[str]) -> None:
        self._schema, self._dice, self._ids = schema, dice, ids
        self._variables: dict[str, tuple[str, Any]] = {}
        self._fields = 0

    def body(self, kind: str | None = None) -> dict[str, Any]:
        """A request's JSON object: a document with one to three fields of a root, and its variables."""
        dice = self._dice
        kind = kind or dice.choice(["query", "mutation"])
        root = {
            "query": self._schema.query_type,
            "mutation": self._schema.mutation_type,
            "subscription": self._schema.subscription_type,
        }[kind]
        assert root is not None
        number_of = 1 if kind == "subscription" else dice.choice([1, 1, 1, 2, 3])
        names = [dice.choice([name for name in root.fields if name not in TURNS_THE_KEY]) for _ in range(number_of)]
        parts = [self._field(f"r{number}", name, root.fields[name], 0) for number, name in enumerate(names)]
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in self._variables.items())
        document = f"{kind} Made{f'({declared})' if declared else ''} {{ {' '.join(parts)} }}"
        return {"query": document, "variables": {name: value for name, (_, value) in self._variables.items()}}

    def _field(self, alias: str, name: str, field: GraphQLField, depth: int) -> str:
        self._fields += 1
        given = []
        for key, argument in field.args.items():
            if isinstance(argument.type, GraphQLNonNull) or self._dice.random() < 0.5:
                variable = f"v{len(self._variables)}"
                page = key in ("first", "last")
                value = self._dice.choice(NUMBERS[:10]) if page else self._value(argument.type, 0)
                if page and self._dice.random() < 0.5:
                    given.append(f"{key}: {value}")
                    continue
                self._variables[variable] = str(argument.type), value
                given.append(f"{key}: ${variable}")
        arguments = f"({', '.join(given)})" if given else ""
        renamed = f"{alias}: " if depth == 0 or self._dice.random() < 0.05 else ""
        return f"{renamed}{name}{arguments} {self._below(field.type, depth + 1)}"

    def _below(self, kind: Any, depth: int) -> str:
        while isinstance(kind, GraphQLNonNull | GraphQLList):
            kind = kind.of_type
        if is_leaf_type(kind):
            return ""
        parts = ["__typename"]
        if is_abstract_type(kind):
            possible = self._schema.get_possible_types(kind)
            parts += [f"... on {one.name} {self._below(one, depth)}" for one in possible]
            return f"{{ {' '.join(parts)} }}"
        # What answers a change says why not: that is always asked for.
        chosen = [name for name in kind.fields if name == "errors" or self._dice.random() < 0.6 / depth + 0.1]
        for number, name in enumerate(chosen):
            field = kind.fields[name]
            leaf = self._below(field.type, DEEPEST) == ""
            if leaf or (depth < DEEPEST and self._fields < MOST_FIELDS):
                parts.append(self._field(f"f{depth}x{number}", name, field, depth))
        text = " ".join(parts)
        if self._dice.random() < 0.1:
            text = f"... on {kind.name} @include(if: true) {{ {text} }}"
        return f"{{ {text} }}"

    def _value(self, kind: Any, depth: int) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, depth)
        return None if self._dice.random() < 0.2 else self._present(kind, depth)

    def _present(self, kind: Any, depth: int) -> Any:
        dice = self._dice
        if dice.random() < 0.02:
            return dice.choice(ANYTHING)
        if isinstance(kind, GraphQLList):
            length = dice.choice([0, 1, 1, 2, 7] if depth < 3 else [0, 1])
            return [self._value(kind.of_type, depth + 1) for _ in range(length)]
        if isinstance(kind, GraphQLInputObjectType):
            if kind.is_one_of:
                name = dice.choice(list(kind.fields))
                return {name: self._present(kind.fields[name].type, depth + 1)}
            return {
                name: self._value(field.type, depth + 1)
                for name, field in kind.fields.items()
                if isinstance(field.type, GraphQLNonNull) or dice.random() < 0.5
            }
        if isinstance(kind, GraphQLEnumType):
            return dice.choice(list(kind.values)) if dice.random() < 0.98 else "NONESUCH"
        return self._scalar(kind.name)

    def _scalar(self, name: str) -> Any:
        dice = self._dice
        match name:
            case "Boolean":
                return dice.choice([True, False])
            case "Int":
                return dice.choice(NUMBERS)
            case "Float":
                return dice.choice([*NUMBERS, 1e308, -0.0, 1.5])
            case "DateTime":
                return dice.choice(MOMENTS)
            case "Date":
                return dice.choice(DAYS)
            case "ID":
                return dice.choice([*self._ids, *self._ids, *NOBODY])
            case "JSON":
                return dice.choice(ANYTHING)
            case _:
                return dice.choice([*TEXTS, *CURSORS, *self._ids[:3]])


def mangled(dice: Random, body: bytes) -> bytes:
    """The same bytes with a few of them gone, doubled, swapped or changed."""
    data = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        if not data:
            break
        at = dice.randrange(len(data))
        match dice.randrange(5):
            case 0:
                del data[at : at + dice.randint(1, 20)]
            case 1:
                data[at] = dice.randrange(256)
            case 2:
                data[at:at] = dice.choice(SPLINTERS)
            case 3:
                data[at:at] = data[at : at + 50]
            case _:
                del data[at:]
    return bytes(data)


def written(body: dict[str, Any]) -> bytes:
    """As JSON; half characters are escaped."""
    return json.dumps(body).encode()
