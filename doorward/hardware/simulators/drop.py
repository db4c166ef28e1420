"""Where one device hangs on a serial line that several may share: its cable, and what goes wrong on it."""

import heapq
import itertools
from collections.abc import Callable
from pathlib import Path

from doorward.hardware.simulators.fault import Disturbance
from doorward.hardware.simulators.framing import BROADCAST, FrameSplitter, is_secure
from doorward.hardware.simulators.line import SerialLine

READ_BYTES = 4_096

_ids = itertools.count(1)


class Drop(SerialLine):
    """One device's end. `read`, `write`, `flush` and `id` are the channel that libosdp calls. One thread uses it."""

    def __init__(self, trunk: SerialLine, disturbance: Disturbance, monotonic: Callable[[], float]) -> None:
        """`monotonic` is in seconds."""
        # Not SerialLine's own beginning: the pseudo-terminal is the trunk's.
        self.link, self.fileno, self.id = trunk.link, trunk.fileno, next(_ids)
        self.disturbance = disturbance
        self.plugged = True
        self.heard_secure = False
        self._trunk = trunk
        self._monotonic = monotonic
        self._arrived = bytearray()
        self._held_back: list[tuple[float, int, bytes]] = []

    @property
    def waiting(self) -> bool:
        """Whether bytes arrived that the device has not read."""
        return bool(self._arrived)

    def arrive(self, frame: bytes) -> None:
        """A frame for this device comes along the line."""
        if self.plugged:
            self.heard_secure = self.heard_secure or is_secure(frame)
            for piece in self.disturbance.pass_on(frame):
                self._arrived += piece

    def read(self, size: int) -> bytes:
        """At most `size` bytes that arrived."""
        data = bytes(self._arrived[:size])
        del self._arrived[:size]
        return data

    def write(self, data: bytes) -> int:
        """Send a frame; what meets an unplugged cable is lost."""
        if self.plugged:
            delay_s = self.disturbance.delay_s()
            for piece in self.disturbance.pass_on(data):
                if delay_s:
                    heapq.heappush(self._held_back, (self._monotonic() + delay_s, next(_ids), piece))
                else:
                    self._trunk.write(piece)
        return len(data)

    def flush(self) -> None:
        """Forget what arrived and was not read."""
        self._arrived.clear()

    def broke_off(self) -> None:
        """Nothing that was agreed with the controller holds until it says something over the secure channel again."""
        self.flush()
        self.heard_secure = False

    def send_due(self, now: float) -> None:
        """Send what was held back long enough."""
        while self._held_back and self._held_back[0][0] <= now:
            piece = heapq.heappop(self._held_back)[2]
            if self.plugged:
                self._trunk.write(piece)

    def next_due(self) -> float | None:
        """When `send_due` is next due, or None."""
        return self._held_back[0][0] if self._held_back else None

    def close(self) -> None:
        """The line goes with its trunk, not with one device."""


class Trunk:
    """A serial line with a device at each of some addresses. One thread uses it."""

    def __init__(self, link: Path) -> None:
        """Raises OSError when the port cannot be made."""
        self.line = SerialLine(link)
        self.drops: dict[int, Drop] = {}
        self._splitter = FrameSplitter()

    def receive(self, now: float) -> list[Drop]:
        """Take in what the controller sent, and hand it out. Returns the drops that have something to read."""
        for address, frame in self._splitter.feed(self.line.read(READ_BYTES), now):
            for drop in self.drops.values() if address == BROADCAST else self._at(address):
                drop.arrive(frame)
        return [drop for drop in self.drops.values() if drop.waiting]

    def move(self, drop: Drop, address: int) -> None:
        """What is for this address goes to this drop from now on; where it was, there is nobody."""
        if self.drops.get(address) is not drop:
            self.drops = {at: one for at, one in self.drops.items() if one is not drop} | {address: drop}

    def _at(self, address: int) -> list[Drop]:
        return [self.drops[address]] if address in self.drops else []

    def close(self) -> None:
        """The port vanishes."""
        self.line.close()
