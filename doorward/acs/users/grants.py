"""What a role gives: permissions, each with a scope, as it is checked, stored and told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doorward.acs.actor import CLEARANCES, PERMISSIONS, Permission, Role
from doorward.acs.errors import ValidationFailed
from doorward.acs.privilege import ALWAYS, PRIVILEGES
from doorward.acs.reach import Place, PlaceKind, Places

MOST_PLACES = 1_000
LONGEST_MINUTES = 10 * 366 * 24 * 60
HIGHEST_PRIORITY_NUMBER = 100
WITH_MINUTES = frozenset({Permission.CLIP_VIEW})
"""Permissions whose grant can say how old a recording may be; what is exported is seen first."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission that a role gives. `newest_minutes` (None: all): recordings older than that are not seen.

    `priority`: who of two moves a camera, 0 (first) to 100; counts for ptz.move only.
    """

    permission: Permission
    places: Places = None
    newest_minutes: int | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class RoleGrants:
    """A role as it counts: built in or the site's own."""

    id: str
    name: str
    description: str
    grants: tuple[Grant, ...]
    clearance: int
    built_in: bool = False
    version: int = 1


_WORDS = {
    Role.ADMINISTRATOR: "Everything, everywhere. It alone can set everything up.",
    Role.OPERATOR: "Everything but setting up: cameras live and recorded, doors, people, alarms.",
    Role.VIEWER: "Cameras live, and the states of doors, inputs and outputs. No recordings, no log, no people.",
}
BUILT_IN: dict[str, RoleGrants] = {
    role.value: RoleGrants(
        role.value,
        role.value.capitalize(),
        words,
        tuple(Grant(permission) for permission in sorted(PERMISSIONS[role] - ALWAYS)),
        CLEARANCES[role],
        True,
    )
    for role, words in _WORDS.items()
}


def stored(grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """Grants as a row keeps them, in the order of their permissions."""
    rows = []
    for grant in sorted(grants, key=lambda each: (each.permission, each.places or ())):
        row: dict[str, Any] = {"permission": grant.permission.value, "places": stored_places(grant.places)}
        if grant.newest_minutes is not None:
            row["newest_minutes"] = grant.newest_minutes
        if grant.priority:
            row["priority"] = grant.priority
        rows.append(row)
    return rows


def read(rows: Sequence[dict[str, Any]]) -> tuple[Grant, ...]:
    """The grants of a row. A permission that this version does not know is left out."""
    known = {permission.value for permission in Permission}
    return tuple(
        Grant(
            Permission(row["permission"]),
            read_places(row["places"]),
            row.get("newest_minutes"),
            row.get("priority", 0),
        )
        for row in rows
        if row["permission"] in known
    )


def stored_places(places: Places) -> list[str] | None:
    """A scope as a row keeps it."""
    return None if places is None else [place.text() for place in sorted(set(places))]


def read_places(rows: Sequence[str] | None) -> Places:
    """The scope of a row."""
    return None if rows is None else tuple(Place.of(row) for row in rows)


def checked(grants: Sequence[Grant]) -> tuple[Grant, ...]:
    """The grants, if they make sense: each with places that its permission can have. Raises ValidationFailed."""
    if not grants:
        raise ValidationFailed("A role gives at least one permission.", "grants")
    if len(grants) > 4 * len(Permission):
        raise ValidationFailed(f"A role has at most {4 * len(Permission)} grants.", "grants")
    for grant in grants:
        _check_one(grant)
    return tuple(dict.fromkeys(grants))


def checked_places(places: Places, path: str) -> Places:
    """A scope that is neither empty nor endless; the whole site is everywhere."""
    if places is None or any(place.kind is PlaceKind.SITE for place in places):
        return None
    if not 1 <= len(places) <= MOST_PLACES:
        raise ValidationFailed(f"Name 1 to {MOST_PLACES} places, or none at all for everywhere.", path)
    return tuple(sorted(set(places)))


def _check_one(grant: Grant) -> None:
    words = grant.permission.value
    if grant.permission in ALWAYS:
        raise ValidationFailed(f"Everybody has {words}; no role names it.", "grants")
    scopes = PRIVILEGES[grant.permission].scopes
    if checked_places(grant.places, "grants") is not None:
        for place in grant.places or ():
            if place.kind not in scopes:
                raise ValidationFailed(f"{words} is not given for a {place.kind.value}.", "grants")
    if grant.newest_minutes is not None:
        if grant.permission not in WITH_MINUTES:
            raise ValidationFailed(f"{words} has nothing to do with how old a recording is.", "grants")
        if not 1 <= grant.newest_minutes <= LONGEST_MINUTES:
            raise ValidationFailed(f"Recordings are seen for 1 to {LONGEST_MINUTES} minutes.", "grants")
    if grant.priority and grant.permission is not Permission.PTZ_MOVE:
        raise ValidationFailed(f"{words} has no priority.", "grants")
    if not 0 <= grant.priority <= HIGHEST_PRIORITY_NUMBER:
        raise ValidationFailed(f"A priority is 0 to {HIGHEST_PRIORITY_NUMBER}.", "grants")
