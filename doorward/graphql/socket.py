"""graphql-transport-ws, as its protocol has it, and on top: the session is watched, answers for many are shared, and
what is no message, no known document, or more than is left to spend is refused.

A connection is closed with 4401 within seconds of the end of its session or token, whatever it does. Its subscriptions
are told first. One that asks for nothing and says nothing for ten minutes is closed.
"""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from doorward.acs.bell import Bell
from doorward.graphql.connections import IDLE_S, Open, TooMany
from doorward.graphql.context import ApiContext
from doorward.graphql.executor import Answer
from doorward.graphql.metering import must_wait, waiting
from doorward.graphql.persisted import DocumentRefused

if TYPE_CHECKING:
    from doorward.graphql.endpoint import Endpoint

LONGEST_OPERATION_ID = 100
UNAUTHORIZED = 4401
"""The close code that graphql-transport-ws gives to a client that has not signed in."""
TRY_LATER = 1013
IDLE = 1000
OPEN = "doorward.open"
"""Where the scope of a connection has its `Open`."""
_SIGN_IN = "Sign in first."
_FAREWELL_S = 1.0


class Socket(BaseGraphQLTransportWSHandler[ApiContext, None]):
    """One WebSocket from its first message to its last."""

    _watch: asyncio.Task[None] | None = None
    _heard_at: float = 0.0

    async def handle(self) -> None:
        """Serve it until either side closes it."""
        try:
            await super().handle()
        finally:
            if self._watch is not None:
                self._watch.cancel()

    async def handle_message(self, message: Message) -> None:
        """Do what the message says, or close with 4400 if it is none."""
        self._heard_at = asyncio.get_running_loop().time()
        if is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """The client says who it is; from here on its session is watched."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._watch is None:
            view, one = cast("Endpoint", self.view), cast("SocketAdapter", self.websocket).open
            try:
                view.connections.claim(one, self.context.actor.user_id)
            except TooMany as error:
                await self.websocket.close(TRY_LATER, str(error))
                return
            self._watch = asyncio.create_task(self._follow_session(), name="session of a socket")

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
            return GraphQLError(must_wait(wait_s), extensions=waiting(wait_s))
        try:
            text = endpoint.documents.text(payload.get("query"), payload.get("extensions"), payload.get("documentId"))
        except DocumentRefused as error:
            return GraphQLError(error.message, extensions={"code": error.code})
        payload["query"] = text or ""
        return None

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004
        """Never: one document that is wrong ends nothing but its own operation."""
        return None

    async def send_message(self, message: Message) -> None:
        """Send it; what many are sent is written as JSON once."""
        if message["type"] == "next":
            data: Any = message["payload"].get("data")
            if isinstance(data, Answer) and len(message["payload"]) == 1:
                if data.text is None:
                    data.text = f',"type":"next","payload":{self.view.encode_json_string({"data": data})}}}'
                head = self.view.encode_json_string(message["id"])
                await cast("SocketAdapter", self.websocket).send_text(f'{{"id":{head}{data.text}')
                return
        await super().send_message(message)

    async def _follow_session(self) -> None:
        bell = Bell()
        context = self.context
        async with context.standing(bell) as standing:
            while standing.actor.user_id is not None:
                context.actor = standing.actor
                try:
                    async with asyncio.timeout(IDLE_S / 10):
                        await bell.wait()
                except TimeoutError:
                    if not self.operations and asyncio.get_running_loop().time() - self._heard_at > IDLE_S:
                        await self.websocket.close(IDLE, "Nothing was asked for.")
                        return
            context.actor = standing.actor
            await self._take_leave()
        await self.websocket.close(UNAUTHORIZED, _SIGN_IN)

    async def _take_leave(self) -> None:
        """The subscriptions notice by themselves that nobody is signed in any more, and say so."""
        tasks = [operation.task for operation in self.operations.values() if operation.task]
        if tasks:
            await asyncio.wait(tasks, timeout=_FAREWELL_S)


class SocketAdapter(ASGIWebSocketAdapter):
    """Starlette's WebSocket, which can be sent JSON that is written."""

    @property
    def open(self) -> Open:
        """The connection, as it is counted."""
        one: Open = self.ws.scope[OPEN]
        return one

    async def send_text(self, text: str) -> None:
        """Send JSON. Raises WebSocketDisconnected."""
        try:
            await self.ws.send_text(text)
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error


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
        and isinstance(payload.get("documentId"), str | None)
        and isinstance(payload.get("operationName"), str | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("extensions"), dict | None)
    )
