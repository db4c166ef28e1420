"""A bank: the pins of one chip, the converters beside it, and the thread that serves them.

The thread sleeps until an input changes, a command is submitted, or a pulse ends. It ends pulses itself: nothing else
would. Should the whole process die within one, the pin stays as it is until the controller is started again, which
switches every output off before anything else.
"""

import logging
import os
import select
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable

from doorward.acs.devices import GpioDevice, LocalInput, MeasuredInput
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    DriverCommand,
    EventSink,
    InputsChanged,
    OutputState,
    Reading,
    SetOutput,
)
from doorward.hardware.gpio.measured import is_same, measure
from doorward.hardware.gpio.pins import Pins, PinsUnusable, open_pins

logger = logging.getLogger(__name__)

REOPEN_S = 1.0
LOOK_EVERY_S = 1.0
"""Pins are looked at this often though no edge was told: a chip that is pulled out says nothing."""
MEASURE_EVERY_S = 0.05
STOPPED = "The device is no longer driven by this controller."

OpenPins = Callable[[GpioDevice], Pins]
Measure = Callable[[MeasuredInput], float | None]


class Bank:
    """Serves one device from `start` to `stop`."""

    def __init__(
        self,
        device: GpioDevice,
        sink: EventSink,
        open_pins: OpenPins = open_pins,
        measure: Measure = measure,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`monotonic` is in seconds."""
        self.device = device
        self._sink = sink
        self._open_pins = open_pins
        self._measure = measure
        self._monotonic = monotonic
        self._online = False
        self._queue: deque[SetOutput] = deque()
        self._stopping = threading.Event()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._wake)
        self._pulses: dict[int, float] = {}
        self._lasting: dict[int, bool] = {}
        self._told: tuple[Reading, ...] | None = None
        self._complaint = ""
        self._thread = threading.Thread(target=self._run, name=f"gpio {device.chip}", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End the pulses that run, let go of the pins, and tell that they are not driven any more."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.eventfd_write(self._wake, 1)
        if self._thread.is_alive():
            self._thread.join()

    def submit(self, command: DriverCommand) -> None:
        """Check a command and hand it to the thread. Raises CommandRefused. Lights and sounds there are none."""
        if not isinstance(command, SetOutput):
            return
        if not self._online:
            raise CommandRefused(f"The pins of {self.device.chip} cannot be used; nothing was switched.")
        if not 0 <= command.output < len(self.device.outputs):
            raise CommandRefused(
                f"{self.device.chip} has {len(self.device.outputs)} outputs; there is no output {command.output}. "
                "Correct its wiring."
            )
        self._queue.append(command)
        os.eventfd_write(self._wake, 1)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pins = self._open_pins(self.device)
            except PinsUnusable as error:
                self._went_down(str(error))
            else:
                self._hold(pins)
            self._stopping.wait(REOPEN_S)

    def _hold(self, pins: Pins) -> None:
        """Serve until the end, or until the pins are gone."""
        reason = STOPPED
        try:
            self._serve(pins)
        except OSError as error:
            reason = f"The pins of {self.device.chip} are gone: {error}. Check the chip and its cable."
        except Exception:
            # Whatever it was, a dead thread would leave the device looking alive for ever.
            logger.exception("the pins of %s failed and are taken anew", self.device.chip)
            reason = "Serving the pins failed; the controller's log says why. It begins again."
        finally:
            self._end_pulses(pins)
            self._went_down(reason)

    def _serve(self, pins: Pins) -> None:
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        poller.register(pins.fileno(), select.POLLIN)
        self._pulses.clear()
        self._lasting.clear()
        self._queue.clear()
        self._told = None
        readings = self._look(pins)
        self._online, self._complaint = True, ""
        self._sink(DeviceOnline(self.device.id))
        while not self._stopping.is_set():
            self._tell(readings)
            ready = dict(poller.poll(self._patience_s() * 1000))
            if ready.get(pins.fileno(), 0) & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
                raise OSError("the chip went away")
            if self._wake in ready:
                os.eventfd_read(self._wake)
            self._switch(pins)
            readings = self._look(pins)

    def _patience_s(self) -> float:
        """Until something must be done unasked."""
        is_measured = any(isinstance(given, MeasuredInput) for given in self.device.inputs)
        ends = [ends_at - self._monotonic() for ends_at in self._pulses.values()]
        return max(0.0, min([MEASURE_EVERY_S if is_measured else LOOK_EVERY_S, *ends]))

    def _look(self, pins: Pins) -> tuple[Reading, ...]:
        values = pins.read()

        def reading(given: LocalInput) -> Reading:
            return self._measure(given) if isinstance(given, MeasuredInput) else values.get(given.pin)

        return tuple(reading(given) for given in self.device.inputs)

    def _tell(self, readings: tuple[Reading, ...]) -> None:
        if self._told is not None and all(map(is_same, self._told, readings)):
            return
        self._told = readings
        if readings:
            self._sink(InputsChanged(self.device.id, readings))

    def _switch(self, pins: Pins) -> None:
        """End the pulses that are over, and do what was asked for."""
        now = self._monotonic()
        for output in [output for output, ends_at in self._pulses.items() if ends_at <= now]:
            self._end_pulse(pins, output)
        while self._queue:
            command = self._queue.popleft()
            pin = self.device.outputs[command.output].pin
            if command.state is OutputState.PULSE:
                self._pulses[command.output] = now + command.duration_ms / 1000
                pins.write(pin, True)
            else:
                self._pulses.pop(command.output, None)
                self._lasting[command.output] = command.state is OutputState.ON
                pins.write(pin, self._lasting[command.output])

    def _end_pulse(self, pins: Pins, output: int) -> None:
        """What it was before, as OSDP's timed outputs do."""
        del self._pulses[output]
        pins.write(self.device.outputs[output].pin, self._lasting.get(output, False))

    def _end_pulses(self, pins: Pins) -> None:
        self._online = False
        try:
            for output in list(self._pulses):
                self._end_pulse(pins, output)
        except OSError as error:
            logger.warning("a pulse on %s could not be ended: %s", self.device.chip, error)
        pins.close()

    def _went_down(self, reason: str) -> None:
        """Each reason is told once while it lasts."""
        if reason != self._complaint:
            self._complaint = reason
            if reason != STOPPED:
                logger.warning("the pins of %s are offline: %s", self.device.chip, reason)
            self._sink(DeviceOffline(self.device.id, reason))
