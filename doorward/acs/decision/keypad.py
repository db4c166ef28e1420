"""PINs from key presses, and the lockout of a reader that took too many wrong ones.

Values in, values out: the caller keeps the state and says what time it is.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from doorward.acs.decision.policy import PinRules
from doorward.acs.decision.reason import Reason

_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Keypad:
    """What was typed at a reader so far, and when its last digit came (monotonic milliseconds)."""

    digits: str = field(default="", repr=False)
    last_ms: int = 0


@dataclass(frozen=True, slots=True)
class EnteredPin:
    """A complete PIN; never shown."""

    digits: str = field(repr=False)


EMPTY = Keypad()


def press(rules: PinRules, keypad: Keypad, key: str, at_ms: int) -> tuple[Keypad, EnteredPin | Reason | None]:
    """One key: the keypad afterwards, and the PIN if this completed one.

    The end key completes a PIN, and reaching the maximum length does; what is too short is
    `Reason.PIN_LENGTH_WRONG`. An end key after no digits does nothing. Digits too long ago are forgotten first. Any
    other key (`*`, or `#` where it is not the end key) clears what was typed.
    """
    digits = "" if has_timed_out(rules, keypad, at_ms) else keypad.digits
    if key in _DIGITS:
        digits += key
        if len(digits) < rules.max_length:
            return Keypad(digits, at_ms), None
    elif key != rules.end or not digits:
        return EMPTY, None
    if rules.min_length <= len(digits) <= rules.max_length:
        return EMPTY, EnteredPin(digits)
    return EMPTY, Reason.PIN_LENGTH_WRONG


def has_timed_out(rules: PinRules, keypad: Keypad, now_ms: int) -> bool:
    """Whether digits were typed, but the next one took longer than the time-out."""
    return bool(keypad.digits) and now_ms - keypad.last_ms > rules.digit_timeout_ms


@dataclass(frozen=True, slots=True)
class Lockout:
    """A reader's wrong PINs in a row, and until when (aware UTC) it takes nobody for them."""

    failures: int = 0
    until: datetime | None = None


NO_LOCKOUT = Lockout()
"""Also the state after a right PIN."""


def is_locked_out(rules: PinRules, lockout: Lockout, now: datetime) -> bool:
    """Whether the reader takes nobody at this moment.

    A clock that was set back cannot make it longer than the rules say: a time further off than that has no effect.
    """
    if lockout.until is None or rules.lockout_after == 0:
        return False
    return timedelta() < lockout.until - now <= timedelta(milliseconds=rules.lockout_ms)


def after_wrong_pin(rules: PinRules, lockout: Lockout, now: datetime) -> tuple[Lockout, bool]:
    """The state after a wrong PIN, and whether it was this one that locked the reader (an alarm).

    While the reader is locked nothing counts, and the lockout grows no longer. Once it has ended, counting starts anew.
    """
    if rules.lockout_after == 0:
        return NO_LOCKOUT, False
    if is_locked_out(rules, lockout, now):
        return lockout, False
    failures = 1 if lockout.until is not None else lockout.failures + 1
    if failures < rules.lockout_after:
        return Lockout(failures), False
    until = now + timedelta(milliseconds=rules.lockout_ms)
    return replace(lockout, failures=failures, until=until), True
