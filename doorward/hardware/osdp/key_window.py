"""An operator's window in which one device may be given its next key.

In install mode the key travels under the published default key, so it is sent only inside such a window, only
after the device has proved that it is in install mode, and it is a key that no other device ever has.
"""

import logging
from collections.abc import Callable

import osdp_sys

from doorward.acs.messages import KeyOrder, KeyWay, OrderProgress, OrderStep

RELAXED_S = 6.0
"""From the proof of install mode to the new key's own channel: three exchanges, and a retry of each."""
REKEYED_WITHIN_S = 4.0
"""A device that took a key over its channel makes the next channel within this."""

EXPIRED = "The time ran out. The reader was not given a key; start again and put it in install mode."
EXPIRED_SENT = "The time ran out before the reader was heard with its new key. It is tried with both keys from now on."
REFUSED = "The device did not take the key, or was not heard with it. It is tried with both keys from now on."
NOT_STARTED = "The device's next key has not reached the controller. Start again."

logger = logging.getLogger(__name__)


class KeyWindow:
    """One order and how far it came. The thread of the bus uses it; times are monotonic seconds."""

    def __init__(self, order: KeyOrder, now: float, tell: Callable[[OrderProgress], None]) -> None:
        self.order = order
        self.ends_at = now + order.window_s
        self.relaxed_until: float | None = None
        self.rekeyed_until: float | None = None
        self.proven = False
        self.over = False
        self._sent = False
        self._let_go = False
        self._tell = tell

    def begin(self) -> None:
        """Say that it is open."""
        self._step(OrderStep.WAITING)

    @property
    def in_install_mode(self) -> bool:
        """Whether it waits for the device to be in install mode."""
        return self.order.way is KeyWay.INSTALL_MODE

    def relax(self, now: float) -> None:
        """The device proved that it is in install mode: one attempt is made without enforcing the channel."""
        self.relaxed_until = min(now + RELAXED_S, max(self.ends_at, now))

    def enforce(self) -> None:
        """The attempt is over; the channel is enforced again."""
        self.relaxed_until = None

    def rekey(self, now: float) -> None:
        """The key was sent over the secure channel."""
        self.rekeyed_until = now + REKEYED_WITHIN_S
        self.key_sent()

    def key_sent(self) -> None:
        """The key is on its way."""
        if not self._sent:
            self._sent = True
            self._step(OrderStep.KEY_SENT)

    def notified(self, event: dict[str, int]) -> None:
        """Heed what libosdp says of the secure channel (3.2.9: arg0 is 1 when active, arg1 is 1 under SCBK-D)."""
        if event["type"] != osdp_sys.EVENT_NOTIFICATION_SC_STATUS:
            return
        active, by_default_key = bool(event["arg0"]), bool(event["arg1"])
        if self.relaxed_until is not None:
            if active and by_default_key:
                self.key_sent()
            elif active:
                self.proven = True
        elif self.rekeyed_until is not None:
            if not active:
                self._let_go = True
            elif self._let_go and not by_default_key:
                self.proven = True

    def expired(self, now: float) -> bool:
        """Whether its time has run out; then it has ended."""
        if not self.over and now >= self.ends_at:
            self.end(OrderStep.EXPIRED, EXPIRED_SENT if self._sent else EXPIRED)
        return self.over

    def end(self, step: OrderStep, detail: str = "") -> None:
        """It is over."""
        if not self.over:
            self.over = True
            self._step(step, detail)

    def _step(self, step: OrderStep, detail: str = "") -> None:
        self._tell(OrderProgress(self.order.id, step, detail))
