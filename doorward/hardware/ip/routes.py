"""What may be asked at the port, and by whom."""

import asyncio
import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from doorward.acs.devices import PeripheralKey
from doorward.hardware.ip.bucket import Buckets
from doorward.hardware.ip.connection import Answer, HttpRequest
from doorward.hardware.ip.guard import Guard, Refusal
from doorward.hardware.ip.message import BadMessage, KeysMessage, Outcome, PlateMessage, parse_read
from doorward.hardware.ip.peripheral import ANSWER_S, Clock, NotDriven, Peripheral, TooMany
from doorward.hardware.ip.signature import Request

_PREFIX = "peripherals"
_PROBLEMS = {
    Refusal.KEY: "The signature is not that of the device's key.",
    Refusal.BOOT: "The controller has begun anew. Sign again, with the boot that this answer tells.",
    Refusal.CLOCK: "The device's clock is wrong. This answer tells the time; set the clock by a time server.",
    Refusal.REPLAYED: "The nonce was used before. Sign every request with a new one.",
}
_NOT_FOUND = Answer(404, {"problem": "There is nothing here."})
_ONLY_PLATES = Answer(403, {"problem": "Without a signature, only plates are taken."})
_WRONG_SECRET = Answer(401, {"problem": "The secret is not that of the device."})
_FAILURES_BURST, _FAILURES_PER_S, _MOST_SOURCES = 20, 0.5, 4096
_ASKS_BURST, _ASKS_PER_S = 50, 10


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The request opens a WebSocket of this device, with this key."""

    peripheral: Peripheral
    key: PeripheralKey


class Routes:
    """Answers requests, in the listener's thread. `devices` are those of the present wiring, by id."""

    def __init__(self, devices: Mapping[str, Peripheral], clock: Clock) -> None:
        self._devices = devices
        self._clock = clock
        self._failures = Buckets(_FAILURES_BURST, _FAILURES_PER_S, _MOST_SOURCES)
        self._asks = Buckets(_ASKS_BURST, _ASKS_PER_S, _MOST_SOURCES)
        self._nobody = Guard(clock.now, clock.monotonic_s)
        self._secret = secrets.token_bytes(32)

    async def answer(self, request: HttpRequest, source: str) -> Answer | Upgrade:
        """What to answer whoever asks from this address."""
        if self._failures.empty(source, self._clock.monotonic_s()):
            return Answer(429, {"problem": "Too many wrong keys came from this address."}, {"Retry-After": "10"})
        match request.method, request.target.split("/")[1:]:
            case "GET", [prefix, device_id, "boot"] if prefix == _PREFIX:
                return self._boot(device_id, source)
            case "GET", [prefix, device_id] if prefix == _PREFIX and request.wants_websocket:
                signer = self._signer(request, device_id, source)
                if isinstance(signer, Answer):
                    return signer
                return Upgrade(*signer)
            case "POST", [prefix, device_id, "heartbeat"] if prefix == _PREFIX:
                signer = self._signer(request, device_id, source)
                return signer if isinstance(signer, Answer) else Answer(200, self._now_of(signer[0].guard.boot))
            case "POST", [prefix, device_id, "reads"] if prefix == _PREFIX:
                signer = self._signer(request, device_id, source)
                return signer if isinstance(signer, Answer) else await self._read(signer[0], request.body)
            case "POST", [prefix, device_id, "plates"] if prefix == _PREFIX:
                return await self._plate(device_id, _basic(request, device_id), request.body, source)
            case "POST", [prefix, device_id, "plates", secret] if prefix == _PREFIX:
                return await self._plate(device_id, secret, request.body, source)
        return _NOT_FOUND

    def _boot(self, device_id: str, source: str) -> Answer:
        """What to sign with. An id that nobody has gets one too: which devices there are is not told."""
        if not self._asks.take(source, self._clock.monotonic_s()):
            return Answer(429, {"problem": "Too many requests came from this address."}, {"Retry-After": "1"})
        peripheral = self._devices.get(device_id)
        if peripheral is not None:
            return Answer(200, self._now_of(peripheral.guard.boot))
        made = hmac.digest(self._secret, device_id.encode(), "sha256")[:12]
        return Answer(200, self._now_of(base64.urlsafe_b64encode(made).decode()))

    def _now_of(self, boot: str) -> dict[str, object]:
        return {"boot": boot, "at": self._clock.now()}

    def _signer(self, request: HttpRequest, device_id: str, source: str) -> tuple[Peripheral, PeripheralKey] | Answer:
        """The device that has signed the request, and with which key."""
        peripheral = self._devices.get(device_id)
        guard = peripheral.guard if peripheral is not None else self._nobody
        checked = guard.check(Request(request.method, request.target, request.body), request.headers)
        if isinstance(checked, PeripheralKey) and peripheral is not None:
            peripheral.heard()
            return peripheral, checked
        refusal = checked if isinstance(checked, Refusal) else Refusal.KEY
        if refusal is Refusal.KEY:
            self._count_failure(peripheral, source)
        return Answer(401, {"refused": refusal.value, "problem": _PROBLEMS[refusal], **self._if_known(refusal, guard)})

    def _if_known(self, refusal: Refusal, guard: Guard) -> dict[str, object]:
        return {} if refusal is Refusal.KEY else self._now_of(guard.boot)

    def _count_failure(self, peripheral: Peripheral | None, source: str) -> None:
        self._failures.take(source, self._clock.monotonic_s())
        if peripheral is not None:
            peripheral.refused(source)

    async def _plate(self, device_id: str, secret: str, body: bytes, source: str) -> Answer:
        """A camera that cannot sign, where the site has allowed that: its secret lets it tell plates."""
        peripheral = self._devices.get(device_id)
        right = peripheral.device.push_secret if peripheral is not None else ""
        if not hmac.compare_digest((right or "nobody's").encode(), secret.encode()) or not right or peripheral is None:
            self._count_failure(peripheral, source)
            return _WRONG_SECRET
        peripheral.heard()
        return await self._read(peripheral, body, signed=False)

    async def _read(self, peripheral: Peripheral, body: bytes, signed: bool = True) -> Answer:
        try:
            message = parse_read(body)
            if not signed and not isinstance(message, PlateMessage):
                return _ONLY_PLATES
            future = peripheral.take(message, linked=signed)
        except BadMessage as error:
            return Answer(400, {"problem": str(error)})
        except TooMany as error:
            return Answer(429, {"problem": str(error)}, {"Retry-After": "1"})
        except NotDriven as error:
            return Answer(503, {"problem": str(error)}, {"Retry-After": "1"})
        if not isinstance(message, KeysMessage):  # nothing may come of a key before the next one
            await asyncio.wait([future], timeout=ANSWER_S)
        outcome = future.result() if future.done() else Outcome.PENDING
        return Answer(202, {"id": message.id, "outcome": outcome.value})


def _basic(request: HttpRequest, device_id: str) -> str:
    """The password of HTTP's Basic authentication (RFC 7617), if the name is the device's id; else none."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return password if name == device_id else ""
