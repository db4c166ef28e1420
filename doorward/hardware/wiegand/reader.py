"""One reader on its channel: whether it is there, whether its reads can be trusted, what it tells and shows.

No threads and no clock of its own: its port calls it, with the monotonic time in seconds.
"""

import logging

from doorward.acs.decision.card_format import CardBits
from doorward.acs.decision.debounce import Debounce, debounce
from doorward.acs.decision.read import PinEntry
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import WiegandDevice
from doorward.acs.doors.wiring import Circuit
from doorward.hardware.driver import (
    CardRead,
    DeviceOffline,
    DeviceOnline,
    EventSink,
    Feedback,
    FloodChanged,
    KeysPressed,
    Presented,
    ShowDoor,
    TamperChanged,
)
from doorward.hardware.wiegand.codec import Burst, Noise, TamperInput, Wires
from doorward.hardware.wiegand.face import Face
from doorward.hardware.wiegand.flood import FloodGuard
from doorward.hardware.wiegand.keypad import Key, WholePin, read_burst

logger = logging.getLogger(__name__)

STALE_AFTER_UP_S = 1.0
"""What was in the converter or in the port before we listened arrives right after we do."""
STALE_AFTER_NOISE_S = 1.0
"""Where bytes were lost, or made up, the next frames are not to be believed either."""
STALE_AFTER_STALE_S = 0.25
"""As long as old reads come in a row, they are old."""


class WiegandReader:
    """The state of one reader, and its voice towards the driver's sink."""

    def __init__(self, device: WiegandDevice, sink: EventSink) -> None:
        self.device = device
        self.online = False
        self._sink = sink
        self._told = ""
        self._stale_until = 0.0
        self._flood = FloodGuard()
        self._tamper = Debounce(InputState.NORMAL)
        self._missed_tamper: TamperInput | None = None
        self._face = Face(device.led_control)
        self._driven: Wires | None = None

    # There, or not.

    def came_up(self, now: float) -> None:
        """The line to the converter is there."""
        if self.online:
            return
        self.online = True
        self._told = ""
        self._driven = None
        self._stale_until = now + STALE_AFTER_UP_S
        self._sink(DeviceOnline(self.device.id))

    def went_down(self, reason: str) -> None:
        """It is lost, or still not there; a reason is told once while that lasts."""
        self.online = False
        if self._flood.flooded:
            self._flood.calm()
            self._sink(FloodChanged(self.device.id, False))
        self._missed_tamper = None
        if reason != self._told:
            self._told = reason
            logger.warning("reader %d at %s is offline: %s", self.device.channel, self.device.port, reason)
            self._sink(DeviceOffline(self.device.id, reason))

    # What it sends.

    def doubt(self, now: float) -> None:
        """There was noise: nothing that comes soon is believed."""
        self._stale_until = max(self._stale_until, now + STALE_AFTER_NOISE_S)

    def take(self, frame: Burst | TamperInput, now: float) -> None:
        """A frame of this reader's channel."""
        was_flooded = self._flood.flooded
        if not self._flood.let_through(now):
            if not was_flooded:
                logger.warning("reader %d at %s sends too much; it is ignored", self.device.channel, self.device.port)
                self._sink(FloodChanged(self.device.id, True))
            if isinstance(frame, TamperInput):
                self._missed_tamper = frame
            return
        match frame:
            case TamperInput():
                self._hear_tamper(_tampered(self.device, frame.closed), now)
            case Burst():
                self._take_burst(frame.bits, now)

    def _take_burst(self, bits: CardBits, now: float) -> None:
        fresh = now >= self._stale_until
        if not fresh:
            self._stale_until = max(self._stale_until, now + STALE_AFTER_STALE_S)
        match read_burst(self.device, bits):
            case Noise(reason):
                logger.info("reader %d at %s sent %s", self.device.channel, self.device.port, reason)
                self.doubt(now)
            case Key(key):
                # Keys that may be old are dropped: nobody can tell whose they were.
                if fresh:
                    self._sink(KeysPressed(self.device.id, key))
            case WholePin(digits):
                if fresh:
                    self._sink(Presented(self.device.id, PinEntry(digits)))
            case card:
                self._sink(CardRead(self.device.id, card, fresh))

    def _hear_tamper(self, state: InputState | None, now: float) -> None:
        """The tamper input as it now is (None: as it was last heard)."""
        before = self._tamper
        heard = debounce(before, state or before.heard or InputState.NORMAL, _ms(now), self.device.tamper_debounce_ms)
        self._tamper = heard.state
        if heard.change is not None:
            self._sink(TamperChanged(self.device.id, heard.change is InputState.ACTIVE))

    # Time.

    def pass_time(self, now: float) -> None:
        """What has lasted long enough counts from now on."""
        if self._flood.pass_time(now):
            self._sink(FloodChanged(self.device.id, False))
            if self._missed_tamper is not None:
                self._hear_tamper(_tampered(self.device, self._missed_tamper.closed), now)
                self._missed_tamper = None
        if self._tamper.heard not in (None, self._tamper.stable):
            self._hear_tamper(None, now)

    def next_change(self, now: float) -> float | None:
        """When time matters again."""
        dues = [self._flood.over_at(), self._face.next_change(now) if self.online else None]
        if self._tamper.heard not in (None, self._tamper.stable):
            dues.append((self._tamper.since_ms + self.device.tamper_debounce_ms) / 1000)
        return min((due for due in dues if due is not None), default=None)

    # What it shows.

    def show(self, command: Feedback | ShowDoor, now: float) -> None:
        """Show it from now on."""
        if isinstance(command, Feedback):
            self._face.respond(command, now)
        else:
            self._face.show(command.annunciation, now)

    def wires_to_drive(self, now: float) -> Wires | None:
        """How its wires must now be driven, if that is not how they are."""
        wires = self._face.wires(now)
        if wires == self._driven:
            return None
        self._driven = wires
        return wires


def _tampered(device: WiegandDevice, closed: bool) -> InputState:
    active = closed is (device.tamper_when is Circuit.CLOSED)
    return InputState.ACTIVE if active else InputState.NORMAL


def _ms(now: float) -> int:
    return round(now * 1000)
