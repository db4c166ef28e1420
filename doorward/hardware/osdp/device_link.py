"""One device on its bus: whether it is there, whether its reads can be trusted, what it tells.

No threads and no clock of its own: its bus calls it, with the monotonic time in seconds.
"""

import logging
from dataclasses import dataclass
from typing import Any

import osdp_sys

from doorward.acs.decision.card_format import CardBits
from doorward.acs.devices import OsdpDevice
from doorward.acs.messages import DeviceIdentity, DeviceReport, LineCounters, OrderStep
from doorward.hardware.driver import (
    CardRead,
    DeviceOffline,
    DeviceOnline,
    EventSink,
    InputsChanged,
    InstallModeChanged,
    KeysPressed,
    KeyTaken,
    OutputState,
    PlaceTaken,
    SetOutput,
    SupplyChanged,
    TamperChanged,
)
from doorward.hardware.osdp import hub
from doorward.hardware.osdp.command import MAX_PULSE_MS, Capabilities
from doorward.hardware.osdp.key_ring import KeyRing
from doorward.hardware.osdp.key_window import REFUSED, KeyWindow
from doorward.hardware.osdp.move import REFUSED as MOVE_REFUSED
from doorward.hardware.osdp.move import Move
from doorward.hardware.osdp.place_ring import Place, PlaceRing

logger = logging.getLogger(__name__)

SILENCE_S = 2.0
"""A device is polled every 50 ms. One that said nothing for this long is gone.

Long enough for a busy small machine to catch its breath, short enough that a card which waited in a cut-off
reader is not taken for a fresh one after whoever showed it has left."""
STALE_AFTER_UP_S = 1.0
"""A reader hands over the cards it kept while the link was down right after the link is back."""
STALE_AFTER_MISSED_S = 0.5
"""A card shown while a reply was missed is told with one of the next polls, of which each may take 200 ms.

After either time, and after each old card, reads stay old until the device has nothing more to tell to a poll:
however slowly it hands over what it kept, the last of it is old too."""
INPUTS_WITHIN_S = 0.5
"""A device that has not told its inputs this long after coming online is asked for them."""
RENEW_PULSE_S = 20.0
"""A long pulse is renewed this often; if we die, the device ends it within 25.5 s."""

NO_ANSWER = "The device does not answer. Check its power, its cable and its address."
NOT_FOUND = (
    "The device does not answer at {here}. It was to move, so it is looked for at {there} too. Check its power and its "
    "cable; if somebody has set it otherwise, edit the device."
)
NO_SECURE_CHANNEL = (
    "The device answers, but no secure channel could be made: its key is not ours, or it is in "
    "install mode. Pair it again, or replace it."
)

DAMAGED = (
    "What arrives from the device is damaged. Check its cable, its baud rate and that no two devices share an address."
)
BROKE_OFF = "The device refused a message or broke off its secure channel. It is being reached again."
REFUSED_QUESTION = (
    "The device refused to say how its inputs are, which costs its link for a moment. It is not asked again; "
    "the inputs are known once one changes."
)

_KEYS = {code: chr(code) for code in b"0123456789*#"} | {0x7F: "*", 0x0D: "#"}
"""The keys of an OSDP keypad: digits in ASCII, * as DEL, # as CR. Some readers send * and # as they are printed."""


def _words(place: Place) -> str:
    return f"address {place.address} and {place.baud} baud"


@dataclass(frozen=True, slots=True)
class _LongPulse:
    ends_at: float
    renew_at: float


