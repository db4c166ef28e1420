"""Who may ask what the schema is: its fields that say so, and what errors would let slip of it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, Visitor, visit
from strawberry.extensions import SchemaExtension

from doorward.acs.actor import Actor
from doorward.graphql.context import ApiContext
from doorward.graphql.documents import KEPT_DOCUMENTS
from doorward.graphql.errors import ErrorCode
from doorward.graphql.executor import LONGEST_KEPT
from doorward.graphql.limits import Introspection

HIDDEN = "This server does not tell you its schema. It is in the documentation, as schema.graphql."
_GUESSES = " Did you mean "
_SCHEMA = frozenset({"__schema", "__type"})


def may_introspect(allowed: Introspection, actor: Actor) -> bool:
    """Whether somebody may ask what the schema is."""
    return allowed is Introspection.EVERYBODY or (allowed is Introspection.SIGNED_IN and actor.user_id is not None)


class IntrospectionLimit(SchemaExtension):
    """Refuses `__schema` and `__type` where they may not be asked for. It comes after what validates."""

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        if document is not None and not context.pre_execution_errors and is_hidden(context.context):
            is_long = len(context.query or "") > LONGEST_KEPT
            if (_asks_for_the_schema.__wrapped__ if is_long else _asks_for_the_schema)(document):
                error = GraphQLError(HIDDEN, extensions={"code": ErrorCode.PERMISSION.name})
                context.pre_execution_errors = [error]
        yield


def is_hidden(context: object) -> bool:
    """Whether the schema is hidden from whoever asks."""
    if not isinstance(context, ApiContext) or context.meter is None:
        return False
    return not may_introspect(context.meter.limits.introspection, context.actor)


def without_guess(error: GraphQLError) -> GraphQLError:
    """The error without the names that were perhaps meant."""
    message, guess, _ = error.message.partition(_GUESSES)
    if not guess:
        return error
    return GraphQLError(
        message, nodes=error.nodes, source=error.source, positions=error.positions, path=error.path,
        original_error=error.original_error, extensions=error.extensions,
    )  # fmt: skip


@lru_cache(KEPT_DOCUMENTS)
def _asks_for_the_schema(document: DocumentNode) -> bool:
    found: list[str] = []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            if node.name.value in _SCHEMA:
                found.append(node.name.value)

    visit(document, Fields())
    return bool(found)
