"""What no input may contain, whatever it is for: characters that are none, and lists without end.

PostgreSQL stores no NUL and nothing can be written as UTF-8 with half a surrogate pair; and a database takes only so
many values at a time. Both would fail deep inside an operation, as a fault of the server.
"""

from collections.abc import Iterator
from typing import Any

from graphql import DocumentNode, GraphQLError, StringValueNode, Visitor, visit
from strawberry.extensions import SchemaExtension

from doorward.graphql.errors import ErrorCode

LONGEST_LIST = 10_000
_SURROGATES = range(0xD800, 0xE000)


class PlainInput(SchemaExtension):
    """Refuses a request, before anything of it is done, whose variables or literals nothing could store."""

    def on_execute(self) -> Iterator[None]:
        for name, value in (self.execution_context.variables or {}).items():
            _check(value, name)
        document = self.execution_context.graphql_document
        # Such a character can stand in a document only as an escape.
        if document is not None and "\\u" in (self.execution_context.query or ""):
            _check_literals(document)
        yield


def _check(value: Any, path: str) -> None:
    if isinstance(value, str):
        if not is_plain(value):
            raise _refusal(f"There is a character in {path} that is none (NUL, or half a surrogate pair).")
    elif isinstance(value, list):
        if len(value) > LONGEST_LIST:
            raise _refusal(f"There are {len(value)} entries in {path}; {LONGEST_LIST} are the most at a time.")
        for number, entry in enumerate(value):
            _check(entry, f"{path}.{number}")
    elif isinstance(value, dict):
        for name, entry in value.items():
            _check(entry, f"{path}.{name}")


def is_plain(text: str) -> bool:
    """Whether a text has only characters that can be stored."""
    return "\0" not in text and (text.isascii() or not any(ord(letter) in _SURROGATES for letter in text))


def _check_literals(document: DocumentNode) -> None:
    class Literals(Visitor):
        def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
            _check(node.value, "the request")

    visit(document, Literals())


def _refusal(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": ErrorCode.VALIDATION.name})
