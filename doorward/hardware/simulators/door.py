"""A simulated door: its readers, its input and output device, and what happens at it."""

import logging
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import osdp_sys

from doorward.acs.decision.card_format import CardBits
from doorward.acs.decision.policy import Side
from doorward.hardware.simulators.device import (
    DOOR_IO_CAPABILITIES,
    INPUTS,
    READER_CAPABILITIES,
    DeviceCommand,
    SimulatedDevice,
)
from doorward.hardware.simulators.line import SerialLine
from doorward.hardware.simulators.mechanics import DoorMechanics
from doorward.hardware.simulators.output import ControlCode, TimedOutput

IDLE_S = 0.1
"""libosdp's own timeouts are looked at this often when nothing arrives."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """A reader: the side it is on, the path of its serial port, its OSDP address and 16-byte key."""

    side: Side
    link: Path
    address: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DoorSpec:
    """A door: the serial port, address, key and wiring of its input and output device, and its readers."""

    name: str
    link: Path
    address: int
    key: bytes = field(repr=False)
    readers: tuple[ReaderSpec, ...]
    strike_output: int = 0
    position_input: int = 0
    rex_input: int = 1


def _nothing(*_: object) -> None:
    """Nobody listens."""


class SimulatedDoor:
    """Plays one door from `start` to `stop`, on one thread that sleeps until there is something to do.

    The actions may be called from any thread; they return at once. The callbacks are called on the
    door's thread: `on_door_moved(name, is_open)` and `on_strike(name, energised, unix_time)`.
    """

    def __init__(
        self,
        spec: DoorSpec,
        on_door_moved: Callable[[str, bool], None] = _nothing,
        on_strike: Callable[[str, bool, float], None] = _nothing,
        monotonic: Callable[[], float] = time.monotonic,
        unix_time: Callable[[], float] = time.time,
    ) -> None:
        """`monotonic` is in seconds."""
        self.spec = spec
        self._on_door_moved = on_door_moved
        self._on_strike = on_strike
        self._monotonic = monotonic
        self._unix_time = unix_time
        self._mechanics = DoorMechanics()
        self._strike = TimedOutput()
        self._inputs = [False] * INPUTS
        self._actions: deque[Callable[[float], None]] = deque()
        self._readers: dict[Side, SimulatedDevice] = {}
        self._door_io: SimulatedDevice | None = None
        self._wake = -1
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Put the devices on their ports. Raises OSError when a link cannot be made."""
        lines: list[SerialLine] = []
        with ExitStack() as undo:
            for link in (self.spec.link, *(reader.link for reader in self.spec.readers)):
                line = SerialLine(link)
                undo.callback(line.close)
                lines.append(line)
            undo.pop_all()
        self._door_io = SimulatedDevice(lines[0], self.spec.address, self.spec.key, DOOR_IO_CAPABILITIES)
        self._readers = {
            reader.side: SimulatedDevice(line, reader.address, reader.key, READER_CAPABILITIES)
            for reader, line in zip(self.spec.readers, lines[1:], strict=True)
        }
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"door {self.spec.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the devices and their ports away. Harmless when not started."""
        if self._thread is None:
            return
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._thread = None
        for device in self._devices():
            device.close()
        self._readers.clear()
        self._door_io = None
        os.close(self._wake)

    def badge(self, side: Side, bits: CardBits, walk_through: bool = True) -> None:
        """Somebody shows a card at the reader of `side`, and walks through if the strike releases."""
        reader = self._reader(side)

        def act(now: float) -> None:
            reader.present(bits)
            if walk_through:
                self._mechanics.arrive(now)

        self._do(act)

    def rex(self) -> None:
        """Somebody presses the exit button and leaves."""
        self._do(self._mechanics.press_rex)

    def force(self) -> None:
        """Somebody breaks the door open."""
        self._do(self._mechanics.force)

    def hold(self, seconds: float) -> None:
        """Somebody keeps the door open for `seconds`; if it is closed, by coming out."""
        self._do(lambda now: self._mechanics.hold(seconds, now))

    def unplug(self, side: Side | None = None) -> None:
        """Cut the cable of one reader, or of every device of the door."""
        devices = self._chosen(side)
        self._do(lambda _: self._plug(devices, False))

    def replug(self, side: Side | None = None) -> None:
        """Mend the cable of one reader, or of every device of the door."""
        devices = self._chosen(side)
        self._do(lambda _: self._plug(devices, True))

    def _reader(self, side: Side) -> SimulatedDevice:
        if side not in self._readers:
            raise ValueError(f"{self.spec.name} has no reader on side {side}, or is not started.")
        return self._readers[side]

    def _chosen(self, side: Side | None) -> list[SimulatedDevice]:
        return self._devices() if side is None else [self._reader(side)]

    def _devices(self) -> list[SimulatedDevice]:
        return [*self._readers.values(), *([self._door_io] if self._door_io else [])]

    def _do(self, action: Callable[[float], None]) -> None:
        if self._thread is None:
            raise ValueError(f"{self.spec.name} is not started.")
        self._actions.append(action)
        os.eventfd_write(self._wake, 1)

    def _plug(self, devices: list[SimulatedDevice], plugged: bool) -> None:
        for device in devices:
            device.line.plugged = plugged
        if plugged and self._door_io in devices:
            self._report_inputs()

    def _run(self) -> None:
        devices = {device.line.fileno: device for device in self._devices()}
        poller = select.poll()
        for descriptor in (self._wake, *devices):
            poller.register(descriptor, select.POLLIN)
        while not self._stopping:
            ready = dict(poller.poll(self._until_due_s() * 1000))
            if self._wake in ready:
                os.eventfd_read(self._wake)
            now = self._monotonic()
            while self._actions:
                self._actions.popleft()(now)
            for descriptor, device in devices.items():
                if descriptor in ready or not ready:
                    self._serve(device, now)
            self._move(now)

    def _until_due_s(self) -> float:
        now = self._monotonic()
        due = [at for at in (self._mechanics.next_deadline(), self._strike.next_change(now)) if at is not None]
        # One millisecond more, because poll() may wake a little early.
        return min([IDLE_S, *(max(0.0, at - now) + 0.001 for at in due)])

    def _serve(self, device: SimulatedDevice, now: float) -> None:
        commands = device.refresh()
        if device is not self._door_io:
            return
        for command in commands:
            self._command_output(command, now)
        if device.became_secure():
            self._report_inputs()

    def _command_output(self, command: DeviceCommand, now: float) -> None:
        if command["command"] == osdp_sys.CMD_OUTPUT and command["output_no"] == self.spec.strike_output:
            self._strike.command(ControlCode(command["control_code"]), command["timer_count"], now)

    def _move(self, now: float) -> None:
        energised = self._strike.active(now)
        if energised is not self._mechanics.energised:
            self._mechanics.set_strike(energised, now)
            self._tell(lambda: self._on_strike(self.spec.name, energised, self._unix_time()))
        was_open = self._inputs[self.spec.position_input]
        self._mechanics.advance(now)
        inputs = [False] * INPUTS
        inputs[self.spec.position_input] = self._mechanics.open
        inputs[self.spec.rex_input] = self._mechanics.rex
        if inputs != self._inputs:
            self._inputs = inputs
            self._report_inputs()
        if self._mechanics.open is not was_open:
            self._tell(lambda: self._on_door_moved(self.spec.name, self._mechanics.open))

    def _report_inputs(self) -> None:
        device = self._door_io
        # What changes while nobody listens is told as it then is, once somebody does.
        if device is not None and device.line.plugged and device.secure:
            device.report_inputs(self._inputs)

    def _tell(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:
            logger.exception("a listener of the simulated door %s failed", self.spec.name)
