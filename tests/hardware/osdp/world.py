"""A world of serial lines: simulated devices, what the driver told, and a clock that jumps."""

import os
import random
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from doorward.acs.devices import OsdpDevice
from doorward.hardware.driver import DriverEvent
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.device import DeviceCommand, SimulatedDevice
from doorward.hardware.simulators.drop import Drop, Trunk
from doorward.hardware.simulators.fault import Disturbance
from doorward.hardware.simulators.line import SerialLine

PATIENCE_S = 30.0
_Event = TypeVar("_Event")


class Heard:
    """Everything of a kind that was told, in order; lets a test wait for more."""

    def __init__(self) -> None:
        self._items: list[object] = []
        self._changed = threading.Condition()

    def __call__(self, item: object) -> None:
        """Hear one more."""
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def of(self, kind: type[_Event], device_id: str | None = None) -> list[_Event]:
        """What was told so far, of one kind and from one device."""
        with self._changed:
            return self._matching(kind, device_id)

    def next(self, kind: type[_Event], device_id: str | None = None, after: int = 0) -> _Event:
        """The one that follows the first `after`, waiting for it; fails after some seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._matching(kind, device_id)) > after, timeout=PATIENCE_S):
                raise AssertionError(f"no {kind.__name__} came from {device_id}; there were {self._items}")
            return self._matching(kind, device_id)[after]

    def until(self, condition: Callable[[list[object]], bool]) -> None:
        """Wait until what was told meets a condition; fails after some seconds."""
        with self._changed:
            met = self._changed.wait_for(lambda: condition(self._items), timeout=PATIENCE_S)
            assert met, f"it did not come to that; there were {self._items}"

    def _matching(self, kind: type[_Event], device_id: str | None) -> list[_Event]:
        return [
            item
            for item in self._items
            if isinstance(item, kind) and device_id in (None, getattr(item, "device_id", None))
        ]


class JumpingClock:
    """Real time, with jumps ahead when a test asks for them."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def __call__(self) -> int:
        """Milliseconds."""
        return time.monotonic_ns() // 1_000_000 + self._ahead_ms

    def jump(self, milliseconds: int) -> None:
        """It is so much later now."""
        self._ahead_ms += milliseconds


class Bus(Trunk):
    """A line that several simulated devices share."""

    def drop(self, address: int) -> Drop:
        """Where a device hangs on it, with a cable of its own."""
        self.drops[address] = Drop(self.line, Disturbance(random.Random(address)), time.monotonic)
        return self.drops[address]


class Power:
    """Runs simulated devices on one thread, from entering to leaving; `do` acts on them there.

    Devices that share a line come with their bus.
    """

    def __init__(self, *devices: SimulatedDevice, bus: Bus | None = None) -> None:
        self.commands = Heard()
        self._devices = devices
        self._bus = bus
        self._actions: list[Callable[[], None]] = []
        self._stopping = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="test devices")

    def __enter__(self) -> "Power":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        os.close(self._wake)
        for line in {device.line for device in self._devices}:
            line.close()
        if self._bus is not None:
            self._bus.close()

    def do(self, action: Callable[[], None]) -> None:
        """Act between two refreshes."""
        self._actions.append(action)
        os.eventfd_write(self._wake, 1)

    def plug(self, plugged: bool, *devices: SimulatedDevice) -> None:
        """Cut or mend the cables of devices, and return when that is done."""
        done = threading.Event()

        def act() -> None:
            for device in devices:
                device.line.plugged = plugged
            done.set()

        self.do(act)
        assert done.wait(PATIENCE_S)

    def _run(self) -> None:
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        for descriptor in {device.line.fileno for device in self._devices}:
            poller.register(descriptor, select.POLLIN)
        while not self._stopping:
            poller.poll(20)
            with suppress(BlockingIOError):
                os.eventfd_read(self._wake)
            while self._actions:
                self._actions.pop(0)()
            if self._bus is not None:
                self._bus.receive(time.monotonic())
            for device in self._devices:
                for command in device.refresh():
                    self.commands(Received(device, command))


class Received:
    """A command that reached a simulated device."""

    def __init__(self, device: SimulatedDevice, command: DeviceCommand) -> None:
        self.device = device
        self.command = command

    def __repr__(self) -> str:
        return f"Received({self.command})"


def wired(device_id: str, line: SerialLine, key: bytes, address: int = 1) -> OsdpDevice:
    """The controller's side of a device on `line`."""
    return OsdpDevice(device_id, str(line.link), address, key)


@contextmanager
def driving(
    devices: Sequence[OsdpDevice], told: Callable[[DriverEvent], None], clock: JumpingClock | None = None
) -> Iterator[OsdpDriver]:
    """A started driver that is stopped in the end."""
    driver = OsdpDriver(devices, told, clock or JumpingClock())
    driver.start()
    try:
        yield driver
    finally:
        driver.stop()


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; fails after some seconds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
