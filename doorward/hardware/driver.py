"""What a driver tells its controller, and what the controller asks of a driver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from doorward.acs.decision.card_format import CardBits
from doorward.acs.decision.door import Annunciation
from doorward.acs.decision.read import Shown
from doorward.acs.devices import Device
from doorward.acs.messages import Bus, Captured, Order, OrderProgress
from doorward.hardware.errors import HardwareError

Reading = bool | float | None


@dataclass(frozen=True, slots=True)
class CardRead:
    """A card shown at reader `number` of a device. Not `fresh`: it may have waited there while the link was down.

    `reference` is the driver's own name for what was shown; the feedback about it has the same.
    """

    device_id: str
    bits: CardBits
    fresh: bool
    number: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class KeysPressed:
    """Keys pressed at a reader device, oldest first: 0-9, * and #."""

    device_id: str
    keys: str = field(repr=False)
    number: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Presented:
    """Something else than a card shown at a reader device: a QR code, a plate, a phone. Decided like a card."""

    device_id: str
    item: Shown = field(repr=False)
    fresh: bool = True
    number: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class InputsChanged:
    """The inputs of a device, as it numbers them from 0; also sent once after the device came online.

    Each is True (closed, or what the device takes for active), False, the resistance that it measures in ohms
    (infinity: no current at all), or None when it cannot be read.
    """

    device_id: str
    inputs: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class DeviceOnline:
    """The device answers over its secure channel."""

    device_id: str


@dataclass(frozen=True, slots=True)
class DeviceOffline:
    """The device is lost; `reason` is a sentence for the person who must find out why."""

    device_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class TamperChanged:
    """The device's tamper contact."""

    device_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class SupplyChanged:
    """Whether the device has its mains power, or runs on what is left."""

    device_id: str
    present: bool


@dataclass(frozen=True, slots=True)
class FloodChanged:
    """Whether a reader device sends more than anybody can show or type; while it does, nothing of it is told."""

    device_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class InstallModeChanged:
    """Whether the device can be given a key by anybody who reaches its wires."""

    device_id: str
    active: bool


class BatteryLevel(StrEnum):
    """How a battery does. CRITICAL: the lock may not work any more."""

    GOOD = "good"
    LOW = "low"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class BatteryChanged:
    """The battery of a wireless lock, by its number at the hub `device_id`. `percent` None: not known."""

    device_id: str
    lock: int
    level: BatteryLevel
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class LockJammed:
    """The bolt of a wireless lock is stuck, or no longer."""

    device_id: str
    lock: int
    jammed: bool


@dataclass(frozen=True, slots=True)
class RadioChanged:
    """Whether the hub reaches a wireless lock. Sent anew after the hub came online, where it is not reached."""

    device_id: str
    lock: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class KeyTaken:
    """The device was heard over a channel of its next key: that is its key from now on."""

    device_id: str
    number: int


@dataclass(frozen=True, slots=True)
class PlaceTaken:
    """The device was heard over its secure channel where it was to go: that is its place from now on."""

    device_id: str
    address: int
    baud: int


@dataclass(frozen=True, slots=True)
class Maintained:
    """How an order of an operator goes on; it is told to the server as it is and changes no door."""

    device_id: str
    news: OrderProgress | Captured


@dataclass(frozen=True, slots=True)
class KeyRefused:
    """Somebody at the network address `source` spoke for the device without its key. Told once a minute at most."""

    device_id: str
    source: str


DriverEvent = (
    CardRead
    | KeysPressed
    | Presented
    | InputsChanged
    | DeviceOnline
    | DeviceOffline
    | TamperChanged
    | SupplyChanged
    | FloodChanged
    | BatteryChanged
    | LockJammed
    | RadioChanged
    | InstallModeChanged
    | KeyTaken
    | PlaceTaken
    | Maintained
    | KeyRefused
)


class OutputState(StrEnum):
    """What an output should do. PULSE is timed by the device itself, so that it ends even if we do."""

    ON = "on"
    OFF = "off"
    PULSE = "pulse"


@dataclass(frozen=True, slots=True)
class SetOutput:
    """Set one output; `duration_ms` counts for PULSE only."""

    device_id: str
    output: int
    state: OutputState
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Feedback:
    """Show the person at a reader whether they may pass, that more is waited for, or that it is a lockdown.

    `reference` is that of what was shown.
    """

    device_id: str
    granted: bool
    waiting: bool = False
    number: int = 0
    lockdown: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ShowDoor:
    """What a reader shows and sounds from now on while nobody is at it: its door's mode, and any alarm of it."""

    device_id: str
    annunciation: Annunciation
    number: int = 0


DriverCommand = SetOutput | Feedback | ShowDoor


class CommandRefused(HardwareError):
    """The command was not sent: the device is offline or cannot do it. The message says which."""


class Driver(Protocol):
    """Drives devices from threads of its own.

    Events go to the sink given at construction, which must return at once. `submit` may be called
    from any thread, returns at once, and raises CommandRefused rather than ever queueing for later.
    """

    def start(self) -> None:
        """Begin to drive; every device tells when it is online, or why it is not."""

    def stop(self) -> None:
        """Stop every thread and let go of every port. Devices finish timed outputs by themselves."""

    def submit(self, command: DriverCommand) -> None:
        """Send one command to its device. Raises CommandRefused."""


@runtime_checkable
class MaintainedDriver(Driver, Protocol):
    """A driver whose devices can be looked at and maintained. Its methods are for any thread."""

    def buses(self) -> Sequence[Bus]:
        """Its buses and their devices as they are now."""

    def order(self, order: Order) -> None:
        """Begin an order; what becomes of it is told as Maintained. Raises CommandRefused."""

    def stop_order(self, order_id: str) -> None:
        """End what an order began, if it is still under way."""

    def rekey(self, devices: Sequence[Device]) -> bool:
        """Take other keys for the same devices, without letting go of any. False: more than keys has changed."""


EventSink = Callable[[DriverEvent], None]
