"""Who a controller is: its key, its certificate, and the authority that it trusts, as files in its data directory.

The private key is made here, kept with mode 0600, and never leaves. A key and its certificate are one file, so that
one never takes effect without the other.
"""

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from doorward.acs.controllers.authority import certificate_request, controller_of
from doorward.hardware.errors import HardwareError

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL: a controller whose clock is wrong must reach the server that sets it right."""


class NotEnrolled(HardwareError):
    """The controller has no certificate that works; says how it gets one."""


class IdentityUnusable(HardwareError):
    """The files of the identity cannot be read or written; says what to do."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that waits for its certificate."""

    pem: bytes = field(repr=False)
    csr: bytes


def new_key() -> NewKey:
    """A new P-256 key, and the request (DER) for a certificate for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return NewKey(pem, certificate_request(key))


class Identity:
    """The identity in a data directory."""

    def __init__(self, folder: Path) -> None:
        self._own = folder / "controller.pem"
        self._authority = folder / "authority.pem"

    @property
    def controller_id(self) -> str:
        """The id by which the server knows this controller. Raises NotEnrolled and IdentityUnusable."""
        name = controller_of(self._certificate())
        if name is None:
            raise IdentityUnusable(f"{self._own} is not a controller's certificate. Enrol the controller anew.")
        return name

    def keep(self, key: NewKey, certificate: bytes, authority: bytes) -> None:
        """Be this from now on. Raises IdentityUnusable, also when key and certificate do not belong together."""
        try:
            issued = x509.load_pem_x509_certificate(certificate)
            own = load_pem_private_key(key.pem, None)
            x509.load_pem_x509_certificate(authority)
        except ValueError as error:
            raise IdentityUnusable("The server sent no certificate. Try again.") from error
        if issued.public_key() != own.public_key():
            raise IdentityUnusable("The server sent a certificate for another key. Try again.")
        _write(self._authority, authority, 0o644)
        _write(self._own, key.pem + certificate, 0o600)

    def tls(self) -> ssl.SSLContext:
        """TLS 1.3 with this identity, to a server of the same authority and to none else. Raises as above."""
        self._certificate()
        context = trusting(self._read(self._authority))
        try:
            context.load_cert_chain(self._own)
        except (OSError, ssl.SSLError) as error:
            raise IdentityUnusable(f"{self._own} cannot be used: {error}. Enrol the controller anew.") from error
        return context

    def _certificate(self) -> x509.Certificate:
        try:
            return x509.load_pem_x509_certificate(self._read(self._own))
        except ValueError as error:
            raise IdentityUnusable(f"{self._own} is damaged. Enrol the controller anew.") from error

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise NotEnrolled(
                "This controller is not enrolled. Issue an enrolment code on the server, and start with --enrol CODE."
            ) from error
        except OSError as error:
            raise IdentityUnusable(f"{path} cannot be read: {error.strerror}. Check its owner.") from error


def trusting(authority: bytes) -> ssl.SSLContext:
    """TLS 1.3 that believes servers of this authority (PEM) alone, whatever the time and their address are."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= NO_CHECK_TIME
    try:
        context.load_verify_locations(cadata=authority.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise IdentityUnusable("The authority's certificate cannot be read. Enrol the controller anew.") from error
    return context


def _write(path: Path, content: bytes, mode: int) -> None:
    """Durably, in place of what is there, and never readable by others for a moment."""
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise IdentityUnusable(f"{path} cannot be written: {error.strerror}. Check the disk and its owner.") from error
