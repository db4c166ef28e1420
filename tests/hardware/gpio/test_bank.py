"""Pins of the controller's own, over a stand-in for the chip; no real chip was at hand."""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from doorward.acs.devices import GpioDevice, MeasuredInput, PinInput, PinOutput
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    DriverEvent,
    Feedback,
    InputsChanged,
    OutputState,
    Reading,
    SetOutput,
)
from doorward.hardware.drivers import Drivers
from doorward.hardware.gpio import bank as banks
from doorward.hardware.gpio.bank import STOPPED, Bank
from doorward.hardware.gpio.driver import GpioDriver
from doorward.hardware.gpio.pins import PinsUnusable, open_pins
from tests.hardware.gpio.pins import FakeChip

DOOR, BUTTON, STRIKE, LAMP = 17, 27, 22, 23
MEASURED = MeasuredInput("iio:device0", 0, 10_000, 3_300)
DEVICE = GpioDevice(
    "gpio-1", "/dev/gpiochip0", (PinInput(DOOR), MEASURED, PinInput(BUTTON)), (PinOutput(STRIKE), PinOutput(LAMP))
)
REST = ((STRIKE, False), (LAMP, False))
Event = TypeVar("Event")


class Rig:
    """A bank with its chip, and what it told."""

    def __init__(self, device: GpioDevice = DEVICE) -> None:
        self.chip = FakeChip()
        self.ohms: Reading = 4_700.0
        self.told: list[DriverEvent] = []
        self._changed = threading.Condition()
        self.bank = Bank(device, self._hear, self.chip.open_pins, lambda _: self.ohms)

    def _hear(self, event: DriverEvent) -> None:
        with self._changed:
            self.told.append(event)
            self._changed.notify_all()

    def wait_for(self, fits: Callable[[DriverEvent], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(fits, self.told)), 5), self.told

    def online(self) -> None:
        self.bank.start()
        self.wait_for(lambda event: event == DeviceOnline("gpio-1"))

    def reads(self, *inputs: Reading) -> None:
        self.wait_for(lambda event: event == InputsChanged("gpio-1", inputs))

    def switch(self, output: int, state: OutputState, duration_ms: int = 0) -> None:
        self.bank.submit(SetOutput("gpio-1", output, state, duration_ms))


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.bank.stop()


def test_outputs_are_at_rest_before_anything_and_inputs_are_told_in_their_order(rig: Rig) -> None:
    rig.chip.levels = {BUTTON: True}
    rig.online()
    rig.chip.wait_for(*REST)
    rig.reads(False, 4_700.0, True)


def test_an_edge_is_told_at_once(rig: Rig) -> None:
    rig.online()
    rig.reads(False, 4_700.0, False)
    rig.chip.set(DOOR, True)
    rig.reads(True, 4_700.0, False)


def test_a_pulse_is_ended_by_the_driver(rig: Rig) -> None:
    rig.online()
    rig.switch(0, OutputState.PULSE, 30)
    rig.chip.wait_for(*REST, (STRIKE, True), (STRIKE, False))


def test_a_pulse_ends_in_what_was_before_it(rig: Rig) -> None:
    rig.online()
    rig.switch(1, OutputState.ON)
    rig.switch(1, OutputState.PULSE, 30)
    rig.chip.wait_for(*REST, (LAMP, True), (LAMP, True), (LAMP, True))


def test_locking_ends_a_pulse_for_good(rig: Rig) -> None:
    rig.online()
    rig.switch(0, OutputState.PULSE, 60_000)
    rig.switch(0, OutputState.OFF)
    rig.chip.wait_for(*REST, (STRIKE, True), (STRIKE, False))
    rig.bank.stop()
    rig.chip.wait_for(*REST, (STRIKE, True), (STRIKE, False))


def test_stopping_ends_pulses_lets_go_and_tells(rig: Rig) -> None:
    rig.online()
    rig.switch(0, OutputState.PULSE, 60_000)
    rig.switch(1, OutputState.ON)
    rig.chip.wait_for(*REST, (STRIKE, True), (LAMP, True))
    rig.bank.stop()
    rig.chip.wait_for(*REST, (STRIKE, True), (LAMP, True), (STRIKE, False))
    assert rig.chip.held is None
    assert rig.told[-1] == DeviceOffline("gpio-1", STOPPED)
    with pytest.raises(CommandRefused):
        rig.switch(0, OutputState.ON)


def test_commands_that_cannot_be_are_refused_and_lights_are_passed_over(rig: Rig) -> None:
    with pytest.raises(CommandRefused, match="cannot be used"):
        rig.switch(0, OutputState.ON)
    rig.online()
    with pytest.raises(CommandRefused, match="there is no output 2"):
        rig.switch(2, OutputState.ON)
    rig.bank.submit(Feedback("gpio-1", True))


def test_a_chip_that_is_pulled_out_is_offline_and_comes_back_with_its_outputs_at_rest(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banks, "REOPEN_S", 0.02)
    rig.online()
    rig.switch(0, OutputState.ON)
    rig.chip.wait_for(*REST, (STRIKE, True))
    rig.chip.plugged = False
    rig.chip.set(DOOR, True)
    rig.wait_for(lambda event: isinstance(event, DeviceOffline) and "are gone" in event.reason)
    rig.chip.plugged = True
    rig.chip.wait_for(*REST, (STRIKE, True), *REST)
    rig.reads(True, 4_700.0, False)
    assert [event for event in rig.told if isinstance(event, DeviceOnline)] == [DeviceOnline("gpio-1")] * 2


def test_measurements_are_told_when_they_move_and_not_for_their_last_digit(rig: Rig) -> None:
    rig.online()
    rig.reads(False, 4_700.0, False)
    rig.ohms = 4_720.0
    rig.chip.set(BUTTON, True)
    rig.reads(False, 4_720.0, True)
    rig.ohms = None
    rig.reads(False, None, True)
    rig.ohms = float("inf")
    rig.reads(False, float("inf"), True)
    heard = [event for event in rig.told if isinstance(event, InputsChanged)]
    assert len(heard) == 4


def test_without_the_package_the_device_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gpiod", None)
    with pytest.raises(PinsUnusable, match=r"doorward\[gpio\]"):
        open_pins(DEVICE)


def test_without_the_chip_the_real_library_says_what_to_plug_in() -> None:
    told: list[DriverEvent] = []
    heard = threading.Event()

    def hear(event: DriverEvent) -> None:
        told.append(event)
        heard.set()

    drivers = Drivers([GpioDevice("gpio-1", "/dev/gpiochip99", DEVICE.inputs, DEVICE.outputs)], hear)
    drivers.start()
    assert heard.wait(5)
    drivers.stop()
    assert told == [
        DeviceOffline(
            "gpio-1",
            "There is no /dev/gpiochip99 on this machine. Plug the chip in, load its driver, or correct the name.",
        )
    ]


def test_a_device_of_another_driver_is_refused() -> None:
    driver = GpioDriver([DEVICE], lambda event: None)
    with pytest.raises(CommandRefused):
        driver.submit(SetOutput("other", 0, OutputState.ON))
