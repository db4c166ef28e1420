"""Supervised inputs: what the measured resistance of a line says of the contact at its end.

Parallel first: a 22 kohm resistor across the contact, and 4.7 kohm in series with both. A closed contact
measures 4.7 kohm, an open one 26.7 kohm. Serial first: a resistor R in series with the contact, and an equal
one across both. A closed contact measures R/2, an open one R. Either way a short circuit measures next to
nothing and a cut line has no end, so neither can pass for a contact. Both sit at the far end of the line.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isnan

TOLERANCE = 0.2
"""How far a resistance may lie from its nominal value: resistors of 5 %, the line, the contact, the measurement."""

SHORT_SHARE = 0.5
"""Below this share of the lowest value that a contact can have, the line is shorted."""

CUT_FACTOR = 2.0
"""Above this multiple of the highest value that a contact can have, the line is cut."""

PARALLEL_FIRST_SERIES_OHMS = 4_700
PARALLEL_FIRST_PARALLEL_OHMS = 22_000
SERIAL_FIRST_MIN_OHMS = 1_000
SERIAL_FIRST_MAX_OHMS = 10_000


class InputState(StrEnum):
    """What an input says. `open` (cut), `short` and `fault` are faults of the line; `unknown`: never heard."""

    NORMAL = "normal"
    """At rest."""
    ACTIVE = "active"
    """It tells what it is there to tell."""
    OPEN = "open"
    """The supervised line is cut."""
    SHORT = "short"
    """The supervised line is short-circuited."""
    FAULT = "fault"
    """The line is broken in some other way, or the input cannot be read."""
    UNKNOWN = "unknown"
    """Not heard yet, or its device or its controller does not answer."""

    @property
    def is_fault(self) -> bool:
        """Whether the line itself is broken, so that it says nothing of the contact."""
        return self in _FAULTS


_FAULTS = frozenset({InputState.OPEN, InputState.SHORT, InputState.FAULT})


class CircuitState(StrEnum):
    """Whether a contact conducts. A normally open contact is active when closed, a normally closed one when open."""

    OPEN = "open"
    CLOSED = "closed"


class Connection(StrEnum):
    """Which resistor sits nearest to the contact."""

    PARALLEL_FIRST = "parallel_first"
    SERIAL_FIRST = "serial_first"


@dataclass(frozen=True, slots=True)
class Band:
    """Resistances in ohms, both ends included."""

    low: float
    high: float

    def __contains__(self, ohms: float) -> bool:
        return self.low <= ohms <= self.high


@dataclass(frozen=True, slots=True)
class Supervision:
    """How a line is supervised. `resistor_ohms` (1000-10000) belongs to serial first; parallel first has its own two.

    Raises ValueError for a resistor that the circuit does not take.
    """

    connection: Connection
    resistor_ohms: int | None = None

    def __post_init__(self) -> None:
        if self.connection is Connection.PARALLEL_FIRST:
            if self.resistor_ohms is not None:
                raise ValueError("the parallel-first circuit takes 22 kohm and 4.7 kohm; it has no other resistor")
        elif not SERIAL_FIRST_MIN_OHMS <= (self.resistor_ohms or 0) <= SERIAL_FIRST_MAX_OHMS:
            raise ValueError(
                f"the serial-first circuit takes two equal resistors of {SERIAL_FIRST_MIN_OHMS}-"
                f"{SERIAL_FIRST_MAX_OHMS} ohms, not {self.resistor_ohms}"
            )

    @property
    def closed_band(self) -> Band:
        """What a closed contact measures."""
        if self.resistor_ohms is None:
            return _around(PARALLEL_FIRST_SERIES_OHMS)
        return _around(self.resistor_ohms / 2)

    @property
    def open_band(self) -> Band:
        """What an open contact measures."""
        if self.resistor_ohms is None:
            return _around(PARALLEL_FIRST_SERIES_OHMS + PARALLEL_FIRST_PARALLEL_OHMS)
        return _around(self.resistor_ohms)


def read_line(ohms: float, supervision: Supervision, active_when: CircuitState) -> InputState:
    """The state of a supervised line that measures `ohms` (infinity: no current at all).

    A value between the bands is a fault: another resistor, a bad joint, or somebody at the line.
    Not a number, or less than nothing, is no measurement: unknown.
    """
    if isnan(ohms) or ohms < 0:
        return InputState.UNKNOWN
    closed, opened = supervision.closed_band, supervision.open_band
    if ohms in closed:
        return read_contact(CircuitState.CLOSED, active_when)
    if ohms in opened:
        return read_contact(CircuitState.OPEN, active_when)
    if ohms < closed.low * SHORT_SHARE:
        return InputState.SHORT
    return InputState.OPEN if ohms > opened.high * CUT_FACTOR else InputState.FAULT


def read_contact(circuit: CircuitState, active_when: CircuitState) -> InputState:
    """The state of an unsupervised contact: it knows only normal and active."""
    return InputState.ACTIVE if circuit is active_when else InputState.NORMAL


def _around(ohms: float) -> Band:
    return Band(ohms * (1 - TOLERANCE), ohms * (1 + TOLERANCE))
