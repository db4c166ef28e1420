"""The server's end of a link over the network. One event loop owns it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from doorward.acs.messages import CertificateRequest, ToController, ToServer
from doorward.hardware.link import LinkClosed
from doorward.hardware.remote.parts import framed
from doorward.hardware.remote.wire import decode_to_server, encode

MOST_QUEUED = 2_000
"""Messages that wait for a controller. More, and it is too slow: it comes back and is told anew."""
MOST_REASON_BYTES = 120
NORMAL, REFUSED = 1000, 1008
ABORT_AFTER_S = 5.0

logger = logging.getLogger(__name__)


class RemoteServerEnd:
    """Carries messages over one WebSocket; a bounded queue in front of it, never waited for."""

    def __init__(
        self, connection: ServerConnection, on_request: Callable[[CertificateRequest], Awaitable[None]]
    ) -> None:
        """`on_request` answers what concerns the link's own certificate."""
        self._connection = connection
        self._on_request = on_request
        self._queue: deque[ToController] = deque()
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._ending = asyncio.Event()
        self._reason = ""
        self._ended = asyncio.create_task(self._ending.wait(), name="controller-ending")
        self._writer = asyncio.create_task(self._write(), name="controller-writer")

    def send(self, message: ToController) -> None:
        """Leave a message for the controller, if the link stands. One that takes too little in loses its link."""
        if self._ending.is_set():
            return
        if len(self._queue) >= MOST_QUEUED:
            self.close("too slow: too many messages wait for this controller")
            return
        self._queue.append(message)
        self._drained.clear()
        self._wake.set()

    async def drained(self) -> None:
        """Wait until everything has been handed to the network, or the link is closed."""
        await self._drained.wait()

    async def receive(self) -> ToServer:
        """The controller's next message. Raises LinkClosed, and WireBroken for what is no message."""
        while True:
            arriving = asyncio.ensure_future(self._connection.recv())
            try:
                await asyncio.wait({arriving, self._ended}, return_when=asyncio.FIRST_COMPLETED)
                if self._ending.is_set():  # Whatever else it says is not heard.
                    raise LinkClosed(self._reason)
                message = decode_to_server(arriving.result())
            except ConnectionClosed as error:
                raise LinkClosed(_told(error)) from error
            finally:
                if not arriving.done():
                    arriving.cancel()
                await asyncio.gather(arriving, return_exceptions=True)
            if not isinstance(message, CertificateRequest):
                return message
            await self._on_request(message)

    def close(self, reason: str = "") -> None:
        """End the link; the controller is told why. What waits to be sent is dropped."""
        if not self._ending.is_set():
            self._reason = reason
            self._ending.set()
            self._queue.clear()
            self._wake.set()
            self._drained.set()
            # A controller that takes nothing in cannot be told.
            asyncio.get_running_loop().call_later(ABORT_AFTER_S, self._connection.transport.abort)

    async def finish(self) -> None:
        """After the last use: let go of the connection."""
        self.close()
        self._writer.cancel()
        await asyncio.gather(self._writer, self._ended, return_exceptions=True)
        await self._end()

    async def _write(self) -> None:
        with suppress(ConnectionClosed):
            while not self._ending.is_set():
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
                    # Taken off only once it is sent, so that the limit counts it.
                    for frame in framed(self._queue[0]):
                        await self._connection.send(encode(frame))
                        if self._ending.is_set():
                            break
                    if self._queue:
                        self._queue.popleft()
                self._drained.set()
            await self._end()
        self._drained.set()

    async def _end(self) -> None:
        reason = self._reason.encode()[:MOST_REASON_BYTES].decode(errors="ignore")
        code = NORMAL if not reason else REFUSED
        await self._connection.close(code, reason)


def _told(error: ConnectionClosed) -> str:
    if error.rcvd is not None:
        return error.rcvd.reason
    if error.sent is not None and error.sent.reason:
        return f"silent for too long ({error.sent.reason})"
    return "the connection was cut"
