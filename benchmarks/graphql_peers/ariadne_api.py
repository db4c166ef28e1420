"""The API in Ariadne; its documents are parsed and validated beforehand."""

from functools import cache
from inspect import isawaitable
from typing import Any

from ariadne import (  # type: ignore[import-not-found]
    EnumType,
    QueryType,
    ScalarType,
    make_executable_schema,
)
from graphql import DocumentNode, execute, parse, validate

from benchmarks.graphql_peers.cases import DETAIL, PAGE, ROWS, SDL, Colour, serve

QUERY = QueryType()
MOMENT = ScalarType("DateTime", serializer=lambda value: value.isoformat())


@QUERY.field("things")  # type: ignore[untyped-decorator]
async def things(*_: Any) -> Any:
    """All rows."""
    return ROWS


@QUERY.field("page")  # type: ignore[untyped-decorator]
async def page(*_: Any) -> Any:
    """A page of them."""
    return PAGE


@QUERY.field("thing")  # type: ignore[untyped-decorator]
async def thing(*_: Any) -> Any:
    """One of them."""
    return DETAIL


SCHEMA = make_executable_schema(SDL, QUERY, MOMENT, EnumType("Colour", Colour), convert_names_case=True)


@cache
def document(query: str) -> DocumentNode:
    """A request, parsed and valid."""
    parsed = parse(query)
    assert not validate(SCHEMA, parsed)
    return parsed


async def run(query: str) -> Any:
    """The data of a request."""
    result: Any = execute(SCHEMA, document(query))
    if isawaitable(result):
        result = await result
    assert not result.errors, result.errors
    return result.data


if __name__ == "__main__":
    serve(run)
