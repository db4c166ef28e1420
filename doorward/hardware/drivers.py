"""All drivers of a controller as one: each kind of device goes to the driver that speaks to it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from doorward.acs.devices import Device, IpDevice, OsdpDevice
from doorward.hardware.driver import CommandRefused, Driver, DriverCommand, EventSink
from doorward.hardware.ip.driver import IpDriver
from doorward.hardware.ip.listener import Listener
from doorward.hardware.osdp.driver import OsdpDriver

MakeDriver = Callable[[Sequence[Any], EventSink], Driver]

MAKERS: dict[type, MakeDriver] = {OsdpDevice: OsdpDriver, IpDevice: IpDriver}
"""The driver of each kind of device; it is made of the devices of that kind."""


def drivers_with(listener: Listener | None) -> Callable[[Sequence[Device], EventSink], "Drivers"]:
    """Makes drivers whose devices on the network are those that this listener hears."""
    return lambda devices, sink: Drivers(devices, sink, listener)


class Drivers:
    """A driver for each kind of device that there is, from `start` to `stop`. `submit` is for any thread."""

    def __init__(self, devices: Sequence[Device], sink: EventSink, listener: Listener | None = None) -> None:
        """Events of all of them go to `sink`. `listener` hears the devices on the network."""
        by_kind: dict[type, list[Device]] = {}
        for device in devices:
            by_kind.setdefault(type(device), []).append(device)
        self._drivers: list[Driver] = []
        self._driver_of: dict[str, Driver] = {}
        for kind, alike in by_kind.items():
            make: MakeDriver = MAKERS[kind]
            if listener is not None and kind is IpDevice:
                driver: Driver = IpDriver(alike, sink, listener)  # type: ignore[arg-type]
            else:
                driver = make(alike, sink)
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
