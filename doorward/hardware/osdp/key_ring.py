"""The keys of one device: the one that it has, and the one that it is to get or may have got already.

A device may lose its power between taking a key and saying so. So when it answers and its key is not the one
that was tried, the other is tried; both are the site's own, and the channel is enforced with either.
"""

from doorward.acs.devices import OsdpDevice


class KeyRing:
    """Which key the next attempt uses. One thread uses it."""

    def __init__(self, device: OsdpDevice) -> None:
        self._device = device
        self._tries_next = False

    @property
    def now(self) -> bytes:
        """The key to try."""
        following = self._device.next_key
        return following if self._tries_next and following is not None else self._device.key

    @property
    def following(self) -> bytes | None:
        """The key that the device is to get; None when it has that, or none is planned."""
        return None if self._tries_next else self._device.next_key

    def following_is(self, number: int) -> bool:
        """Whether the key that the device is to get is this one."""
        return self.following is not None and self._device.next_number == number

    @property
    def number(self) -> int | None:
        """The number of the key in use, if that is the next one."""
        return self._device.next_number if self._tries_next and self._device.next_key is not None else None

    def take_next(self) -> None:
        """Use the next key from now on."""
        self._tries_next = self._device.next_key is not None

    def failed(self) -> bool:
        """No channel could be made with this key. Whether there is another to try."""
        if self._device.next_key is None:
            return False
        self._tries_next = not self._tries_next
        return True

    def update(self, device: OsdpDevice) -> bool:
        """Other keys are wired. Whether the one in use is none of them."""
        used = self.now
        self._device = device
        self._tries_next = device.next_key is not None and used == device.next_key
        return self.now != used
