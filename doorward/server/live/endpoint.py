"""/live: any number of cameras over one WebSocket, for those who may watch them, for as long as they may."""

import asyncio
import time
from dataclasses import dataclass

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http.websocket_origin import is_same_origin

from doorward.acs.actor import Actor, Permission
from doorward.acs.bell import Bell
from doorward.acs.cameras.queries import camera_to
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, NotFound
from doorward.acs.reach import PlaceKind
from doorward.acs.users.standing import Standing
from doorward.graphql.connections import IDLE_S, Connections, Open, TooMany
from doorward.graphql.context import context_for
from doorward.graphql.plain_input import is_plain
from doorward.graphql.socket import IDLE, TRY_LATER, UNAUTHORIZED
from doorward.server.live.hub import LiveHub, Shown
from doorward.server.live.messages import (
    MOST_STREAMS,
    Dropped,
    Ended,
    EndReason,
    Init,
    Subscribe,
    decode_said,
    encode_told,
    init_frame,
    media_frame,
)
from doorward.video.fanout import Lost, Taker
from doorward.video.live_wire import LiveInit

NOT_UNDERSTOOD = 4400
_SIGN_IN = "Sign in first."
_NO_LONGER = "You may not watch this camera live any more."


class LiveEndpoint:
    """The ASGI application behind /live."""

    def __init__(self, domain: Domain, hub: LiveHub) -> None:
        self._domain = domain
        self._hub = hub
        self._connections = Connections()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._connections.opened() as one:
                await self._serve(WebSocket(scope, receive, one.watched(send)), one)
        except TooMany as error:
            await WebSocket(scope, receive, send).send_denial_response(Response(str(error), 503))

    async def _serve(self, socket: WebSocket, one: Open) -> None:
        origin = socket.headers.get("origin")
        if origin is not None and not is_same_origin(origin, socket.headers.get("host")):
            await socket.close()  # Before it is accepted this is a 403.
            return
        context = await context_for(self._domain, socket, socket)
        await socket.accept()
        bell = Bell()
        async with context.standing(bell) as standing:
            try:
                if standing.actor.user_id is not None:
                    self._connections.claim(one, standing.actor.user_id)
                await _Viewing(socket, self._hub, standing, bell).serve()
            except TooMany as error:
                await _close(socket, TRY_LATER, str(error))


class _Over(Exception):
    """The WebSocket is to be closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(slots=True)
class _Stream:
    """A camera that a viewer watches; `init` is what was sent last."""

    camera_id: str
    taker: Taker[Shown]
    init: LiveInit | None = None


class _Viewing:
    """One WebSocket that was accepted."""

    def __init__(self, socket: WebSocket, hub: LiveHub, standing: Standing, standing_bell: Bell) -> None:
        self._socket = socket
        self._hub = hub
        self._standing = standing
        self._standing_bell = standing_bell
        self._news = Bell()
        self._streams: dict[int, _Stream] = {}
        self._ended: list[Ended] = []
        self._heard_at = 0.0

    async def serve(self) -> None:
        """Serve it until either side closes it."""
        parts = [asyncio.create_task(part) for part in (self._hear(), self._show(), self._follow_session())]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            for number in list(self._streams):
                self._forget(number)
        for part in done:
            error = part.exception()
            if isinstance(error, _Over):
                await _close(self._socket, error.code, error.reason)
            elif error is not None and not isinstance(error, WebSocketDisconnect):
                raise error

    async def _hear(self) -> None:
        """What the client wants; one thing after the other."""
        while True:
            text = await self._received()
            self._heard_at = asyncio.get_running_loop().time()
            try:
                said = decode_said(text)
            except (msgspec.DecodeError, UnicodeEncodeError) as error:
                raise _Over(NOT_UNDERSTOOD, "This is no message of /live.") from error
            if isinstance(said, Subscribe):
                ended = await self._begin(said)
                if ended is not None:
                    self._tell(ended)
            elif said.stream in self._streams:
                self._forget(said.stream)

    async def _received(self) -> str:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        text = message.get("text")
        if not isinstance(text, str):
            raise _Over(NOT_UNDERSTOOD, "A client sends JSON as text.")
        return text

    async def _begin(self, wanted: Subscribe) -> Ended | None:
        """Begin a stream, or say why not."""
        number = wanted.stream
        if number in self._streams:
            return Ended(number, EndReason.IN_USE, "This stream goes on. Choose another number.")
        if len(self._streams) >= MOST_STREAMS:
            return Ended(number, EndReason.TOO_MANY, f"At most {MOST_STREAMS} cameras are shown at a time.")
        try:
            if not is_plain(wanted.camera_id):
                raise NotFound("There is no such camera.")
            await camera_to(self._standing.actor, Permission.VIDEO_LIVE, wanted.camera_id)
        except AcsError as error:
            reason = EndReason.NOT_FOUND if isinstance(error, NotFound) else EndReason.NOT_PERMITTED
            return Ended(number, reason, error.message)
        taker = self._hub.add(wanted.camera_id, self._news.ring)
        self._streams[number] = _Stream(wanted.camera_id, taker)
        self._news.ring()
        return None

    def _forget(self, number: int) -> None:
        stream = self._streams.pop(number)
        self._hub.remove(stream.camera_id, stream.taker)

    def _tell(self, ended: Ended) -> None:
        self._ended.append(ended)
        self._news.ring()

    async def _show(self) -> None:
        """Send what there is, one picture of each camera in turn. Only this sends."""
        while True:
            await self._news.wait()
            more = True
            while more:
                while self._ended:
                    await self._socket.send_text(encode_told(self._ended.pop(0)))
                more = False
                for number, stream in list(self._streams.items()):
                    shown = stream.taker.take()
                    if shown is not None:
                        more = True
                        await self._send(number, stream, shown)

    async def _send(self, number: int, stream: _Stream, shown: Shown | Lost) -> None:
        if self._streams.get(number) is not stream:
            return
        if isinstance(shown, Lost):
            await self._socket.send_text(encode_told(Dropped(number, shown.pictures)))
            return
        init, media = shown.init, shown.media
        if stream.init is not init:
            stream.init = init
            await self._socket.send_text(encode_told(Init(number, init.codec, init.width, init.height)))
            await self._socket.send_bytes(init_frame(number, init.data))
        now_us = time.time_ns() // 1000
        frame = media_frame(number, media.data, keyframe=media.keyframe, at_us=media.at_us, sent_us=now_us)
        await self._socket.send_bytes(frame)

    async def _follow_session(self) -> None:
        """End what its user may not watch any more, and all of it when nobody is signed in."""
        now = asyncio.get_running_loop().time
        self._heard_at = now()
        while self._standing.actor.user_id is not None:
            self._end_what_is_out_of_reach(self._standing.actor)
            try:
                async with asyncio.timeout(IDLE_S / 10):
                    await self._standing_bell.wait()
            except TimeoutError:
                if not self._streams and now() - self._heard_at > IDLE_S:
                    raise _Over(IDLE, "Nothing was asked for.") from None
        raise _Over(UNAUTHORIZED, _SIGN_IN)

    def _end_what_is_out_of_reach(self, actor: Actor) -> None:
        reach = actor.reach_if_any(Permission.VIDEO_LIVE)
        for number, stream in list(self._streams.items()):
            if not reach.has(PlaceKind.CAMERA, stream.camera_id):
                self._forget(number)
                self._tell(Ended(number, EndReason.NOT_PERMITTED, _NO_LONGER))


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    try:
        await socket.close(code, reason)
    except (RuntimeError, WebSocketDisconnect):  # The client was first.
        return
