"""Where devices on the network knock: a port of its own with TLS, in a thread of its own, beside the controller.

It runs as long as its process, whatever becomes of the server, and outlasts every wiring of the controller. It decides
nothing: what is proved to come from a device goes to the controller like a card at any reader.
"""

import asyncio
import logging
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from doorward.acs.devices import IpDevice
from doorward.hardware.driver import EventSink, Feedback, ShowDoor
from doorward.hardware.errors import HardwareError
from doorward.hardware.ip.connection import ConnectionEnded, HttpConnection
from doorward.hardware.ip.peripheral import Clock, Peripheral
from doorward.hardware.ip.routes import Routes, Upgrade
from doorward.hardware.ip.websocket import WebSocket, accept_headers

MOST_CONNECTIONS = 256
MOST_CONNECTIONS_OF_ONE = 32
"""... from one address."""
UNPROVED_S = 5.0
"""So long a connection may wait with its first request, and TLS may take."""
IDLE_S = 60.0
"""... and one on which a device has proved itself, with its next."""
TICK_S = 1.0
BACKLOG = 64
_PAUSE_S = 0.2

T = TypeVar("T")
logger = logging.getLogger(__name__)


class ListenerUnusable(HardwareError):
    """The port or the certificate cannot be used; says what to do."""


def server_tls(certificate: Path, private_key: Path) -> ssl.SSLContext:
    """TLS for the port, with this certificate. Raises ListenerUnusable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, private_key)
    except OSError as error:
        raise ListenerUnusable(
            f"The certificate {certificate} and key {private_key} cannot be used: {error}. "
            "Give two PEM files that belong together and that this user may read."
        ) from error
    return context


class Listener:
    """Listens from `start` to `stop`. Everything about a device happens in its one thread."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, clock: Clock = Clock()) -> None:  # noqa: B008 - frozen
        """Port 0 picks a free one, which `port` tells once it is started."""
        self._host, self.port, self._tls, self._clock = host, port, tls, clock
        self._devices: dict[str, Peripheral] = {}
        self._routes = Routes(self._devices, clock)
        self._connections: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="ip-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen. Raises ListenerUnusable."""
        try:
            self._socket = self._bound()
        except OSError as error:
            raise ListenerUnusable(
                f"Port {self.port} on {self._host} cannot be used for readers on the network: "
                f"{error.strerror or error}. Stop the program that has it, or choose another."
            ) from error
        self.port = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def _bound(self) -> socket.socket:
        listening = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self._host, self.port))
            listening.listen(BACKLOG)
            listening.setblocking(False)
        except OSError:
            listening.close()
            raise
        return listening

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def __enter__(self) -> "Listener":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # The driver's side, from any thread.

    def drive(self, devices: Sequence[IpDevice], sink: EventSink) -> None:
        """Take these devices, and no others, and tell `sink` of them; returns once that is so."""
        self._call(lambda: self._drive(devices, sink))

    def release(self) -> list[str]:
        """Tell nobody any more; the devices that are online."""
        return self._call(self._release)

    def show(self, command: Feedback | ShowDoor) -> None:
        """Tell a device what came of a read, or how its door stands. Returns at once."""
        if self._thread.is_alive():
            with suppress(RuntimeError):  # it is being stopped: nobody is left to be shown anything
                self._loop.call_soon_threadsafe(self._show, command)

    def _call(self, what: Callable[[], T]) -> T:
        """Done in the thread, or here once that is gone."""

        async def run() -> T:
            return what()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result() if self._thread.is_alive() else what()

    def _drive(self, devices: Sequence[IpDevice], sink: EventSink) -> None:
        wanted = {device.id for device in devices}
        for device_id in [one for one in self._devices if one not in wanted]:
            for session in list(self._devices.pop(device_id).sessions):
                session.end()
        for device in devices:
            peripheral = self._devices.setdefault(device.id, Peripheral(device, self._clock))
            peripheral.drive(device, sink)

    def _release(self) -> list[str]:
        for peripheral in self._devices.values():
            peripheral.release()
        return [one.device.id for one in self._devices.values() if one.online and not one.device.stream_url]

    def _show(self, command: Feedback | ShowDoor) -> None:
        peripheral = self._devices.get(command.device_id)
        if peripheral is None:
            return
        if isinstance(command, Feedback):
            peripheral.show(command)
        else:
            peripheral.show_door(command)

    # The thread.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._begin(self._accept())
        self._begin(self._tick())
        try:
            await self._stopping.wait()
        finally:
            self._socket.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            for peripheral in list(self._devices.values()):
                try:
                    peripheral.pass_time()
                except Exception:
                    logger.exception("the device %s could not be looked after", peripheral.device.id)

    async def _accept(self) -> None:
        while True:
            try:
                connected, address = await self._loop.sock_accept(self._socket)
            except OSError as error:
                logger.warning("no connection of a device could be accepted: %s", error)
                await asyncio.sleep(_PAUSE_S)  # out of file descriptors: to try at once would only burn time
                continue
            source = str(address[0])
            if self._connections.total() >= MOST_CONNECTIONS or self._connections[source] >= MOST_CONNECTIONS_OF_ONE:
                connected.close()
                continue
            self._connections[source] += 1
            self._begin(self._connection(connected, source))

    async def _connection(self, connected: socket.socket, source: str) -> None:
        writer: asyncio.StreamWriter | None = None
        try:
            reader = asyncio.StreamReader()
            protocol = asyncio.StreamReaderProtocol(reader)
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol,
                connected,
                ssl=self._tls,
                ssl_handshake_timeout=UNPROVED_S,
                ssl_shutdown_timeout=1.0,
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
            await self._converse(HttpConnection(reader, writer), source)
        except (ConnectionEnded, OSError):
            pass  # whoever it was is gone
        except Exception:
            logger.exception("a connection from %s failed and is closed", source)
        finally:
            if writer is not None:
                writer.transport.abort()
            self._connections[source] -= 1
            if not self._connections[source]:
                del self._connections[source]

    async def _converse(self, http: HttpConnection, source: str) -> None:
        """Requests until one of both ends it. A connection is trusted with time once a device has proved itself."""
        patience_s = UNPROVED_S
        while True:
            request = await http.request(patience_s)
            answer = await self._routes.answer(request, source)
            if isinstance(answer, Upgrade):
                arrived = await http.switch(accept_headers(request.headers["sec-websocket-key"]))
                await WebSocket(answer.peripheral, answer.key, http.reader, http.writer).run(arrived)
                break
            if not await http.answer(answer):
                break
            if answer.status < 300 and request.method == "POST":
                patience_s = IDLE_S
            elif answer.status == 401:
                break
        http.writer.close()
        await http.writer.wait_closed()


@contextmanager
def listening(
    host: str, port: int | None, certificate: Path | None, private_key: Path | None
) -> Iterator[Listener | None]:
    """A started listener, stopped in the end; none without a port. Raises ListenerUnusable."""
    if port is None:
        yield None
        return
    if certificate is None or private_key is None:
        raise ListenerUnusable("Readers on the network need TLS: give --certificate and --private-key.")
    listener = Listener(host, port, server_tls(certificate, private_key))
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()
