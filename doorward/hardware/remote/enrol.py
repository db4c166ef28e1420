"""Enrolling: a key is made here, and its certificate fetched from the server that the code is of."""

import asyncio
import http.client
import ssl
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.typing import Subprotocol

from doorward.acs.controllers.authority import SERVER_NAME, controller_of, fingerprint
from doorward.acs.controllers.enrolment_code import EnrolmentCode
from doorward.hardware.errors import HardwareError
from doorward.hardware.remote.enrolment_messages import (
    MOST_BYTES,
    PATIENCE_S,
    Enrol,
    Enrolled,
    Refused,
    decode_answer,
    encode,
)
from doorward.hardware.remote.identity import Identity, new_key, trusting
from doorward.hardware.remote.wire import AUTHORITY_PATH, ENROL_PATH, SUBPROTOCOL, WireBroken


class EnrolmentFailed(HardwareError):
    """The controller was not enrolled; says why and what to do."""


def server_url(text: str) -> str:
    """The server's address, `wss://host:port`, without what follows. Raises EnrolmentFailed."""
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme == "wss" and bool(parts.hostname) and parts.port is not None
    except ValueError:
        is_usable = False
    if not is_usable or parts.path not in ("", "/") or parts.query or parts.username:
        raise EnrolmentFailed(f"The server is given as wss://host:port, not {text}.")
    return f"wss://{parts.netloc}"


async def enrol(server: str, code: EnrolmentCode, identity: Identity, must_be: str | None = None) -> None:
    """Become the controller that the code is for (`must_be`, if given). Raises EnrolmentFailed and IdentityUnusable.

    Before anything secret is said, the server must show by TLS that it has a certificate of the very authority whose
    fingerprint the code begins with.
    """
    url = server_url(server)
    try:
        authority = await asyncio.to_thread(_authority_of, urlsplit(url))
        if not code.fits(fingerprint(authority)):
            raise EnrolmentFailed(
                f"{url} is not the server that issued this code, or somebody between pretends to be. Nothing was said "
                "to it. Check the address, and issue another code on the right server."
            )
        key = new_key()
        answer = await _ask(url, authority, Enrol(code.secret, key.csr))
    except (OSError, ValueError, WebSocketException, http.client.HTTPException, TimeoutError, WireBroken) as error:
        raise EnrolmentFailed(f"{url} cannot be used for enrolment: {_explain(error)}") from error
    if isinstance(answer, Refused):
        raise EnrolmentFailed(answer.reason)
    if fingerprint(answer.authority) != fingerprint(authority):
        raise EnrolmentFailed("The server sent a certificate of another authority. Nothing was kept.")
    if must_be is not None and controller_of(x509.load_pem_x509_certificate(answer.certificate)) != must_be:
        raise EnrolmentFailed(
            "This data directory has the journal of another controller. Use another folder, or a code for that one."
        )
    identity.keep(key, answer.certificate, answer.authority)


def _authority_of(url: SplitResult) -> bytes:
    """The certificate that the server says is its authority's. It is believed only once the code says so."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(str(url.hostname), url.port, timeout=PATIENCE_S, context=context)
    try:
        connection.request("GET", AUTHORITY_PATH)
        response = connection.getresponse()
        body = response.read(MOST_BYTES + 1)
    finally:
        connection.close()
    if response.status != http.client.OK or len(body) > MOST_BYTES:
        raise http.client.HTTPException("it is no Doorward server's address for controllers")
    return body


async def _ask(url: str, authority: bytes, question: Enrol) -> Enrolled | Refused:
    async with (
        asyncio.timeout(PATIENCE_S),
        connect(
            url + ENROL_PATH,
            ssl=trusting(authority),
            server_hostname=SERVER_NAME,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=MOST_BYTES,
            proxy=None,
            user_agent_header=None,
        ) as connection,
    ):
        await connection.send(encode(question))
        return decode_answer(await connection.recv())


def _explain(error: Exception) -> str:
    if isinstance(error, InvalidHandshake):
        response = getattr(error, "response", None)
        body = bytes(response.body or b"") if response is not None else b""
        return body.decode(errors="replace").strip() or str(error)
    return str(error) or type(error).__name__
