"""What comes in before anything looks at it: so many at a time, of one address and in all, and no body that drips.

A TLS handshake, or headers that never end, are none of the application's: hypercorn ends them.
"""

import asyncio
from collections import Counter

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorward.acs.attempts import source_of
from doorward.graphql.limits import Limits

RETRY_AFTER_S = 5


class Gate:
    """Lets in requests and WebSockets, as many at a time as the limits say."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._inside: Counter[str] = Counter()
        self._all = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        source = source_of(client[0] if client else None)
        if refusal := self._refusal(source):
            await _refuse(scope, receive, send, *refusal)
            return
        self._all += 1
        self._inside[source] += 1
        try:
            if scope["type"] == "http":
                await self._answer(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        finally:
            self._all -= 1
            self._inside[source] -= 1
            if not self._inside[source]:
                del self._inside[source]

    def _refusal(self, source: str) -> tuple[int, str] | None:
        if self._inside[source] >= self._limits.connections_of_address:
            return 429, "There are too many connections from your address. Close some, then try again."
        if self._all >= self._limits.connections:
            return 503, "The server has as many connections as it takes. Try again in a while."
        return None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose body has to be there in time."""
        body = _Body(receive, self._limits.body_s)
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, body.receive, noted)
        except BodyTooSlow:
            if not started:
                await _refuse(scope, receive, send, 408, "The request took too long to arrive.")


class BodyTooSlow(Exception):
    """The body of a request did not arrive in time."""


class _Body:
    """The body of one request, which has so long to arrive; what comes after it may take as long as it likes."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._until = asyncio.get_running_loop().time() + seconds
        self._complete = False

    async def receive(self) -> Message:
        """The next message. Raises BodyTooSlow."""
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, message: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013, "reason": message})
        return
    headers = {"retry-after": str(RETRY_AFTER_S), "connection": "close"}
    await PlainTextResponse(message + "\n", status, headers)(scope, receive, send)
