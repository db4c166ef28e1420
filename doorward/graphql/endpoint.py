"""The GraphQL endpoint: GraphQL over HTTP (POST, and GET for queries) and graphql-transport-ws over WebSocket.

The session travels in a cookie, so a request must prove that it comes from a page of ours: it needs the
header `Doorward-Request`, which no other site's page can send, and a WebSocket the right Origin
(Strawberry checks that one). A token travels in the header Authorization, which no other site's page can
send either, or in the WebSocket's connection_init; a cookie beside it counts for nothing.

Answers are `application/graphql-response+json` for those who ask for it by name, `application/json` for all
others. In the former a request that could not be executed has the status 400, in the latter 200, as the
GraphQL-over-HTTP specification has it; neither has `data` then. Who asks for
`text/event-stream` gets server-sent events.
"""

import asyncio
import json
import math
from datetime import timedelta
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.file_uploads.utils import replace_placeholders_with_files
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult, SubscriptionExecutionResult
from strawberry.types.unset import UnsetType

from doorward.acs.domain import Domain
from doorward.graphql.connections import Connections, TooMany
from doorward.graphql.context import ApiContext, actor_behind, authorization_of, context_for
from doorward.graphql.limits import LARGEST_BODIES, MAX_BODY_BYTES, Limits
from doorward.graphql.meter import Meter
from doorward.graphql.metering import TIMED_OUT, must_wait, waiting
from doorward.graphql.multipart import NotMultipart, boundary_of, read_form
from doorward.graphql.persisted import DocumentRefused, PersistedDocuments
from doorward.graphql.scalars import duration_of
from doorward.graphql.schema import build_schema
from doorward.graphql.server_sent import GRAPHQL_JSON, JSON, ServerSent, gone_on, weight_of
from doorward.graphql.socket import OPEN, UNAUTHORIZED, Socket, SocketAdapter

REQUEST_HEADER = "doorward-request"
FORM = "multipart/form-data"
DOCUMENT_ID = "documentId"
_FORBIDDEN = 4403
NO_LONGER_S = 1.0
"""A query is given this much to be stopped, and to say so."""
INIT_WITHIN = timedelta(seconds=10)
"""Until then a WebSocket must have said who it is."""


class Refused(HTTPException):
    """A request of which nothing was done, with a code for programs."""

    def __init__(
        self, status: int, message: str, told: dict[str, object], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, message)
        self.headers = headers
        self.told = told


