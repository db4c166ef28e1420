"""The Wiegand driver: one thread for every serial line that a converter is on."""

import time
from collections.abc import Callable, Sequence

from doorward.acs.devices import WiegandDevice
from doorward.hardware.driver import CommandRefused, DriverCommand, EventSink
from doorward.hardware.wiegand.port import WiegandPort


class WiegandDriver:
    """Drives Wiegand readers from `start` to `stop`. `submit` is for any thread."""

    def __init__(
        self,
        devices: Sequence[WiegandDevice],
        sink: EventSink,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Events go to `sink`, from the threads of the ports. `monotonic` is in seconds and never goes back."""
        on_port: dict[str, list[WiegandDevice]] = {}
        for device in devices:
            on_port.setdefault(device.port, []).append(device)
        self._ports = [WiegandPort(sharing, sink, monotonic) for sharing in on_port.values()]
        self._port_of = {device.id: port for port in self._ports for device in port.devices}

    def start(self) -> None:
        """Start a thread for every port; readers tell when they come online."""
        for port in self._ports:
            port.start()

    def stop(self) -> None:
        """Stop every thread and close every port."""
        for port in self._ports:
            port.stop()

    def submit(self, command: DriverCommand) -> None:
        """Send a command to its reader. Raises CommandRefused when that is offline or cannot do it."""
        port = self._port_of.get(command.device_id)
        if port is None:
            raise CommandRefused("The device is not configured; nothing was sent.")
        port.submit(command)
