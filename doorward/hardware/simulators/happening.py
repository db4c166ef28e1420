"""What can be seen to happen at simulated hardware."""

from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """The kinds of happening; each is about a door, a device or an auxiliary output."""

    STRIKE_RELEASED = "strike_released"
    STRIKE_LOCKED = "strike_locked"
    DOOR_OPENED = "door_opened"
    DOOR_CLOSED = "door_closed"
    DEVICE_ONLINE = "device_online"
    DEVICE_OFFLINE = "device_offline"
    LIGHT = "light"
    OUTPUT_ON = "output_on"
    OUTPUT_OFF = "output_off"


class Colour(StrEnum):
    """The colours of a reader's light, as it shows them for a moment after a card."""

    RED = "red"
    GREEN = "green"
    AMBER = "amber"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Happening:
    """`at` is in monotonic seconds, `subject` the name of what it is about, `colour` belongs to a light."""

    at: float
    what: What
    subject: str
    colour: Colour | None = None
