"""How often something may happen: a token bucket."""

from collections.abc import Hashable


class Bucket:
    """Up to `burst` at once, and `per_s` a second in the long run. Times are monotonic seconds."""

    __slots__ = ("_at", "_burst", "_left", "_per_s")

    def __init__(self, burst: float, per_s: float) -> None:
        self._burst = self._left = burst
        self._per_s = per_s
        self._at = 0.0

    def _fill(self, now: float) -> None:
        self._left = min(self._burst, self._left + max(0.0, now - self._at) * self._per_s)
        self._at = now

    def take(self, now: float) -> bool:
        """Whether one more may happen now; if so, it has."""
        self._fill(now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def empty(self, now: float) -> bool:
        """Whether none may happen now."""
        self._fill(now)
        return self._left < 1

    def full(self, now: float) -> bool:
        """Whether nothing has happened for so long that the bucket may be forgotten."""
        self._fill(now)
        return self._left >= self._burst


class Buckets:
    """A bucket for each of many. At most `most` of them are kept; whoever would be one more is not limited."""

    def __init__(self, burst: float, per_s: float, most: int) -> None:
        self._burst, self._per_s, self._most = burst, per_s, most
        self._buckets: dict[Hashable, Bucket] = {}

    def take(self, key: Hashable, now: float) -> bool:
        """Whether one more of `key` may happen now; if so, it has."""
        bucket = self._of(key, now)
        return bucket is None or bucket.take(now)

    def empty(self, key: Hashable, now: float) -> bool:
        """Whether none of `key` may happen now."""
        bucket = self._buckets.get(key)
        return bucket is not None and bucket.empty(now)

    def _of(self, key: Hashable, now: float) -> Bucket | None:
        bucket = self._buckets.get(key)
        if bucket is not None:
            return bucket
        if len(self._buckets) >= self._most:
            self._buckets = {one: kept for one, kept in self._buckets.items() if not kept.full(now)}
            if len(self._buckets) >= self._most:
                return None
        return self._buckets.setdefault(key, Bucket(self._burst, self._per_s))
