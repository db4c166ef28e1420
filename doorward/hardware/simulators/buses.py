"""Many simulated readers on many buses, each bus a real terminal, played by one thread."""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from doorward.acs.decision.card_format import CardBits
from doorward.acs.devices import OsdpDevice
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from doorward.hardware.simulators.trunk import Drop

IDLE_MS = 100


def key_of(bus: int, reader: int) -> bytes:
    """The key of a simulated reader."""
    return bytes((bus, reader)) * 8


def devices_of(folder: Path, buses: int, readers: int) -> list[OsdpDevice]:
    """The controller's side of such buses."""
    return [
        OsdpDevice(f"{bus}.{reader}", str(folder / f"bus{bus}"), reader, key_of(bus, reader))
        for bus in range(buses)
        for reader in range(1, readers + 1)
    ]


class SimulatedBuses:
    """Plays every reader from entering to leaving."""

    def __init__(self, folder: Path, buses: int, readers: int) -> None:
        self.readers: dict[str, SimulatedDevice] = {}
        self._by_line: dict[int, list[SimulatedDevice]] = {}
        self._lines: list[SerialLine] = []
        for bus in range(buses):
            line = SerialLine(folder / f"bus{bus}")
            self._lines.append(line)
            drops: list[Drop] = []
            for reader in range(1, readers + 1):
                drop = Drop(line, drops, reader)
                device = SimulatedDevice(drop, reader, key_of(bus, reader), READER_CAPABILITIES)
                self.readers[f"{bus}.{reader}"] = device
                self._by_line.setdefault(line.fileno, []).append(device)
        self._jobs: deque[Callable[[], None]] = deque()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="simulated buses")

    def present(self, reader: str, bits: CardBits) -> None:
        """A card is held to a reader."""
        self._do(lambda: self.readers[reader].present(bits))

    def plug(self, bus: int, plugged: bool) -> None:
        """Cut or mend a bus."""

        def act() -> None:
            self._lines[bus].plugged = plugged

        self._do(act)

    def __enter__(self) -> "SimulatedBuses":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        for line in self._lines:
            line.close()
        os.close(self._wake)

    def _do(self, job: Callable[[], None]) -> None:
        self._jobs.append(job)
        os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        for descriptor in self._by_line:
            poller.register(descriptor, select.POLLIN)
        while not self._stopping:
            ready = dict(poller.poll(IDLE_MS))
            if self._wake in ready:
                os.eventfd_read(self._wake)
            while self._jobs:
                self._jobs.popleft()()
            for descriptor, devices in self._by_line.items():
                if descriptor in ready or not ready:
                    self._serve(devices)

    def _serve(self, devices: list[SimulatedDevice]) -> None:
        """Let all of a bus answer, also what arrived for one while another was reading."""
        for device in devices:
            device.refresh()
        while late := [device for device in devices if isinstance(device.line, Drop) and device.line.waiting]:
            for device in late:
                device.refresh()
