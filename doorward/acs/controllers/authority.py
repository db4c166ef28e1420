"""Doorward's own certificate authority: EC P-256 and X.509, for the links between controllers and the server.

Only servers get certificates for TLS servers, all under the one name `SERVER_NAME`, and only controllers get those
for TLS clients, under their id: neither can pass for the other.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_NAME = "server.doorward.internal"
"""What a controller knows its server by, however it reaches it: addresses change, and doors must not care."""
AUTHORITY_LIFETIME = timedelta(days=30 * 365)
CERTIFICATE_LIFETIME = timedelta(days=90)
RENEW_AT = CERTIFICATE_LIFETIME / 3
"""With so much of its lifetime left, a certificate is renewed."""
_EARLIER = timedelta(hours=1)
"""Certificates begin before they are made, for whoever's clock is a little behind."""
MOST_CSR_BYTES = 4_096


class BadRequest(Exception):
    """A certificate request that is none, or not for a P-256 key of its own."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate (PEM) and what is known of it. `serial` is hexadecimal."""

    certificate: bytes
    serial: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority's certificate (PEM) and private key (DER, PKCS #8)."""

    certificate: bytes
    key: bytes = field(repr=False)


def make_authority(now: datetime) -> Authority:
    """A new authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Doorward controllers")])
    built = (
        _builder(name, name, key.public_key(), now, now + AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return Authority(
        built.public_bytes(Encoding.PEM), key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    )


def fingerprint(certificate: bytes) -> bytes:
    """SHA-256 of a certificate (PEM). Raises ValueError."""
    return hashlib.sha256(x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)).digest()


def issue_server(authority: Authority, names: Sequence[str], now: datetime) -> tuple[bytes, Issued]:
    """A key (PEM) and certificate for a server: `SERVER_NAME`, and the host names and addresses given."""
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives = [x509.DNSName(SERVER_NAME), *(_general_name(name) for name in names)]
    issued = _issue(authority, SERVER_NAME, key.public_key(), ExtendedKeyUsageOID.SERVER_AUTH, alternatives, now)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), issued


def issue_controller(authority: Authority, controller_id: str, csr: bytes, now: datetime) -> Issued:
    """A certificate for a controller. Of its request (DER) only the public key counts. Raises BadRequest."""
    name = x509.UniformResourceIdentifier(f"urn:uuid:{controller_id}")
    return _issue(authority, controller_id, _key_of(csr), ExtendedKeyUsageOID.CLIENT_AUTH, [name], now)


def certificate_request(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request (DER) for a certificate for this key. It names nobody: the server knows who asks."""
    return x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, SHA256()).public_bytes(Encoding.DER)


def controller_of(certificate: x509.Certificate) -> str | None:
    """The id of the controller that a certificate is for; None: it is for none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        return str(UUID(str(names[0].value))) if names else None
    except ValueError:
        return None


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number, hexadecimal."""
    return f"{certificate.serial_number:x}"


def _key_of(csr: bytes) -> ec.EllipticCurvePublicKey:
    if len(csr) > MOST_CSR_BYTES:
        raise BadRequest("the request is too long")
    try:
        request = x509.load_der_x509_csr(csr)
        key = request.public_key()
        is_signed = request.is_signature_valid
    except (ValueError, InvalidSignature, TypeError) as error:
        raise BadRequest("this is no certificate request") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadRequest("the key is not of the curve P-256")
    if not is_signed:
        raise BadRequest("the request is not signed by its own key")
    return key


def _issue(
    authority: Authority,
    subject: str,
    key: ec.EllipticCurvePublicKey,
    purpose: x509.ObjectIdentifier,
    alternatives: Sequence[x509.GeneralName],
    now: datetime,
) -> Issued:
    parent = x509.load_pem_x509_certificate(authority.certificate)
    signer = load_der_private_key(authority.key, None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is of another kind")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    expires_at = now + CERTIFICATE_LIFETIME
    built = (
        _builder(name, parent.subject, key, now, expires_at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, SHA256())
    )
    return Issued(built.public_bytes(Encoding.PEM), serial_of(built), expires_at)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(until)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
