"""How often something may be tried from one address. In memory and bounded: a restart forgives."""

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
_MOST_ADDRESSES = 1_000
_IPV6_NETWORK_BITS = 64
"""What one subscriber has to choose addresses from."""


class Attempts:
    """Counts failures by address: `most_from_one` in a window, `most_in_all` from everywhere. `clock` is aware UTC."""

    def __init__(self, clock: Callable[[], datetime], most_from_one: int, most_in_all: int | None = None) -> None:
        self._clock = clock
        self._most_from_one = most_from_one
        self._most_in_all = most_in_all
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._all: deque[datetime] = deque()

    def allowed(self, address: str | None) -> bool:
        """Whether another attempt from this address may be made now."""
        return self.wait(address) <= timedelta(0)

    def wait(self, address: str | None) -> timedelta:
        """How long until another attempt from this address may be made; zero: now."""
        now = self._clock()
        own = self._recent(source_of(address), now)
        _forget(self._all, now)
        until = [own[0] + WINDOW] if len(own) >= self._most_from_one else []
        if self._most_in_all is not None and len(self._all) >= self._most_in_all:
            until.append(self._all[0] + WINDOW)
        return max(until, default=now) - now

    def failed(self, address: str | None) -> int:
        """An attempt from there has failed, or is made and not yet known to be good; how many have in the window."""
        now, source = self._clock(), source_of(address)
        self._recent(source, now)
        own = self._failures.setdefault(source, deque(maxlen=self._most_from_one))
        own.append(now)
        self._failures.move_to_end(source)
        if self._most_in_all is not None:
            self._all.append(now)
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)
        return len(own)

    def forgive(self, address: str | None) -> None:
        """The last attempt that was counted there was good; those before it count all the same."""
        own = self._failures.get(source_of(address))
        if own:
            own.pop()

    def succeeded(self, address: str | None) -> None:
        """Whoever is there has what is right: nothing from there counts any more."""
        self._failures.pop(source_of(address), None)

    def _recent(self, source: str, now: datetime) -> deque[datetime]:
        own = self._failures.get(source, deque())
        _forget(own, now)
        if not own:
            self._failures.pop(source, None)
        return own


def _forget(times: deque[datetime], now: datetime) -> None:
    while times and times[0] <= now - WINDOW:
        times.popleft()


def source_of(address: str | None) -> str:
    """Who is behind an address: of IPv6, whoever has its network."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_NETWORK_BITS), strict=False))
