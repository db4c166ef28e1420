"""Which numbers are stored: compared with a plain set of them."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.events.sequences import Stored

ranges = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 10)), max_size=12)


@given(ranges, st.integers(1, 75))
def test_ranges_are_the_set_of_their_numbers(added: list[tuple[int, int]], asked: int) -> None:
    stored, numbers = Stored(), set[int]()
    for first, more in added:
        stored = stored.with_range(first, first + more)
        numbers |= set(range(first, first + more + 1))
    assert stored.has(asked) is (asked in numbers)
    assert stored.follows(asked) is (asked == 1 or asked - 1 in numbers)
    assert stored.newest == max(numbers, default=0)
    assert stored.upto == next(number for number in range(100) if number + 1 not in numbers)
    edges = [stored.upto, *(edge for one in stored.ahead for edge in one)]
    assert edges == sorted(edges)
    assert all(later > earlier + 1 for earlier, later in zip(edges[::2], edges[1::2], strict=False))
    assert Stored.of(stored.upto, [list(one) for one in stored.ahead]) == stored
