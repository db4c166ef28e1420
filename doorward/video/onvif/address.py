"""Where a device is, and what of the addresses that it names is its own."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from doorward.video.onvif.errors import BadAddress, BadAnswer

DEVICE_SERVICE = "/onvif/device_service"
"""Where every device has its first service (ONVIF Core Specification, section 5.1.1)."""

_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
_HOST = re.compile(r"[A-Za-z0-9._:%-]{1,253}")


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """A device's own address; `str` of it is the address of its first service."""

    scheme: str
    host: str
    port: int
    path: str = DEVICE_SERVICE

    @classmethod
    def parse(cls, text: str) -> "DeviceAddress":
        """From `camera.example`, `192.0.2.7:8000` or a whole http(s) address. Raises BadAddress."""
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        except ValueError as error:
            raise BadAddress(f"{text!r} is no address of a camera: {error}.") from error
        if parts.username is not None:
            raise BadAddress("Give the user name and the password apart from the address.")
        if scheme not in ("http", "https") or not _HOST.fullmatch(host):
            raise BadAddress(f"{text!r} is no address of a camera: give a host, host:port, or http(s)://host:port.")
        return cls(scheme, host, _PORTS[scheme] if port is None else port, _plain(parts.path) or DEVICE_SERVICE)

    def __str__(self) -> str:
        return f"{self.scheme}://{_netloc(self.host, self.port, self.scheme)}{self.path}"

    def service(self, uri: str) -> str:
        """A service that the device names, at the host, the port and the scheme that we know it by.

        Behind a router, or after it has moved, a device names addresses that are not its own any more; and one that
        means harm could name anybody's.
        """
        parts = _split(uri, ("http", "https"))
        return urlunsplit((self.scheme, _netloc(self.host, self.port, self.scheme), parts.path, parts.query, ""))

    def media(self, uri: str) -> str:
        """A stream or a snapshot that the device names: at its own host, without a user name and a password in it."""
        parts = _split(uri, ("rtsp", "rtsps", "http", "https"))
        if parts.scheme in ("http", "https") and parts.host != self.host:
            return self.service(uri)
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
        return urlunsplit((parts.scheme, _netloc(self.host, port, parts.scheme), parts.path, parts.query, ""))


def _plain(path: str) -> str:
    return "" if path == "/" else path


def _netloc(host: str, port: int, scheme: str) -> str:
    written = f"[{host}]" if ":" in host else host
    return written if port == _PORTS[scheme] else f"{written}:{port}"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of an address that a device has named, checked."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str


def _split(uri: str, schemes: tuple[str, ...]) -> _Parts:
    try:
        parts = urlsplit(uri.strip())
        found = _Parts(parts.scheme, parts.hostname or "", parts.port, parts.path, parts.query)
    except ValueError as error:
        raise BadAnswer("The device names an address that is none. Its firmware may be faulty: update it.") from error
    if found.scheme not in schemes:
        raise BadAnswer(f"The device names an address that is not one of {', '.join(schemes)}; it is not used.")
    return found
