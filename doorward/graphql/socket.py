"""graphql-transport-ws as the endpoint speaks it: what is no message, known documents, and what is left to spend."""

from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage

from doorward.graphql.context import ApiContext
from doorward.graphql.errors import ErrorCode
from doorward.graphql.metering import must_wait
from doorward.graphql.persisted import DocumentRefused

if TYPE_CHECKING:
    from doorward.graphql.endpoint import Endpoint

LONGEST_OPERATION_ID = 100


class SocketHandler(BaseGraphQLTransportWSHandler[ApiContext, None]):
    """One connection."""

    async def handle_message(self, message: Message) -> None:
        """Do what the message says, or close with 4400 if it is none."""
        if is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation, unless its document is not accepted or its caller has nothing left to spend."""
        if self.connection_acknowledged and message["id"] not in self.operations:
            refusal = self._refusal(message)
            if refusal is not None:
                payload = [refusal.formatted]
                await self.send_message({"id": message["id"], "type": "error", "payload": payload})
                return
        await super().handle_subscribe(message)

    def _refusal(self, message: SubscribeMessage) -> GraphQLError | None:
        """Why not, or None, with the document's text in the message."""
        endpoint = cast("Endpoint", self.view)
        payload: Any = message["payload"]
        wait_s = endpoint.meter.empty_for_s(self.context.actor)
        if wait_s:
            extensions = {"code": ErrorCode.RATE_LIMITED.name, "retryAfterS": wait_s}
            return GraphQLError(must_wait(wait_s), extensions=extensions)
        try:
            text = endpoint.documents.text(payload.get("query"), payload.get("extensions"))
        except DocumentRefused as error:
            return GraphQLError(error.message, extensions={"code": error.code})
        payload["query"] = text or ""
        return None

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004
        """Never: one document that is wrong ends nothing but its own operation."""
        return None


def is_message(found: Any) -> bool:
    """Whether it has the shape of a message, so that it can be looked into."""
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        return False
    kind, payload = found["type"], found.get("payload")
    if kind in ("subscribe", "complete"):
        operation = found.get("id")
        if not isinstance(operation, str) or not 1 <= len(operation) <= LONGEST_OPERATION_ID:
            return False
    if kind != "subscribe":
        return True
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str | None)
        and isinstance(payload.get("operationName"), str | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("extensions"), dict | None)
    )
