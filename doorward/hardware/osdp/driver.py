"""The OSDP driver: one bus for every serial port that a device is wired to."""

import time
from collections.abc import Callable, Sequence

import msgspec

from doorward.acs import messages
from doorward.acs.devices import OsdpDevice
from doorward.acs.messages import Order
from doorward.acs.signals import DEFAULT_SIGNALS
from doorward.hardware.driver import CommandRefused, DriverCommand, EventSink
from doorward.hardware.osdp.bus import Bus


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _fixed(device: OsdpDevice) -> OsdpDevice:
    """The device without what may change while it is driven."""
    return msgspec.structs.replace(
        device,
        key=b"",
        next_key=None,
        next_number=0,
        signals=DEFAULT_SIGNALS,
        address=0,
        baud=0,
        next_address=None,
        next_baud=None,
    )


class OsdpDriver:
    """Drives OSDP devices from `start` to `stop`. `submit` is for any thread."""

    def __init__(
        self,
        devices: Sequence[OsdpDevice],
        sink: EventSink,
        monotonic_ms: Callable[[], int] = _monotonic_ms,
    ) -> None:
        """Events go to `sink`, from the threads of the buses. Devices with one port share its bus.

        `monotonic_ms` counts milliseconds from any moment and never goes back.
        """
        self._devices = list(devices)
        on_port: dict[str, list[OsdpDevice]] = {}
        for device in devices:
            on_port.setdefault(device.port, []).append(device)
        self._buses = [Bus(sharing, sink, lambda: monotonic_ms() / 1000) for sharing in on_port.values()]
        self._bus_of = {device.id: bus for bus in self._buses for device in bus.devices}

    def start(self) -> None:
        """Start a thread for every port; devices tell when they come online."""
        for bus in self._buses:
            bus.start()

    def stop(self) -> None:
        """Stop every thread and close every port. Devices finish timed outputs by themselves."""
        for bus in self._buses:
            bus.stop()

    def buses(self) -> tuple[messages.Bus, ...]:
        """Every bus and its devices as they are now. From any thread."""
        return tuple(bus.report() for bus in self._buses)

    def order(self, order: Order) -> None:
        """Begin an order of an operator. Raises CommandRefused."""
        bus = self._bus_of.get(order.device_id)
        if bus is None:
            raise CommandRefused("The device is not configured; nothing was done.")
        bus.order(order)

    def stop_order(self, order_id: str) -> None:
        """End what an order began, if it is still under way."""
        for bus in self._buses:
            bus.stop_order(order_id)

    def rekey(self, devices: Sequence[OsdpDevice]) -> bool:
        """Take other keys, signals and places for the same devices. False when more has changed.

        More is also a place that a device is not looked for at now.
        """
        given = list(devices)
        if [_fixed(device) for device in given] != [_fixed(device) for device in self._devices]:
            return False
        if not all(self._bus_of[device.id].fits(device) for device in given):
            return False
        self._devices = given
        for bus in self._buses:
            bus.rekey([device for device in given if self._bus_of[device.id] is bus])
        return True

    def submit(self, command: DriverCommand) -> None:
        """Send a command to its device. Raises CommandRefused when that is offline or cannot do it."""
        bus = self._bus_of.get(command.device_id)
        if bus is None:
            raise CommandRefused("The device is not configured; nothing was sent.")
        bus.submit(command)
