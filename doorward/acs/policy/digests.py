"""The digest of every entity that one controller was sent, in 24 bytes each, and their sum.

The server needs them to say what the content will be after a delta, without reading the whole policy.
"""

from array import array
from collections.abc import Iterable, Mapping

import numpy as np

from doorward.acs.policy.content import DIGEST_BYTES, MODULUS, as_text, sum_of
from doorward.acs.policy_part import PolicyPart

Name = tuple[PolicyPart, str]


class Digests:
    """Names are kept as 64-bit hashes of this process. Should two meet, a content comes out wrong and a whole policy
    is asked for: at two million entities that is one chance in ten million."""

    __slots__ = ("_hashes", "_later", "_sum", "_values")

    def __init__(self, named: Iterable[tuple[Name, bytes]]) -> None:
        hashes = array("q")
        values = bytearray()
        for name, value in named:
            hashes.append(hash(name))
            values += value
        unsorted = np.frombuffer(hashes, dtype=np.int64)
        order = np.argsort(unsorted)
        self._hashes = unsorted[order]
        digests = np.frombuffer(values, dtype=f"V{DIGEST_BYTES}")
        self._values = digests[order]
        lanes = np.frombuffer(values, dtype=">u4").reshape(-1, 4).sum(axis=0, dtype=np.uint64).tolist()
        self._sum = sum(lane << shift for lane, shift in zip(lanes, (96, 64, 32, 0), strict=True)) % MODULUS
        self._later: dict[int, bytes] = {}

    @property
    def content(self) -> str:
        """The content of all of them."""
        return as_text(self._sum)

    def update(self, changed: Mapping[Name, bytes | None]) -> None:
        """Take in new digests; None: the entity is gone."""
        for name, value in changed.items():
            old, new = self._get(hash(name)), value or b""
            self._sum = (self._sum - sum_of([old]) + sum_of([new])) % MODULUS
            self._later[hash(name)] = new

    def _get(self, hashed: int) -> bytes:
        later = self._later.get(hashed)
        if later is not None:
            return later
        place = int(np.searchsorted(self._hashes, hashed))
        if place < len(self._hashes) and self._hashes[place] == hashed:
            return bytes(self._values[place])
        return b""
