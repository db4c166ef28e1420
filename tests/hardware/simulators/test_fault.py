"""What goes wrong on a line, by dice with a seed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.simulators.fault import NO_FAULTS, Disturbance, Faults

FRAME = bytes(range(40))
CHANCES = st.floats(0, 1, allow_nan=False)


def passed(faults: Faults, seed: int = 1, times: int = 200) -> tuple[list[bytes], Disturbance]:
    disturbance = Disturbance(random.Random(seed))
    disturbance.faults = faults
    return [piece for _ in range(times) for piece in disturbance.pass_on(FRAME)], disturbance


def test_nothing_is_changed_when_nothing_is_wrong() -> None:
    pieces, disturbance = passed(NO_FAULTS)
    assert pieces == [FRAME] * 200
    assert (disturbance.tally.frames, disturbance.tally.dropped_bytes) == (200, 0)


@given(noise=CHANCES, drop=CHANCES, duplicate=CHANCES, seed=st.integers(0, 1000))
def test_the_same_seed_does_the_same_again_and_everything_is_counted(
    noise: float, drop: float, duplicate: float, seed: int
) -> None:
    faults = Faults(noise=noise, drop=drop, duplicate=duplicate)
    pieces, disturbance = passed(faults, seed, 10)
    assert passed(faults, seed, 10)[0] == pieces
    tally = disturbance.tally
    sent = (10 + tally.duplicated_frames) * len(FRAME) + tally.noise_bytes - tally.dropped_bytes
    assert sum(map(len, pieces)) == sent


def test_another_seed_is_another_line() -> None:
    assert passed(Faults(drop=0.1), 1)[0] != passed(Faults(drop=0.1), 2)[0]


def test_a_dead_device_hears_and_says_nothing() -> None:
    assert passed(Faults(dead=True))[0] == []


@pytest.mark.parametrize(
    "faults, fits",
    [
        (Faults(duplicate=1), lambda pieces: pieces == [FRAME] * 400),
        (Faults(drop=1), lambda pieces: pieces == []),
        (Faults(noise=1), lambda pieces: len(pieces) == 400 and pieces[1::2] == [FRAME] * 200),
    ],
)
def test_each_fault_does_what_it_is_called(faults: Faults, fits: object) -> None:
    assert callable(fits)
    assert fits(passed(faults)[0])
