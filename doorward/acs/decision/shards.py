"""A large mapping that never changes, and of which a changed copy costs only what it changes.

The entries are in many small dictionaries, by the hash of their keys. A changed copy has new dictionaries where
something changed, and all others in common with the mapping it comes from. Whoever looks at a mapping sees all of
a change or nothing of it. Small dictionaries also never stop other threads while they grow.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

SHARD = 128
"""About as many entries in a shard. Copying one, and the list of a million entries' shards, takes microseconds."""
MOST = 4 * SHARD
"""With more on average, a changed copy has more shards: everything is dealt out anew."""


def _latest(_: Value, new: Value) -> Value:
    return new


class Shards(Mapping[Key, Value]):
    """The entries of `items`, about `size` of them. `join`: what comes of two values under one key (the later)."""

    __slots__ = ("_mask", "_shards", "_size")

    def __init__(
        self,
        items: Iterable[tuple[Key, Value]] = (),
        size: int = 0,
        join: Callable[[Value, Value], Value] = _latest,
    ) -> None:
        self._mask = mask = (1 << (size // SHARD).bit_length()) - 1
        self._shards: list[dict[Key, Value]] = [{} for _ in range(mask + 1)]
        shards = self._shards
        for key, value in items:
            shard = shards[hash(key) & mask]
            other = shard.setdefault(key, value)
            if other is not value:
                shard[key] = join(other, value)
        self._size = sum(map(len, shards))

    def get(self, key: Key, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """The value, if there is one."""
        return self._shards[hash(key) & self._mask].get(key, default)

    def __getitem__(self, key: Key) -> Value:
        return self._shards[hash(key) & self._mask][key]

    def __contains__(self, key: object) -> bool:
        return key in self._shards[hash(key) & self._mask]

    def __iter__(self) -> Iterator[Key]:
        for shard in self._shards:
            yield from shard

    def __len__(self) -> int:
        return self._size

    def changed(self, changes: Mapping[Key, Value | None]) -> "Shards[Key, Value]":
        """This mapping with other values; None: without the key. This one stays as it is."""
        if not changes:
            return self
        shards, mine = list(self._shards), set[int]()
        for key, value in changes.items():
            number = hash(key) & self._mask
            if number not in mine:
                mine.add(number)
                shards[number] = shards[number].copy()
            if value is None:
                shards[number].pop(key, None)
            else:
                shards[number][key] = value
        size = self._size + sum(len(shards[number]) - len(self._shards[number]) for number in mine)
        if size > MOST * len(shards):
            return Shards((entry for shard in shards for entry in shard.items()), size)
        other = Shards[Key, Value]()
        other._mask, other._shards, other._size = self._mask, shards, size
        return other
