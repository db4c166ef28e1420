"""The API in Graphene; its documents are parsed and validated beforehand."""

from functools import cache
from inspect import isawaitable
from typing import Any

import graphene  # type: ignore[import-not-found]
from graphql import DocumentNode, execute, parse, validate

from benchmarks.graphql_peers.cases import DETAIL, PAGE, ROWS, Colour, serve

ColourType = graphene.Enum.from_enum(Colour)
NEEDED = {"required": True}


class Thing(graphene.ObjectType):  # type: ignore[misc]
    """See Row."""

    id = graphene.ID(**NEEDED)
    name = graphene.String(**NEEDED)
    number = graphene.Int(**NEEDED)
    weight = graphene.Float(**NEEDED)
    active = graphene.Boolean(**NEEDED)
    note = graphene.String()
    colour = graphene.Field(ColourType, **NEEDED)
    at = graphene.DateTime(**NEEDED)
    count = graphene.Int(**NEEDED)
    label = graphene.String(**NEEDED)
    parts = graphene.List(graphene.NonNull(lambda: Thing), **NEEDED)
    owner = graphene.Field(lambda: Thing)


class Edge(graphene.ObjectType):  # type: ignore[misc]
    """See EdgeRow."""

    cursor = graphene.String(**NEEDED)
    node = graphene.Field(Thing, **NEEDED)


class PageInfo(graphene.ObjectType):  # type: ignore[misc]
    """See PageInfoRow."""

    has_next_page = graphene.Boolean(**NEEDED)
    end_cursor = graphene.String()


class Page(graphene.ObjectType):  # type: ignore[misc]
    """See PageRow."""

    edges = graphene.List(graphene.NonNull(Edge), **NEEDED)
    page_info = graphene.Field(PageInfo, **NEEDED)


class Query(graphene.ObjectType):  # type: ignore[misc]
    """One resolver for each request."""

    things = graphene.List(graphene.NonNull(Thing), **NEEDED)
    page = graphene.Field(Page, **NEEDED)
    thing = graphene.Field(Thing, **NEEDED)

    async def resolve_things(self, _info: Any) -> Any:
        return ROWS

    async def resolve_page(self, _info: Any) -> Any:
        return PAGE

    async def resolve_thing(self, _info: Any) -> Any:
        return DETAIL


SCHEMA = graphene.Schema(query=Query).graphql_schema


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
