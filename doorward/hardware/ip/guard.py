"""Whether a request comes from the device itself, just now, and for the first time.

A boot is the span over which the guard remembers every nonce. It is part of what is signed, so that nothing that was
sent in an earlier boot is ever taken: not after a restart, and not when the clock was set back.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from doorward.acs.devices import PeripheralKey
from doorward.hardware.ip.signature import Request, Stamp, read_stamp, signature

MAX_SKEW_S = 30
"""How far a request's timestamp may be from the controller's clock, either way."""
_REMEMBER_S = 2 * MAX_SKEW_S + 30
"""A nonce is remembered for longer than its timestamp can be in time, however the clock drifts meanwhile."""
_MOST_NONCES = 4096
_MOST_SET_BACK_S = 10.0
_NO_KEY = secrets.token_bytes(32)


class Refusal(StrEnum):
    """Why a request is not taken."""

    KEY = "key"
    BOOT = "boot"
    CLOCK = "clock"
    REPLAYED = "replayed"


class Guard:
    """Stands before one device. `now` is aware UTC, `monotonic_s` never goes back. One thread uses it."""

    def __init__(self, now: Callable[[], datetime], monotonic_s: Callable[[], float]) -> None:
        self.keys: Sequence[PeripheralKey] = ()
        self._now = now
        self._monotonic_s = monotonic_s
        self._begin()

    def _begin(self) -> None:
        self.boot = secrets.token_urlsafe(12)
        self._nonces: dict[str, float] = {}
        self._ahead_s = self._now().timestamp() - self._monotonic_s()

    def good_keys(self) -> list[PeripheralKey]:
        """The keys that count now."""
        now = self._now()
        return [key for key in self.keys if key.until is None or now < key.until]

    def is_good(self, key: PeripheralKey) -> bool:
        """Whether what was opened with this key may go on."""
        return any(one.secret == key.secret for one in self.good_keys())

    def check(self, request: Request, headers: Mapping[str, str]) -> PeripheralKey | Refusal:
        """The key that the request is signed with, or why it is refused. Header names are in lower case."""
        self._look_at_clock()
        found = read_stamp(headers)
        if found is None:
            return Refusal.KEY
        stamp, signed = found
        key = self._signer(request, stamp, signed)
        if key is None:
            return Refusal.KEY
        # From here on the device itself has sent it, once at least.
        if stamp.boot != self.boot:
            return Refusal.BOOT
        if stamp.nonce in self._nonces:
            return Refusal.REPLAYED
        early_s = stamp.timestamp - self._now().timestamp()
        self._remember(stamp.nonce, max(0.0, early_s))
        if stamp.boot != self.boot:
            return Refusal.BOOT
        return Refusal.CLOCK if abs(early_s) > MAX_SKEW_S else key

    def _signer(self, request: Request, stamp: Stamp, signed: bytes) -> PeripheralKey | None:
        keys = self.good_keys()
        right = [key for key in keys if hmac.compare_digest(signature(key.secret, request, stamp), signed)]
        if not keys:
            signature(_NO_KEY, request, stamp)  # whether there is a key is not told by the time it takes
        return right[0] if right else None

    def _remember(self, nonce: str, early_s: float) -> None:
        """Also what is refused for its time, if that is yet to come."""
        now = self._monotonic_s()
        if len(self._nonces) >= _MOST_NONCES:
            self._nonces = {one: until for one, until in self._nonces.items() if until > now}
        if len(self._nonces) >= _MOST_NONCES:
            self._begin()
            return
        self._nonces[nonce] = now + _REMEMBER_S + early_s

    def _look_at_clock(self) -> None:
        """A clock that was set back would make old timestamps good again."""
        ahead_s = self._now().timestamp() - self._monotonic_s()
        if self._ahead_s - ahead_s > _MOST_SET_BACK_S:
            self._begin()
        self._ahead_s = max(self._ahead_s, ahead_s)