class DeviceLink:
    """The state of one device, and its voice towards the driver's sink."""

    def __init__(self, device: OsdpDevice, sink: EventSink, now: float) -> None:
        self.device = device
        self.signals = device.signals
        self.keys = KeyRing(device)
        self.window: KeyWindow | None = None
        self.places = PlaceRing(device)
        self.move: Move | None = None
        self.online = False
        self.capabilities: Capabilities | None = None
        self._sink = sink
        self._told: set[str] = set()
        self._heard_at: float | None = None
        self._heard_damage = False
        self._missed = False
        self._problem = ""
        self._identity: DeviceIdentity | None = None
        self._install_mode = False
        self._up_at = now
        self._stale_until = now
        self._may_keep = True
        self._inputs: tuple[bool, ...] | None = None
        self._asked_inputs = False
        self._refuses_query = False
        self._tampered = self._power_lost = False
        self._pulses: dict[int, _LongPulse] = {}

    def heard(self, now: float) -> None:
        """A reply of the device passed by."""
        self._heard_at = now
        self._heard_damage = False
        if self._missed:
            self._missed = False
            self._may_keep = True
            self._stale_until = max(self._stale_until, now + STALE_AFTER_MISSED_S)

    def missed(self) -> None:
        """The device did not answer a command: a card shown since may be told once it does, and is not fresh then."""
        self._missed = True

    def kept_nothing(self) -> None:
        """The device had nothing to tell to a poll: it keeps no old card, and what it tells from now on is new."""
        self._may_keep = False

    def heard_damage(self) -> None:
        """Something that should have been a reply of the device passed by."""
        self._heard_damage = True

    def attempted(self) -> None:
        """A new attempt to reach the device begins."""
        self._heard_at = None
        self._heard_damage = False

    def report(self, counters: LineCounters, now: float) -> DeviceReport:
        """The device as it is now. From any thread."""
        online, can = self.online, self.capabilities
        return DeviceReport(
            self.device.id,
            self.address,
            online,
            max(0.0, now - self._up_at) if online else None,
            self._install_mode,
            "" if online else self._problem,
            counters,
            self._identity,
            can.declared if can is not None else (),
        )

    def silent(self, now: float) -> bool:
        """Whether the device has said nothing for too long."""
        return self._heard_at is None or now - self._heard_at > SILENCE_S

    def came_up(self, capabilities: Capabilities, now: float, identity: DeviceIdentity | None = None) -> None:
        """The secure channel is active."""
        self.online = True
        self.capabilities = capabilities
        self._identity = identity
        self._problem = ""
        self._up_at = now
        self._stale_until = now + STALE_AFTER_UP_S
        self._may_keep = True
        self._inputs = None
        self._asked_inputs = False
        self._told.clear()
        self.note_install_mode(False)
        self._sink(DeviceOnline(self.device.id))
        self.note_key()
        self._note_place()

    def went_down(self, reason: str) -> None:
        """The device is lost, or still not there; each reason is told once while that lasts."""
        if reason == REFUSED_QUESTION:
            self._refuses_query = True
        self.online = False
        self._pulses.clear()
        self._problem = reason
        if reason not in self._told:
            self._told.add(reason)
            logger.warning("device %s at %s is offline: %s", self.address, self.device.port, reason)
            self._sink(DeviceOffline(self.device.id, reason))

    @property
    def address(self) -> int:
        """Where on its line it is looked for."""
        return self.places.now.address

    def _note_place(self) -> None:
        """The device is online: if it is where it was to go, that is its place from now on."""
        if self.places.moved:
            self._sink(PlaceTaken(self.device.id, *self.places.now))
        if self.move is None or not self.move.sent:
            return
        if self.places.now == self.move.place:
            self.move.end(OrderStep.DONE)
        else:
            self.move.end(OrderStep.FAILED, MOVE_REFUSED)

    @property
    def install_mode(self) -> bool:
        """Whether the device was in install mode when it was last asked."""
        return self._install_mode

    def note_install_mode(self, active: bool) -> None:
        """Whether the device proved that it is in install mode; told when it changes."""
        if active is not self._install_mode:
            self._install_mode = active
            self._sink(InstallModeChanged(self.device.id, active))

    def note_key(self) -> None:
        """The device is online over the key in use: if that is the next one, it is its key from now on."""
        number = self.keys.number
        if number is not None:
            self._sink(KeyTaken(self.device.id, number))
        window = self.window
        if window is None:
            return
        if number is not None:
            window.end(OrderStep.DONE)
        elif window.rekeyed_until is not None:
            window.end(OrderStep.FAILED, REFUSED)

    def rekeyed(self, now: float) -> None:
        """The channel was made anew with the next key, without the device being lost."""
        self._stale_until = now + STALE_AFTER_UP_S
        self._may_keep = True
        self.keys.take_next()
        self.note_key()

    def absent_reason(self, now: float) -> str:
        """Why it is not online, by what is heard of it."""
        if self._heard_at is None or (self.online and self.silent(now)):
            if (other := self.places.other) is not None:
                return NOT_FOUND.format(here=_words(self.places.now), there=_words(other))
            return DAMAGED if self._heard_damage else NO_ANSWER
        if not self.online:
            return NO_SECURE_CHANNEL
        return REFUSED_QUESTION if self._asked_inputs and self._inputs is None else BROKE_OFF

    def wants_inputs(self, now: float) -> bool:
        """Whether to ask for the inputs now. Never twice, and never again once the question cost the link."""
        wanted = (
            self.online
            and self._inputs is None
            and not self._asked_inputs
            and not self._refuses_query
            and self.capabilities is not None
            and self.capabilities.inputs > 0
            and now - self._up_at > INPUTS_WITHIN_S
        )
        self._asked_inputs = self._asked_inputs or wanted
        return wanted

    def output_commanded(self, command: SetOutput, now: float) -> None:
        """Remember a pulse that is longer than one command can carry; any other command ends it."""
        self._pulses.pop(command.output, None)
        if command.state is OutputState.PULSE and command.duration_ms > MAX_PULSE_MS:
            self._pulses[command.output] = _LongPulse(now + command.duration_ms / 1000, now + RENEW_PULSE_S)

    def due_pulses(self, now: float) -> list[SetOutput]:
        """What remains of the long pulses that must be renewed now."""
        return [
            SetOutput(self.device.id, output, OutputState.PULSE, int((pulse.ends_at - now) * 1000))
            for output, pulse in self._pulses.items()
            if now >= pulse.renew_at
        ]

    def take_event(self, event: dict[str, Any], now: float) -> None:
        """Translate one libosdp event for the sink."""
        kind = event["event"]
        if kind == osdp_sys.EVENT_NOTIFICATION:
            if self.window is not None:
                self.window.notified(event)
            if self.move is not None:
                self.move.notified(event)
            return
        if self.window is not None and self.window.relaxed_until is not None:
            return  # nothing counts that is said before the channel is enforced
        if kind == osdp_sys.EVENT_CARDREAD:
            self._take_card(event, now)
        elif kind == osdp_sys.EVENT_KEYPRESS:
            self._take_keys(bytes(event["data"]), now, int(event.get("reader_no", 0)))
        elif kind == osdp_sys.EVENT_STATUS and event["type"] == osdp_sys.STATUS_REPORT_INPUT:
            self._take_inputs(tuple(bool(value) for value in event["report"]))
        elif kind == osdp_sys.EVENT_STATUS and event["type"] == osdp_sys.STATUS_REPORT_LOCAL:
            self._take_local(bool(event["report"][0]), bool(event["report"][1]))
        elif kind == osdp_sys.EVENT_MFGREP and event.get("vendor_code") == hub.VENDOR_CODE:
            self._take_lock(hub.decode_report(bytes(event["data"])))
        else:
            logger.debug("%s sent an event that is not used: %s", self.device.id, event)

    def _take_card(self, event: dict[str, Any], now: float) -> None:
        fresh = self._is_fresh(now)
        if not fresh:
            self._may_keep = True
        data = bytes(event["data"])
        bit_count = int(event.get("length", len(data) * 8))
        try:
            bits = CardBits(data, bit_count)
        except ValueError as error:
            logger.warning("reader device %s sent a card that cannot be: %s", self.device.id, error)
            return
        self._sink(CardRead(self.device.id, bits, fresh, int(event.get("reader_no", 0))))

    def _take_keys(self, data: bytes, now: float, number: int) -> None:
        """Keys that may have waited in the reader are dropped: nobody can tell whose they were."""
        keys = "".join(key for code in data if (key := _KEYS.get(code)) is not None)
        if keys and self._is_fresh(now):
            self._sink(KeysPressed(self.device.id, keys, number))

    def _is_fresh(self, now: float) -> bool:
        return self.online and not self._may_keep and now >= self._stale_until

    def _take_local(self, tampered: bool, power_lost: bool) -> None:
        """The device's own tamper contact and supply, each told when it changes."""
        if tampered is not self._tampered:
            self._tampered = tampered
            self._sink(TamperChanged(self.device.id, tampered))
        if power_lost is not self._power_lost:
            self._power_lost = power_lost
            self._sink(SupplyChanged(self.device.id, not power_lost))

    def _take_lock(self, report: hub.LockReport | None) -> None:
        """A communication hub tells of one of its wireless locks."""
        if report is None:
            logger.warning("device %s told of a lock in bytes that are not declared", self.device.id)
            return
        for told in report.events(self.device.id):
            self._sink(told)

    def _take_inputs(self, inputs: tuple[bool, ...]) -> None:
        if inputs != self._inputs:
            self._inputs = inputs
            self._sink(InputsChanged(self.device.id, inputs))
