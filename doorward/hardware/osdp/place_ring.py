"""Where to look for one device: the place that it has, and the one that it is to go to, or went to unheard.

A device may lose its power, or we may, between going and being heard. So when it does not answer where it is looked
for, it is looked for at the other place; the channel is enforced with the site's key at either.
"""

from typing import NamedTuple

from doorward.acs.devices import OsdpDevice


class Place(NamedTuple):
    """An address and a baud rate."""

    address: int
    baud: int


class PlaceRing:
    """Where the next attempt looks. One thread uses it, any may read."""

    def __init__(self, device: OsdpDevice) -> None:
        self._device = device
        self._at_next = False

    @property
    def now(self) -> Place:
        """Where to look."""
        following = _next(self._device)
        return following if self._at_next and following is not None else _present(self._device)

    @property
    def other(self) -> Place | None:
        """Where it may be too; None: nowhere."""
        following = _next(self._device)
        if following is None:
            return None
        return _present(self._device) if self._at_next else following

    @property
    def moved(self) -> bool:
        """Whether the place in use is where the device was to go."""
        return self._at_next and _next(self._device) is not None

    def is_to_go(self, place: Place) -> bool:
        """Whether the device has yet to go there."""
        return not self._at_next and _next(self._device) == place

    def go(self) -> None:
        """Look where the device was to go from now on."""
        self._at_next = _next(self._device) is not None

    def failed(self) -> bool:
        """It does not answer there. Whether there is another place to try, which is the one in use then."""
        if _next(self._device) is None:
            return False
        self._at_next = not self._at_next
        return True

    def fits(self, device: OsdpDevice) -> bool:
        """Whether the place in use is one of these."""
        return self.now in (_present(device), _next(device))

    def update(self, device: OsdpDevice) -> bool:
        """Other places are wired. Whether the one in use is none of them."""
        used = self.now
        self._device = device
        self._at_next = used == _next(device) and used != _present(device)
        return self.now != used


def _present(device: OsdpDevice) -> Place:
    return Place(device.address, device.baud)


def _next(device: OsdpDevice) -> Place | None:
    if device.next_address is None or device.next_baud is None:
        return None
    return Place(device.next_address, device.next_baud)
