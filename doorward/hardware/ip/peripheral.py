"""One device on the network, as the listener knows it: whether it is there, and what became of what it read.

It belongs to the listener's thread, and outlasts the driver that it speaks to: a change of some other device's wiring
does not cost it its connection.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

from doorward.acs.decision.door import Annunciation
from doorward.acs.devices import IpDevice, PeripheralKey
from doorward.hardware.driver import DeviceOffline, DeviceOnline, EventSink, Feedback, KeyRefused, ShowDoor
from doorward.hardware.errors import HardwareError
from doorward.hardware.ip.bucket import Bucket
from doorward.hardware.ip.guard import Guard
from doorward.hardware.ip.message import KIND_OF, BadMessage, KeysMessage, Outcome, PlateMessage, ReadMessage, event_of

SILENCE_S = 45.0
"""A device that was not heard of for this long is gone."""
MOST_AGE = timedelta(seconds=3)
"""A read that is older, or as far in the future, is not taken for one of now."""
ANSWER_S = 2.0
"""So long a push waits for its outcome."""
BURST, READS_PER_S = 20, 5
REFUSALS_TOLD_EVERY_S = 60.0
_MOST_KEPT = 256

SILENT = "The device was not heard of for 45 s. Check its power, its network and its key."


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is: aware UTC, and monotonic seconds."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic_s: Callable[[], float] = monotonic


class TooMany(HardwareError):
    """The device sends more than anybody could show it."""


class NotDriven(HardwareError):
    """There is no controller behind the device at this moment."""


class Session(Protocol):
    """An open WebSocket of a device. Neither call blocks."""

    key: PeripheralKey

    def tell(self, payload: dict[str, object]) -> None: ...

    def end(self) -> None: ...


class Peripheral:
    """The device and its connections. Only the listener's thread calls it."""

    def __init__(self, device: IpDevice, clock: Clock) -> None:
        self.device = device
        self.guard = Guard(clock.now, clock.monotonic_s)
        self.guard.keys = device.keys
        self.sessions: set[Session] = set()
        self.online = False
        self._clock = clock
        self._sink: EventSink | None = None
        self._heard_at: float | None = None
        self._driven_at = clock.monotonic_s()
        self._linked_at = clock.now()
        self._told_offline = False
        self._told_refusal_at: float | None = None
        self._bucket = Bucket(BURST, READS_PER_S)
        self._outcomes: OrderedDict[str, asyncio.Future[Outcome]] = OrderedDict()
        self._door: dict[str, object] | None = None

    # The driver.

    def drive(self, device: IpDevice, sink: EventSink) -> None:
        """Speak to this sink from now on, for the device as it is configured now."""
        self.device, self._sink = device, sink
        self.guard.keys = device.keys
        self._driven_at = self._clock.monotonic_s()
        self._told_offline = False
        for session in list(self.sessions):
            if not self.guard.is_good(session.key):
                session.end()
        if self.online and not device.stream_url:
            sink(DeviceOnline(device.id))

    def release(self) -> None:
        """Nobody is driven any more: what was shown and not answered never will be."""
        self._sink = None
        for future in self._outcomes.values():
            if not future.done():
                future.set_result(Outcome.PENDING)

    # What the device does.

    def heard(self) -> None:
        """The device has proved that it is there."""
        self._heard_at = self._clock.monotonic_s()
        if not self.online:
            self.online = True
            self._told_offline = False
            self.linked()
            if self._sink is not None and not self.device.stream_url:
                self._sink(DeviceOnline(self.device.id))

    def linked(self) -> None:
        """A link comes up: what was read before it may have waited in the device."""
        self._linked_at = self._clock.now()

    def pass_time(self) -> None:
        """Give up a device that was silent for too long, or from the beginning; end what has outlived its key.

        A camera that may send without a signature has no heartbeat to be missed by.
        """
        for session in list(self.sessions):
            if not self.guard.is_good(session.key):
                session.end()
        since = self._heard_at if self.online and self._heard_at is not None else self._driven_at
        if self._sink is None or self._told_offline or self.device.push_secret:
            return
        if self._clock.monotonic_s() - since <= SILENCE_S:
            return
        self.online = False
        self._told_offline = True
        if not self.device.stream_url:  # that one is online while its stream is
            self._sink(DeviceOffline(self.device.id, SILENT))

    def refused(self, source: str) -> None:
        """Somebody at this address spoke for the device with a wrong key."""
        now = self._clock.monotonic_s()
        told_at = self._told_refusal_at
        if self._sink is not None and (told_at is None or now - told_at >= REFUSALS_TOLD_EVERY_S):
            self._told_refusal_at = now
            self._sink(KeyRefused(self.device.id, source))

    def take(self, message: ReadMessage, linked: bool = True) -> asyncio.Future[Outcome]:
        """Put a read to the controller; what comes of it. The same read again is not put again.

        Not `linked`: the device keeps no link, so that only the read's own time says whether it waited.
        Raises BadMessage, TooMany and NotDriven.
        """
        if (known := self._outcomes.get(message.id)) is not None:
            return known
        if KIND_OF[type(message)] not in self.device.accepts:
            raise BadMessage(f"The reader is not one that reads: {KIND_OF[type(message)].value}.")
        event = event_of(message, self.device.id, self._is_fresh(message.at, linked))
        if self._sink is None:
            raise NotDriven("The controller is being set up. Try again in a moment.")
        if not self._bucket.take(self._clock.monotonic_s()):
            raise TooMany("The device sends too many reads.")
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._keep(message.id, future)
        if self._is_ignored(message):
            future.set_result(Outcome.IGNORED)
        else:
            self._sink(event)
        return future

    def _is_fresh(self, at: datetime, linked: bool = True) -> bool:
        return abs(self._clock.now() - at) <= MOST_AGE and (at >= self._linked_at or not linked)

    def _is_ignored(self, message: ReadMessage) -> bool:
        if isinstance(message, PlateMessage):
            return (message.confidence or 0.0) < self.device.min_confidence
        return isinstance(message, KeysMessage) and not self._is_fresh(message.at)

    def _keep(self, reference: str, future: asyncio.Future[Outcome]) -> None:
        self._outcomes[reference] = future
        if len(self._outcomes) > _MOST_KEPT:
            _, oldest = self._outcomes.popitem(last=False)
            if not oldest.done():
                oldest.set_result(Outcome.PENDING)

    # What the controller does.

    def show(self, feedback: Feedback) -> None:
        """Tell what came of a read to whoever waits for it."""
        outcome = Outcome.GRANTED if feedback.granted else Outcome.WAITING if feedback.waiting else Outcome.DENIED
        future = self._outcomes.get(feedback.reference)
        if future is not None and not future.done():
            future.set_result(outcome)
        self._tell({"kind": "outcome", "id": feedback.reference, "outcome": outcome.value})

    def show_door(self, shown: ShowDoor) -> None:
        """Tell how the door stands from now on."""
        self._door = _door_message(shown.annunciation)
        self._tell(self._door)

    def greet(self, session: Session) -> None:
        """A WebSocket has opened: it is told how the door stands."""
        self.sessions.add(session)
        self.linked()
        if self._door is not None:
            session.tell(self._door)

    def _tell(self, payload: dict[str, object]) -> None:
        for session in list(self.sessions):
            session.tell(payload)


def _door_message(shown: Annunciation) -> dict[str, object]:
    return {"kind": "door", "mode": shown.mode.value, "sound": shown.sound.value}
