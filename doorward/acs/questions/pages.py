"""Pages of a list that is in memory, in ascending order of a key."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from heapq import merge
from typing import TypeVar

from doorward.acs.errors import ValidationFailed
from doorward.acs.paging import Page, PageRequest, page_of

_SEPARATOR = "\x1f"
Row = TypeVar("Row")


_SORTED_AT_ONCE = 5_000


def in_order(rows: Sequence[Row], key: Callable[[Row], tuple[str, ...]]) -> list[Row]:
    """The rows by their key. Sorted in parts, because no other thread runs while a list is sorted."""
    starts = range(0, len(rows), _SORTED_AT_ONCE)
    return list(merge(*(sorted(rows[start : start + _SORTED_AT_ONCE], key=key) for start in starts), key=key))


def cursor_of(key: tuple[str, ...]) -> str:
    """The cursor of a key."""
    return _SEPARATOR.join(key)


def page_within(found: Sequence[Row], key: Callable[[Row], tuple[str, ...]], request: PageRequest) -> Page[Row]:
    """The page; its cursors are of keys as long as those of the rows."""
    length = len(key(found[0])) if found else 0
    start = 0 if request.after is None else bisect_right(found, _bound(request.after, length, "after"), key=key)
    end = (
        len(found) if request.before is None else bisect_left(found, _bound(request.before, length, "before"), key=key)
    )
    within = found[start:end]
    size = request.size + 1
    return page_of(request, within[-size:] if request.backward else within[:size])


def _bound(cursor: str, length: int, path: str) -> tuple[str, ...]:
    parts = tuple(cursor.split(_SEPARATOR))
    if length and len(parts) != length:
        raise ValidationFailed("This cursor is not one of this list.", path)
    return parts
