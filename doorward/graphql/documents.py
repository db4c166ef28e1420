"""Documents that were asked before are neither parsed nor validated again: so many of them, and none that is long."""

from collections.abc import Iterator

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
        if len(self.execution_context.query or "") > LONGEST_KEPT:
            yield
        else:
            yield from super().on_parse()


class ValidatedDocuments(ValidationCache):
    """Keeps what was found of a parsed document."""

    def __init__(self) -> None:
        super().__init__(KEPT_DOCUMENTS)

    def on_validate(self) -> Iterator[None]:
        if len(self.execution_context.query or "") > LONGEST_KEPT:
            yield
        else:
            yield from super().on_validate()
