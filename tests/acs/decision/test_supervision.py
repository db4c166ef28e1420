"""Supervised inputs: both circuits, every state, and bands that never touch."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.supervision import (
    CircuitState,
    Connection,
    InputState,
    Supervision,
    read_contact,
    read_line,
)

PARALLEL_FIRST = Supervision(Connection.PARALLEL_FIRST)
CLOSED, OPEN = CircuitState.CLOSED, CircuitState.OPEN

supervisions = st.just(PARALLEL_FIRST) | st.builds(
    Supervision, st.just(Connection.SERIAL_FIRST), st.integers(1_000, 10_000)
)


def parallel(one: float, other: float) -> float:
    return one * other / (one + other)


@pytest.mark.parametrize(
    "ohms, state",
    [
        (0, InputState.SHORT),
        (4_700, InputState.ACTIVE),
        (4_700 + 22_000, InputState.NORMAL),
        (inf, InputState.OPEN),
        (10_000, InputState.FAULT),
        (nan, InputState.UNKNOWN),
        (-1, InputState.UNKNOWN),
    ],
)
def test_a_normally_open_contact_in_the_parallel_first_circuit(ohms: float, state: InputState) -> None:
    assert read_line(ohms, PARALLEL_FIRST, CLOSED) is state


@given(st.integers(1_000, 10_000))
def test_both_kinds_of_contact_in_the_serial_first_circuit(resistor: int) -> None:
    circuit = Supervision(Connection.SERIAL_FIRST, resistor)
    closed, opened = parallel(resistor, resistor), resistor
    assert read_line(closed, circuit, CLOSED) is InputState.ACTIVE
    assert read_line(opened, circuit, CLOSED) is InputState.NORMAL
    assert read_line(closed, circuit, OPEN) is InputState.NORMAL
    assert read_line(opened, circuit, OPEN) is InputState.ACTIVE
    assert read_line(0, circuit, OPEN) is InputState.SHORT
    assert read_line(inf, circuit, OPEN) is InputState.OPEN


@given(supervisions, st.floats(-0.1, 0.1), st.booleans())
def test_resistors_of_ten_percent_still_tell_the_contact(circuit: Supervision, error: float, closed: bool) -> None:
    band = circuit.closed_band if closed else circuit.open_band
    nominal = (band.low + band.high) / 2
    state = read_line(nominal * (1 + error), circuit, CLOSED)
    assert state is (InputState.ACTIVE if closed else InputState.NORMAL)


@given(supervisions)
def test_the_bands_do_not_overlap(circuit: Supervision) -> None:
    assert 0 < circuit.closed_band.low < circuit.closed_band.high < circuit.open_band.low < circuit.open_band.high


@given(supervisions, st.lists(st.floats(0, allow_nan=False), min_size=2))
def test_as_the_resistance_grows_the_states_follow_each_other_in_one_order(
    circuit: Supervision, ohms: list[float]
) -> None:
    order = [InputState.SHORT, InputState.FAULT, InputState.ACTIVE, InputState.FAULT, InputState.NORMAL]
    order += [InputState.FAULT, InputState.OPEN]
    place = 0
    for value in sorted(ohms):
        place = order.index(read_line(value, circuit, CLOSED), place)


@given(supervisions, st.sampled_from(CircuitState))
def test_a_manipulated_line_never_reads_as_a_contact_at_rest(circuit: Supervision, active_when: CircuitState) -> None:
    for ohms in (0, inf, (circuit.closed_band.high + circuit.open_band.low) / 2):
        assert read_line(ohms, circuit, active_when).is_fault


def test_an_unsupervised_contact_is_only_normal_or_active() -> None:
    assert read_contact(CLOSED, active_when=CLOSED) is InputState.ACTIVE
    assert read_contact(OPEN, active_when=CLOSED) is InputState.NORMAL
    assert read_contact(OPEN, active_when=OPEN) is InputState.ACTIVE
    assert read_contact(CLOSED, active_when=OPEN) is InputState.NORMAL


@pytest.mark.parametrize("resistor", [None, 0, 999, 10_001])
def test_serial_first_takes_only_resistors_of_1_to_10_kilohms(resistor: int | None) -> None:
    with pytest.raises(ValueError, match="1000-10000 ohms"):
        Supervision(Connection.SERIAL_FIRST, resistor)


def test_parallel_first_has_its_own_resistors() -> None:
    with pytest.raises(ValueError, match="no other resistor"):
        Supervision(Connection.PARALLEL_FIRST, 4_700)
