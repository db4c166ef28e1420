"""Keyset pages: what is asked of a list, the page that answers it, and where a row lies in an order."""

from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from doorward.acs.errors import ValidationFailed

MAX_PAGE = 100
MOST_COUNTED = 10_000
"""No more rows are counted than this: to count a page's list costs no more than to read it so far."""
LONGEST_SEARCH = 200
MOST_WORDS = 5
_MOST_INT = 2**31 - 1
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
Row = TypeVar("Row")
Shown = TypeVar("Shown")
Value = str | int | datetime | None
Key = tuple[Value, ...]
_CURSOR = msgspec.json.Decoder(list[str | int | None])


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Exactly one of `first` and `last` (1-100), with the cursors that bound the page.

    `search`: words that the rows must have. `order`: one of those that the list has, None for its first. `ids`: only
    the rows with these.
    """

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    search: str | None = None
    order: StrEnum | None = None
    ids: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if (self.first is None) == (self.last is None):
            raise ValidationFailed(f"Say how many: either first or last, 1 to {MAX_PAGE}.", "first")
        if not 1 <= self.size <= MAX_PAGE:
            raise ValidationFailed(
                f"A page has 1 to {MAX_PAGE} rows, not {self.size}.",
                "first" if self.first is not None else "last",
            )
        if self.search is not None and (len(self.search) > LONGEST_SEARCH or "\0" in self.search):
            raise ValidationFailed(f"Search for at most {LONGEST_SEARCH} characters.", "search")

    @property
    def size(self) -> int:
        """How many rows the page may have."""
        return self.first if self.first is not None else self.last or 0

    @property
    def backward(self) -> bool:
        """Whether the page is counted from its end."""
        return self.last is not None

    @property
    def words(self) -> list[str]:
        """The first words of the search."""
        return (self.search or "").split()[:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows a list has. Not `exact`: at least so many."""

    count: int
    exact: bool


def of_ids(ids: Collection[str]) -> PageRequest:
    """Asks for at most `MAX_PAGE` rows by their ids."""
    return PageRequest(first=MAX_PAGE, ids=tuple(ids))


async def not_counted() -> Total:
    """Of a list that is not counted."""
    return Total(0, False)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the list's order with their cursors, and whether there are more on either side.

    `total` counts the rows of all pages.
    """

    rows: list[Row]
    cursors: list[str]
    has_previous: bool
    has_next: bool
    total: Callable[[], Awaitable[Total]] = field(default=not_counted, repr=False)

    def of(self, rows: Sequence[Shown]) -> "Page[Shown]":
        """The page with what was made of its rows, one of each."""
        if len(rows) != len(self.cursors):
            raise ValueError(f"{len(rows)} rows for the {len(self.cursors)} of a page")
        return Page(list(rows), self.cursors, self.has_previous, self.has_next, self.total)

    def without(self, missing: Callable[[Row], bool]) -> "Page[Row]":
        """The page without rows of what is no more there."""
        kept = [(row, cursor) for row, cursor in zip(self.rows, self.cursors, strict=True) if not missing(row)]
        rows, cursors = [row for row, _ in kept], [cursor for _, cursor in kept]
        return Page(rows, cursors, self.has_previous, self.has_next, self.total)


def page_of(
    request: PageRequest,
    found: Sequence[Row],
    cursor: Callable[[Row], str],
    total: Callable[[], Awaitable[Total]] = not_counted,
) -> Page[Row]:
    """The page from up to `size + 1` rows fetched in its direction, in the list's order."""
    extra = len(found) > request.size
    rows = list(found[-request.size :] if request.backward else found[: request.size])
    cursors = [cursor(row) for row in rows]
    if request.backward:
        return Page(rows, cursors, extra, request.before is not None, total)
    return Page(rows, cursors, request.after is not None, extra, total)


def cursor_of(order: str, key: Key) -> str:
    """Where a row lies in an order, in a text that names both."""
    return msgspec.json.encode([order, *key]).decode()


def key_of(cursor: str | None, order: str, kinds: Sequence[Any], path: str) -> Key | None:
    """The key in a cursor of this order, its parts of these kinds; None for none. Raises ValidationFailed."""
    if cursor is None:
        return None
    try:
        name, *parts = _CURSOR.decode(cursor.encode())
        if name != order or len(parts) != len(kinds):
            raise ValidationFailed(
                "This cursor is of another list, or of another order of this one. Begin again without it.", path
            )
        key = tuple(msgspec.convert(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise ValidationFailed("This is not a cursor of this list.", path) from error
    if not all(_bearable(part) for part in key):
        raise ValidationFailed("This is not a cursor of this list.", path)
    return key


def _bearable(value: object) -> bool:
    """Whether both databases can compare with it."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int):
        return abs(value) <= _MOST_INT
    return value is None or (
        isinstance(value, datetime) and value.tzinfo is not None and _FIRST_YEAR <= value.year < _LAST_YEAR
    )


def page_within(
    found: Sequence[Row], key: Callable[[Row], Any], kinds: Sequence[Any], request: PageRequest, order: str = "key"
) -> Page[Row]:
    """The page of a list that is in memory, in ascending order of a key with parts of these kinds."""
    after = key_of(request.after, order, kinds, "after")
    before = key_of(request.before, order, kinds, "before")
    start = 0 if after is None else bisect_right(found, after, key=key)
    end = len(found) if before is None else bisect_left(found, before, key=key)
    within, size = found[start:end], request.size + 1

    async def total() -> Total:
        return Total(len(found), True)

    return page_of(
        request,
        within[-size:] if request.backward else within[:size],
        lambda row: cursor_of(order, key(row)),
        total,
    )
