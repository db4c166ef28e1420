"""What can happen to a door."""

from dataclasses import dataclass
from enum import StrEnum

from doorward.acs.decision.supervision import InputState


class DoorAction(StrEnum):
    """What an operator can ask of a door."""

    GRANT_ACCESS = "grant_access"
    LOCK = "lock"
    UNLOCK = "unlock"
    LOCKDOWN = "lockdown"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class CardGranted:
    """A decision granted access; its own record is written by the caller.

    `long`: to somebody with long access time. `exempt`: from lockdown. `toggles`: it was the second of a double
    swipe by somebody who may do that.
    """

    correlation: str
    long: bool = False
    exempt: bool = False
    toggles: bool = False


@dataclass(frozen=True, slots=True)
class Acted:
    """An operator's action.

    GRANT_ACCESS lasts `duration_ms` (None: the usual time of an operator's grant). LOCK, UNLOCK and LOCKDOWN end
    at monotonic `until_ms` (None: at a reset).
    """

    action: DoorAction
    correlation: str
    duration_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ScheduleChanged:
    """Whether the unlock schedules (and their first person) want the door unlocked now. Saying it twice is harmless.

    `kept_locked`: a double swipe has locked it before the controller was started, and that still holds.
    """

    unlocked: bool
    correlation: str = ""
    kept_locked: bool = False


@dataclass(frozen=True, slots=True)
class Sensed:
    """The inputs of the door, debounced, as last reported together. `position` active means open, `rex` pressed.

    `shunt` is a REX device that unlocks nothing, and only keeps the opening from being a forced one.
    """

    position: InputState
    rex: InputState
    correlation: str
    emergency: InputState = InputState.UNKNOWN
    tamper: InputState = InputState.UNKNOWN
    shunt: InputState = InputState.UNKNOWN


@dataclass(frozen=True, slots=True)
class PowerChanged:
    """The door's device has its mains power (True) or runs on what is left (False)."""

    present: bool
    correlation: str


@dataclass(frozen=True, slots=True)
class Connected:
    """The door's input and output device came online (True) or was lost (False)."""

    online: bool
    correlation: str


@dataclass(frozen=True, slots=True)
class WithholdingEnded:
    """What happens can be written down again: what wants the door unlocked may unlock it."""

    correlation: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A deadline may have come."""


Input = CardGranted | Acted | ScheduleChanged | Sensed | PowerChanged | Connected | WithholdingEnded | TimePassed
