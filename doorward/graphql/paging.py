"""Connections: keyset pages with opaque cursors."""

import base64
import binascii
from typing import Generic, TypeVar

import strawberry

from doorward.acs.errors import ValidationFailed

Node = TypeVar("Node")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """As the Relay connection specification has it."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="A node and its place in the list.")
class Edge(Generic[Node]):
    """One row of a page."""

    cursor: str
    node: Node


@strawberry.type(description="A page of a list, in ascending order of its key.")
class Connection(Generic[Node]):
    """Rows with their cursors; `nodes` is the shortcut."""

    edges: list[Edge[Node]]
    page_info: PageInfo

    @strawberry.field(description="The rows without their cursors.")
    def nodes(self) -> list[Node]:
        return [edge.node for edge in self.edges]


def page_info(edges: list[Edge[Node]], *, has_previous: bool, has_next: bool) -> PageInfo:
    """The page's place, from its edges."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )


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
    key = decode_cursor(cursor, name)
    if key is None:
        return None
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise ValidationFailed("This is not a cursor of the event log.", name)
    return int(key)
