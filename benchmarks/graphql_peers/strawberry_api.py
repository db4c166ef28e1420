"""The API in Strawberry: stock when it is run as a program, and the types that ours is built from."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.graphql_peers.cases import DETAIL, PAGE, ROWS, Colour, serve

ColourType = strawberry.enum(Colour)


@strawberry.type
class Thing:
    """See Row."""

    id: strawberry.ID
    name: str
    number: int
    weight: float
    active: bool
    note: str | None
    colour: ColourType  # type: ignore[valid-type]
    at: datetime
    count: int
    label: str
    parts: list["Thing"]
    owner: "Thing | None"


@strawberry.type
class Edge:
    """See EdgeRow."""

    cursor: str
    node: Thing


@strawberry.type
class PageInfo:
    """See PageInfoRow."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Page:
    """See PageRow."""

    edges: list[Edge]
    page_info: PageInfo


@strawberry.type
class Query:
    """One resolver for each request."""

    @strawberry.field
    async def things(self) -> list[Thing]:
        return cast(list[Thing], ROWS)

    @strawberry.field
    async def page(self) -> Page:
        return cast(Page, PAGE)

    @strawberry.field
    async def thing(self) -> Thing:
        return cast(Thing, DETAIL)


async def run(query: str) -> Any:
    """Stock Strawberry, with its caches of documents."""
    result = await SCHEMA.execute(query)
    assert not result.errors, result.errors
    return result.data


SCHEMA = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])

if __name__ == "__main__":
    serve(run)
