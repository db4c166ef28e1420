"""Connections: keyset pages with opaque cursors, each asked for and told in the same way."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields
from inspect import Parameter, Signature
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import strawberry
from tortoise.models import Model

from doorward.acs.errors import ValidationFailed
from doorward.acs.events.queries import position_of
from doorward.acs.paging import MAX_PAGE, MOST_COUNTED, Page, PageRequest, Total
from doorward.graphql.context import ApiContext, ApiInfo

Shown = TypeVar("Shown")
Row = TypeVar("Row")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """As the Relay connection specification has it."""

    has_next_page: bool
    """Whether rows follow the last of this page."""
    has_previous_page: bool
    """Whether there are rows before the first of this page."""
    start_cursor: str | None
    """The cursor of its first row, for before. Null where the page is empty."""
    end_cursor: str | None
    """The cursor of its last row, for after. Null where the page is empty."""


@strawberry.interface(description="What has an id of its own, unlike that of anything else, by which `node` finds it.")
class Node:
    """An object with a row of its own."""

    id: strawberry.ID


@strawberry.type(description="A node and its place in the list.")
class Edge(Generic[Shown]):
    """One row of a page."""

    cursor: str
    node: Shown
    """The row itself."""


@strawberry.type(description="How many a list has, on all its pages.")
class TotalCount:
    """Counted when asked for."""

    count: int
    """So many, or at least so many where it is not exact."""
    exact: bool = strawberry.field(description="False: there are at least so many.")


@strawberry.type(description="A page of a list, in the list's order.")
class Connection(Generic[Shown]):
    """Rows with their cursors; `nodes` is the shortcut."""

    edges: list[Edge[Shown]]
    """The rows with their cursors."""
    page_info: PageInfo
    """Where the page begins and ends, and whether there is more."""
    total: strawberry.Private[Callable[[], Awaitable[Total]]]

    @strawberry.field(description="The rows without their cursors.")
    def nodes(self) -> list[Shown]:
        return [edge.node for edge in self.edges]

    @strawberry.field(
        description="How many there are with the same search and filter. It is a statement more, and counts no "
        f"further than {MOST_COUNTED:,}: ask for it once, not with every page."
    )
    async def total_count(self) -> TotalCount:
        total = await self.total()
        return TotalCount(count=total.count, exact=total.exact)


def connection(page: Page[Row], nodes: Sequence[Shown]) -> Connection[Shown]:
    """The page as the API has it, with what is shown of each of its rows."""
    edges = [Edge(cursor=encode_cursor(cursor), node=node) for cursor, node in zip(page.cursors, nodes, strict=True)]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total=page.total,
    )


def page_request(
    first: int | None, after: str | None, last: int | None, before: str | None, search: str | None = None
) -> PageRequest:
    """What is asked of a list. Raises ValidationFailed."""
    return PageRequest(first, decode_cursor(after), last, decode_cursor(before, "before"), search)


def encode_cursor(key: str) -> str:
    """An opaque cursor for a key."""
    return base64.urlsafe_b64encode(key.encode()).decode()


def decode_cursor(cursor: str | None, name: str = "after") -> str | None:
    """The key in a cursor. Raises ValidationFailed for anything this server did not hand out."""
    if cursor is None:
        return None
    try:
        key = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise ValidationFailed("This is not a cursor of this list.", name) from error
    if "\0" in key:
        raise ValidationFailed("This is not a cursor of this list.", name)
    return key


def decode_position(cursor: str | None, name: str = "after") -> int | None:
    """The event log position in a cursor."""
    return position_of(decode_cursor(cursor, name), name)


Ask = Callable[..., Awaitable[Page[Any]]]
Show = Callable[[ApiInfo, list[Any]], Awaitable[Sequence[Any]]]


LISTS: dict[type[Model], tuple[Ask, Show]] = {}
"""By what list the rows of each table are found one by one."""


def by_actor(query: Ask) -> Ask:
    """Asks an area's query for a page in the name of the actor."""

    def ask(info: ApiInfo, request: PageRequest, **wanted: Any) -> Awaitable[Page[Any]]:
        return query(info.context.actor, request, **wanted)

    return ask


def by_domain(query: Ask) -> Ask:
    """The same of a query that looks at the domain too."""

    def ask(info: ApiInfo, request: PageRequest, **wanted: Any) -> Awaitable[Page[Any]]:
        return query(info.context.domain, info.context.actor, request, **wanted)

    return ask


def each(of: Callable[[Any], Any]) -> Show:
    """Shows each row by itself."""

    async def show(_: ApiInfo, rows: list[Any]) -> list[Any]:
        return [of(row) for row in rows]

    return show


def in_context(show: Callable[[ApiContext, list[Any]], Awaitable[Sequence[Any]]]) -> Show:
    """Shows rows by what the request knows."""

    def shown(info: ApiInfo, rows: list[Any]) -> Awaitable[Sequence[Any]]:
        return show(info.context, rows)

    return shown


def listed(
    node: Any,
    ask: Ask,
    show: Show,
    description: str,
    *,
    filter: Any = None,
    order: Any = None,
    search: str | None = "name",
    given: Mapping[str, Any] = NOTHING,
    rows: type[Model] | None = None,
) -> Any:
    """A field of the root that is a list: `things(first, after, last, before, search, filter, orderBy)`.

    `ask` gets the page that is wanted and what the filter (an input) says, and looks at the permission first; `show`
    gives what the API shows of its rows, one for each. `search`: in what, None for nothing. `given`: other arguments.
    `rows`: the table whose rows these are, where `node` is to find them by this list.
    """
    if rows is not None:
        LISTS[rows] = (ask, show)
    optional: dict[str, Any] = {"first": int, "after": str, "last": int, "before": str}
    optional |= {"search": str} if search is not None else {}
    optional |= {"filter": filter} if filter is not None else {}
    optional |= {"order_by": order} if order is not None else {}

    async def resolve(info: ApiInfo, **sent: Any) -> Any:
        others = {name: sent.pop(name) for name in given}
        wanted, by = sent.pop("filter", None), sent.pop("order_by", None)
        sent |= {name: decode_cursor(sent[name], name) for name in ("after", "before")}
        page = await ask(info, PageRequest(**sent, order=by), **others, **_said(wanted))
        return connection(page, await show(info, page.rows))

    kinds = {**given, **{name: kind | None for name, kind in optional.items()}}
    resolve.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter("info", Parameter.KEYWORD_ONLY, annotation=ApiInfo),
            *(
                Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, **({} if name in given else {"default": None}))
                for name, kind in kinds.items()
            ),
        ],
        return_annotation=Connection[node],
    )
    finds = f" search finds all of its words in the {search}." if search is not None else ""
    return strawberry.field(
        resolver=resolve, description=f"{description}{finds} first or last (1 to {MAX_PAGE}) is required."
    )


def _said(wanted: Any) -> dict[str, Any]:
    """What a filter says; nothing where none was sent."""
    return {} if wanted is None else {each.name: getattr(wanted, each.name) for each in fields(wanted)}
