"""The controller's end of a link over the network. The controller's thread sends; the link's loop does the rest."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from doorward.acs.messages import CertificateDue, CertificateIssued, ToController, ToServer
from doorward.acs.policy.garbage import no_full_collections
from doorward.hardware.link import LinkClosed
from doorward.hardware.remote.parts import Assembly
from doorward.hardware.remote.wire import WireBroken, decode_to_controller, encode

logger = logging.getLogger(__name__)

MOST_QUEUED = 10_000
"""Messages that wait to be sent. More, and the link is too slow to be of use: it is closed and made anew."""
NORMAL, PROTOCOL_ERROR, TOO_SLOW = 1000, 1002, 1013

OnCertificate = Callable[["RemoteEnd", CertificateDue | CertificateIssued], None]


class RemoteEnd:
    """A ControllerEnd over one WebSocket. Made in the link's loop, where `run` owns it."""

    def __init__(self, connection: ClientConnection, on_certificate: OnCertificate) -> None:
        """`on_certificate` is called in the loop with what concerns the link's own certificate."""
        self._connection = connection
        self._on_certificate = on_certificate
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._queue: deque[ToServer] = deque()
        self._wake = asyncio.Event()
        self._closed = False
        self._code, self._why = NORMAL, ""
        self._on_message: Callable[[ToController], None] | None = None
        self._on_close: Callable[[], None] | None = None

    # Any thread.

    def connect(self, on_message: Callable[[ToController], None], on_close: Callable[[], None] | None = None) -> None:
        """Receive from now on."""
        self._on_message, self._on_close = on_message, on_close

    @property
    def closed(self) -> bool:
        """Whether either end has closed the link."""
        return self._closed

    def send(self, message: ToServer) -> None:
        """Leave a message for the loop to send. Raises LinkClosed, also when too many wait already."""
        with self._lock:
            if self._closed:
                raise LinkClosed("The link to the server is closed.")
            if len(self._queue) < MOST_QUEUED:
                self._queue.append(message)
                self._rouse()
                return
        self._end(TOO_SLOW, "the server takes too little in")
        raise LinkClosed(f"{MOST_QUEUED} messages wait for the server; the link is made anew.")

    def close(self) -> None:
        """End the link, after what was sent before."""
        self._end(NORMAL, "")

    def _end(self, code: int, why: str) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._code, self._why = code, why
            self._rouse()
        if self._on_close is not None:
            self._on_close()

    def _rouse(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._wake.set)
        except RuntimeError:  # The loop has ended, and the connection with it.
            self._closed = True

    # The loop.

    async def run(self) -> str:
        """Carry messages both ways until the link ends; returns why it did ("": this end closed it)."""
        reader = asyncio.create_task(self._read(), name="link-reader")
        writer = asyncio.create_task(self._write(), name="link-writer")
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.close()
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
            await self._connection.close(self._code, self._why)
        ended = [task for task in (reader, writer) if not task.cancelled()]
        for task in ended:
            error = task.exception()
            if isinstance(error, ConnectionClosed):
                return _told(error)
            if error is not None:
                raise error
        return self._why

    async def _read(self) -> None:
        assembly = Assembly()
        is_calm = False
        with ExitStack() as calm:
            while True:
                data = await self._connection.recv()
                try:
                    message = assembly.take(decode_to_controller(data))
                except WireBroken as error:
                    logger.error("the server is not understood, the link is closed: %s", error)
                    self._end(PROTOCOL_ERROR, "not understood")
                    return
                if message is None:
                    # The doors must not stop for the collector while a large policy comes.
                    if not is_calm:
                        calm.enter_context(no_full_collections())
                    is_calm = True
                    continue
                if is_calm and not assembly.incomplete:
                    calm.close()
                    is_calm = False
                if isinstance(message, CertificateDue | CertificateIssued):
                    self._on_certificate(self, message)
                elif self._on_message is not None and not self._closed:
                    self._on_message(message)

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._connection.send(encode(self._queue.popleft()))
            if self._closed:
                return


def _told(error: ConnectionClosed) -> str:
    if error.rcvd is not None and error.rcvd.reason:
        return error.rcvd.reason
    if error.rcvd is None and error.sent is not None and error.sent.reason:
        return error.sent.reason
    return "the connection was cut"
