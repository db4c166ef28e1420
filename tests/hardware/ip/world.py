"""A listener on loopback with a certificate of its own, and an ear for what it tells its controller."""

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.acs.devices import IpDevice, PeripheralKey, ReadKind
from doorward.hardware.driver import CardRead, DriverEvent, Feedback, KeysPressed, Presented
from doorward.hardware.ip.client import Client
from doorward.hardware.ip.listener import Listener, server_tls
from doorward.hardware.ip.peripheral import Clock

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
DEVICE, CAMERA = "intercom-1", "camera-1"
PUSH_SECRET = "plates-only-secret"
WAIT_S = 8.0
EVERYTHING = tuple(ReadKind)
INTERCOM = IpDevice(DEVICE, EVERYTHING, (PeripheralKey(KEY),))
PLATES = IpDevice(CAMERA, (ReadKind.PLATE,), (PeripheralKey(OTHER_KEY),), push_secret=PUSH_SECRET, min_confidence=0.8)

Event = TypeVar("Event", bound=DriverEvent)


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "controller")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@dataclass
class TurnedClock:
    """Both clocks; each can be put forward, and the wall clock back."""

    ahead_s: float = 0.0
    later_s: float = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s + self.later_s)

    def monotonic_s(self) -> float:
        return monotonic() + self.later_s

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.monotonic_s)


@dataclass
class Ear:
    """Hears what a driver tells, and answers reads as it is told to: `decide` says what the feedback is, if any."""

    events: list[DriverEvent] = field(default_factory=list)
    decide: Callable[[CardRead | Presented | KeysPressed], bool | None] = lambda event: True
    listener: Listener | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, event: DriverEvent) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()
        if isinstance(event, CardRead | Presented | KeysPressed):
            decided = self.decide(event)
            if decided is not None and self.listener is not None:
                self.listener.show(Feedback(event.device_id, decided, False, event.number, reference=event.reference))

    def heard(self, kind: type[Event], times: int = 1) -> list[Event]:
        """Waits for so many events of a kind."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.of(kind)) >= times, WAIT_S), self.events
            return self.of(kind)

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


@dataclass
class World:
    """A listener with its devices, driven by an ear."""

    listener: Listener
    ear: Ear
    clock: TurnedClock
    trusted: ssl.SSLContext
    clients: list[Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.listener.port}"

    def client(self, device_id: str = DEVICE, key: bytes = KEY, now: Callable[[], datetime] | None = None) -> Client:
        client = Client(self.url, device_id, key, self.trusted, now or self.clock.now)
        self.clients.append(client)
        return client

    def present(self, device_id: str = DEVICE, key: bytes = KEY) -> Client:
        """A device that has said that it is there."""
        client = self.client(device_id, key)
        client.heartbeat()
        return client


@contextmanager
def open_listener(folder: Path, devices: Sequence[IpDevice] = (INTERCOM, PLATES)) -> Iterator[World]:
    certificate, private_key = write_certificate(folder)
    trusted = ssl.create_default_context(cafile=str(certificate))
    clock = TurnedClock()
    with Listener("127.0.0.1", 0, server_tls(certificate, private_key), clock.clock) as listener:
        ear = Ear(listener=listener)
        listener.drive(devices, ear)
        world = World(listener, ear, clock, trusted)
        try:
            yield world
        finally:
            for client in world.clients:
                client.close()
