"""Where browsers find this server: what passkeys are bound to, and where other sites send people back to.

It comes from the server's settings. What a request says of itself counts only if it is one of these.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class WebAddresses:
    """The origins (`https://doors.example`, `http://localhost:8080`) of the dashboard. The first is the main one."""

    origins: tuple[str, ...] = ()

    @property
    def main(self) -> str | None:
        """Where people are sent back to from elsewhere; None: nowhere, because no address is known."""
        return self.origins[0] if self.origins else None

    def has(self, origin: str | None) -> bool:
        """Whether an origin is one of this server's."""
        return origin in self.origins

    def for_passkeys(self) -> tuple[str, ...]:
        """Those of the origins at which there can be passkeys."""
        return tuple(origin for origin in self.origins if rp_id_of(origin) is not None)


def rp_id_of(origin: str) -> str | None:
    """What passkeys are bound to (WebAuthn's relying party id): the host. None: it is an address, which has none.

    Browsers give no passkeys to pages that came without TLS, but for those of localhost.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        return host if host and (parts.scheme == "https" or local) else None
    return None


def origin_of(address: str) -> str:
    """The origin that a web address begins with, written as browsers do. Raises ValueError when it is none."""
    parts = urlsplit(address.strip())
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        raise ValueError(f"{address} is no address of a web site, such as https://doors.example.com")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"{address} has something behind the host: Doorward is at the root of its site.")
    return origin(parts.scheme, parts.hostname, parts.port)


def origin(scheme: str, host: str, port: int | None) -> str:
    """An origin as browsers write it: small letters, no port where it is the scheme's own."""
    host = f"[{host}]" if ":" in host else host.lower()
    return f"{scheme}://{host}" if port in {None, _DEFAULT_PORTS[scheme]} else f"{scheme}://{host}:{port}"


def origins_at(scheme: str, hosts: Iterable[str], port: int) -> tuple[str, ...]:
    """One origin for each of these hosts, each once, in this order."""
    return tuple(dict.fromkeys(origin(scheme, host, port) for host in hosts))
