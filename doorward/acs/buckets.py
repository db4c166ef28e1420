"""How much of something each caller may have: so much at once, and so much more each second. In memory and bounded."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So much `at_once`, and then `per_second`; both are positive."""

    at_once: float
    per_second: float


class Buckets:
    """One bucket a caller, full at first. `clock` is aware UTC. Whoever came longest ago is forgotten, and so full."""

    def __init__(self, clock: Callable[[], datetime], rate: Rate, most: int = MOST_KEPT) -> None:
        self._clock = clock
        self.rate = rate
        self._most = most
        self._buckets: OrderedDict[Hashable, tuple[float, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def left(self, caller: Hashable) -> float:
        """How much the caller may have now."""
        return self._filled(caller, self._clock())

    def wait_s(self, caller: Hashable, amount: float) -> float:
        """How long until the caller may have so much, at most what there is at once; zero: now."""
        missing = min(amount, self.rate.at_once) - self.left(caller)
        return max(missing, 0.0) / self.rate.per_second

    def take(self, caller: Hashable, amount: float) -> float:
        """Take so much if it is there, and return 0. Otherwise take nothing, and return how many seconds to wait."""
        wait_s = self.wait_s(caller, amount)
        if wait_s <= 0:
            self.charge(caller, amount)
        return wait_s

    def charge(self, caller: Hashable, amount: float) -> None:
        """Take as much of it as is there: it was used up already."""
        now = self._clock()
        self._buckets[caller] = max(self._filled(caller, now) - amount, 0.0), now
        self._buckets.move_to_end(caller)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)

    def full_in_s(self, caller: Hashable) -> float:
        """How long until the bucket is full again."""
        return (self.rate.at_once - self.left(caller)) / self.rate.per_second

    def _filled(self, caller: Hashable, now: datetime) -> float:
        found = self._buckets.get(caller)
        if found is None:
            return self.rate.at_once
        left, since = found
        # A clock that was set back gives nothing, and `charge` goes on from there.
        elapsed_s = max((now - since).total_seconds(), 0.0)
        return min(left + elapsed_s * self.rate.per_second, self.rate.at_once)
