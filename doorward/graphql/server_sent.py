"""Subscriptions as server-sent events: GraphQL over SSE, in its mode of one connection for each operation.

Asked for by `Accept: text/event-stream`. Where `cursor` was selected, each event has it as its `id`, and a client that
comes back with it as `Last-Event-ID` goes on from there, if its operation has the variable `$after`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.streaming import SSETransport
from strawberry.types.graphql import OperationType

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
LAST_EVENT_ID = "last-event-id"
_AFTER = "after"


class ServerSent(SSETransport):
    """How results become events. A comment every 15 seconds keeps the connection from looking dead."""

    def allowed_operation_types(self, allowed_operation_types: set[OperationType]) -> Iterable[OperationType]:
        """What may be asked for in this way: whatever the method of the request allows, and subscriptions."""
        return {*allowed_operation_types, OperationType.SUBSCRIPTION}

    def accepts(self, accept: str) -> bool:
        """Whether events are wanted more than JSON; clients that take both get JSON."""
        events = weight_of(accept, "text/event-stream")
        return events > 0 and events > max(weight_of(accept, JSON), weight_of(accept, GRAPHQL_JSON))

    def encode_next(self, response: GraphQLHTTPResponse, encode_json: Callable[[object], str]) -> str:
        """One result."""
        cursor = cursor_of(response.get("data"))
        event = self.encode_event("next", encode_json(response))
        return event if cursor is None else f"id: {cursor}\r\n{event}"


def weight_of(accept: str | None, kind: str) -> float:
    """How much a media type is wanted by an Accept header, 0 to 1; 0: not at all."""
    found = 0.0
    for entry in (accept or "").split(","):
        named, *parameters = (part.strip().lower() for part in entry.split(";"))
        if named == kind:
            found = max(found, _weight(parameters))
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def cursor_of(data: object) -> str | None:
    """The cursor in a result of a subscription, which has one root field; None: it was not asked for."""
    if not isinstance(data, Mapping) or len(data) != 1:
        return None
    (root,) = data.values()
    cursor = root.get("cursor") if isinstance(root, Mapping) else None
    return cursor if isinstance(cursor, str) and cursor.isascii() and cursor.isprintable() else None


def gone_on(asked: GraphQLRequestData, headers: Mapping[str, Any]) -> GraphQLRequestData:
    """The request of a client that comes back: what it had last counts for more than what it began with."""
    last = next((value for name, value in headers.items() if name.lower() == LAST_EVENT_ID), None)
    if asked.protocol == ServerSent.protocol and last:
        asked.variables = {**(asked.variables or {}), _AFTER: last}
    return asked
