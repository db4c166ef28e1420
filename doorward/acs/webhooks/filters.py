"""A webhook's filter: that of the log and its subscriptions, as a row keeps it."""

from typing import Any

import msgspec

from doorward.acs.events.queries import EventFilter


def stored(wanted: EventFilter) -> dict[str, Any]:
    """As JSON, without what does not restrict."""
    given: dict[str, Any] = msgspec.to_builtins(wanted)
    return {key: value for key, value in given.items() if value not in (None, [], ())}


def loaded(row: dict[str, Any]) -> EventFilter:
    """The filter of a row."""
    return msgspec.convert(row, EventFilter)
