"""Devices and what hangs on them, as a controller gets it: the wiring.

A device is what is reached at one place (an address on a serial line, a chip with pins): it may be a reader, have
outputs and inputs, or all of these. Lines say what of it serves which reader and which door.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from doorward.acs.decision.policy import Side
from doorward.acs.doors.wiring import Circuit, InputPurpose, LedControl, LockRank, Supervision

DEFAULT_BAUD = 115_200


class DeviceKind(StrEnum):
    """How a device is reached: on an OSDP bus, a Wiegand converter's line, the network, or this machine's own pins."""

    OSDP = "osdp"
    WIEGAND = "wiegand"
    IP = "ip"
    GPIO = "gpio"


class DeviceRole(StrEnum):
    """What an OSDP device was added as."""

    READER = "reader"
    DOOR_IO = "door_io"


class OsdpDevice(msgspec.Struct, frozen=True, tag="osdp"):
    """A device on an OSDP bus. `port` is what pyserial opens; `key` is its 16-byte secure-channel key."""

    id: str
    port: str
    address: int
    key: bytes
    baud: int = DEFAULT_BAUD

    def __repr__(self) -> str:
        """Without the key."""
        return f"OsdpDevice({self.id}, {self.port} address {self.address})"


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


Device = OsdpDevice | IpDevice
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


class Wiring(msgspec.Struct, frozen=True):
    """All devices of one controller and every line on them."""

    devices: tuple[Device, ...] = ()
    readers: tuple[ReaderLine, ...] = ()
    locks: tuple[LockLine, ...] = ()
    inputs: tuple[InputLine, ...] = ()
