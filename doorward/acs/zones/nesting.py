"""Zones within zones: who contains whom, and which nesting is allowed."""

from collections.abc import Mapping

from doorward.acs.errors import ValidationFailed

MAX_DEPTH = 8

Parents = Mapping[str, str | None]
"""Each zone's parent."""


def ancestors(zone_id: str, parents: Parents) -> tuple[str, ...]:
    """The zones that contain this one, the nearest first."""
    found: list[str] = []
    parent = parents.get(zone_id)
    while parent is not None and parent != zone_id and parent not in found:
        found.append(parent)
        parent = parents.get(parent)
    return tuple(found)


def descendants(zone_id: str, parents: Parents) -> frozenset[str]:
    """The zones within this one, at any depth."""
    return frozenset(other for other in parents if zone_id in ancestors(other, parents))


def check_parent(zone_id: str, parent_id: str | None, parents: Parents) -> None:
    """The zone may be put there: not into itself, and nowhere deeper than `MAX_DEPTH` zones."""
    if parent_id is None:
        return
    above = (parent_id, *ancestors(parent_id, parents))
    if zone_id in above:
        raise ValidationFailed("A zone cannot lie within itself. Choose one that is not inside it.", "parentId")
    height = max((len(ancestors(other, parents)) for other in descendants(zone_id, parents)), default=0)
    height = max(height - len(ancestors(zone_id, parents)), 0)
    if len(above) + 1 + height > MAX_DEPTH:
        raise ValidationFailed(f"Zones may be nested {MAX_DEPTH} deep at most.", "parentId")
