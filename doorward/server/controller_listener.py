"""Where controllers dial in: TLS 1.3 with Doorward's own authority, WebSockets for the link and for enrolment.

The client's certificate is optional for TLS, because a controller that enrols has none yet, and demanded for the
link. Whether it counts is looked up for every link; TLS itself only says that it is of this authority.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any

from cryptography import x509
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from doorward.acs.controllers.attempts import enrolment_attempts
from doorward.acs.controllers.authority import BadRequest
from doorward.acs.controllers.enrolment import (
    CertificateRefused,
    EnrolmentRefused,
    admit,
    enrol,
    renew,
    renewal_due,
    still_counts,
)
from doorward.acs.controllers.models import ControllerCertificate
from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.domain import Domain
from doorward.acs.messages import CertificateDue, CertificateIssued, CertificateRequest
from doorward.acs.transaction import DATABASE_TROUBLE
from doorward.hardware.remote import enrolment_messages as enrolment
from doorward.hardware.remote.identity import NO_CHECK_TIME
from doorward.hardware.remote.wire import (
    AUTHORITY_PATH,
    ENROL_PATH,
    LINK_PATH,
    MOST_BYTES_TO_SERVER,
    PING_EVERY_S,
    PING_PATIENCE_S,
    SUBPROTOCOL,
    WireBroken,
)
from doorward.server.hub import ControllerHub
from doorward.server.own_certificate import OwnCertificate
from doorward.server.remote_link import RemoteServerEnd
from doorward.server.settings import StartFailed

MOST_CONNECTIONS = 2_000
MOST_ENROLLING = 20
MOST_WAITING_MESSAGES = 256
HANDSHAKE_S = 10.0
CLOSE_S = 3.0
WRONG_CODE_S = 1.0
"""A wrong code is answered late, so that trying many takes long."""
LOOK_AGAIN_S = 60.0
"""So often the certificates are looked at: the server's own, and those behind the links."""
POLICY_VIOLATION = 1008
TOO_OFTEN = "Too many attempts. Wait a quarter of an hour."

logger = logging.getLogger(__name__)


