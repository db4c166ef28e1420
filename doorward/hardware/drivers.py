"""All drivers of a controller as one: each kind of device goes to the driver that speaks to it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from doorward.acs.devices import Device, GpioDevice, IpDevice, OsdpDevice, WiegandDevice
from doorward.acs.messages import Bus, Order
from doorward.hardware.driver import CommandRefused, Driver, DriverCommand, EventSink, MaintainedDriver
from doorward.hardware.gpio.driver import GpioDriver
from doorward.hardware.ip.driver import IpDriver
from doorward.hardware.ip.listener import Listener
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.wiegand.driver import WiegandDriver

MakeDriver = Callable[[Sequence[Any], EventSink], Driver]

MAKERS: dict[type, MakeDriver] = {
    OsdpDevice: OsdpDriver,
    WiegandDevice: WiegandDriver,
    GpioDevice: GpioDriver,
    IpDevice: IpDriver,
}
"""The driver of each kind of device; it is made of the devices of that kind."""


def _by_kind(devices: Sequence[Device]) -> dict[type, list[Device]]:
    by_kind: dict[type, list[Device]] = {}
    for device in devices:
        by_kind.setdefault(type(device), []).append(device)
    return by_kind


def drivers_with(listener: Listener | None) -> Callable[[Sequence[Device], EventSink], "Drivers"]:
    """Makes drivers whose devices on the network are those that this listener hears."""
    return lambda devices, sink: Drivers(devices, sink, listener)


class Drivers:
    """A driver for each kind of device that there is, from `start` to `stop`. `submit` is for any thread."""

    def __init__(self, devices: Sequence[Device], sink: EventSink, listener: Listener | None = None) -> None:
        """Events of all of them go to `sink`. `listener` hears the devices on the network."""
        self._devices = list(devices)
        by_kind = _by_kind(devices)
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

    def buses(self) -> Sequence[Bus]:
        """The buses of every driver that has some."""
        return [bus for driver in self._maintained() for bus in driver.buses()]

    def order(self, order: Order) -> None:
        """Begin an order at its device. Raises CommandRefused."""
        driver = self._driver_of.get(order.device_id)
        if not isinstance(driver, MaintainedDriver):
            raise CommandRefused("There is nothing to maintain on this device.")
        driver.order(order)

    def stop_order(self, order_id: str) -> None:
        """End what an order began, if it is still under way."""
        for driver in self._maintained():
            driver.stop_order(order_id)

    def rekey(self, devices: Sequence[Device]) -> bool:
        """Take other keys for the same devices. False when more than keys has changed."""
        before: dict[type, list[Device]] = _by_kind(self._devices)
        after: dict[type, list[Device]] = _by_kind(devices)
        if before.keys() != after.keys():
            return False
        changed = [kind for kind in before if before[kind] != after[kind]]
        drivers = [self._driver_of[before[kind][0].id] for kind in changed]
        maintained = [driver for driver in drivers if isinstance(driver, MaintainedDriver)]
        if len(maintained) < len(changed) or len(changed) > 1:
            return False
        self._devices = list(devices)
        return all(driver.rekey(after[kind]) for driver, kind in zip(maintained, changed, strict=True))

    def _maintained(self) -> list[MaintainedDriver]:
        return [driver for driver in self._drivers if isinstance(driver, MaintainedDriver)]

    def submit(self, command: DriverCommand) -> None:
        """Send a command to its device. Raises CommandRefused."""
        driver = self._driver_of.get(command.device_id)
        if driver is None:
            raise CommandRefused("The device is not configured; nothing was sent.")
        driver.submit(command)
