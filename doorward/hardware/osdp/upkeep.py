"""What is done for a device besides serving it: its windows go on, and one that is away is looked for otherwise.

The thread of the bus uses it; times are monotonic seconds.
"""

from doorward.acs.messages import OrderStep
from doorward.hardware.osdp.device_link import BROKE_OFF, NO_SECURE_CHANNEL, DeviceLink
from doorward.hardware.osdp.install_mode import in_install_mode
from doorward.hardware.osdp.key_window import REFUSED
from doorward.hardware.osdp.move import MOVING
from doorward.hardware.osdp.panel import Panel
from doorward.hardware.osdp.port import Port

OTHER_S = 15.0
"""On a shared port a device's other key or place is tried only this often, because that costs the others time."""


class Upkeep:
    """For the devices of one bus. `anew`: another control panel must be made."""

    def __init__(self, shared: bool, now: float) -> None:
        """`shared`: several devices are on the port."""
        self.anew = False
        self._shared = shared
        self._other_at = now

    def rekeying(self, index: int, link: DeviceLink, panel: Panel, now: float) -> bool:
        """Go on with a device's window. True while the device is neither up nor down because of that."""
        window = link.window
        if window is None or (window.over and window.relaxed_until is None):
            link.window = None
            return False
        if window.relaxed_until is not None:
            if window.proven or window.over or now >= window.relaxed_until:
                window.enforce()
                if window.proven:
                    link.keys.take_next()
                self.anew = True
            return True
        if window.rekeyed_until is not None:
            if window.proven:
                window.rekeyed_until, window.proven = None, False
                link.rekeyed(now)
            elif now >= window.rekeyed_until:
                link.keys.take_next()  # it may have got it all the same
                link.went_down(BROKE_OFF)
                window.end(OrderStep.FAILED, REFUSED)
                self.anew = True
            return not window.over
        if not window.expired(now) and not window.in_install_mode and link.online:
            key = link.keys.following
            if key is not None and link.keys.following_is(window.order.number) and panel.give_key(index, key):
                window.rekey(now)
        return False

    def moving(self, index: int, link: DeviceLink, panel: Panel, now: float) -> bool:
        """Go on with a device's move. True when the device was just let go of because of that."""
        move = link.move
        if move is None or move.expired(now):
            link.move = None
            return False
        if not move.sent:
            if link.online and link.places.is_to_go(move.place) and panel.move(index, *move.place):
                move.told()
        elif move.agreed and link.places.is_to_go(move.place):
            link.places.go()
            link.went_down(MOVING)
            self.anew = True
            return True
        return False

    def look_into(self, reason: str, port: Port, link: DeviceLink, now: float) -> None:
        """The device is not online: its key may be another, or its place."""
        if reason == NO_SECURE_CHANNEL:
            self._no_channel(port, link, now)
        elif not link.online:
            self._look_elsewhere(link, now)

    def _look_elsewhere(self, link: DeviceLink, now: float) -> None:
        """The device is silent where it was looked for: is it where it was to go, or not gone yet?"""
        if link.move is not None and link.move.agreed:
            return
        if (not self._shared or now >= self._other_at) and link.places.failed():
            self._other_at = now + OTHER_S
            self.anew = True

    def _no_channel(self, port: Port, link: DeviceLink, now: float) -> None:
        """The device answers, but not over the key that was tried: is it in install mode, or is its key the other?"""
        link.note_install_mode(in_install_mode(port, link.address))
        window = link.window
        if link.install_mode:
            wanted = window is not None and window.in_install_mode and not window.over
            if window is not None and wanted and link.device.next_number == window.order.number:
                window.relax(now)
                self.anew = True
        elif (not self._shared or now >= self._other_at) and link.keys.failed():
            self._other_at = now + OTHER_S
            self.anew = True
