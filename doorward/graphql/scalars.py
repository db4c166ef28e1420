"""Values of the API that GraphQL has no types for: moments, days, lengths of time, and the bits of a card."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

from doorward.acs.decision.card_format import MAX_CARD_BITS
from doorward.acs.errors import ValidationFailed

CardBits = NewType("CardBits", str)
LONGEST = timedelta(days=36_500)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?!$)(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,10}(?:[.,]\d{1,6})?)S)?)?",
    re.ASCII,
)
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
_BITS = re.compile(rf"[01]{{1,{MAX_CARD_BITS}}}")


def duration_text(length: timedelta) -> str:
    """A length of time as ISO 8601 has it, in its shortest form: P30D, PT1M30S, PT0.5S, PT0S."""
    if length < timedelta(0):
        return "-" + duration_text(-length)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    part = f"{seconds}.{length.microseconds:06}".rstrip("0").rstrip(".") if length.microseconds else str(seconds)
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    time += f"{part}S" if part != "0" else ""
    if not time and not length.days:
        return "PT0S"
    return "P" + (f"{length.days}D" if length.days else "") + (f"T{time}" if time else "")


def duration_of(text: Any) -> timedelta:
    """The length of time that a text says, at most a hundred years. Raises GraphQLError."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise GraphQLError(
            f"Duration cannot represent {str(text)[:40]!r}: write it as ISO 8601 has it, such as PT7S, PT0.5S or P30D, "
            "without months and years."
        )
    sign, *values = found.groups()
    parts = {
        unit: float(value.replace(",", ".")) for unit, value in zip(_UNITS, values, strict=True) if value is not None
    }
    length = timedelta(**parts)
    if length > LONGEST:
        raise GraphQLError(f"Duration cannot represent {text!r}: a hundred years are the most.")
    return -length if sign else length


def card_bits(text: str | None) -> CardBits | None:
    """The bits of a card, where there are any."""
    return None if text is None else CardBits(text)


def _bits(value: Any) -> str:
    bits = "".join(value.split()) if isinstance(value, str) else ""
    if _BITS.fullmatch(bits) is None:
        raise GraphQLError(f"CardBits are 1 to {MAX_CARD_BITS} characters 0 and 1, the first read first.")
    return bits


def seconds_of(length: timedelta, *path: str) -> int:
    """A length of time in whole seconds. Raises ValidationFailed."""
    if length % timedelta(seconds=1):
        raise ValidationFailed("Give whole seconds.", *path)
    return length // timedelta(seconds=1)


def days_of(length: timedelta, *path: str) -> int:
    """A length of time in whole days. Raises ValidationFailed."""
    if length % timedelta(days=1):
        raise ValidationFailed("Give whole days, such as P30D.", *path)
    return length // timedelta(days=1)


SCALARS: Mapping[object, ScalarDefinition] = {
    timedelta: strawberry.scalar(
        name="Duration",
        description="A length of time as ISO 8601 has it: PT7S, PT0.5S, P30D; no months or years, which have no one "
        "length. A day has 24 hours. One below none (-PT1S) can be sent, and is refused by whatever takes none. The "
        "times of doors and devices are Int in milliseconds (...Ms) instead: they are what hardware counts in.",
        specified_by_url="https://en.wikipedia.org/wiki/ISO_8601#Durations",
        serialize=duration_text,
        parse_value=duration_of,
    ),
    CardBits: strawberry.scalar(
        name="CardBits",
        description=f"The bits of a card as they are read: 1 to {MAX_CARD_BITS} characters 0 and 1, the first read "
        "first. Leading zeros count.",
        serialize=str,
        parse_value=_bits,
    ),
    datetime: replace(
        DateTimeDefinition,
        description="A moment as ISO 8601 has it: 2026-01-31T12:00:00+00:00. Answers are in UTC; what is sent says its "
        "zone.",
    ),
    date: replace(DateDefinition, description="A day of the calendar as ISO 8601 has it: 2026-01-31."),
}
