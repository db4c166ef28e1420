"""Checks that several areas make of their input; each raises with what would be acceptable."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from doorward.acs.errors import Conflict, NotFound, ValidationFailed


def text(value: str, *path: str, longest: int, empty: bool = False) -> str:
    """The text without outer white space: printable, not too long, and not empty unless allowed."""
    value = value.strip()
    if not value and not empty:
        raise ValidationFailed("This must not be empty.", *path)
    if len(value) > longest:
        raise ValidationFailed(f"This is {len(value)} characters long; {longest} are the most.", *path)
    if not value.isprintable():
        raise ValidationFailed("Line breaks and control characters are not allowed here.", *path)
    return value


def lines(value: str, *path: str, longest: int) -> str:
    """Like `text`, but it may be empty and have line breaks, which become line feeds, and tabs."""
    value = value.strip().replace("\r\n", "\n").replace("\r", "\n")
    if len(value) > longest:
        raise ValidationFailed(f"This is {len(value)} characters long; {longest} are the most.", *path)
    if not value.translate({ord("\n"): "", ord("\t"): ""}).isprintable():
        raise ValidationFailed("Control characters are not allowed here.", *path)
    return value


def period(valid_from: datetime | None, valid_to: datetime | None) -> None:
    """Both ends aware, and the first before the second."""
    for name, moment in (("validFrom", valid_from), ("validTo", valid_to)):
        if moment is not None and moment.tzinfo is None:
            raise ValidationFailed("Give the time with its zone, for example 2026-01-31T12:00:00Z.", name)
    if valid_from is not None and valid_to is not None and valid_from >= valid_to:
        raise ValidationFailed("The end must be later than the beginning.", "validTo")


def version(found: int, expected: int | None) -> None:
    """Nobody else has changed the object since the caller read it."""
    if expected is not None and expected != found:
        raise Conflict(
            "Somebody else has changed this meanwhile. Load it again and repeat the change.",
            "expectedVersion",
            version=found,
        )


async def exist(model: type[Model], ids: Collection[str], name: str, connection: BaseDBAsyncClient) -> None:
    """Every id is one of the model's rows."""
    wanted = set(ids)
    found: set[Any] = set(await model.filter(id__in=list(wanted)).using_db(connection).values_list("id", flat=True))
    if missing := wanted - found:
        raise NotFound(f"There is no such {name}: {', '.join(sorted(missing))}.", name)


async def unique(
    model: type[Model], connection: BaseDBAsyncClient, message: str, *path: str, but: str = "", **columns: Any
) -> None:
    """No other row has these values."""
    if await model.filter(**columns).exclude(id=but).using_db(connection).exists():
        raise Conflict(message, *path)
