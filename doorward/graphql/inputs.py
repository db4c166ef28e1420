"""What a caller sent, and what a caller asked for."""

from collections.abc import Iterable, Sequence
from typing import Any

from strawberry import UNSET
from strawberry.types.nodes import SelectedField, Selection

from doorward.graphql.context import ApiInfo


def sent(given: object, names: Iterable[str], *, may_be_null: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of an input that were sent; null means "as it is" except where a field can be empty."""
    nullable = set(may_be_null)
    values = {name: getattr(given, name) for name in names}
    return {
        name: value for name, value in values.items() if value is not UNSET and (value is not None or name in nullable)
    }


def asked_for(info: ApiInfo, name: str) -> bool:
    """Whether the query selects a field of this name anywhere below, so that what is dear is read only then."""
    return _selects(info.selected_fields, name)


def _selects(selections: Sequence[Selection], name: str) -> bool:
    return any(
        (isinstance(selection, SelectedField) and selection.name == name) or _selects(selection.selections, name)
        for selection in selections
    )