class Endpoint(GraphQL[ApiContext, None]):
    """The ASGI application behind /graphql."""

    graphql_transport_ws_handler_class = Socket
    websocket_adapter_class = SocketAdapter
    stream_transport_classes_by_protocol = {GRAPHQL_SSE_PROTOCOL: ServerSent}  # noqa: RUF012 - as the base has it

    def __init__(
        self, domain: Domain, limits: Limits | None = None, documents: PersistedDocuments | None = None
    ) -> None:
        super().__init__(
            build_schema(),
            graphql_ide=None,
            allow_queries_via_get=True,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            multipart_uploads_enabled=True,
            max_subscriptions_per_connection=20,
            connection_init_wait_timeout=INIT_WITHIN,
        )
        self._domain = domain
        self._limits = limits or Limits()
        self.meter = Meter(self._limits, domain.clock)
        self.documents = documents or PersistedDocuments(accepted=self._limits.documents)
        self._late: set[asyncio.Task[ExecutionResult]] = set()
        """Changes that went on when nobody waited for them any more."""
        self.connections = Connections()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            refusal = _refusal(request) or await self._refused_upload(request)
            try:
                response = refusal or await self.run(request)
            except HTTPException as error:
                own = error if isinstance(error, Refused) else None
                response = _refused(
                    request, error.status_code, error.reason, own.headers if own else None, own.told if own else None
                )
            finally:
                await request.close()
            if isinstance(response, StreamingResponse):
                await self._stream(response, request, send)
            else:
                await response(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)

    async def _stream(self, response: Response, request: Request, send: Send) -> None:
        """Server-sent events, for as long as the client takes them."""
        try:
            with self.connections.opened(request.state.user_id) as one:
                await response(request.scope, request.receive, one.watched(send))
        except TooMany as error:
            await _refused(request, 429, str(error))(request.scope, request.receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket, for as long as the client takes what is sent."""
        try:
            with self.connections.opened() as one:
                scope[OPEN] = one
                await super().__call__(scope, receive, _as_unauthorized(one.watched(send)))
        except TooMany as error:
            await WebSocket(scope, receive, send).send_denial_response(Response(str(error), 503))

    async def _refused_upload(self, request: Request) -> Response | None:
        """Whoever is nobody sends no files."""
        if content_type_of(request) != FORM or (await actor_behind(self._domain, request)).user_id is not None:
            return None
        dropped = 0
        async for piece in request.stream():  # Who is still sending does not see an answer.
            dropped += len(piece)
            if dropped > MAX_BODY_BYTES:
                break
        return _refused(request, 401, "Sign in first.")

    async def on_ws_connect(self, context: ApiContext) -> UnsetType | dict[str, object] | None:
        """Whoever comes with neither a session nor a token gets no further."""
        if (await context.refresh_actor()).user_id is None:
            raise ConnectionRejectionError
        return UnsetType()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> ApiContext:
        """Who is asking, anew for each request or connection."""
        context = await context_for(self._domain, request, response, self.meter)
        request.state.user_id = context.actor.user_id
        return context

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """What resolvers may add headers to; the answer is told in the media type that was asked for."""
        response = await super().get_sub_response(request)
        response.media_type = media_type(request.headers.get("accept"))
        response.headers["cache-control"] = "no-store"
        response.headers["vary"] = "accept, authorization, cookie"
        return response

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:  # noqa: ARG002
        """Never: a page is nothing for this address."""
        return False

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """The request. Raises HTTPException (400) for what is none."""
        asked = await super().parse_http_body(request)
        if isinstance(asked, GraphQLRequestData) and not isinstance(asked.operation_name, str | None):
            raise HTTPException(400, "The `operationName` must be a string or null, if provided.")
        if isinstance(asked, GraphQLRequestData):
            try:
                asked.query = self.documents.text(asked.query, asked.extensions, await self._document_id(request))
            except DocumentRefused as error:
                raise Refused(400, error.message, {"code": error.code}) from error
            return gone_on(asked, request.headers)
        return asked

    async def _document_id(self, request: AsyncHTTPRequestAdapter) -> str | None:
        """What names the document, which Strawberry does not look for. Raises HTTPException (400)."""
        received: Request = request._request  # type: ignore[attr-defined]
        if request.method == "GET":
            named: object = received.query_params.get(DOCUMENT_ID)
        elif content_type_of(received) == FORM:
            named = getattr(received.state, "document_id", None)
        else:
            # Read twice only where it is worth it: nearly all requests have their document with them.
            body = await request.get_body()
            asked = self.parse_json(body) if b'"documentId"' in body else {}
            named = asked.get(DOCUMENT_ID)
        if not isinstance(named, str | None):
            raise HTTPException(400, "The `documentId` must be a string or null, if provided.")
        return named

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: ApiContext,
        root_value: None,
        sub_response: Response,
    ) -> ExecutionResult | list[ExecutionResult] | SubscriptionExecutionResult:
        """What was asked, unless the caller has nothing left to spend. Raises HTTPException (429) then."""
        meter = self.meter
        if wait_s := meter.empty_for_s(context.actor):
            headers = {**meter.headers(context.actor), "retry-after": str(wait_s)}
            raise Refused(429, must_wait(wait_s), waiting(wait_s), headers)
        sub_response.headers.update(meter.headers(context.actor))
        result = await super().execute_operation(
            request, request_adapter, request_data, context, root_value, sub_response
        )
        sub_response.headers.update(meter.headers(context.actor))
        refused_for_s = _to_wait(result) if isinstance(result, ExecutionResult) else None
        if refused_for_s:
            sub_response.status_code = 429
            sub_response.headers["retry-after"] = str(refused_for_s)
        return result

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: ApiContext,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """The answer. A change that takes too long goes on to its end, but is not waited for."""
        task = asyncio.create_task(
            super().execute_single(request, request_adapter, sub_response, context, root_value, request_data)
        )
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        try:
            async with asyncio.timeout(self._limits.execution_s + NO_LONGER_S):
                return await asyncio.shield(task)
        except TimeoutError:
            message = "This takes long, and goes on. Look in a while what became of it before you send it again."
            return ExecutionResult(data=None, errors=[GraphQLError(message, extensions={"code": TIMED_OUT})])

    async def parse_multipart(self, request: AsyncHTTPRequestAdapter) -> dict[str, str]:
        """A GraphQL multipart request. Raises HTTPException (400) for what is none."""
        received: Request = request._request  # type: ignore[attr-defined]
        try:
            form = await read_form(received.stream(), boundary_of(received.headers["content-type"]))
            received._form = FormData(list(form.items()))  # type: ignore[arg-type]  # Closed with the request.
        except NotMultipart as error:
            raise HTTPException(400, f"This is not a multipart request: {error}.") from error
        operations, places = form.pop("operations", b"{}"), form.pop("map", b"{}")
        if not isinstance(operations, bytes) or not isinstance(places, bytes):
            raise HTTPException(400, "operations and map are no files.")
        try:
            asked: Any = self.parse_json(operations)
            where: Any = self.parse_json(places)
            received.state.document_id = asked.get(DOCUMENT_ID)
            placed: dict[str, str] = replace_placeholders_with_files(asked, where, form)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise HTTPException(400, "The map does not say where the files belong.") from error
        return placed

    def parse_json(self, data: str | bytes) -> dict[str, Any]:
        """A JSON object of a request. Raises HTTPException (400) for anything else."""
        try:
            found = self.decode_json(data)
        except json.JSONDecodeError as error:
            raise HTTPException(400, "This is not JSON.") from error
        if not isinstance(found, dict):
            raise HTTPException(400, "Send a JSON object.")
        return found

    def decode_json(self, data: str | bytes) -> object:
        """What was sent. Raises JSONDecodeError, whatever is wrong with it."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """What is sent over a WebSocket, where bytes would become a binary frame."""
        return encoded(data).decode()

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The answer; `data` is no part of it when nothing was executed."""
        answer = await super().process_result(request, result)
        if not_executed(result):
            del answer["data"]
        return answer

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """The answer with its status, in the media type that was asked for."""
        failed = sub_response.media_type == GRAPHQL_JSON and "data" not in response_data
        status = sub_response.status_code or (400 if failed else 200)
        response = Response(encoded(response_data), status, media_type=sub_response.media_type)
        response.headers.raw.extend(sub_response.headers.raw)
        response.background = sub_response.background
        return response


def encoded(data: object) -> bytes:
    """JSON. What orjson does not write (half a surrogate pair in the words of an error) is escaped."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return json.dumps(data, separators=(",", ":")).encode()


def _to_wait(result: ExecutionResult) -> int | None:
    """For how many seconds, where all of the request was refused because its caller has too little to spend."""
    if result.data is not None or not result.errors:
        return None
    told = result.errors[0].extensions or {}
    wait = told.get("retryAfter")
    return math.ceil(duration_of(wait).total_seconds()) if wait is not None and result.errors[0].path is None else None


def not_executed(result: ExecutionResult) -> bool:
    """Whether the request failed before anything was executed: every error of an execution has a path."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def media_type(accept: str | None) -> str:
    """The media type of an answer, from the Accept header. Whoever accepts neither gets `application/json`."""
    wanted, plain = weight_of(accept, GRAPHQL_JSON), weight_of(accept, JSON)
    return GRAPHQL_JSON if wanted > 0 and wanted >= plain else JSON


def _refused(
    request: Request,
    status: int,
    message: str,
    headers: dict[str, str] | None = None,
    told: dict[str, object] | None = None,
) -> Response:
    kind = media_type(request.headers.get("accept"))
    error = {"message": message, **({"extensions": told} if told else {})}
    return Response(encoded({"errors": [error]}), status, headers, kind)


def _as_unauthorized(send: Send) -> Send:
    """Strawberry closes a connection that is rejected with 4403; here its client has not signed in."""

    async def tell(message: Message) -> None:
        if message["type"] == "websocket.close" and message.get("code") == _FORBIDDEN:
            message = {**message, "code": UNAUTHORIZED, "reason": "Sign in first."}
        await send(message)

    return tell


def _refusal(request: Request) -> Response | None:
    if request.method not in ("GET", "POST"):
        return _refused(request, 405, "Send GraphQL requests as POST, or queries as GET.", {"allow": "GET, POST"})
    if REQUEST_HEADER not in request.headers and authorization_of(request) is None:
        return _refused(request, 403, "Send the header Doorward-Request: 1 with every request.")
    if request.method == "GET":
        return None
    largest = LARGEST_BODIES.get(content_type_of(request))
    if largest is None:
        return _refused(request, 415, "Send application/json, or multipart/form-data with a file.")
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or int(length) > largest:
        return _refused(request, 413, f"Send at most {largest:,} bytes, and their content-length.")
    return None


def content_type_of(request: Request) -> str:
    """The media type of a request's body."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()
