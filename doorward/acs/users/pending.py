"""What was begun with a browser and is not finished: kept for minutes, in memory, and taken once.

Bounded in all, and by the address where it was begun, so that a flood from one place pushes out its own.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from doorward.acs.attempts import source_of

LIFETIME = timedelta(minutes=5)
MOST = 10_000
MOST_FROM_ONE = 100
_HANDLE_BYTES = 32
_LONGEST_HANDLE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    source: str
    until: datetime


class Pending(Generic[T]):
    """Values by the SHA-256 of a handle, which the browser alone has. `clock` is aware UTC."""

    def __init__(self, clock: Callable[[], datetime], lifetime: timedelta = LIFETIME) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._by_source: dict[str, OrderedDict[str, None]] = {}

    def keep(self, value: T, address: str | None) -> str:
        """Keep a value that was begun there; the handle to take it with."""
        handle, source, now = secrets.token_urlsafe(_HANDLE_BYTES), source_of(address), self._clock()
        while self._kept and next(iter(self._kept.values())).until <= now:
            self._forget(next(iter(self._kept)))
        own = self._by_source.get(source, OrderedDict())
        if len(own) >= MOST_FROM_ONE:
            self._forget(next(iter(own)))
        if len(self._kept) >= MOST:
            self._forget(next(iter(self._kept)))
        key = _key(handle)
        self._kept[key] = _Kept(value, source, now + self._lifetime)
        self._by_source.setdefault(source, OrderedDict())[key] = None
        return handle

    def take(self, handle: str | None) -> T | None:
        """The value, if it was begun with this handle, was not taken before, and is not too old."""
        if not handle or len(handle) > _LONGEST_HANDLE:
            return None
        found = self._forget(_key(handle))
        return found.value if found is not None and found.until > self._clock() else None

    def _forget(self, key: str) -> _Kept[T] | None:
        found = self._kept.pop(key, None)
        if found is not None:
            own = self._by_source[found.source]
            del own[key]
            if not own:
                del self._by_source[found.source]
        return found

    def __len__(self) -> int:
        return len(self._kept)


def _key(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
