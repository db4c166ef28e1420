"""What a caller sent, and what a caller asked for."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from strawberry import UNSET
from strawberry.types import get_object_definition
from strawberry.types.nodes import SelectedField, Selection
from strawberry.utils.str_converters import to_camel_case

from doorward.graphql.context import ApiInfo
from doorward.graphql.scalars import days_of, seconds_of


def sent(given: object, names: Iterable[str], *, may_be_null: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of an input that were sent; null means "as it is" except where a field can be empty.

    The names are the operation's. What ends in _s or _days there is a length of time here, without the ending.
    """
    nullable = set(may_be_null)
    values = {name: _given(given, name) for name in names}
    return {
        name: value for name, value in values.items() if value is not UNSET and (value is not None or name in nullable)
    }


_UNITS = {"_s": seconds_of, "_days": days_of}


def _given(given: object, name: str) -> Any:
    if not hasattr(given, name):
        for ending, whole in _UNITS.items():
            bare = name.removesuffix(ending)
            if bare != name and hasattr(given, bare):
                length = getattr(given, bare)
                return whole(length, _shown_name(given, bare)) if isinstance(length, timedelta) else length
    return getattr(given, name)


def _shown_name(given: object, name: str) -> str:
    """What the API calls a field of an input."""
    definition = get_object_definition(given, strict=True).get_field(name)
    return (definition.graphql_name if definition is not None else None) or to_camel_case(name)


def asked_for(info: ApiInfo, name: str) -> bool:
    """Whether the query selects a field of this name anywhere below, so that what is dear is read only then."""
    return _selects(info.selected_fields, name)


def _selects(selections: Sequence[Selection], name: str) -> bool:
    return any(
        (isinstance(selection, SelectedField) and selection.name == name) or _selects(selection.selections, name)
        for selection in selections
    )
