"""What a server is told when it starts."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from doorward.acs.database import sqlite_url
from doorward.acs.webhooks.addresses import Network

DEFAULT_PORT = 8080


class ServerError(Exception):
    """The root of this package's errors; the message says what to do."""


class StartFailed(ServerError):
    """The server cannot start."""


class ServerFailed(ServerError):
    """The server stopped although nobody asked it to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is. `database` is a URL; without one, SQLite inside the data directory.

    Controllers on other computers are taken in at `controllers_port` (None: there are none). `controllers_names` are
    host names and addresses that the certificate shown there should name as well; controllers do not need them.
    Outside of this machine the API is served by HTTPS: with `certificate`, or one of the server's own authority for
    these `names`. `plain_http` turns that off, for a proxy that does it.
    Webhooks go by HTTPS to public addresses; to others only in `webhook_networks`, and with `webhook_http` by HTTP too.
    `public_urls` are the addresses at which browsers find the dashboard, the main one first, where that is not to be
    seen from the rest: behind a proxy, for example.
    `peripherals_port` is where readers and cameras on the network knock (None: nowhere), with the same certificate.
    """

    data: Path
    database: str | None = None
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    certificate: Path | None = None
    private_key: Path | None = None
    controllers_host: str = "0.0.0.0"  # noqa: S104 - they are on other computers; nobody gets in without a certificate
    controllers_port: int | None = None
    controllers_names: tuple[str, ...] = ()
    peripherals_port: int | None = None
    names: tuple[str, ...] = ()
    plain_http: bool = False
    webhook_networks: tuple[Network, ...] = ()
    webhook_http: bool = False
    public_urls: tuple[str, ...] = ()

    @property
    def own_tls(self) -> bool:
        """Whether to serve the API by HTTPS with a certificate of the server's own."""
        return self.certificate is None and not self.plain_http and not _is_loopback(self.host)

    @property
    def is_https(self) -> bool:
        """Whether the API is served by HTTPS."""
        return self.certificate is not None or self.own_tls

    @property
    def database_url(self) -> str:
        """The database to open."""
        return self.database or sqlite_url(str(self.data.absolute() / "doorward.db"))

    @property
    def data_key(self) -> Path:
        """The key that seals secrets in the database."""
        return self.data / "secret.key"

    @property
    def set_up_token(self) -> Path:
        """What the first administrator is made with, while there is none."""
        return self.data / "setup-token"

    @property
    def journal(self) -> Path:
        """The embedded controller's journal."""
        return self.data / "journal.db"

    @property
    def video(self) -> Path:
        """The recorder's root."""
        return self.data / "video"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def prepare_data_directory(settings: Settings) -> None:
    """Make the data directory, for its owner only. Raises StartFailed."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = settings.data / ".writable"
        probe.write_bytes(b"doorward")
        probe.unlink()
    except OSError as error:
        raise StartFailed(
            f"The data directory {settings.data} cannot be used: {error.strerror or error}. "
            "Choose another with --data, or make room and check its owner."
        ) from error
