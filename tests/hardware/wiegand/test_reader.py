"""One reader: what is believed, what is too much, and what its tamper input says. Time is the test's."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.read import PinEntry
from doorward.acs.devices import WiegandDevice
from doorward.acs.doors.wiegand import KeypadMode
from doorward.acs.doors.wiring import Circuit
from doorward.hardware.driver import (
    CardRead,
    DeviceOffline,
    DeviceOnline,
    DriverEvent,
    FloodChanged,
    KeysPressed,
    Presented,
    TamperChanged,
)
from doorward.hardware.wiegand.codec import Burst, TamperInput
from doorward.hardware.wiegand.flood import CALM_S, MOST_A_SECOND, FloodGuard
from doorward.hardware.wiegand.reader import STALE_AFTER_NOISE_S, STALE_AFTER_UP_S, WiegandReader

CARD = Burst(encode_h10301(17, 1042))
KEY = Burst(CardBits.from_int(0b10100101, 8))
UP = 100.0
READY = UP + STALE_AFTER_UP_S


def reader(told: list[DriverEvent], **settings: object) -> WiegandReader:
    made = WiegandReader(WiegandDevice("r", "/dev/r", "bits", **settings), told.append)  # type: ignore[arg-type]
    made.came_up(UP)
    told.clear()
    return made


def test_a_card_of_the_first_second_is_told_but_not_fresh() -> None:
    told: list[DriverEvent] = []
    one = reader(told)
    one.take(CARD, UP + 0.5)
    one.take(CARD, READY)
    assert told == [CardRead("r", CARD.bits, False), CardRead("r", CARD.bits, True)]


def test_old_reads_in_a_row_are_old_to_the_last() -> None:
    told: list[DriverEvent] = []
    one = reader(told)
    for step in range(10):
        one.take(CARD, READY - 0.1 + step * 0.2)
    assert {event.fresh for event in told if isinstance(event, CardRead)} == {False}
    one.take(CARD, READY + 5)
    assert told[-1] == CardRead("r", CARD.bits, True)


def test_after_noise_nothing_is_believed_for_a_second() -> None:
    told: list[DriverEvent] = []
    one = reader(told, keypad=KeypadMode.BUFFERED_26, pin_facility=17)
    one.doubt(READY + 10)
    one.take(CARD, READY + 10.5)
    assert told == []
    one.take(CARD, READY + 10 + STALE_AFTER_NOISE_S + 0.5)
    assert told == [Presented("r", PinEntry("1042"))]
    assert "1042" not in repr(told)


def test_a_key_with_a_wrong_complement_is_noise_to_its_reader() -> None:
    told: list[DriverEvent] = []
    one = reader(told, keypad=KeypadMode.BURST_8)
    one.take(KEY, READY)
    one.take(Burst(CardBits.from_int(0b10100100, 8)), READY + 1)
    one.take(KEY, READY + 1.1)
    one.take(KEY, READY + 3)
    assert told == [KeysPressed("r", "5"), KeysPressed("r", "5")]


def test_a_flood_is_told_once_dropped_and_over_when_it_is_calm() -> None:
    told: list[DriverEvent] = []
    one = reader(told)
    for step in range(500):
        one.take(CARD, READY + step * 0.01)
        one.pass_time(READY + step * 0.01)
    assert told.count(FloodChanged("r", True)) == 1
    assert len([event for event in told if isinstance(event, CardRead)]) == MOST_A_SECOND
    end = READY + 499 * 0.01
    one.pass_time(end + CALM_S - 0.01)
    assert FloodChanged("r", False) not in told
    assert one.next_change(end) == end + CALM_S
    one.pass_time(end + CALM_S)
    one.take(CARD, end + CALM_S)
    assert told[-2:] == [FloodChanged("r", False), CardRead("r", CARD.bits, True)]


def test_a_flood_ends_with_its_line() -> None:
    told: list[DriverEvent] = []
    one = reader(told)
    for _ in range(30):
        one.take(CARD, READY)
    one.went_down("pulled")
    assert told[-2:] == [FloodChanged("r", False), DeviceOffline("r", "pulled")]


def test_tamper_during_a_flood_is_told_after_it() -> None:
    told: list[DriverEvent] = []
    one = reader(told)
    for _ in range(30):
        one.take(CARD, READY)
    one.take(TamperInput(closed=False), READY + 0.1)
    assert TamperChanged("r", True) not in told
    one.pass_time(READY + CALM_S + 0.1)
    assert told[-2:] == [FloodChanged("r", False), TamperChanged("r", True)]


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=200))
def test_no_second_has_more_than_the_most(gaps: list[float]) -> None:
    guard, now, passed = FloodGuard(), 0.0, []
    for gap in gaps:
        now += gap
        guard.pass_time(now)
        if guard.let_through(now):
            passed.append(now)
    for first, later in zip(passed, passed[MOST_A_SECOND:], strict=False):
        assert later - first >= 1.0


def test_tamper_counts_once_it_lasts_by_the_circuit_that_is_set() -> None:
    for when in Circuit:
        told: list[DriverEvent] = []
        one = reader(told, tamper_when=when, tamper_debounce_ms=200)
        active = when is Circuit.CLOSED
        one.take(TamperInput(not active), READY)
        one.take(TamperInput(active), READY + 1)
        one.take(TamperInput(not active), READY + 1.1)
        one.take(TamperInput(active), READY + 2)
        one.pass_time(READY + 2.1)
        assert told == []
        due = one.next_change(READY + 2.1)
        assert due is not None
        assert abs(due - (READY + 2.2)) < 0.002
        one.pass_time(due + 0.001)
        assert told == [TamperChanged("r", True)]
        one.take(TamperInput(not active), READY + 5)
        one.pass_time(READY + 5.3)
        assert told[-1] == TamperChanged("r", False)


def test_online_is_told_once_and_each_reason_once() -> None:
    told: list[DriverEvent] = []
    one = reader(told)
    one.came_up(UP + 1)
    one.went_down("a")
    one.went_down("a")
    one.went_down("b")
    one.came_up(UP + 2)
    assert told == [DeviceOffline("r", "a"), DeviceOffline("r", "b"), DeviceOnline("r")]
