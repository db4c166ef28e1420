"""A device on the network, as a reference: signs reads and sends them to a controller. Also a command and a library.

    python -m doorward.hardware.ip.client https://controller:8443 DEVICE_ID --ca ca.pem card --format H10301 ...

The key is read from the environment (DOORWARD_PERIPHERAL_KEY), never from the command line, where others could see it.
"""

import argparse
import http.client
import json
import os
import secrets
import socket
import ssl
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from doorward.hardware.errors import HardwareError
from doorward.hardware.ip.client_socket import ClientSocket
from doorward.hardware.ip.signature import Request, Stamp, signed_headers

KEY_VARIABLE = "DOORWARD_PERIPHERAL_KEY"
TIMEOUT_S = 10.0
_ACCEPTED = frozenset({200, 202})


class NotTaken(HardwareError):
    """The controller did not take what was sent; says why. `status` is that of HTTP."""

    def __init__(self, status: int, content: Mapping[str, Any]) -> None:
        super().__init__(str(content.get("problem", "")) or f"The controller answered {status}.")
        self.status = status
        self.content = content


def read(kind: str, at: datetime | None = None, **fields: object) -> dict[str, object]:
    """A read as it is sent: of now unless said otherwise, with an id of its own."""
    moment = at or datetime.now(UTC)
    given = {name: value for name, value in fields.items() if value is not None}
    return {"id": secrets.token_hex(16), "at": moment.isoformat(), "kind": kind, **given}


class Client:
    """One device. Not for several threads at once."""

    def __init__(
        self,
        url: str,
        device_id: str,
        key: bytes,
        tls: ssl.SSLContext,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`url` is that of the controller's port for peripherals; `key` has 32 bytes; `tls` must check certificates."""
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.hostname is None:
            raise ValueError("a controller is reached by https://")
        self._host, self._port = parts.hostname, parts.port or 443
        self._path = f"/peripherals/{device_id}"
        self._key, self._tls, self._now = key, tls, now
        self._boot = ""
        self._connection: http.client.HTTPSConnection | None = None

    def heartbeat(self) -> None:
        """Say that the device is there; at least every 45 s, and before the first read. Raises NotTaken."""
        self._signed("POST", "heartbeat", b"")

    def send(self, message: Mapping[str, object]) -> str:
        """Send a read; its outcome. Raises NotTaken."""
        answer = self._signed("POST", "reads", json.dumps(message).encode())
        return str(answer["outcome"])

    def open(self) -> ClientSocket:
        """A WebSocket: reads and heartbeats go out as JSON, outcomes and the state of the door come in.

        Raises NotTaken, and what ClientSocket raises.
        """
        self._learn_boot()
        headers = signed_headers(self._key, Request("GET", self._path), self._stamp())
        plain = socket.create_connection((self._host, self._port), TIMEOUT_S)
        try:
            secure = self._tls.wrap_socket(plain, server_hostname=self._host)
        except OSError:
            plain.close()
            raise
        return ClientSocket(secure, f"wss://{self._host}:{self._port}{self._path}", headers, TIMEOUT_S)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _signed(self, method: str, what: str, body: bytes) -> dict[str, Any]:
        """Ask once, and once more when the controller says that it has begun anew."""
        if not self._boot:
            self._learn_boot()
        path = f"{self._path}/{what}"
        for attempt in range(2):
            request = Request(method, path, body)
            status, content = self._ask(request, signed_headers(self._key, request, self._stamp()))
            if status in _ACCEPTED:
                return content
            self._boot = str(content.get("boot", self._boot))
            if content.get("refused") != "boot" or attempt:
                break
        raise NotTaken(status, content)

    def _learn_boot(self) -> None:
        status, content = self._ask(Request("GET", f"{self._path}/boot"), {})
        if status not in _ACCEPTED:
            raise NotTaken(status, content)
        self._boot = str(content["boot"])

    def _stamp(self) -> Stamp:
        return Stamp(int(self._now().timestamp()), secrets.token_urlsafe(16), self._boot)

    def _ask(self, request: Request, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Over the connection that is open; over a new one if that was closed meanwhile."""
        for fresh in (self._connection is None, True):
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=TIMEOUT_S, context=self._tls
                )
            try:
                self._connection.request(
                    request.method, request.path, request.body or None, {"Content-Type": "application/json", **headers}
                )
                response = self._connection.getresponse()
                return response.status, json.loads(response.read())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh:
                    raise
        raise AssertionError("a new connection either answers or fails")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m doorward.hardware.ip.client",
        description=f"Send one read to a controller as a device on the network. The key is taken from {KEY_VARIABLE}.",
    )
    parser.add_argument("url", help="https://host:port, the controller's port for peripherals")
    parser.add_argument("device_id")
    parser.add_argument("--ca", type=Path, help="the certificate to trust (default: those of the system)")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    kinds.add_parser("heartbeat", help="only say that the device is there")
    card = kinds.add_parser("card", help="a card")
    card.add_argument("--bits", help="as 0 and 1")
    card.add_argument("--hex")
    card.add_argument("--bit-count", type=int)
    card.add_argument("--format", help="a predefined card format, such as H10301")
    card.add_argument("--facility", type=int)
    card.add_argument("--number", type=int)
    pin = kinds.add_parser("pin", help="a PIN, from standard input")
    pin.set_defaults(digits=None)
    qr = kinds.add_parser("qr", help="the text of a QR code, from standard input")
    qr.set_defaults(text=None)
    plate = kinds.add_parser("plate", help="a licence plate")
    plate.add_argument("text")
    plate.add_argument("--confidence", type=float)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Send what the command line says; 0 if it was taken, 1 if not."""
    given = vars(_parser().parse_args(arguments))
    url, device_id, kind, authority = (given.pop(name) for name in ("url", "device_id", "kind", "ca"))
    tls = ssl.create_default_context(cafile=str(authority) if authority else None)
    for secret in {"digits", "text"} & given.keys():
        given[secret] = given[secret] or sys.stdin.readline().rstrip("\n")
    try:
        with Client(url, device_id, bytes.fromhex(os.environ.get(KEY_VARIABLE, "")), tls) as client:
            client.heartbeat()
            outcome = "there" if kind == "heartbeat" else client.send(read(kind, **given))
    except (NotTaken, OSError, ValueError, http.client.HTTPException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{outcome}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
