"""Devices and what hangs on them, as a controller gets it: the wiring.

A device is what is reached at one place (an address on a serial line, a chip with pins): it may be a reader, have
outputs and inputs, or all of these. Lines say what of it serves which reader and which door.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from doorward.acs.decision.local_rules import LocalRule
from doorward.acs.decision.policy import Side
from doorward.acs.doors.wiegand import DEFAULT_BAUD as DEFAULT_CONVERTER_BAUD
from doorward.acs.doors.wiegand import KeypadMode
from doorward.acs.doors.wiring import Circuit, InputPurpose, LedControl, LockRank, Supervision
from doorward.acs.signals import DEFAULT_SIGNALS, Signals

DEFAULT_BAUD = 115_200


class DeviceKind(StrEnum):
    """How a device is reached: on an OSDP bus, a Wiegand converter's line, the network, or this machine's own pins."""

    OSDP = "osdp"
    """On a serial bus, by the Open Supervised Device Protocol."""
    WIEGAND = "wiegand"
    """Readers with Wiegand wires, through a converter on a serial line."""
    IP = "ip"
    """A reader or a camera on the network."""
    GPIO = "gpio"
    """Pins of the controller's own chip."""


class DeviceRole(StrEnum):
    """What an OSDP device was added as."""

    READER = "reader"
    """A reader of a door."""
    DOOR_IO = "door_io"
    """Inputs and outputs, such as those of a door."""


class OsdpDevice(msgspec.Struct, frozen=True, tag="osdp"):
    """A device on an OSDP bus. `port` is a path, or socket://host:port; `key` is its 16-byte secure-channel key.

    `next_key` is what the device is to get, or has got unheard; `next_number` numbers the keys of a device. In the same
    way `next_address` and `next_baud` are where it is to go, or went unheard (both None: nowhere).
    """

    id: str
    port: str
    address: int
    key: bytes
    baud: int = DEFAULT_BAUD
    next_key: bytes | None = None
    next_number: int = 0
    signals: Signals = DEFAULT_SIGNALS
    next_address: int | None = None
    next_baud: int | None = None

    def __repr__(self) -> str:
        """Without the key."""
        return f"OsdpDevice({self.id}, {self.port} address {self.address})"


class WiegandDevice(msgspec.Struct, frozen=True, tag="wiegand"):
    """A Wiegand reader on a channel of a converter, whose line is what pyserial opens as `port`.

    `framing` is the name of one (see `doors/wiegand.py`); a controller may be too old to know it. `tamper_when`: how
    its tamper circuit is when somebody tampers.
    """

    id: str
    port: str
    framing: str
    channel: int = 0
    baud: int = DEFAULT_CONVERTER_BAUD
    keypad: KeypadMode = KeypadMode.NONE
    pin_facility: int | None = None
    pin_digits: int = 4
    led_control: LedControl = LedControl.SINGLE
    tamper_when: Circuit = Circuit.OPEN
    tamper_debounce_ms: int = 0


class Bias(StrEnum):
    """What a pin of the controller's own is pulled to; `AS_IS`: whatever the machine was set to, or what is wired."""

    AS_IS = "as_is"
    """As the machine or the wiring has it."""
    PULL_UP = "pull_up"
    """High while nothing drives it."""
    PULL_DOWN = "pull_down"
    """Low while nothing drives it."""
    DISABLED = "disabled"
    """Neither: what is wired must drive it."""


class PinInput(msgspec.Struct, frozen=True, tag="pin"):
    """A pin as an input. It reads as closed when it is high, or (`active_low`) low: a contact to ground."""

    pin: int
    active_low: bool = True
    bias: Bias = Bias.PULL_UP


class MeasuredInput(msgspec.Struct, frozen=True, tag="measured"):
    """A channel of an analogue converter (Linux IIO) as an input, from which the resistance of a line is computed.

    The line goes from the channel to ground, and a resistor of `pull_up_ohm` from the channel to `supply_mv`.
    """

    converter: str
    channel: int
    pull_up_ohm: int
    supply_mv: int


class PinOutput(msgspec.Struct, frozen=True):
    """A pin as an output. On is high, or (`active_low`) low."""

    pin: int
    active_low: bool = False


LocalInput = PinInput | MeasuredInput


