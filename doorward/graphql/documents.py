"""Documents that were asked before are neither parsed nor validated again: so many of them, and none that is long."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from graphql import SKIP, DocumentNode, FieldNode, GraphQLError, Visitor, visit
from strawberry.extensions import (
    AddValidationRules,
    MaxAliasesLimiter,
    ParserCache,
    QueryDepthLimiter,
    SchemaExtension,
    ValidationCache,
)

from doorward.graphql.executor import LONGEST_KEPT

MAX_DEPTH = 10
MAX_ALIASES = 30
MAX_REPEATS = 100
KEPT_DOCUMENTS = 200

_LIMITS = [
    *MaxAliasesLimiter(max_alias_count=MAX_ALIASES).validation_rules,
    *QueryDepthLimiter(max_depth=MAX_DEPTH).validation_rules,
]
"""Made once: each limiter makes new classes of rules, and what was valid by other rules is validated again."""


def document_limits() -> SchemaExtension:
    """How deep a document may go and how many aliases it may have."""
    return AddValidationRules(_LIMITS)


class ParsedDocuments(ParserCache):
    """Keeps what was parsed, by its text."""

    def __init__(self) -> None:
        super().__init__(KEPT_DOCUMENTS)

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query and len(context.query) <= LONGEST_KEPT:
            # What does not parse is parsed again by the stock, which tells it over every transport.
            with suppress(GraphQLError):
                context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


class ValidatedDocuments(ValidationCache):
    """Keeps what was found of a parsed document."""

    def __init__(self) -> None:
        super().__init__(KEPT_DOCUMENTS)

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        is_long = len(context.query or "") > LONGEST_KEPT
        if document is not None and (_repeats.__wrapped__ if is_long else _repeats)(document) > MAX_REPEATS:
            message = f"A field with fields of its own is asked for {MAX_REPEATS} times by one name at most."
            context.pre_execution_errors = [GraphQLError(message)]
        elif not is_long:
            found = self.cached_validate_document(context.schema._schema, document, context.validation_rules)
            # A list of this request's own: what it is told of them is its own business.
            context.pre_execution_errors = list(found)
        yield


@lru_cache(KEPT_DOCUMENTS)
def _repeats(document: DocumentNode) -> int:
    """How often the same name is given to what has fields of its own: validation compares each with each of them."""
    names: Counter[str] = Counter()

    class Names(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            if node.selection_set is None:
                return SKIP
            names[(node.alias or node.name).value] += 1
            return None

    visit(document, Names())
    return max(names.values(), default=0)
