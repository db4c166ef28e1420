"""What can be wired to a door: readers, locks and inputs, as words and values that check themselves. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from doorward.acs.decision.debounce import MAX_DEBOUNCE_MS
from doorward.acs.decision.policy import DoorKind, EmergencyAction, Side
from doorward.acs.errors import ValidationFailed, under

MAX_PORT = 255
MIN_SERIAL_OHM, MAX_SERIAL_OHM = 1_000, 10_000


class ReaderType(StrEnum):
    """How a reader is connected, or what it is."""

    OSDP = "osdp"
    """On an OSDP bus; reads cards, QR codes and PINs."""
    WIEGAND = "wiegand"
    """On a Wiegand port; reads cards, QR codes and PINs."""
    IP = "ip"
    """On the network, an intercom for example; reads cards, QR codes, dynamic ones too, and PINs."""
    BLUETOOTH = "bluetooth"
    """Phones near it: a tap in the app or a touch; cards and PINs too."""
    BARCODE_CAMERA = "barcode_camera"
    """A camera that reads QR codes, dynamic ones too."""
    PLATE_CAMERA = "plate_camera"
    """A camera that reads licence plates."""


class LedControl(StrEnum):
    """How a Wiegand reader's light is driven: one wire for both colours, or one for red and one for green."""

    SINGLE = "single"
    """One wire: on is green, off is red."""
    DUAL = "dual"
    """A wire for red and one for green."""


class Circuit(StrEnum):
    """When an input is active. A normally closed circuit is active when open."""

    OPEN = "open"
    """Active while the circuit is open: a normally closed contact."""
    CLOSED = "closed"
    """Active while the circuit is closed: a normally open contact."""


class Supervision(StrEnum):
    """The end-of-line resistors. `PARALLEL`: 22 kohm parallel first, 4.7 kohm in series; `SERIAL`: two equal ones."""

    NONE = "none"
    """No resistors: a cut or a short circuit looks like a contact."""
    PARALLEL = "parallel"
    """22 kohm across the contact, and 4.7 kohm in series with both."""
    SERIAL = "serial"
    """One resistor in series with the contact, and an equal one across both."""


class InputPurpose(StrEnum):
    """What an input tells of its door."""

    POSITION = "position"
    """Whether the door is open."""
    REX = "rex"
    """A request to exit: a button, a bar or a motion sensor."""
    EMERGENCY = "emergency"
    """An emergency, such as from the fire alarm."""
    TAMPER = "tamper"
    """Somebody opens the housing."""


class RexAction(StrEnum):
    """What a request to exit does. `NONE` only keeps the opening from being a forced one."""

    UNLOCK = "unlock"
    """The door is released, and its opening is not forced."""
    NONE = "none"
    """The door is not released; its opening is not forced."""


class LockRank(StrEnum):
    """Which of the two locks of a door."""

    PRIMARY = "primary"
    """The lock that every door with hardware of its own has."""
    SECONDARY = "secondary"
    """A further lock, which moves together with the primary one."""


@dataclass(frozen=True, slots=True)
class LockWire:
    """A lock on an output (a relay) of a device, or of the controller itself (no `device_id`)."""

    output: int
    rank: LockRank = LockRank.PRIMARY
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class InputWire:
    """A contact on an input of a device, or of the controller itself (no `device_id`).

    A change counts once it has lasted `debounce_ms`. `side` and `rex` belong to a REX device, `emergency` to an
    emergency input, `resistor_ohm` (1,000-10,000, both resistors) to serial supervision.
    """

    purpose: InputPurpose
    port: int
    side: Side | None = None
    device_id: str | None = None
    active_when: Circuit = Circuit.CLOSED
    debounce_ms: int = 0
    supervision: Supervision = Supervision.NONE
    resistor_ohm: int | None = None
    rex: RexAction | None = None
    emergency: EmergencyAction | None = None


def check_port(port: int, name: str) -> None:
    """A port number as devices count them, from 0."""
    if not 0 <= port <= MAX_PORT:
        raise ValidationFailed(f"A port number is between 0 and {MAX_PORT}, not {port}.", name)


def check_debounce(debounce_ms: int, name: str) -> None:
    """A debounce time."""
    if not 0 <= debounce_ms <= MAX_DEBOUNCE_MS:
        raise ValidationFailed(
            f"A debounce time is between 0 and {MAX_DEBOUNCE_MS} ms, not {debounce_ms}: an input that lasts longer "
            "must be heard.",
            name,
        )


