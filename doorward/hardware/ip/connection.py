"""HTTP/1.1 on one connection, within time and size: requests in, answers out, or the change to a WebSocket."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import h11
import msgspec

from doorward.hardware.ip.message import MAX_MESSAGE_BYTES

REQUEST_S = 5.0
"""A request has arrived whole within this time, or its connection is closed."""
SEND_S = 5.0
MAX_HEAD_BYTES = 8192
_READ_BYTES = 4096


class ConnectionEnded(Exception):
    """The other side is gone, too slow, or does not speak HTTP."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A whole request. Header names are in lower case; one that came twice is not among them."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def wants_websocket(self) -> bool:
        """Whether it asks to go on as a WebSocket (RFC 6455)."""
        return (
            self.method == "GET"
            and self.headers.get("upgrade", "").lower() == "websocket"
            and self.headers.get("sec-websocket-version") == "13"
            and "sec-websocket-key" in self.headers
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: JSON."""

    status: int
    content: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpConnection:
    """One connection, used by one task."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)

    async def request(self, patience_s: float) -> HttpRequest:
        """The next request; its first byte must come within `patience_s`. Raises ConnectionEnded."""
        try:
            async with asyncio.timeout(patience_s):
                await self._feed()
            async with asyncio.timeout(REQUEST_S):
                return await self._whole()
        except (TimeoutError, OSError) as error:
            raise ConnectionEnded from error
        except h11.RemoteProtocolError as error:
            await self._say_why(Answer(error.error_status_hint, {"problem": "This is not a request in HTTP/1.1."}))
            raise ConnectionEnded from error

    async def _feed(self) -> None:
        if self._http.trailing_data[0]:
            return  # the next request has come with the one before
        data = await self.reader.read(_READ_BYTES)
        self._http.receive_data(data)
        if not data:
            raise ConnectionEnded

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                await self._write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])))
            self._http.receive_data(await self.reader.read(_READ_BYTES))
        return event  # type: ignore[return-value]

    async def _whole(self) -> HttpRequest:
        head = await self._event()
        if not isinstance(head, h11.Request):
            raise ConnectionEnded
        body = b""
        while isinstance(event := await self._event(), h11.Data):
            body += event.data
            if len(body) > MAX_MESSAGE_BYTES:
                await self._say_why(Answer(413, {"problem": f"A message has at most {MAX_MESSAGE_BYTES} bytes."}))
                raise ConnectionEnded
        if not isinstance(event, h11.EndOfMessage):
            raise ConnectionEnded
        try:
            return HttpRequest(head.method.decode(), head.target.decode(), _headers(head), body)
        except UnicodeDecodeError as error:
            raise ConnectionEnded from error

    async def answer(self, answer: Answer) -> bool:
        """Send an answer; whether the connection goes on after it. Raises ConnectionEnded."""
        content = msgspec.json.encode(answer.content)
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            *answer.headers.items(),
        ]
        response = h11.Response(status_code=answer.status, headers=headers)
        parts = [
            self._http.send(response),
            self._http.send(h11.Data(data=content)),
            self._http.send(h11.EndOfMessage()),
        ]
        await self._write(b"".join(part or b"" for part in parts))
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    async def switch(self, headers: Mapping[str, str]) -> bytes:
        """Agree to go on as a WebSocket; what of it has already arrived. Raises ConnectionEnded."""
        response = h11.InformationalResponse(status_code=101, headers=list(headers.items()))
        await self._write(self._http.send(response))
        return self._http.trailing_data[0]

    async def _say_why(self, answer: Answer) -> None:
        """As far as there is still somebody to tell."""
        try:
            await self.answer(answer)
        except (h11.LocalProtocolError, ConnectionEnded):
            return

    async def _write(self, data: bytes | None) -> None:
        try:
            self.writer.write(data or b"")
            async with asyncio.timeout(SEND_S):
                await self.writer.drain()
        except (TimeoutError, OSError) as error:
            raise ConnectionEnded from error


def _headers(head: h11.Request) -> dict[str, str]:
    found: dict[str, str] = {}
    twice: set[str] = set()
    for raw_name, raw_value in head.headers:
        name = raw_name.decode()
        if name in found:
            twice.add(name)
        found[name] = raw_value.decode()
    return {name: value for name, value in found.items() if name not in twice}
