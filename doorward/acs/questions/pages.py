"""Lists that are made in memory, in ascending order of a key."""

from collections.abc import Callable, Sequence
from heapq import merge
from typing import TypeVar

Row = TypeVar("Row")
_SORTED_AT_ONCE = 5_000


def in_order(rows: Sequence[Row], key: Callable[[Row], tuple[str, ...]]) -> list[Row]:
    """The rows by their key. Sorted in parts, because no other thread runs while a list is sorted."""
    starts = range(0, len(rows), _SORTED_AT_ONCE)
    return list(merge(*(sorted(rows[start : start + _SORTED_AT_ONCE], key=key) for start in starts), key=key))
