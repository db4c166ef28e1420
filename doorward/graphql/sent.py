"""Which fields of an input were sent."""

from collections.abc import Collection, Iterable
from typing import Any

from strawberry import UNSET


def sent_fields(given: object, names: Iterable[str], may_be_null: Collection[str]) -> dict[str, Any]:
    """The fields that were sent, by name; null means nothing except where a field can be empty."""
    values = {name: getattr(given, name) for name in names}
    return {
        name: value
        for name, value in values.items()
        if value is not UNSET and (value is not None or name in may_be_null)
    }
