"""A request counts only if the device's key signed exactly it, just now, and for the first time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.devices import PeripheralKey
from doorward.hardware.ip.guard import MAX_SKEW_S, Guard, Refusal
from doorward.hardware.ip.signature import Request, Stamp, read_stamp, signed_headers

KEY = b"k" * 32
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
REQUEST = Request("POST", "/peripherals/d/reads", b'{"id":"1"}')


class Clock:
    def __init__(self) -> None:
        self.wall, self.monotonic = NOON, 1000.0

    def pass_s(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.monotonic += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(clock: Clock) -> Guard:
    guard = Guard(lambda: clock.wall, lambda: clock.monotonic)
    guard.keys = (PeripheralKey(KEY),)
    return guard


def headers(
    guard: Guard, clock: Clock, key: bytes = KEY, request: Request = REQUEST, skew_s: int = 0, nonce: str = "n" * 16
) -> dict[str, str]:
    stamp = Stamp(int(clock.wall.timestamp()) + skew_s, nonce, guard.boot)
    return {name.lower(): value for name, value in signed_headers(key, request, stamp).items()}


def test_what_the_key_signed_is_taken_once(guard: Guard, clock: Clock) -> None:
    signed = headers(guard, clock)
    assert guard.check(REQUEST, signed) == PeripheralKey(KEY)
    assert guard.check(REQUEST, signed) is Refusal.REPLAYED
    clock.pass_s(MAX_SKEW_S - 1)
    assert guard.check(REQUEST, signed) is Refusal.REPLAYED


@pytest.mark.parametrize(
    "altered",
    [
        replace(REQUEST, method="PUT"),
        replace(REQUEST, path="/peripherals/e/reads"),
        replace(REQUEST, body=b'{"id":"2"}'),
        replace(REQUEST, body=b""),
    ],
)
def test_nothing_of_it_can_be_altered(guard: Guard, clock: Clock, altered: Request) -> None:
    assert guard.check(altered, headers(guard, clock)) is Refusal.KEY


@pytest.mark.parametrize("name", ["doorward-timestamp", "doorward-nonce", "doorward-boot", "doorward-signature"])
def test_no_header_can_be_altered_or_left_out(guard: Guard, clock: Clock, name: str) -> None:
    signed = headers(guard, clock)
    changed = signed[name][:-1] + ("0" if signed[name][-1] != "0" else "1")
    assert guard.check(REQUEST, signed | {name: changed}) is Refusal.KEY
    del signed[name]
    assert guard.check(REQUEST, signed) is Refusal.KEY


@pytest.mark.parametrize(
    "name, spelling",
    [
        ("doorward-timestamp", "+{}"),
        ("doorward-timestamp", "0{}"),
        ("doorward-timestamp", "{}.0"),
        ("doorward-signature", "0x{}"),
        ("doorward-nonce", "{} "),
    ],
)
def test_each_value_has_one_spelling_only(guard: Guard, clock: Clock, name: str, spelling: str) -> None:
    signed = headers(guard, clock)
    assert read_stamp(signed) is not None
    assert read_stamp(signed | {name: spelling.format(signed[name])}) is None


@pytest.mark.parametrize("skew_s, taken", [(-31, False), (-30, True), (30, True), (31, False)])
def test_a_clock_may_be_half_a_minute_wrong(guard: Guard, clock: Clock, skew_s: int, taken: bool) -> None:
    checked = guard.check(REQUEST, headers(guard, clock, skew_s=skew_s))
    assert checked == (PeripheralKey(KEY) if taken else Refusal.CLOCK)


def test_what_was_too_early_is_not_taken_when_its_time_has_come(guard: Guard, clock: Clock) -> None:
    early = headers(guard, clock, skew_s=3600)
    assert guard.check(REQUEST, early) is Refusal.CLOCK
    clock.pass_s(3600)
    assert guard.check(REQUEST, early) is Refusal.REPLAYED


def test_nothing_from_before_a_restart_is_taken(guard: Guard, clock: Clock) -> None:
    signed = headers(guard, clock, skew_s=20)
    after = Guard(lambda: clock.wall, lambda: clock.monotonic)
    after.keys = guard.keys
    clock.pass_s(20)
    assert after.check(REQUEST, signed) is Refusal.BOOT


def test_a_clock_set_back_makes_nothing_good_again(guard: Guard, clock: Clock) -> None:
    signed = headers(guard, clock)
    assert guard.check(REQUEST, signed) == PeripheralKey(KEY)
    clock.pass_s(600)
    guard.check(REQUEST, {})
    clock.wall -= timedelta(seconds=600)
    assert guard.check(REQUEST, signed) is Refusal.BOOT


def test_an_old_key_is_good_until_its_time(guard: Guard, clock: Clock) -> None:
    new, old = PeripheralKey(b"n" * 32), PeripheralKey(KEY, NOON + timedelta(seconds=60))
    guard.keys = (new, old)
    assert guard.check(REQUEST, headers(guard, clock, nonce="a" * 16)) == old
    assert guard.check(REQUEST, headers(guard, clock, new.secret, nonce="b" * 16)) == new
    clock.pass_s(60)
    assert guard.check(REQUEST, headers(guard, clock, nonce="c" * 16)) is Refusal.KEY
    assert guard.check(REQUEST, headers(guard, clock, new.secret, nonce="d" * 16)) == new


def test_no_key_is_no_way_in(guard: Guard, clock: Clock) -> None:
    guard.keys = ()
    for key in (KEY, b"", bytes(32)):
        assert guard.check(REQUEST, headers(guard, clock, key)) is Refusal.KEY


def test_a_full_memory_of_nonces_begins_anew_and_forgets_nothing_that_counts(guard: Guard, clock: Clock) -> None:
    first = headers(guard, clock, nonce="first-first-first")
    assert guard.check(REQUEST, first) == PeripheralKey(KEY)
    boot = guard.boot
    for number in range(4095):
        assert guard.check(REQUEST, headers(guard, clock, nonce=f"{number:016}")) == PeripheralKey(KEY)
    assert guard.check(REQUEST, headers(guard, clock, nonce="one-more-than-fits")) is Refusal.BOOT
    assert guard.boot != boot
    assert guard.check(REQUEST, first) is Refusal.BOOT


@given(st.dictionaries(st.sampled_from(["doorward-timestamp", "doorward-nonce", "doorward-boot"]), st.text()))
def test_any_headers_are_refused_and_never_fail(values: dict[str, str]) -> None:
    guard = Guard(lambda: NOON, lambda: 0.0)
    guard.keys = (PeripheralKey(KEY),)
    assert guard.check(REQUEST, values) is Refusal.KEY
    assert guard.check(REQUEST, values | {"doorward-signature": "0" * 64}) is Refusal.KEY


def test_no_key_is_in_a_repr() -> None:
    assert "kkk" not in repr(PeripheralKey(KEY))
