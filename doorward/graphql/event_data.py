"""Events outside of a query's answer: as JSON, field for field what the API's Event has."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strawberry.schema.config import StrawberryConfig
from strawberry.types import get_object_definition

from doorward.acs.actor import Actor
from doorward.acs.domain import Domain
from doorward.acs.events import models
from doorward.acs.webhooks.messages import body_of
from doorward.graphql.events import event_edges
from doorward.graphql.paging import encode_cursor

_NAMES = StrawberryConfig().name_converter
_known: dict[type, tuple[tuple[str, Callable[[Any], Any]], ...]] = {}


@dataclass(frozen=True, slots=True)
class _View:
    domain: Domain
    actor: Actor


@dataclass(frozen=True, slots=True)
class Message:
    """The body that tells an event, and the event's place in the log."""

    event: models.Event
    cursor: str
    body: bytes


async def messages_of(domain: Domain, actor: Actor, events: Sequence[models.Event]) -> list[Message]:
    """What webhooks are sent of these events, as this actor may see them."""
    edges = await event_edges(_View(domain, actor), events)
    return [
        Message(event, cursor_of(event), body_of(event.type.value, event.at, as_json(edge.node)))
        for event, edge in zip(events, edges, strict=True)
    ]


def cursor_of(event: models.Event) -> str:
    """The event's place in the log, as connections have it."""
    return encode_cursor(str(event.position))


def as_json(value: Any) -> Any:
    """A value of the API's types, with the names that the API gives to fields and members of enumerations."""
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if get_object_definition(type(value)) is not None:
        return {name: as_json(read(value)) for name, read in _fields(type(value))}
    return value


def _fields(kind: type) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The fields of a type: the API's name, and how it is read."""
    known = _known.get(kind)
    if known is None:
        known = _known[kind] = _read_from(kind)
    return known


def _read_from(kind: type) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    definition = get_object_definition(kind, strict=True)
    found = []
    for field in definition.fields:
        name = _NAMES.get_graphql_name(field)
        found.append((name, _reader(field.base_resolver.wrapped_func if field.base_resolver else field.python_name)))
    return tuple(found)


def _reader(source: Any) -> Callable[[Any], Any]:
    if isinstance(source, str):
        return lambda value: getattr(value, source)
    read: Callable[[Any], Any] = source
    return read
