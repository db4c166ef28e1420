"""PINs from key presses, and lockout: what completes, what is forgotten, and that no lockout is for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.keypad import (
    EMPTY,
    NO_LOCKOUT,
    EnteredPin,
    Keypad,
    Lockout,
    after_wrong_pin,
    has_timed_out,
    is_locked_out,
    press,
)
from doorward.acs.decision.policy import PinRules
from doorward.acs.decision.reason import Reason

RULES = PinRules(min_length=4, max_length=8, end="#", digit_timeout_ms=5_000, lockout_after=3, lockout_ms=30_000)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOCKOUT = timedelta(seconds=30)

pin_rules = st.builds(
    lambda shortest, more, end: PinRules(shortest, shortest + more, end),
    st.integers(3, 8),
    st.integers(0, 8),
    st.sampled_from(["#", "*", "A", ""]),
)


def typed(keys: str, rules: PinRules = RULES, step_ms: int = 100) -> tuple[Keypad, list[EnteredPin | Reason]]:
    """The keypad after these keys, one every `step_ms`, and everything that they completed."""
    keypad, completed = EMPTY, []
    for index, key in enumerate(keys):
        keypad, result = press(rules, keypad, key, index * step_ms)
        if result is not None:
            completed.append(result)
    return keypad, completed


@pytest.mark.parametrize(
    "keys, completed",
    [
        ("1234#", [EnteredPin("1234")]),
        ("1234", []),
        ("12345678", [EnteredPin("12345678")]),
        ("12345678#", [EnteredPin("12345678")]),
        ("123#", [Reason.PIN_LENGTH_WRONG]),
        ("#", []),
        ("12*1234#", [EnteredPin("1234")]),
        ("1234#9876#", [EnteredPin("1234"), EnteredPin("9876")]),
        ("12345678123#", [EnteredPin("12345678"), Reason.PIN_LENGTH_WRONG]),
    ],
)
def test_keys_complete_pins(keys: str, completed: list[EnteredPin | Reason]) -> None:
    assert typed(keys) == (typed("1234")[0] if keys == "1234" else EMPTY, completed)


def test_without_an_end_key_only_the_maximum_length_completes_a_pin() -> None:
    rules = PinRules(4, 4, "")
    assert typed("1234", rules) == (EMPTY, [EnteredPin("1234")])
    assert typed("12#1234", rules) == (EMPTY, [EnteredPin("1234")])


def test_the_star_can_be_the_end_key() -> None:
    assert typed("1234*", PinRules(end="*")) == (EMPTY, [EnteredPin("1234")])


def test_digits_that_waited_too_long_are_forgotten() -> None:
    assert typed("1234#", step_ms=5_000)[1] == [EnteredPin("1234")]
    assert typed("1234#", step_ms=5_001) == (EMPTY, [])
    keypad = Keypad("12", 1_000)
    assert not has_timed_out(RULES, keypad, 6_000)
    assert has_timed_out(RULES, keypad, 6_001)
    assert not has_timed_out(RULES, EMPTY, 10**9)


@given(pin_rules, st.text("0123456789*#A", max_size=40))
def test_only_pins_of_an_allowed_length_come_out_and_only_of_typed_digits(rules: PinRules, keys: str) -> None:
    keypad, completed = typed(keys, rules)
    assert len(keypad.digits) < rules.max_length
    for result in completed:
        if isinstance(result, EnteredPin):
            assert rules.min_length <= len(result.digits) <= rules.max_length
            assert result.digits in keys
        else:
            assert result is Reason.PIN_LENGTH_WRONG


@given(pin_rules, st.data())
def test_every_allowed_pin_can_be_typed(rules: PinRules, data: st.DataObject) -> None:
    length = data.draw(st.integers(rules.min_length if rules.end else rules.max_length, rules.max_length))
    pin = data.draw(st.text("0123456789", min_size=length, max_size=length))
    needs_end = length < rules.max_length
    assert typed(pin + rules.end * needs_end, rules) == (EMPTY, [EnteredPin(pin)])


def test_a_typed_pin_is_not_shown_in_logs() -> None:
    assert "1234" not in repr(typed("1234")[0]) + repr(EnteredPin("1234"))


def test_the_last_wrong_pin_of_a_row_locks_the_reader_for_its_time() -> None:
    lockout, locked_now = NO_LOCKOUT, []
    for _ in range(3):
        assert not is_locked_out(RULES, lockout, NOON)
        lockout, locked = after_wrong_pin(RULES, lockout, NOON)
        locked_now.append(locked)
    assert locked_now == [False, False, True]
    assert is_locked_out(RULES, lockout, NOON)
    assert is_locked_out(RULES, lockout, NOON + LOCKOUT - timedelta(milliseconds=1))
    assert not is_locked_out(RULES, lockout, NOON + LOCKOUT)


def test_wrong_pins_during_a_lockout_do_not_prolong_it() -> None:
    locked = Lockout(3, NOON + LOCKOUT)
    assert after_wrong_pin(RULES, locked, NOON + timedelta(seconds=29)) == (locked, False)


def test_after_a_lockout_counting_starts_anew() -> None:
    assert after_wrong_pin(RULES, Lockout(3, NOON), NOON) == (Lockout(1), False)


def test_without_a_limit_nothing_locks() -> None:
    rules = PinRules(lockout_after=0)
    assert after_wrong_pin(rules, Lockout(99), NOON) == (NO_LOCKOUT, False)
    assert not is_locked_out(rules, Lockout(5, NOON + LOCKOUT), NOON)


def test_a_clock_that_was_set_back_does_not_lock_a_reader_for_longer() -> None:
    assert not is_locked_out(RULES, Lockout(3, NOON + LOCKOUT), NOON - timedelta(days=365))


@given(st.integers(1, 20), st.integers(1, 3_600_000), st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60))
def test_a_reader_is_locked_only_after_enough_failures_and_never_longer_than_set(
    limit: int, lockout_ms: int, steps_ms: list[int]
) -> None:
    rules = PinRules(lockout_after=limit, lockout_ms=lockout_ms)
    lockout, now, counted = NO_LOCKOUT, NOON, 0
    for step_ms in steps_ms:
        now += timedelta(milliseconds=step_ms)
        was_locked = is_locked_out(rules, lockout, now)
        lockout, locked = after_wrong_pin(rules, lockout, now)
        counted = counted if was_locked else counted + 1
        assert locked == (counted == limit and not was_locked)
        if locked:
            counted = 0
            assert not is_locked_out(rules, lockout, now + timedelta(milliseconds=lockout_ms))
        assert is_locked_out(rules, lockout, now) == (locked or was_locked)
