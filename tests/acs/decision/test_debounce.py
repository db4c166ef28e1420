"""Debouncing: what is stable counts once, what is not never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.debounce import MAX_DEBOUNCE_MS, Debounce, debounce
from doorward.acs.decision.supervision import InputState

NORMAL, ACTIVE = InputState.NORMAL, InputState.ACTIVE


class Input:
    """An input that is heard from time to time, and given again when its deadline has come."""

    def __init__(self, debounce_ms: int) -> None:
        self.debounce_ms = debounce_ms
        self.state = Debounce()
        self.deadline: int | None = None
        self.changes: list[tuple[int, InputState]] = []

    def hear(self, raw: InputState, now_ms: int) -> None:
        result = debounce(self.state, raw, now_ms, self.debounce_ms)
        self.state, self.deadline = result.state, result.deadline_ms
        if result.change is not None:
            self.changes.append((now_ms, result.change))

    def wait_until(self, now_ms: int) -> None:
        while self.deadline is not None and self.deadline < now_ms and self.state.heard is not None:
            self.hear(self.state.heard, self.deadline)


def test_a_change_counts_once_it_was_stable_for_the_debounce_time() -> None:
    line = Input(50)
    line.hear(NORMAL, 0)
    assert (line.changes, line.deadline) == ([], 50)
    line.hear(NORMAL, 50)
    line.hear(ACTIVE, 1_000)
    line.hear(ACTIVE, 1_049)
    line.hear(ACTIVE, 1_050)
    line.hear(ACTIVE, 1_100)
    assert line.changes == [(50, NORMAL), (1_050, ACTIVE)]
    assert line.deadline is None


def test_a_bounce_starts_the_time_anew_and_a_glitch_never_counts() -> None:
    line = Input(50)
    line.hear(NORMAL, 0)
    line.hear(NORMAL, 50)
    line.hear(ACTIVE, 100)
    line.hear(NORMAL, 140)
    line.hear(NORMAL, 400)
    assert line.changes == [(50, NORMAL)]


def test_what_was_stable_long_enough_counts_even_when_told_late() -> None:
    line = Input(50)
    line.hear(NORMAL, 0)
    line.hear(NORMAL, 50)
    line.hear(ACTIVE, 100)
    line.hear(NORMAL, 300)
    assert line.changes == [(50, NORMAL), (300, ACTIVE)]
    line.hear(NORMAL, 350)
    assert line.changes[-1] == (350, NORMAL)


def test_without_a_debounce_time_everything_counts_at_once() -> None:
    line = Input(0)
    for now, raw in enumerate((NORMAL, ACTIVE, NORMAL)):
        line.hear(raw, now)
    assert line.changes == [(0, NORMAL), (1, ACTIVE), (2, NORMAL)]


@pytest.mark.parametrize("debounce_ms", [-1, MAX_DEBOUNCE_MS + 1])
def test_a_debounce_time_that_would_hide_what_must_be_processed_is_refused(debounce_ms: int) -> None:
    with pytest.raises(ValueError, match="0-400 ms"):
        debounce(Debounce(), ACTIVE, 0, debounce_ms)


@given(
    st.integers(0, MAX_DEBOUNCE_MS),
    st.lists(st.tuples(st.sampled_from([NORMAL, ACTIVE, InputState.SHORT]), st.integers(1, 1_000)), max_size=30),
)
def test_exactly_what_lasted_long_enough_counts(debounce_ms: int, levels: list[tuple[InputState, int]]) -> None:
    line, now = Input(debounce_ms), 0
    runs: list[list[object]] = []
    for raw, lasts in levels:
        line.hear(raw, now)
        now += lasts
        line.wait_until(now)
        if runs and runs[-1][0] is raw:
            runs[-1][1] = int(str(runs[-1][1])) + lasts
        else:
            runs.append([raw, lasts])
    expected: list[object] = []
    for raw_level, lasted in runs:
        if int(str(lasted)) > debounce_ms and (not expected or expected[-1] is not raw_level):
            expected.append(raw_level)
    # A run that lasted exactly the debounce time may count, if the next word came in the same millisecond.
    told = [change for _, change in line.changes]
    if all(int(str(lasted)) != debounce_ms for _, lasted in runs):
        assert told == expected
    assert all(one is not other for one, other in zip(told, told[1:], strict=False))
