"""An operator's window in which one device is told to go to another address or baud rate. (OSDP 2.2: COMSET, COM.)

It is told over its secure channel only. That it agreed counts for where to look, and that it was heard there for
where it is.
"""

from collections.abc import Callable

import osdp_sys

from doorward.acs.messages import MoveOrder, OrderProgress, OrderStep
from doorward.hardware.osdp.place_ring import Place

EXPIRED = "The time ran out before the device was online. It was told nothing; start again once it is."
EXPIRED_SENT = (
    "The time ran out before the device was heard at its new place. It is looked for at both places from now on. "
    "Switch it off and on; if it stays away, set it by its maker's way and edit the device."
)
REFUSED = "The device refused to move, or agreed and did not. It is where it was. Forget the new place, or try another."
MOVING = "The device is moving to another address or speed. It is looked for there."


class Move:
    """One order and how far it came. The thread of the bus uses it; times are monotonic seconds."""

    def __init__(self, order: MoveOrder, now: float, tell: Callable[[OrderProgress], None]) -> None:
        self.order = order
        self.place = Place(order.address, order.baud)
        self.over = False
        self.sent = False
        self.agreed = False
        """The device said that it goes: it is looked for at its new place alone while the window is open."""
        self._ends_at = now + order.window_s
        self._tell = tell

    def begin(self) -> None:
        """Say that it waits for the device."""
        self._step(OrderStep.WAITING)

    def told(self) -> None:
        """The device was told."""
        self.sent = True
        self._step(OrderStep.RUNNING)

    def notified(self, event: dict[str, int]) -> None:
        """Heed what libosdp says of the command (3.2.9: arg0 is the command, arg1 is 1 when the device did it)."""
        if event["type"] == osdp_sys.EVENT_NOTIFICATION_COMMAND and event["arg0"] == osdp_sys.CMD_COMSET and self.sent:
            self.agreed = self.agreed or bool(event["arg1"])

    def expired(self, now: float) -> bool:
        """Whether its time has run out; then it has ended."""
        if not self.over and now >= self._ends_at:
            self.end(OrderStep.EXPIRED, EXPIRED_SENT if self.sent else EXPIRED)
        return self.over

    def end(self, step: OrderStep, detail: str = "") -> None:
        """It is over."""
        if not self.over:
            self.over = True
            self._step(step, detail)

    def _step(self, step: OrderStep, detail: str = "") -> None:
        self._tell(OrderProgress(self.order.id, step, detail))