class ControllerListener:
    """Takes controllers in. Made by `listen_for_controllers`."""

    def __init__(self, domain: Domain, hub: ControllerHub, names: Sequence[str]) -> None:
        self._domain = domain
        self._hub = hub
        self._attempts = enrolment_attempts(domain.clock)
        self._connections = self._enrolling = 0
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority = b""
        self.certificate = OwnCertificate(domain, names, self._tls)

    async def tls(self) -> ssl.SSLContext:
        """The context of all connections, with a certificate made now. Its key is never on a disk."""
        authority = await the_authority(self._domain)
        self._authority = authority.certificate
        context = self._tls
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.num_tickets = 0
        context.verify_mode = ssl.CERT_OPTIONAL
        context.verify_flags |= NO_CHECK_TIME  # Whether a certificate counts, and until when, the table says.
        context.load_verify_locations(cadata=authority.certificate.decode("ascii"))
        await self.certificate.renew()
        return context

    # Before the WebSocket.

    async def greet(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer what is no WebSocket of ours; None: go on."""
        path = request.path.partition("?")[0]
        if path == AUTHORITY_PATH:
            return _response(HTTPStatus.OK, self._authority, "application/x-pem-file")
        if self._connections >= MOST_CONNECTIONS:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections. Try again later.\n")
        if path == ENROL_PATH:
            if self._enrolling >= MOST_ENROLLING or not self._attempts.allowed(_address(connection)):
                return connection.respond(HTTPStatus.TOO_MANY_REQUESTS, f"{TOO_OFTEN}\n")
            return None
        if path != LINK_PATH:
            return connection.respond(HTTPStatus.NOT_FOUND, "There is nothing here.\n")
        shown = _certificate_of(connection)
        if shown is None:
            return connection.respond(HTTPStatus.UNAUTHORIZED, "Show a controller's certificate.\n")
        try:
            connection.admitted = await admit(self._domain, shown)  # type: ignore[attr-defined]
        except CertificateRefused as error:
            logger.warning("a controller at %s is refused: %s", _address(connection), error)
            return connection.respond(HTTPStatus.FORBIDDEN, f"{error}\n")
        except DATABASE_TROUBLE:
            logger.exception("a controller at %s cannot be looked up", _address(connection))
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "The database cannot be used. Try again later.\n")
        return None

    async def take(self, connection: ServerConnection) -> None:
        """One WebSocket, until it ends."""
        self._connections += 1
        try:
            certificate: ControllerCertificate | None = getattr(connection, "admitted", None)
            if certificate is not None:
                await self._link(connection, certificate)
            else:
                await self._enrol(connection)
        finally:
            self._connections -= 1

    # The link.

    async def _link(self, connection: ServerConnection, certificate: ControllerCertificate) -> None:
        controller_id = certificate.controller_id

        async def answer(request: CertificateRequest) -> None:
            try:
                issued, authority = await renew(self._domain, controller_id, request.csr)
            except BadRequest as error:
                link.close(f"refused: {error}")
            except DATABASE_TROUBLE:
                logger.exception("the certificate of controller %s was not renewed", controller_id)
            else:
                link.send(CertificateIssued(issued.certificate, authority.certificate))

        link = RemoteServerEnd(connection, answer)
        guard = asyncio.create_task(self._guard(link, certificate), name=f"guard-{controller_id}")
        try:
            await self._hub.serve(controller_id, link, _address(connection))
        finally:
            guard.cancel()
            await asyncio.gather(guard, return_exceptions=True)
            await link.finish()

    async def _guard(self, link: RemoteServerEnd, certificate: ControllerCertificate) -> None:
        """Close the link once its certificate counts no more (another server may have revoked it); remind in time."""
        while True:
            try:
                if not await still_counts(self._domain, certificate.serial):
                    link.close("the certificate counts no more")
                    return
                if renewal_due(certificate.expires_at, self._domain.clock()):
                    link.send(CertificateDue())
            except DATABASE_TROUBLE:
                logger.exception("the certificate of controller %s cannot be looked up", certificate.controller_id)
            await asyncio.sleep(LOOK_AGAIN_S)

    # Enrolment.

    async def _enrol(self, connection: ServerConnection) -> None:
        address = _address(connection)
        self._enrolling += 1
        try:
            async with asyncio.timeout(enrolment.PATIENCE_S):
                question = enrolment.decode_question(await connection.recv())
                answer = await self._answer(question, address)
                await connection.send(enrolment.encode(answer))
        except (WireBroken, TimeoutError):
            self._attempts.failed(address)
            await connection.close(POLICY_VIOLATION, "not understood")
        except ConnectionClosed:
            self._attempts.failed(address)
        finally:
            self._enrolling -= 1

    async def _answer(self, question: enrolment.Enrol, address: str) -> enrolment.Enrolled | enrolment.Refused:
        # Looked at again: many connections may have been opened before the first of them failed.
        if not self._attempts.allowed(address):
            return enrolment.Refused(TOO_OFTEN)
        failures = self._attempts.failed(address)
        try:
            issued, authority = await enrol(self._domain, question.secret, question.csr, address, failures)
        except EnrolmentRefused as error:
            logger.warning("an enrolment from %s is refused: %s", address, error)
            await asyncio.sleep(WRONG_CODE_S)
            return enrolment.Refused(str(error))
        except DATABASE_TROUBLE:
            logger.exception("an enrolment from %s cannot be stored", address)
            return enrolment.Refused("The server's database cannot be used. Try again later.")
        self._attempts.succeeded(address)
        return enrolment.Enrolled(issued.certificate, authority.certificate)


@asynccontextmanager
async def listen_for_controllers(
    domain: Domain, hub: ControllerHub, host: str, port: int, names: Sequence[str] = ()
) -> AsyncIterator[int]:
    """Take controllers in at this address; yields the port. `names` also go into the server's certificate."""
    listener = ControllerListener(domain, hub, names)
    options: dict[str, Any] = {"ssl_handshake_timeout": HANDSHAKE_S}
    try:
        server: Server = await serve(
            listener.take,
            host,
            port,
            ssl=await listener.tls(),
            process_request=listener.greet,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            select_subprotocol=_same_protocol,
            compression=None,
            server_header=None,
            max_size=MOST_BYTES_TO_SERVER,
            max_queue=MOST_WAITING_MESSAGES,
            open_timeout=HANDSHAKE_S,
            close_timeout=CLOSE_S,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_PATIENCE_S,
            **options,
        )
    except OSError as error:
        raise StartFailed(
            f"Port {port} on {host} cannot be used for controllers: {error.strerror or error}. "
            "Stop the program that has it, or choose another with --controllers-port."
        ) from error
    watching = asyncio.create_task(listener.certificate.watch(), name="server-certificate")
    try:
        domain.controllers.port = int(server.sockets[0].getsockname()[1])
        yield domain.controllers.port
    finally:
        domain.controllers.port = None
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        hub.retire("the server is stopping")
        server.close()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.wait_closed(), CLOSE_S + 1)


def _same_protocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The one that both speak. A controller of another version says so itself, and is told."""
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


def _certificate_of(connection: ServerConnection) -> bytes | None:
    """The client's certificate (DER) that TLS has verified."""
    tls = connection.transport.get_extra_info("ssl_object")
    shown: bytes | None = tls.getpeercert(binary_form=True) if tls is not None else None
    if shown is None:
        return None
    purposes = x509.load_der_x509_certificate(shown).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    return shown if x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH in purposes.value else None


def _address(connection: ServerConnection) -> str:
    remote = connection.remote_address
    return str(remote[0]) if remote else "unknown"


def _response(status: HTTPStatus, body: bytes, kind: str) -> Response:
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status.value, status.phrase, headers, body)