def check_supervision(supervision: Supervision, resistor_ohm: int | None) -> None:
    """Serial supervision names its resistors, and nothing else does."""
    if supervision is Supervision.SERIAL:
        if resistor_ohm is None or not MIN_SERIAL_OHM <= resistor_ohm <= MAX_SERIAL_OHM:
            raise ValidationFailed(
                f"Two equal resistors in series have {MIN_SERIAL_OHM} to {MAX_SERIAL_OHM} ohm each; say how much.",
                "resistorOhm",
            )
    elif resistor_ohm is not None:
        raise ValidationFailed(
            "A resistor value belongs to serial supervision only; parallel supervision has 22 kohm and 4.7 kohm.",
            "resistorOhm",
        )


_LOCKS_OF: dict[DoorKind, frozenset[LockRank]] = {
    DoorKind.DOOR: frozenset(LockRank),
    DoorKind.WIRELESS: frozenset(),
    DoorKind.MONITORING: frozenset(),
    DoorKind.PROVISIONED: frozenset(),
    DoorKind.FLOOR: frozenset({LockRank.PRIMARY}),
}
_INPUTS_OF: dict[DoorKind, frozenset[InputPurpose]] = {
    DoorKind.DOOR: frozenset(InputPurpose),
    DoorKind.WIRELESS: frozenset(InputPurpose),
    DoorKind.MONITORING: frozenset({InputPurpose.POSITION}),
    DoorKind.PROVISIONED: frozenset(),
    DoorKind.FLOOR: frozenset({InputPurpose.EMERGENCY}),
}
READER_KINDS = frozenset({DoorKind.DOOR, DoorKind.WIRELESS, DoorKind.FLOOR})
"""The kinds of door that have readers."""
WORDS: dict[DoorKind, str] = {
    DoorKind.DOOR: "An ordinary door",
    DoorKind.WIRELESS: "A wireless door",
    DoorKind.MONITORING: "A monitoring door",
    DoorKind.PROVISIONED: "A provisioned door",
    DoorKind.FLOOR: "A floor",
}


def check_wiring(kind: DoorKind, locks: Sequence[LockWire], inputs: Sequence[InputWire]) -> None:
    """The whole wiring of one door, by itself. Raises ValidationFailed with what would be right, and the place."""
    for place, lock in enumerate(locks):
        with under("locks", str(place)):
            check_port(lock.output, "output")
            if lock.rank not in _LOCKS_OF[kind]:
                raise ValidationFailed(f"{WORDS[kind]} has no {lock.rank.value} lock on an output.", "rank")
    _once([lock.rank.value for lock in locks], "lock", "locks", "rank")
    if locks and LockRank.PRIMARY not in {lock.rank for lock in locks}:
        raise ValidationFailed("A secondary lock comes after a primary one.", "locks", "0", "rank")
    for place, wire in enumerate(inputs):
        with under("inputs", str(place)):
            _check_input(kind, wire)
    single = [None if wire.purpose is InputPurpose.REX else wire.purpose.value for wire in inputs]
    _once(single, "input", "inputs", "purpose")
    _apart([(lock.device_id, lock.output) for lock in locks], "output", "locks", "output")
    _apart([(wire.device_id, wire.port) for wire in inputs], "input port", "inputs", "port")


def _check_input(kind: DoorKind, wire: InputWire) -> None:
    if wire.purpose not in _INPUTS_OF[kind]:
        raise ValidationFailed(f"{WORDS[kind]} has no {wire.purpose.value} input.", "purpose")
    check_port(wire.port, "port")
    check_debounce(wire.debounce_ms, "debounceMs")
    check_supervision(wire.supervision, wire.resistor_ohm)
    is_rex, is_emergency = wire.purpose is InputPurpose.REX, wire.purpose is InputPurpose.EMERGENCY
    if is_rex != (wire.side is not None):
        raise ValidationFailed("A REX device stands on side A or B; no other input has a side.", "side")
    if is_rex != (wire.rex is not None):
        raise ValidationFailed("Say whether the REX device unlocks the door; no other input does.", "rex")
    if is_emergency != (wire.emergency is not None):
        raise ValidationFailed(
            "Say whether the emergency input unlocks or locks the door; no other input does.", "emergency"
        )


def _once(words: Iterable[str | None], what: str, many: str, field: str) -> None:
    seen: set[str] = set()
    for place, word in enumerate(words):
        if word is None:
            continue
        if word in seen:
            raise ValidationFailed(f"A door has one {word} {what} at most.", many, str(place), field)
        seen.add(word)


def _apart(ports: Iterable[tuple[str | None, int]], what: str, many: str, field: str) -> None:
    seen: set[tuple[str | None, int]] = set()
    for place, port in enumerate(ports):
        if port in seen:
            raise ValidationFailed(f"Two things cannot share {what} {port[1]}.", many, str(place), field)
        seen.add(port)
