"""Where somebody may do something: everywhere, or at places that are named.

A scope (`Places`) is what a role or a token says; a `Reach` is what it comes to now, place by place: a zone stands for
its doors, the zones inside it and the cameras that see them; a door for its cameras.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tortoise.models import Model
from tortoise.queryset import QuerySet

MODEL = TypeVar("MODEL", bound=Model)


class PlaceKind(StrEnum):
    """What a scope can name."""

    SITE = "site"
    """The whole site."""
    ZONE = "zone"
    """A zone: its doors, the zones inside it, and the cameras that see them."""
    DOOR = "door"
    """A door and its cameras."""
    CAMERA = "camera"
    """A camera and its recordings."""
    VIEW = "view"
    """A view of cameras."""
    INPUT = "input"
    """An auxiliary input."""
    OUTPUT = "output"
    """An auxiliary output."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One of them. The site has the id "site"."""

    kind: PlaceKind
    id: str

    def text(self) -> str:
        """As it is stored."""
        return f"{self.kind.value}:{self.id}"

    @classmethod
    def of(cls, text: str) -> "Place":
        """The place of a stored text."""
        kind, _, place_id = text.partition(":")
        return cls(PlaceKind(kind), place_id)


Places = tuple[Place, ...] | None
"""A scope; None: everywhere. An empty one is nowhere."""

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """Ids by kind; with `everything` they do not matter."""

    everything: bool = False
    zones: frozenset[str] = _NONE
    doors: frozenset[str] = _NONE
    cameras: frozenset[str] = _NONE
    views: frozenset[str] = _NONE
    inputs: frozenset[str] = _NONE
    outputs: frozenset[str] = _NONE

    def ids(self, kind: PlaceKind) -> frozenset[str]:
        """What is named of a kind."""
        return _NONE if kind is PlaceKind.SITE else getattr(self, f"{kind.value}s")

    def has(self, kind: PlaceKind, place_id: str | None) -> bool:
        """Whether this one is within it."""
        return self.everything or place_id in self.ids(kind)

    def within(self, kind: PlaceKind, rows: QuerySet[MODEL], column: str = "id") -> QuerySet[MODEL]:
        """Those of the rows whose column names a place within it."""
        return rows if self.everything else rows.filter(**{f"{column}__in": sorted(self.ids(kind))})

    def __or__(self, other: "Reach") -> "Reach":
        if self.everything or other.everything:
            return EVERYWHERE
        return Reach(False, *(self.ids(kind) | other.ids(kind) for kind in _KINDS))

    def __and__(self, other: "Reach") -> "Reach":
        if self.everything:
            return other
        if other.everything:
            return self
        return Reach(False, *(self.ids(kind) & other.ids(kind) for kind in _KINDS))

    def __le__(self, other: "Reach") -> bool:
        """Whether all of this is within the other."""
        return other.everything or (not self.everything and all(self.ids(kind) <= other.ids(kind) for kind in _KINDS))


_KINDS = (
    PlaceKind.ZONE,
    PlaceKind.DOOR,
    PlaceKind.CAMERA,
    PlaceKind.VIEW,
    PlaceKind.INPUT,
    PlaceKind.OUTPUT,
)
"""In the order of the columns of a reach."""
EVERYWHERE = Reach(True)
NOWHERE = Reach()


def union(reaches: Iterable[Reach]) -> Reach:
    """All of them together."""
    found = NOWHERE
    for reach in reaches:
        found = found | reach
    return found
