"""The hardware of a site as it is to be simulated: devices on serial lines, and the doors that hang on them."""

from typing import Annotated

import msgspec

from doorward.acs.decision.policy import Side
from doorward.acs.doors.wiegand import MAX_CHANNELS, KeypadMode
from doorward.acs.doors.wiring import Circuit, InputPurpose
from doorward.hardware.simulators.fault import NO_FAULTS, Faults

MAX_ADDRESS = 0x7E
MAX_POINTS = 64
MAX_READERS = 256
MAX_NAME = 100

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
PortName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}\Z")]
"""The name of a file in the ports directory."""
Points = Annotated[int, msgspec.Meta(ge=0, le=MAX_POINTS)]
Point = Annotated[int, msgspec.Meta(ge=0, lt=MAX_POINTS)]


class _Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class DeviceSpec(_Spec, frozen=True, kw_only=True):
    """An OSDP device: the serial port and address that it is at, and what it is.

    `key` is its secure-channel key, 32 hexadecimal digits; none is for a device that is (still) in install mode.
    """

    name: Name
    port: PortName
    address: Annotated[int, msgspec.Meta(ge=0, le=MAX_ADDRESS)]
    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{32}\Z")] | None = None
    reader: bool = False
    outputs: Points = 0
    inputs: Points = 0
    faults: Faults = NO_FAULTS

    def __repr__(self) -> str:
        """Without the key."""
        return f"DeviceSpec({self.name}, {self.port} address {self.address})"


class LockSpec(_Spec, frozen=True, kw_only=True):
    """A lock on an output. A door with two lets go when both do."""

    device: Name
    output: Point


class ContactSpec(_Spec, frozen=True, kw_only=True):
    """A contact on an input."""

    purpose: InputPurpose
    device: Name
    input: Point
    active_when: Circuit = Circuit.CLOSED


class DoorReaderSpec(_Spec, frozen=True, kw_only=True):
    """The device that is a door's reader on one side."""

    side: Side
    device: Name


class SiteDoorSpec(_Spec, frozen=True, kw_only=True):
    """A door, by the names of the devices that it hangs on."""

    name: Name
    locks: tuple[LockSpec, ...] = ()
    contacts: tuple[ContactSpec, ...] = ()
    readers: tuple[DoorReaderSpec, ...] = ()


class AuxInputSpec(_Spec, frozen=True, kw_only=True):
    """A contact on an input that is on no door: a push button, a fire panel."""

    name: Name
    device: Name
    input: Point
    active_when: Circuit = Circuit.CLOSED


class AuxOutputSpec(_Spec, frozen=True, kw_only=True):
    """What hangs on an output that no lock is on: a siren, a lamp."""

    name: Name
    device: Name
    output: Point


class WiegandReaderSpec(_Spec, frozen=True, kw_only=True):
    """A Wiegand reader: a channel of a converter on a serial port, with framing and keypad as the server has them."""

    name: Name
    port: PortName
    framing: Name
    channel: Annotated[int, msgspec.Meta(ge=0, lt=MAX_CHANNELS)] = 0
    keypad: KeypadMode = KeypadMode.NONE
    pin_facility: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None


class SiteSpec(_Spec, frozen=True, kw_only=True):
    """All that is simulated."""

    name: Name
    devices: tuple[DeviceSpec, ...] = ()
    wiegand_readers: tuple[WiegandReaderSpec, ...] = ()
    doors: tuple[SiteDoorSpec, ...] = ()
    aux_inputs: tuple[AuxInputSpec, ...] = ()
    aux_outputs: tuple[AuxOutputSpec, ...] = ()
