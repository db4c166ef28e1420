"""All drivers of a controller as one: each kind of device goes to the driver that speaks to it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from doorward.acs.devices import Device, GpioDevice, OsdpDevice, WiegandDevice
from doorward.hardware.driver import CommandRefused, Driver, DriverCommand, EventSink
from doorward.hardware.gpio.driver import GpioDriver
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.wiegand.driver import WiegandDriver

MakeDriver = Callable[[Sequence[Any], EventSink], Driver]

MAKERS: dict[type, MakeDriver] = {OsdpDevice: OsdpDriver, WiegandDevice: WiegandDriver, GpioDevice: GpioDriver}
"""The driver of each kind of device; it is made of the devices of that kind."""


class Drivers:
    """A driver for each kind of device that there is, from `start` to `stop`. `submit` is for any thread."""

    def __init__(self, devices: Sequence[Device], sink: EventSink) -> None:
        """Events of all of them go to `sink`."""
        by_kind: dict[type, list[Device]] = {}
        for device in devices:
            by_kind.setdefault(type(device), []).append(device)
        self._drivers: list[Driver] = []
        self._driver_of: dict[str, Driver] = {}
        for kind, alike in by_kind.items():
            driver = MAKERS[kind](alike, sink)
            self._drivers.append(driver)
            self._driver_of.update((device.id, driver) for device in alike)

    def start(self) -> None:
        """Start every driver."""
        for driver in self._drivers:
            driver.start()

    def stop(self) -> None:
        """Stop every driver, whatever becomes of one of them."""
        with ExitStack() as stack:
            for driver in self._drivers:
                stack.callback(driver.stop)

    def submit(self, command: DriverCommand) -> None:
        """Send a command to its device. Raises CommandRefused."""
        driver = self._driver_of.get(command.device_id)
        if driver is None:
            raise CommandRefused("The device is not configured; nothing was sent.")
        driver.submit(command)
