"""`doorward serve`: starts everything in order, serves until told to stop, and stops it in reverse."""

import asyncio
import logging
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.site.operations import ensure_site
from doorward.acs.users.setup import prepare_set_up
from doorward.graphql.limits import MAX_MESSAGE_BYTES
from doorward.hardware.controller import Controller
from doorward.hardware.drivers import drivers_with
from doorward.hardware.ip.listener import Listener, ListenerUnusable, listening
from doorward.hardware.link import memory_link
from doorward.hardware.remote.wire import AUTHORITY_PATH
from doorward.server.addresses import web_addresses
from doorward.server.app import build_app
from doorward.server.controller_listener import listen_for_controllers
from doorward.server.domain import open_domain
from doorward.server.hub import ControllerHub
from doorward.server.importer import Importer
from doorward.server.jobs import Jobs
from doorward.server.limits_file import known_documents, load_limits
from doorward.server.live.hub import LiveHub
from doorward.server.own_certificate import OwnCertificate
from doorward.server.recording import Recording
from doorward.server.settings import ServerFailed, Settings, StartFailed
from doorward.server.webhooks.service import sending_webhooks

STOP_S = 3.0
BACKLOG = 128
MAX_HEADER_BYTES = 32 * 1024
"""The line of a request and its headers; a query in the address has to fit."""
UNTAKEN_MS = 120_000
"""A connection whose other end takes nothing of what is sent for so long is given up, with what was kept for it."""

logger = logging.getLogger(__name__)


