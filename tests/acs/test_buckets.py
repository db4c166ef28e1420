"""Buckets: so much at once, and so much more each second."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.buckets import Buckets, Rate
from tests.world import Clock


def test_what_is_there_at_once_may_be_taken_and_more_comes_with_time() -> None:
    clock = Clock()
    buckets = Buckets(clock, Rate(5, 2))
    assert [buckets.take("ada", 1) for _ in range(6)] == [0, 0, 0, 0, 0, 0.5]
    assert buckets.take("bob", 1) == 0, "everybody has a bucket of their own"
    clock.advance(timedelta(seconds=0.5))
    assert buckets.take("ada", 1) == 0
    assert buckets.take("ada", 4) == 2
    clock.advance(timedelta(hours=1))
    assert (buckets.left("ada"), buckets.full_in_s("ada")) == (5, 0)


def test_what_was_done_already_empties_a_bucket_but_makes_no_debt() -> None:
    clock = Clock()
    buckets = Buckets(clock, Rate(5, 1))
    buckets.charge("ada", 100)
    assert (buckets.left("ada"), buckets.wait_s("ada", 1), buckets.wait_s("ada", 100)) == (0, 1, 5)


def test_a_clock_that_is_set_back_gives_nothing_and_takes_nothing() -> None:
    clock = Clock()
    buckets = Buckets(clock, Rate(5, 1))
    buckets.charge("ada", 4)
    clock.advance(timedelta(days=-1))
    assert buckets.take("ada", 1) == 0
    clock.advance(timedelta(seconds=2))
    assert buckets.left("ada") == 2


def test_no_more_callers_are_kept_than_fit() -> None:
    buckets = Buckets(Clock(), Rate(5, 1), most=3)
    for caller in range(100):
        buckets.charge(caller, 5)
    assert len(buckets) == 3
    assert (buckets.left(99), buckets.left(0)) == (0, 5)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 8)), max_size=50))
def test_nobody_gets_more_than_the_rate(steps: list[tuple[float, float]]) -> None:
    clock = Clock()
    buckets = Buckets(clock, Rate(5, 2))
    taken = elapsed = 0.0
    for wait_s, amount in steps:
        clock.advance(timedelta(seconds=wait_s))
        elapsed += wait_s
        if buckets.take("ada", amount) == 0:
            taken += min(amount, 5)
        assert taken <= 5 + elapsed * 2 + 0.01
        assert 0 <= buckets.left("ada") <= 5
