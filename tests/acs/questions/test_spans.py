"""Time taken from time."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.questions import Span, Spans, union
from doorward.acs.questions.spans import without
from tests.world import START

HOURS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=5)


def spans_of(hours: list[tuple[int, int]]) -> Spans:
    return union(Span(START + timedelta(hours=at), START + timedelta(hours=at + length)) for at, length in hours)


def within(spans: Spans, hour: int) -> bool:
    return any(span.start <= START + timedelta(hours=hour) < span.end for span in spans)


@given(HOURS, HOURS)
def test_what_is_left_is_each_hour_of_the_one_that_is_not_of_the_other(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    spans, taken = spans_of(first), spans_of(second)
    left = without(spans, taken)
    for hour in range(26):
        assert within(left, hour) == (within(spans, hour) and not within(taken, hour))
    assert all(span.start < span.end for span in left)
    assert union(left) == left
