"""What can be set on a reader, and what is acceptable for its type. Pure."""

from dataclasses import dataclass
from typing import TypedDict

from doorward.acs.decision.policy import DoorKind, IdentificationType, ProfilePolicy, Side
from doorward.acs.doors.wiring import (
    READER_KINDS,
    WORDS,
    Circuit,
    LedControl,
    ReaderType,
    Supervision,
    check_debounce,
    check_port,
    check_supervision,
)
from doorward.acs.errors import ValidationFailed
from doorward.acs.profiles.methods import in_order

ON_THE_NETWORK = frozenset({ReaderType.IP, ReaderType.BLUETOOTH, ReaderType.BARCODE_CAMERA, ReaderType.PLATE_CAMERA})
CAMERAS = frozenset({ReaderType.BARCODE_CAMERA, ReaderType.PLATE_CAMERA})


@dataclass(frozen=True, slots=True)
class NewReader:
    """A reader at a door side; passing there enters the zone (None: leads outside). At a floor: in the cab.

    `port` is the controller's terminal of a Wiegand reader; `address` finds a reader or camera on the network.
    `has_keypad` None: not known. The light, tamper and supervision settings are a Wiegand reader's.
    """

    door_id: str
    side: Side
    name: str
    enters_zone_id: str | None = None
    type: ReaderType = ReaderType.OSDP
    port: int | None = None
    address: str = ""
    has_keypad: bool | None = None
    pairs_mobile: bool = False
    muster: bool = False
    led_control: LedControl = LedControl.SINGLE
    tamper_when: Circuit = Circuit.OPEN
    tamper_debounce_ms: int = 0
    supervision: Supervision = Supervision.NONE
    resistor_ohm: int | None = None


class ReaderChanges(TypedDict, total=False):
    """What to change of a reader; a missing key stays as it is."""

    name: str
    side: Side
    type: ReaderType
    port: int | None
    address: str
    has_keypad: bool | None
    pairs_mobile: bool
    muster: bool
    led_control: LedControl
    tamper_when: Circuit
    tamper_debounce_ms: int
    supervision: Supervision
    resistor_ohm: int | None


_WIEGAND_ONLY = {
    "led_control": "ledControl",
    "tamper_when": "tamperWhen",
    "tamper_debounce_ms": "tamperDebounceMs",
    "supervision": "supervision",
    "resistor_ohm": "resistorOhm",
}


def check_reader(given: NewReader, kind: DoorKind) -> None:
    """A reader by itself, at a door of this kind. Raises ValidationFailed with what would be right."""
    if kind not in READER_KINDS:
        raise ValidationFailed(f"{WORDS[kind]} has no reader.", "doorId")
    if kind is DoorKind.FLOOR and given.side is not Side.A:
        raise ValidationFailed("The reader in the cab is on side A: nobody is kept in an elevator.", "side")
    if given.type is ReaderType.WIEGAND:
        if given.port is None:
            raise ValidationFailed("A Wiegand reader names its reader port on the controller.", "port")
        check_port(given.port, "port")
        check_debounce(given.tamper_debounce_ms, "tamperDebounceMs")
        check_supervision(given.supervision, given.resistor_ohm)
    else:
        _check_not_wiegand(given)
    if given.type in ON_THE_NETWORK and not given.address:
        raise ValidationFailed("Say where the device is found on the network.", "address")
    if given.type not in ON_THE_NETWORK and given.address:
        raise ValidationFailed("A wired reader has no network address.", "address")
    if given.has_keypad and given.type in CAMERAS:
        raise ValidationFailed("A camera has no keypad.", "hasKeypad")
    if given.pairs_mobile and given.type is not ReaderType.BLUETOOTH:
        raise ValidationFailed("Only a Bluetooth reader pairs mobile credentials.", "pairsMobile")


def _check_not_wiegand(given: NewReader) -> None:
    if given.port is not None:
        raise ValidationFailed("Only a Wiegand reader has a reader port.", "port")
    plain = NewReader(given.door_id, given.side, given.name)
    for field, name in _WIEGAND_ONLY.items():
        if getattr(given, field) != getattr(plain, field):
            raise ValidationFailed("This is set on Wiegand readers only.", name)


_T = IdentificationType
_WIRED = frozenset({_T.CARD, _T.QR})
_DELIVERS: dict[ReaderType, frozenset[IdentificationType]] = {
    ReaderType.OSDP: _WIRED,
    ReaderType.WIEGAND: _WIRED,
    ReaderType.IP: frozenset({_T.CARD, _T.QR, _T.DYNAMIC_QR}),
    ReaderType.BLUETOOTH: frozenset({_T.CARD, _T.MOBILE_TAP, _T.MOBILE_TOUCH}),
    ReaderType.BARCODE_CAMERA: frozenset({_T.QR, _T.DYNAMIC_QR}),
    ReaderType.PLATE_CAMERA: frozenset({_T.PLATE}),
}


def delivers(type: ReaderType, has_keypad: bool | None) -> frozenset[IdentificationType]:
    """What can be shown at a reader. A keypad that nobody has ruled out counts."""
    keypad = type not in CAMERAS and has_keypad is not False
    return _DELIVERS[type] | ({IdentificationType.PIN} if keypad else frozenset())


def profile_warnings(profile: ProfilePolicy, readers: dict[Side, list[tuple[ReaderType, bool | None]]]) -> list[str]:
    """Sentences about what a profile asks for at a side whose readers cannot take it. A side without any has none."""
    warnings = []
    for side, methods in ((Side.A, profile.side_a), (Side.B, profile.side_b)):
        present = readers.get(side, [])
        if not present:
            continue
        possible: set[IdentificationType] = {IdentificationType.REX}
        for reader_type, has_keypad in present:
            possible |= delivers(reader_type, has_keypad)
        wanted = {one for method in methods for one in method.types}
        for one in in_order(wanted - possible):
            what = one.value.replace("_", " ") if one is not IdentificationType.PIN else "PIN"
            warnings.append(f"No reader on side {side.value} can take a {what}, which {profile.name} accepts there.")
    return warnings
