"""Who uses something: what refuses its deletion, and what "in use by" lists show.

An area whose objects others refer to keeps a list of finders; the areas that refer to them have theirs put into it
(see cross_area.py), so that areas need not know each other.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import NamedTuple

_NAMED = 5


class Use(NamedTuple):
    """Something that uses what was asked about: its kind in words ("access rule"), its id and its name."""

    kind: str
    id: str
    name: str


UseFinder = Callable[[Collection[str]], Awaitable[Sequence[Use]]]
"""Finds the users of any of the objects with these ids. Inside an operation it reads in that transaction, which is
Tortoise's current connection; it asks for no permission."""


async def uses_of(finders: Iterable[UseFinder], *ids: str) -> list[Use]:
    """Everything that uses any of the objects with these ids, finder by finder."""
    return [use for find in finders for use in await find(ids)]


def by_name(kind: str, names: dict[str, str]) -> list[Use]:
    """Users of one kind, from their names by id: in the order of their names."""
    return [Use(kind, use_id, name) for use_id, name in sorted(names.items(), key=lambda item: (item[1], item[0]))]


def named(uses: Sequence[Use]) -> str:
    """The users for a sentence: access rule Staff, door Gate and 3 more."""
    return listed([f"{use.kind} {use.name}" for use in uses])


def listed(names: Sequence[str]) -> str:
    """Names for a sentence: the first five, and how many more."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
