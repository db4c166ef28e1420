"""A stand-in for a GPIO chip: what the driver sees of libgpiod, and nothing of the kernel's."""

import contextlib
import os
import threading
from itertools import groupby

from doorward.acs.devices import GpioDevice, PinInput
from doorward.hardware.gpio.pins import PinsUnusable


class FakeChip:
    """A chip with pins that the test sets and looks at. As `open_pins` it hands them out, if it is plugged in."""

    def __init__(self) -> None:
        self.plugged = True
        self.levels: dict[int, bool] = {}
        self.written: list[tuple[int, bool]] = []
        self.held: FakePins | None = None
        self._changed = threading.Condition()

    def open_pins(self, device: GpioDevice) -> "FakePins":
        if not self.plugged:
            raise PinsUnusable("There is no chip.")
        for given in device.outputs:
            self.note(given.pin, False)
        pins = FakePins(self, [given.pin for given in device.inputs if isinstance(given, PinInput)])
        with self._changed:
            self.held = pins
            self._changed.notify_all()
        return pins

    def set(self, pin: int, active: bool) -> None:
        """An input changes, and its edge is told."""
        self.levels[pin] = active
        if self.held is not None:
            os.eventfd_write(self.held.edges, 1)

    def note(self, pin: int, on: bool) -> None:
        with self._changed:
            self.written.append((pin, on))
            self._changed.notify_all()

    def wait_for(self, *written: tuple[int, bool], timeout_s: float = 5) -> None:
        """Wait until exactly this was written, the pins' first state among it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.written == list(written), timeout_s), self.written

    def wait_for_changes(self, pin: int, *levels: bool, timeout_s: float = 5) -> None:
        """Wait until an output went through these levels; being told the same again is no change."""

        def are_seen() -> bool:
            return [level for level, _ in groupby(on for one, on in self.written if one == pin)] == list(levels)

        with self._changed:
            assert self._changed.wait_for(are_seen, timeout_s), self.written

    def released(self) -> None:
        with self._changed:
            self.held = None
            self._changed.notify_all()


class FakePins:
    """The pins as the driver holds them."""

    def __init__(self, chip: FakeChip, inputs: list[int]) -> None:
        self.chip = chip
        self.inputs = inputs
        self.edges = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        return self.edges

    def read(self) -> dict[int, bool]:
        if not self.chip.plugged:
            raise OSError(19, "No such device")
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self.edges)
        return {pin: self.chip.levels.get(pin, False) for pin in self.inputs}

    def write(self, pin: int, on: bool) -> None:
        self.chip.note(pin, on)

    def close(self) -> None:
        self.chip.released()
        os.close(self.edges)
