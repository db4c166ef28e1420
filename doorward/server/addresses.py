"""At which addresses browsers find this server, as its settings and its certificate say it."""

import socket
from pathlib import Path

from cryptography import x509

from doorward.acs.users.web_addresses import WebAddresses, origin_of, origins_at
from doorward.server.settings import Settings, StartFailed

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - looked for, not listened at


def web_addresses(settings: Settings, port: int) -> WebAddresses:
    """The origins of the dashboard, those that were given first. Raises StartFailed."""
    try:
        given = tuple(origin_of(each) for each in settings.public_urls)
    except ValueError as error:
        raise StartFailed(f"--public-url: {error}") from error
    own = origins_at("https" if settings.is_https else "http", _hosts(settings), port)
    return WebAddresses(tuple(dict.fromkeys((*given, *own))))


def _hosts(settings: Settings) -> list[str]:
    here = [] if settings.host in _EVERYWHERE else [settings.host]
    if settings.certificate is not None:
        return [*settings.names, *_names_in(settings.certificate), "localhost", *here]
    if settings.own_tls:
        return [*settings.names, socket.gethostname(), socket.getfqdn(), "localhost", *here]
    return [*settings.names, "localhost", *here]


def _names_in(certificate: Path) -> list[str]:
    """The host names that a certificate is for; one with a wildcard is for names that nobody can know."""
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return []
    return [name for name in names.get_values_for_type(x509.DNSName) if "*" not in name]
