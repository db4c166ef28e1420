"""A line that several simulated devices share, as on an RS-485 bus."""

from doorward.hardware.osdp.frame import Framer
from doorward.hardware.simulators.line import SerialLine


class Drop(SerialLine):
    """Where one device hangs on a shared line: it gets a copy of everything, and its cable can be cut.

    With an `address` it gets only what is for that device, as behind a transceiver that filters: libosdp's
    peripheral side takes its time over frames for others, more than a bus with many devices leaves it.
    """

    def __init__(self, trunk: SerialLine, drops: list["Drop"], address: int | None = None) -> None:
        """`drops` are those of the same trunk so far; this one is added. One thread uses all of them."""
        self.link, self.fileno, self.id = trunk.link, trunk.fileno, trunk.id
        self.plugged = True
        self._trunk = trunk
        self._address = address
        self._framer = Framer()
        self._waiting = b""
        self._drops = drops
        drops.append(self)

    @property
    def waiting(self) -> bool:
        """Whether something arrived for this device, by another's reading, that it has not read."""
        return bool(self._waiting)

    def read(self, size: int) -> bytes:
        """What is on the line, for everybody on it."""
        arrived = self._trunk.read(size)
        for drop in self._drops:
            if drop.plugged and arrived:
                drop._arrived(arrived)
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data

    def write(self, data: bytes) -> int:
        """Send, unless this cable or the trunk is cut."""
        return self._trunk.write(data) if self.plugged else len(data)

    def close(self) -> None:
        """The trunk goes with the first of its drops."""
        if self._drops:
            self._drops.clear()
            self._trunk.close()

    def _arrived(self, data: bytes) -> None:
        if self._address is None:
            self._waiting += data
            return
        for frame in self._framer.feed(data):
            if frame.address == self._address:
                self._waiting += frame.raw
