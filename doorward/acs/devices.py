"""Devices and what hangs on them, as a controller gets it: the wiring.

A device is what is reached at one place (an address on a serial line, a chip with pins): it may be a reader, have
outputs and inputs, or all of these. Lines say what of it serves which reader and which door.
"""

from enum import StrEnum

import msgspec

from doorward.acs.decision.policy import Side
from doorward.acs.doors.wiring import Circuit, InputPurpose, LedControl, LockRank, Supervision
from doorward.acs.signals import DEFAULT_SIGNALS, Signals

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
    """A device on an OSDP bus. `port` is a path, or socket://host:port; `key` is its 16-byte secure-channel key.

    `next_key` is what the device is to get, or has got unheard; `next_number` numbers the keys of a device.
    """

    id: str
    port: str
    address: int
    key: bytes
    baud: int = DEFAULT_BAUD
    next_key: bytes | None = None
    next_number: int = 0
    signals: Signals = DEFAULT_SIGNALS

    def __repr__(self) -> str:
        """Without the key."""
        return f"OsdpDevice({self.id}, {self.port} address {self.address})"


Device = OsdpDevice
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
