"""An output with OSDP's timed states (OSDP 2.2, output control command)."""

from enum import IntEnum

TICK_S = 0.1


class ControlCode(IntEnum):
    """What an output command asks for; the timed states fall back to the permanent one."""

    NO_CHANGE = 0
    OFF = 1
    ON = 2
    OFF_AFTER_TIME = 3
    ON_AFTER_TIME = 4
    ON_FOR_TIME = 5
    OFF_FOR_TIME = 6


class TimedOutput:
    """Times are monotonic seconds."""

    __slots__ = ("_permanent", "_temporary", "_until")

    def __init__(self) -> None:
        self._permanent = False
        self._temporary = False
        self._until: float | None = None

    def command(self, code: ControlCode, ticks: int, now: float) -> None:
        """Apply a command; `ticks` are tenths of a second, 0 is for ever."""
        match code:
            case ControlCode.OFF | ControlCode.ON:
                self._permanent, self._until = code is ControlCode.ON, None
            case ControlCode.OFF_AFTER_TIME | ControlCode.ON_AFTER_TIME:
                self._permanent = code is ControlCode.ON_AFTER_TIME
            case ControlCode.ON_FOR_TIME | ControlCode.OFF_FOR_TIME:
                self._temporary = code is ControlCode.ON_FOR_TIME
                if ticks == 0:
                    self._permanent, self._until = self._temporary, None
                else:
                    self._until = now + ticks * TICK_S

    def reset(self) -> None:
        """It is off, as after a loss of power."""
        self._permanent, self._until = False, None

    def active(self, now: float) -> bool:
        """Whether the output is energised."""
        if self._until is not None and now < self._until:
            return self._temporary
        return self._permanent

    def next_change(self, now: float) -> float | None:
        """When the running timer ends, or None."""
        return self._until if self._until is not None and now < self._until else None
