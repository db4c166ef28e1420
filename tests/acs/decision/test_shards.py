"""Shards are a mapping like another; a changed copy has the changes, and what it was copied from has not."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.shards import MOST, Shards

KEYS = st.integers(0, 40).map(str)
CHANGES = st.lists(st.dictionaries(KEYS, st.none() | st.integers(0, 3), max_size=8), max_size=5)


def after(held: Mapping[str, int], changes: Mapping[str, int | None]) -> dict[str, int]:
    both = {**held, **changes}
    return {key: value for key, value in both.items() if value is not None}


@given(st.dictionaries(KEYS, st.integers(0, 3)), CHANGES, st.sampled_from([0, 200, 5_000]))
def test_a_changed_copy_is_what_a_changed_dictionary_is(
    held: dict[str, int], rounds: list[dict[str, int | None]], size: int
) -> None:
    shards = Shards(held.items(), size)
    for changes in rounds:
        changed = shards.changed(changes)
        assert dict(shards) == held
        assert len(shards) == len(held)
        shards, held = changed, after(held, changes)
    assert dict(shards) == held
    assert len(shards) == len(held)
    for key in map(str, range(41)):
        assert shards.get(key) == held.get(key)
        assert (key in shards) == (key in held)


def test_they_grow_from_nothing_with_the_changes() -> None:
    shards: Shards[int, int] = Shards()
    for start in range(0, 20 * MOST, MOST // 2):
        shards = shards.changed({number: -number for number in range(start, start + MOST // 2)})
    assert dict(shards) == {number: -number for number in range(20 * MOST)}


def test_two_values_under_one_key_are_joined() -> None:
    shards = Shards([("a", 1), ("b", 2), ("a", 3)], 3, lambda one, other: one + other)
    assert dict(shards) == {"a": 4, "b": 2}
