"""How often enrolment may be tried. In memory: a restart forgives, and a code lives for a quarter of an hour only."""

from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST_FROM_ONE = 5
"""Failures from one address in that time; then it waits."""
MOST_IN_ALL = 100
"""Failures from everywhere in that time: with 60 bits to guess, that is nothing, and the server is not kept busy."""
_MOST_ADDRESSES = 1_000


class Attempts:
    """Counts failures by address. `clock` is aware UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._all: deque[datetime] = deque()

    def allowed(self, address: str) -> bool:
        """Whether another attempt from this address may be made now."""
        since = self._clock() - WINDOW
        own = self._failures.get(address, deque())
        for times in (own, self._all):
            while times and times[0] <= since:
                times.popleft()
        if not own:
            self._failures.pop(address, None)
        return len(own) < MOST_FROM_ONE and len(self._all) < MOST_IN_ALL

    def failed(self, address: str) -> None:
        """An attempt from there has failed."""
        now = self._clock()
        self._failures.setdefault(address, deque()).append(now)
        self._failures.move_to_end(address)
        self._all.append(now)
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Whoever is there has the right codes."""
        self._failures.pop(address, None)
