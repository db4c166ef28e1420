"""The device's end of a WebSocket, in one thread.

The `websockets` client reads and writes from two threads at once. With Python 3.11's ssl that now and then loses what
is written (some 5 of 1,000 connections in a test on loopback), so only its protocol is used here.
"""

import socket
import time
from collections.abc import Mapping
from typing import Self

from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.uri import parse_uri

_READ_BYTES = 4096
_CLOSE_S = 2.0


class ClientSocket:
    """An open WebSocket. Whatever it is told after its end raises ConnectionClosed."""

    def __init__(self, connection: socket.socket, uri: str, headers: Mapping[str, str], timeout_s: float) -> None:
        """Open it over a connection that it owns from here on. Raises InvalidHandshake, TimeoutError and OSError."""
        self.protocol = ClientProtocol(parse_uri(uri))
        self._connection = connection
        self._texts: list[str] = []
        self._answered = False
        request = self.protocol.connect()
        request.headers.update(headers)
        try:
            self._shake_hands(request, timeout_s)
        except BaseException:
            connection.close()
            raise

    def _shake_hands(self, request: Request, timeout_s: float) -> None:
        self.protocol.send_request(request)
        self.flush()
        until = time.monotonic() + timeout_s
        while not self._answered and self.protocol.handshake_exc is None:
            self._read(until)
        if self.protocol.handshake_exc is not None:
            raise self.protocol.handshake_exc

    def send(self, message: str | bytes) -> None:
        """Send a text, or bytes."""
        if isinstance(message, str):
            self.protocol.send_text(message.encode())
        else:
            self.protocol.send_binary(message)
        self.flush()

    def recv(self, timeout_s: float) -> str:
        """The next text. Raises TimeoutError."""
        until = time.monotonic() + timeout_s
        while not self._texts:
            if self.protocol.state.name == "CLOSED":
                raise self.protocol.close_exc
            self._read(until)
        return self._texts.pop(0)

    def close(self) -> None:
        """Say so, wait a moment for the other side to say so too, and close."""
        try:
            if self.protocol.state.name == "OPEN":
                self.protocol.send_close(1000)
                self.flush()
            until = time.monotonic() + _CLOSE_S
            while self.protocol.state.name != "CLOSED":
                self._read(until)
        except (OSError, ConnectionClosed):
            pass  # it is gone already
        finally:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def flush(self) -> None:
        """Send what the protocol has to send."""
        for data in self.protocol.data_to_send():
            if data:
                self._connection.sendall(data)

    def _read(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the controller said nothing")
        self._connection.settimeout(left)
        try:
            data = self._connection.recv(_READ_BYTES)
        except TimeoutError:
            raise
        except OSError:
            data = b""
        if data:
            self.protocol.receive_data(data)
        else:
            self.protocol.receive_eof()
        for event in self.protocol.events_received():
            if isinstance(event, Response):
                self._answered = True
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._texts.append(bytes(event.data).decode())
        if data:
            self.flush()