class GpioDevice(msgspec.Struct, frozen=True, tag="gpio"):
    """Pins of the controller's own (a Linux GPIO chip, such as /dev/gpiochip0). Both lists are numbered from 0."""

    id: str
    chip: str
    inputs: tuple[LocalInput, ...] = ()
    outputs: tuple[PinOutput, ...] = ()


class ReadKind(StrEnum):
    """What a device on the network says that it has read."""

    CARD = "card"
    PIN = "pin"
    KEYS = "keys"
    QR = "qr"
    PLATE = "plate"


class PeripheralKey(msgspec.Struct, frozen=True):
    """A key (32 bytes) that a device on the network speaks with; `until` ends an old one (None: the present one)."""

    secret: bytes
    until: datetime | None = None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"PeripheralKey(until={self.until})"


class Region(msgspec.Struct, frozen=True):
    """A part of a picture, in hundredths of its width and height from the left and the top."""

    left: int = 0
    top: int = 0
    right: int = 100
    bottom: int = 100


WHOLE_PICTURE = Region()


class IpDevice(msgspec.Struct, frozen=True, tag="ip"):
    """A reader, intercom or camera on the network that sends what it reads, or a stream that codes are read from.

    `accepts` is all that is taken from it, and `keys` are those that it may sign with. `push_secret` (empty: off) is
    what a camera that cannot sign shows instead. It can tell plates only. `stream_url` (empty: none) is a stream in
    whose `region` QR codes are looked for. A plate that the camera is less sure of than `min_confidence` (0 to 1) is
    passed over.
    """

    id: str
    accepts: tuple[ReadKind, ...]
    keys: tuple[PeripheralKey, ...] = ()
    push_secret: str = ""
    stream_url: str = ""
    region: Region = WHOLE_PICTURE
    min_confidence: float = 0.0

    def __repr__(self) -> str:
        """Without the secrets: the keys, and the password that may be in the stream's address."""
        return f"IpDevice({self.id})"


Device = OsdpDevice | WiegandDevice | GpioDevice | IpDevice
"""Every kind of device that there is a driver for."""


class ReaderLine(msgspec.Struct, frozen=True):
    """A reader of a door, and the device that it is. `number` counts the readers of one device from 0."""

    reader_id: str
    door_id: str
    device_id: str
    number: int = 0
    led_control: LedControl = LedControl.SINGLE


class LockLine(msgspec.Struct, frozen=True):
    """A lock of a door, and the output that releases it."""

    door_id: str
    device_id: str
    output: int
    rank: LockRank = LockRank.PRIMARY


class InputLine(msgspec.Struct, frozen=True):
    """A contact of a door, and the input that it is on.

    A change counts once it has lasted `debounce_ms`. `rex_unlocks`: a REX device that unlocks and not only shunts.
    An input that only tells whether its device takes it for active counts as closed when it does.
    """

    door_id: str
    purpose: InputPurpose
    device_id: str
    number: int
    active_when: Circuit = Circuit.CLOSED
    debounce_ms: int = 0
    supervision: Supervision = Supervision.NONE
    resistor_ohm: int | None = None
    side: Side | None = None
    rex_unlocks: bool = True


class AuxInputLine(msgspec.Struct, frozen=True):
    """An auxiliary input, of no door: its contact, and how its readings are taken (as an `InputLine`'s are)."""

    input_id: str
    name: str
    device_id: str
    number: int
    active_when: Circuit = Circuit.CLOSED
    debounce_ms: int = 0
    supervision: Supervision = Supervision.NONE
    resistor_ohm: int | None = None


class AuxOutputLine(msgspec.Struct, frozen=True):
    """An auxiliary output, which no door's lock is on. Local rules and hands switch it; without any it is off."""

    output_id: str
    name: str
    device_id: str
    output: int


class Wiring(msgspec.Struct, frozen=True):
    """All devices of one controller, every line on them, and the rules that it goes by without the server."""

    devices: tuple[Device, ...] = ()
    readers: tuple[ReaderLine, ...] = ()
    locks: tuple[LockLine, ...] = ()
    inputs: tuple[InputLine, ...] = ()
    aux_inputs: tuple[AuxInputLine, ...] = ()
    aux_outputs: tuple[AuxOutputLine, ...] = ()
    local_rules: tuple[LocalRule, ...] = ()
