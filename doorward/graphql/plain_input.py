"""What no input may be, whatever it is for: characters that are none, ids and dates beyond all bounds, endless lists.

PostgreSQL stores no NUL, nothing can be written as UTF-8 with half a surrogate pair, a date near the ends of the
calendar has no moment in other time zones, and a database takes only so many values at a time. All of it would fail
deep inside an operation, as a fault of the server.
"""

import re
from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)
from strawberry.extensions import SchemaExtension

from doorward.graphql.errors import ErrorCode

LONGEST_ID = 36
LONGEST_LIST = 10_000
FIRST_YEAR, LAST_YEAR = "1900", "9000"
_SURROGATES = range(0xD800, 0xE000)
_TO_LOOK_AT = re.compile(r'"|[0-9]{36}')
"""What a document has if there is a literal in it that is to be looked at."""
_DATES = frozenset({"Date", "DateTime"})


class PlainInput(SchemaExtension):
    """Refuses a request, before anything of it is done, whose variables or literals nothing could take."""

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        if document is not None:
            schema = context.schema._schema
            _check_variables(schema, document, context.variables or {})
            if _TO_LOOK_AT.search(context.query or ""):
                _check_literals(schema, document)
        yield


def _check_variables(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> None:
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            for definition in operation.variable_definitions or ():
                name = definition.variable.name.value
                _check(variables.get(name), type_from_ast(schema, definition.type), name)


def _check(value: Any, kind: Any, path: str) -> None:
    """A value as it was sent, for this type. What does not fit the type at all is told by who coerces it."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    name = getattr(get_named_type(kind), "name", "")
    if isinstance(value, str):
        _check_text(value, name, path)
    elif isinstance(value, int | float) and name == "ID":
        _check_number(value, path)
    elif isinstance(value, list):
        if len(value) > LONGEST_LIST:
            raise _refusal(f"There are {len(value)} entries in {path}; {LONGEST_LIST} are the most at a time.")
        for number, entry in enumerate(value):
            _check(entry, kind.of_type if isinstance(kind, GraphQLList) else None, f"{path}.{number}")
    elif isinstance(value, dict):
        fields = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
        for key, entry in value.items():
            _check(entry, fields[key].type if key in fields else None, f"{path}.{key}")


def _check_text(text: str, kind: str, path: str) -> None:
    if not is_plain(text):
        raise _refusal(f"There is a character in {path} that is none (NUL, or half a surrogate pair).")
    if kind == "ID" and len(text) > LONGEST_ID:
        raise _refusal(f"This is no id in {path}: it is longer than {LONGEST_ID} characters.")
    if kind in _DATES and not FIRST_YEAR <= text[:4] < LAST_YEAR:
        raise _refusal(f"Give a date from the year {FIRST_YEAR} on in {path}, such as 2026-01-31, before {LAST_YEAR}.")


def _check_number(value: float, path: str) -> None:
    """An id that is written as a number, which the API's ids never are."""
    if abs(value) >= 10 ** (LONGEST_ID - 1):
        raise _refusal(f"This is no id in {path}: it is longer than {LONGEST_ID} characters.")


def is_plain(text: str) -> bool:
    """Whether a text has only characters that can be stored."""
    return "\0" not in text and (text.isascii() or not any(ord(letter) in _SURROGATES for letter in text))


def _check_literals(schema: GraphQLSchema, document: DocumentNode) -> None:
    types = TypeInfo(schema)

    class Literals(Visitor):
        def enter_int_value(self, node: IntValueNode, *_: Any) -> None:
            if getattr(get_named_type(types.get_input_type()), "name", "") == "ID":
                _check_text(node.value, "ID", "the request")

        def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
            kind = types.get_input_type()
            _check_text(node.value, getattr(get_named_type(kind), "name", ""), "the request")

    visit(document, TypeInfoVisitor(types, Literals()))


def _refusal(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": ErrorCode.VALIDATION.name})
