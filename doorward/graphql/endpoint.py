"""The GraphQL endpoint: JSON over POST, graphql-transport-ws over WebSocket, nothing else.

The session travels in a cookie, so a request must prove that it comes from a page of ours: POST needs
the header `Doorward-Request`, which no other site's page can send, and a WebSocket the right Origin
(Strawberry checks that one). A token travels in the header Authorization, which no other site's page can
send either, or in the WebSocket's connection_init; a cookie beside it counts for nothing.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UnsetType

from doorward.acs.domain import Domain
from doorward.graphql.context import ApiContext, authorization_of, context_for
from doorward.graphql.schema import build_schema

REQUEST_HEADER = "doorward-request"
MAX_BODY_BYTES = 1024 * 1024
UNAUTHORIZED = 4401
"""The close code that graphql-transport-ws gives to a client that has not signed in."""
_FORBIDDEN = 4403
INIT_WITHIN = timedelta(seconds=10)
"""Until then a WebSocket must have said who it is."""


class Endpoint(GraphQL[ApiContext, None]):
    """The ASGI application behind /graphql."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(
            build_schema(),
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            max_subscriptions_per_connection=20,
            connection_init_wait_timeout=INIT_WITHIN,
        )
        self._domain = domain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refusal = _refusal(Request(scope))
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        elif scope["type"] == "websocket":
            await super().__call__(scope, receive, _as_unauthorized(send))
            return
        await super().__call__(scope, receive, send)

    async def on_ws_connect(self, context: ApiContext) -> UnsetType | dict[str, object] | None:
        """Whoever comes with neither a session nor a token gets no further."""
        if (await context.refresh_actor()).user_id is None:
            raise ConnectionRejectionError
        return UnsetType()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> ApiContext:
        """Who is asking, anew for each request or connection."""
        return await context_for(self._domain, request, response)


def _as_unauthorized(send: Send) -> Send:
    """Strawberry closes a connection that is rejected with 4403; here its client has not signed in."""

    async def tell(message: Message) -> None:
        if message["type"] == "websocket.close" and message.get("code") == _FORBIDDEN:
            message = {**message, "code": UNAUTHORIZED, "reason": "Sign in first."}
        await send(message)

    return tell


def _refusal(request: Request) -> Response | None:
    if request.method != "POST":
        return PlainTextResponse("Send GraphQL requests as POST.\n", 405, {"allow": "POST"})
    if REQUEST_HEADER not in request.headers and authorization_of(request) is None:
        return PlainTextResponse("Send the header Doorward-Request: 1 with every request.\n", 403)
    if not request.headers.get("content-type", "").startswith("application/json"):
        return PlainTextResponse("Send application/json.\n", 415)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        return PlainTextResponse("Send at most 1 MiB, and its content-length.\n", 413)
    return None
