"""Converters on pseudo-terminals, and a driver with a clock that jumps."""

import os
import select
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from doorward.acs.devices import WiegandDevice
from doorward.hardware.driver import DriverEvent
from doorward.hardware.simulators.line import SerialLine
from doorward.hardware.wiegand.codec import Frame
from doorward.hardware.wiegand.codecs import CODECS
from doorward.hardware.wiegand.driver import WiegandDriver
from tests.hardware.osdp.world import PATIENCE_S, JumpingClock

FRESH_MS = 1_100
"""A jump beyond the time in which nothing is believed."""


class Converter:
    """The converter's end of a line."""

    def __init__(self, link: Path, framing: str) -> None:
        self.line = SerialLine(link)
        self.port = str(link)
        self.framing = framing
        self._codec = CODECS[framing]
        self._received = b""
        self._closed = False

    def send(self, *frames: Frame) -> None:
        for frame in frames:
            self.raw(self._codec.encode(frame))

    def raw(self, data: bytes) -> None:
        """Send, waiting while the line is full."""
        while data:
            assert select.select([], [self.line.fileno], [], PATIENCE_S)[1]
            data = data[os.write(self.line.fileno, data) :]

    def receive(self, wanted: bytes) -> None:
        """Wait until these bytes have come, and forget them and all before them."""
        until = time.monotonic() + PATIENCE_S
        while wanted not in self._received:
            left = until - time.monotonic()
            assert left > 0, (wanted, self._received)
            if select.select([self.line.fileno], [], [], left)[0]:
                self._received += self.line.read(1_000)
        self._received = self._received.partition(wanted)[2]

    def device(self, device_id: str, channel: int = 0, **settings: object) -> WiegandDevice:
        return WiegandDevice(device_id, self.port, self.framing, channel, **settings)  # type: ignore[arg-type]

    def close(self) -> None:
        """Pull the line; once is enough."""
        if not self._closed:
            self._closed = True
            self.line.close()


def wait_until(met: Callable[[], object], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Until the condition is met, which fails after some seconds; `meanwhile` is done again and again."""
    until = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < until
        meanwhile()
        time.sleep(0.01)


@contextmanager
def converter(link: Path, framing: str) -> Iterator[Converter]:
    made = Converter(link, framing)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def driving(
    devices: Sequence[WiegandDevice], told: Callable[[DriverEvent], None], clock: JumpingClock
) -> Iterator[WiegandDriver]:
    """A started driver that is stopped in the end."""
    driver = WiegandDriver(devices, told, lambda: clock() / 1000)
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()