async def run_server(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises StartFailed, DatabaseUnusable and the like before it serves."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    _check_certificate(settings)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_listen(settings))
        port = listener.getsockname()[1]
        limits = load_limits(settings.data)
        domain = await stack.enter_async_context(open_domain(settings, limits.commands))
        hub = ControllerHub(domain)
        peripherals = stack.enter_context(_peripherals(settings))
        controller_task = await stack.enter_async_context(_embedded_controller(settings, hub, peripherals))
        recording = Recording(domain, settings.video)
        stack.push_async_callback(recording.stop)
        await recording.start()
        jobs = Jobs(domain)
        stack.push_async_callback(jobs.stop)
        await jobs.start()
        importer = Importer(domain)
        stack.push_async_callback(importer.stop)
        await importer.start()
        await record_system_event(domain, NewEvent(EventType.SERVER_STARTED, domain.clock()))
        domain.web = web_addresses(settings, port)
        documents = known_documents(settings.data, limits)
        live = LiveHub(recording.live_socket)
        stack.push_async_callback(live.stop)
        app = build_app(
            domain, settings.video, hsts=settings.certificate is not None, limits=limits, documents=documents, live=live
        )
        config = _config(settings, listener)
        await stack.enter_async_context(_own_tls(domain, settings, config))
        await stack.enter_async_context(_controllers(domain, settings, hub))
        webhooks = sending_webhooks(domain, settings.webhook_networks, allow_http=settings.webhook_http)
        await stack.enter_async_context(webhooks)
        set_up_token = await prepare_set_up(domain, settings.set_up_token)
        _announce(settings, port, set_up_token)
        served = asyncio.create_task(
            hypercorn_serve(app, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
        )
        await asyncio.wait({served, controller_task}, return_when=asyncio.FIRST_COMPLETED)
        asked_to_stop = stop.is_set()
        stop.set()
        await served
        if not asked_to_stop:
            raise ServerFailed("The controller stopped by itself; its error is in the log. Start the server again.")


def _listen(settings: Settings) -> socket.socket:
    """A listening socket, bound before anything else starts so that a busy port costs nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN_MS)
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise StartFailed(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror or error}. "
            "Stop the program that has it, or choose another with --port (0 picks a free one)."
        ) from error
    listener.setblocking(False)
    return listener


def _check_certificate(settings: Settings) -> None:
    if settings.certificate is None or settings.private_key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.certificate, settings.private_key)
    except OSError as error:
        raise StartFailed(
            f"The certificate {settings.certificate} and key {settings.private_key} cannot be used: {error}. "
            "Give two PEM files that belong together and that this user may read."
        ) from error


@contextmanager
def _peripherals(settings: Settings) -> Iterator[Listener | None]:
    """Where readers on the network knock, if they may. Raises StartFailed."""
    with ExitStack() as stack:
        try:
            place = settings.host, settings.peripherals_port, settings.certificate, settings.private_key
            listener = stack.enter_context(listening(*place))
        except ListenerUnusable as error:
            raise StartFailed(str(error)) from error
        yield listener


class _Config(Config):
    """Hypercorn's, which may be given a TLS context of ours."""

    own_context: ssl.SSLContext | None = None

    @property
    def ssl_enabled(self) -> bool:
        """Whether to serve HTTPS."""
        return self.own_context is not None or super().ssl_enabled

    def create_ssl_context(self) -> ssl.SSLContext | None:
        """What HTTPS is served with."""
        return self.own_context or super().create_ssl_context()


def _config(settings: Settings, listener: socket.socket) -> _Config:
    config = _Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.graceful_timeout = STOP_S
    config.include_server_header = False
    config.websocket_max_message_size = MAX_MESSAGE_BYTES
    config.h11_max_incomplete_size = MAX_HEADER_BYTES
    config.h2_max_header_list_size = MAX_HEADER_BYTES
    if settings.certificate and settings.private_key:
        config.certfile, config.keyfile = str(settings.certificate), str(settings.private_key)
    return config


def _announce(settings: Settings, port: int, set_up_token: str | None) -> None:
    """The line that whoever started the server waits for, and where there is no user yet, how to make one."""
    scheme = "https" if settings.is_https else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"{scheme}://{host}:{port}"
    if settings.own_tls:
        sys.stdout.write(f"Browsers trust it once they know its authority: {address}{AUTHORITY_PATH}\n")
    sys.stdout.write(f"Doorward is ready at {address}\n")
    if set_up_token is not None:
        sys.stdout.write(
            f"There are no users yet. Open {address} and enter this set-up token, which counts once: {set_up_token}\n"
        )
    sys.stdout.flush()


@asynccontextmanager
async def _own_tls(domain: Domain, settings: Settings, config: _Config) -> AsyncIterator[None]:
    """Where no certificate was given but other machines may come: one of the site's own authority."""
    if not settings.own_tls:
        yield
        return
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(config.alpn_protocols)
    names = {*settings.names, socket.gethostname(), socket.getfqdn(), "localhost", *_address_of(settings.host)}
    certificate = OwnCertificate(domain, sorted(names), context)
    await certificate.renew()
    config.own_context = context
    watching = asyncio.create_task(certificate.watch(), name="api-certificate")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def _address_of(host: str) -> list[str]:
    """The address that is listened at, unless that is all of them."""
    return [] if host in {"0.0.0.0", "::"} else [host]  # noqa: S104 - looked for, not listened at


@asynccontextmanager
async def _controllers(domain: Domain, settings: Settings, hub: ControllerHub) -> AsyncIterator[None]:
    """Controllers on other computers may dial in, if that is wanted; those that stay away are noticed."""
    async with AsyncExitStack() as stack:
        if settings.controllers_port is not None:
            port = await stack.enter_async_context(
                listen_for_controllers(
                    domain, hub, settings.controllers_host, settings.controllers_port, settings.controllers_names
                )
            )
            sys.stdout.write(f"Controllers connect to port {port} of {settings.controllers_host}\n")
        absence = asyncio.create_task(hub.watch_for_absence(), name="absence")
        try:
            yield
        finally:
            absence.cancel()
            await asyncio.gather(absence, return_exceptions=True)


@asynccontextmanager
async def _embedded_controller(
    settings: Settings, hub: ControllerHub, peripherals: Listener | None
) -> AsyncIterator[asyncio.Task[None]]:
    """The controller inside this process, linked in memory; yields the task that serves its link."""
    row = await ensure_site()
    controller = Controller(
        controller_id=row.id,
        journal_path=settings.journal,
        data_key=settings.data_key.read_bytes(),
        driver_factory=drivers_with(peripherals),
    )
    await asyncio.to_thread(controller.start)
    try:
        controller_end, server_end = memory_link(asyncio.get_running_loop())
        task = asyncio.create_task(hub.serve(row.id, server_end), name="embedded-controller")
        controller.attach(controller_end)
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    finally:
        await asyncio.to_thread(controller.stop)
