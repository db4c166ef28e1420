"""How the place of a serial line is written: a port of the controller's machine, or a converter on the network."""

from urllib.parse import urlsplit

from doorward.acs.errors import ValidationFailed

SOCKET_SCHEME = "socket://"


def socket_place(port: str) -> tuple[str, int]:
    """The host and TCP port in `socket://host:port`. Raises ValueError with what is wrong."""
    parts = urlsplit(port)
    if not parts.hostname or parts.port is None or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("a converter is written socket://host:port")
    return parts.hostname, parts.port


def check_line(port: str, path: str = "port") -> None:
    """Raises ValidationFailed unless it is a path or a converter."""
    if "://" not in port:
        return
    if not port.startswith(SOCKET_SCHEME):
        raise ValidationFailed("A serial port is a path, or socket://host:port for a converter.", path)
    try:
        socket_place(port)
    except ValueError as error:
        raise ValidationFailed(f"Give the converter as socket://192.0.2.10:4001 ({error}).", path) from error
