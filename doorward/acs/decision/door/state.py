"""All that a door remembers."""

from dataclasses import dataclass
from enum import StrEnum


class DoorMode(StrEnum):
    """How the door stands. `locked` is the normal state: closed to all but those who may pass."""

    LOCKED = "locked"
    """The normal state: released for a moment to those who may pass."""
    UNLOCKED = "unlocked"
    """The lock stays released, for everybody."""
    LOCKDOWN = "lockdown"
    """Locked; only the exempt are let in, and anybody out by the exit device."""


class DoorSetting(StrEnum):
    """What an operator set the door to; it holds until reset. Values are kept in journals and never renamed."""

    RULES = "rules"
    """Nothing: it goes by its rules, threat levels and schedules."""
    LOCKED = "kept_locked"
    """Locked until it is reset, or for the time that was given; whoever may pass still does."""
    UNLOCKED = "unlocked"
    """Unlocked until it is reset, or for the time that was given."""
    LOCKDOWN = "lockdown"
    """In lockdown until it is reset, or for the time that was given."""

    @classmethod
    def _missing_(cls, value: object) -> "DoorSetting | None":
        # Journals of the first version had one word for a door that was locked and one that was reset.
        return cls.RULES if value == "locked" else None


class Source(StrEnum):
    """What the mode of a door comes from, the strongest first; `rest`: nothing wants anything else."""

    EMERGENCY = "emergency"
    """The door's emergency input is active."""
    THREAT_LEVEL = "threat_level"
    """The threat level in force imposes a lockdown."""
    OPERATOR = "operator"
    """Somebody set it by hand; until it is reset or the setting's time is over."""
    CARDHOLDER = "cardholder"
    """A double swipe, until the next of them, the next change of the schedule, or an operator's action."""
    SCHEDULE = "schedule"
    """An unlock schedule of the door."""
    REST = "rest"
    """Nothing else has something to say, so that it is locked."""


class Position(StrEnum):
    """What the door position sensor says; unknown until it was heard, and while its line is broken."""

    UNKNOWN = "unknown"
    """Not heard yet, no longer heard, the line is broken, or there is no sensor."""
    CLOSED = "closed"
    """The sensor says that it is closed."""
    OPEN = "open"
    """The sensor says that it stands open."""


class Cause(StrEnum):
    """What released a door for a moment."""

    CARD = "card"
    OPERATOR = "operator"
    REX = "rex"


class Line(StrEnum):
    """An input whose line can be broken."""

    POSITION = "position"
    REX = "rex"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Release:
    """A momentary release: what caused it, until when it lasts (monotonic ms), and what it belongs to.

    `long`: of somebody with long access time. `pending` are the grants under it that nobody was seen to use
    yet, oldest first. `opened`: the door was opened under it.
    """

    cause: Cause
    until_ms: int
    correlation: str
    long: bool = False
    pending: tuple[str, ...] = ()
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Grace:
    """Until `until_ms` an opening is expected although nothing releases the strike: it is not forced.

    It belongs to `correlation` (None: to nothing before it), and serves the grants in `pending`.
    """

    until_ms: int
    correlation: str | None = None
    long: bool = False
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoorState:
    """All that a door remembers. Times are monotonic milliseconds.

    `mode` and `source` are what comes of the rest and of the policy (see standing.py). `setting` ends at
    `setting_until_ms`, if it does, and belongs to `setting_correlation`. `toggled` is what a double swipe made of
    the door, `schedule_unlocked` what its unlock schedules want. `withheld`: nothing but an emergency unlocks the
    door that did not before, as it could not be written down. `position` is what the door goes by, `reported` what
    its sensor last said. `passage` is the correlation under which an open door was last passed. `open_since_ms` is
    when its open-too-long time began, `warn_at_ms` and `held_at_ms` what is to come of it.
    """

    mode: DoorMode = DoorMode.LOCKED
    source: Source = Source.REST
    setting: DoorSetting = DoorSetting.RULES
    setting_until_ms: int | None = None
    setting_correlation: str = ""
    toggled: DoorMode | None = None
    schedule_unlocked: bool = False
    emergency: bool = False
    online: bool = False
    position: Position = Position.UNKNOWN
    reported: Position = Position.UNKNOWN
    release: Release | None = None
    grace: Grace | None = None
    passage: str | None = None
    open_since_ms: int | None = None
    long_open: bool = False
    warn_at_ms: int | None = None
    held_at_ms: int | None = None
    warned: bool = False
    held: bool = False
    forced: bool = False
    rex_active: bool = False
    shunt_active: bool = False
    tampered: bool = False
    power_lost: bool = False
    withheld: bool = False
    faults: frozenset[Line] = frozenset()


def lasting_setting(state: DoorState) -> DoorSetting:
    """What of the operator's setting outlives a restart, after which no one knows how long ago it was made.

    A door unlocked until some time falls back to its rules; one locked until some time stays so until reset.
    """
    ends = state.setting_until_ms is not None
    return DoorSetting.RULES if ends and state.setting is DoorSetting.UNLOCKED else state.setting


def correlations(state: DoorState) -> set[str]:
    """Under which correlations something may still come of this state."""
    found = {state.passage or "", state.setting_correlation}
    for held in (state.release, state.grace):
        if held is not None:
            found |= {held.correlation or "", *held.pending}
    return found - {""}


def next_deadline(state: DoorState) -> int | None:
    """When `TimePassed` is next due (monotonic ms), or None."""
    deadlines = (
        state.setting_until_ms,
        state.release.until_ms if state.release else None,
        state.warn_at_ms,
        state.held_at_ms,
    )
    return min((deadline for deadline in deadlines if deadline is not None), default=None)
