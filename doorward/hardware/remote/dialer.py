"""Dialling the server, for ever: a thread with an event loop of its own, beside the controller's.

The controller never waits for it. When a link ends, the next attempt comes after a pause that grows and is random, so
that a hundred controllers do not return to a restarted server in one instant.
"""

import asyncio
import logging
import threading
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from doorward.acs.controllers.authority import SERVER_NAME
from doorward.acs.messages import CertificateDue, CertificateIssued, CertificateRequest
from doorward.hardware.errors import HardwareError
from doorward.hardware.link import LinkClosed
from doorward.hardware.remote.backoff import Backoff
from doorward.hardware.remote.identity import Identity, NewKey, new_key
from doorward.hardware.remote.remote_end import RemoteEnd
from doorward.hardware.remote.wire import (
    LINK_PATH,
    MOST_BYTES_TO_CONTROLLER,
    PING_EVERY_S,
    PING_PATIENCE_S,
    SUBPROTOCOL,
)

OPEN_S = 15.0
CLOSE_S = 3.0
WORKED_AFTER_S = 30.0
"""A link that lived so long worked: the next pause is a short one again."""
MOST_WAITING_MESSAGES = 64

logger = logging.getLogger(__name__)


class Dialer:
    """Runs from `start` to `stop`. `attach` is given every new link, in the dialer's thread."""

    def __init__(
        self,
        url: str,
        identity: Identity,
        attach: Callable[[RemoteEnd], None],
        backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        self._url = url
        self._identity = identity
        self._attach = attach
        self._backoff = backoff()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event
        self._renewed: asyncio.Event
        self._pending: NewKey | None = None
        self._ready = threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="dialer", daemon=True)

    def start(self) -> None:
        """Begin to dial."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close the link and end the thread."""
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._stop.set)
        except RuntimeError:  # It has ended by itself.
            logger.debug("the dialer had ended already")
        self._thread.join()

    async def _run(self) -> None:
        self._stop, self._renewed = asyncio.Event(), asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        stopping = asyncio.create_task(self._stop.wait())
        try:
            while not self._stop.is_set():
                began = self._loop.time()
                dialing = asyncio.create_task(self._links(), name="links")
                await asyncio.wait({dialing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                dialing.cancel()
                await asyncio.gather(dialing, return_exceptions=True)
                if self._stop.is_set():
                    return
                if not dialing.cancelled() and (error := dialing.exception()) is not None:
                    logger.error("the dialer met something unforeseen", exc_info=error)
                if self._loop.time() - began > WORKED_AFTER_S:
                    self._backoff.reset()
                pause_s = self._backoff.next_s()
                await asyncio.wait({stopping}, timeout=pause_s)
        finally:
            stopping.cancel()

    async def _links(self) -> None:
        """One link, or several that follow on each other because the certificate was renewed."""
        opened = await self._open()
        while opened is not None:
            connection, end = opened
            opened = None
            self._renewed.clear()
            running = asyncio.create_task(end.run(), name="link")
            renewed = asyncio.create_task(self._renewed.wait())
            try:
                self._attach(end)
                await asyncio.wait({running, renewed}, return_when=asyncio.FIRST_COMPLETED)
                if renewed.done() and not running.done():
                    # By the new certificate, before the old link ends: nobody is absent meanwhile.
                    opened = await self._open()
                    if opened is not None:
                        end.close()
                why = await running
                if opened is None:
                    self._say(f"the link to {self._url} has ended: {why or 'closed here'}")
            finally:
                end.close()
                renewed.cancel()
                running.cancel()
                await asyncio.gather(running, renewed, return_exceptions=True)
                await connection.close()

    async def _open(self) -> tuple[ClientConnection, RemoteEnd] | None:
        """A link, or None; then the log says why there is none, once."""
        try:
            connection = await connect(
                self._url + LINK_PATH,
                ssl=self._identity.tls(),
                server_hostname=SERVER_NAME,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_size=MOST_BYTES_TO_CONTROLLER,
                max_queue=MOST_WAITING_MESSAGES,
                open_timeout=OPEN_S,
                close_timeout=CLOSE_S,
                ping_interval=PING_EVERY_S,
                ping_timeout=PING_PATIENCE_S,
                proxy=None,
                user_agent_header=None,
            )
        except InvalidStatus as error:
            body = bytes(error.response.body or b"").decode(errors="replace").strip()
            self._say(f"{self._url} does not take this controller in: {body or error}")
            return None
        except (OSError, TimeoutError, WebSocketException, HardwareError) as error:
            self._say(f"{self._url} cannot be reached: {str(error) or type(error).__name__}")
            return None
        self._said = ""
        logger.info("linked to %s", self._url)
        return connection, RemoteEnd(connection, self._on_certificate)

    def _say(self, what: str) -> None:
        if what != self._said:
            self._said = what
            logger.warning("%s; the doors go on alone", what)

    # The link's own certificate.

    def _on_certificate(self, end: RemoteEnd, message: CertificateDue | CertificateIssued) -> None:
        if isinstance(message, CertificateDue):
            # The server asks again while its answer is on the way, and that must not be for a key that is gone by then.
            self._pending = self._pending or new_key()
            try:
                end.send(CertificateRequest(self._pending.csr))
            except LinkClosed:
                logger.debug("the link ended before the certificate was asked for")
            return
        key, self._pending = self._pending, None
        if key is None:
            return
        try:
            self._identity.keep(key, message.certificate, message.authority)
        except HardwareError as error:
            logger.error("the renewed certificate was not kept: %s", error)
            return
        logger.info("the certificate was renewed")
        self._renewed.set()
