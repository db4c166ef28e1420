"""A line behind a TCP-to-serial converter: `socket://host:port`.

The converter sets the baud rate. It must be in raw TCP mode, without a wait for more bytes before it sends.
"""

import os
import select
import socket
from contextlib import suppress

from doorward.acs.doors.line import SOCKET_SCHEME, socket_place
from doorward.hardware.osdp.port import Listener, Port
from doorward.hardware.reopening import PortUnusable

CONNECT_S = 3.0
_KEEPALIVE = ((socket.TCP_KEEPIDLE, 5), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 3))
"""A converter that lost its power says nothing: it is asked after 5 s, and given up 6 s later."""
UNACKNOWLEDGED_MS = 5_000


def is_socket(path: str) -> bool:
    """Whether a device's port is behind a converter."""
    return path.startswith(SOCKET_SCHEME)


class SocketPort(Port):
    """A connection to a converter."""

    gone_events = Port.gone_events | select.POLLRDHUP

    def __init__(self, path: str, wake: int, on_received: Listener, on_sent: Listener) -> None:
        """Connect, for at most 3 s or until the descriptor `wake` can be read. Raises PortUnusable."""
        try:
            host, number = socket_place(path)
            self._socket = _connect(host, number, wake)
        except (OSError, ValueError) as error:
            raise PortUnusable(
                f"The converter {path} cannot be reached ({error}). Check its power, its network and its address."
            ) from error
        super().__init__(path, self._socket.fileno(), on_received, on_sent)

    def _receive(self, size: int) -> bytes:
        data = self._socket.recv(size)
        if not data:
            raise ConnectionResetError("it closed the connection")
        return data

    def _send(self, data: bytes) -> None:
        self._socket.send(data)

    def _forget_input(self) -> None:
        with suppress(BlockingIOError):
            while self._socket.recv(4096):
                pass

    def _forget_output(self) -> None:
        """What was handed to the network cannot be called back."""

    def _close(self) -> None:
        self._socket.close()

    def _gone(self) -> str:
        return f"The converter {self.name} closed the connection. It may serve only one program at a time."

    def _broken(self, error: Exception) -> str:
        return f"The connection to the converter {self.name} was lost ({error}). Check its power and its network."


def _connect(host: str, number: int, wake: int) -> socket.socket:
    """The first address of the host that answers."""
    failure: OSError = OSError("its name has no address")
    for family, kind, protocol, _, place in socket.getaddrinfo(host, number, type=socket.SOCK_STREAM):
        attempt = socket.socket(family, kind, protocol)
        try:
            _prepare(attempt)
            with suppress(BlockingIOError):
                attempt.connect(place)
            _await_connection(attempt, wake)
        except OSError as error:
            attempt.close()
            failure = error
        else:
            return attempt
    raise failure


def _prepare(attempt: socket.socket) -> None:
    attempt.setblocking(False)
    attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    attempt.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
    for option, value in _KEEPALIVE:
        attempt.setsockopt(socket.IPPROTO_TCP, option, value)


def _await_connection(attempt: socket.socket, wake: int) -> None:
    poller = select.poll()
    poller.register(attempt, select.POLLOUT)
    poller.register(wake, select.POLLIN)
    ready = dict(poller.poll(CONNECT_S * 1000))
    if attempt.fileno() not in ready:
        raise TimeoutError("it does not answer")
    code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
