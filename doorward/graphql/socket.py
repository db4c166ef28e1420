"""graphql-transport-ws, as its protocol has it, and on top: the session is watched, and answers for many are shared.

A connection is closed with 4401 within seconds of the end of its session or token, whatever it does. Its subscriptions
are told first. One that asks for nothing and says nothing for ten minutes is closed.
"""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, Message

from doorward.acs.bell import Bell
from doorward.graphql.connections import IDLE_S, Open, TooMany
from doorward.graphql.context import ApiContext
from doorward.graphql.executor import Answer

if TYPE_CHECKING:
    from doorward.graphql.endpoint import Endpoint

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
        """What the client says."""
        self._heard_at = asyncio.get_running_loop().time()
        await super().handle_message(message)

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
