"""The GPIO driver: one bank for every chip."""

from collections.abc import Sequence
from contextlib import ExitStack

from doorward.acs.devices import GpioDevice
from doorward.hardware.driver import CommandRefused, DriverCommand, EventSink
from doorward.hardware.gpio.bank import Bank
from doorward.hardware.gpio.pins import open_pins


class GpioDriver:
    """Drives the pins of this machine from `start` to `stop`. `submit` is for any thread."""

    def __init__(self, devices: Sequence[GpioDevice], sink: EventSink) -> None:
        """Events go to `sink`, from the threads of the banks."""
        self._banks = {device.id: Bank(device, sink, open_pins) for device in devices}

    def start(self) -> None:
        """Start a thread for every chip; devices tell when they are online, or why not."""
        for bank in self._banks.values():
            bank.start()

    def stop(self) -> None:
        """Stop every thread and let go of every pin. Pulses end."""
        with ExitStack() as stack:
            for bank in self._banks.values():
                stack.callback(bank.stop)

    def submit(self, command: DriverCommand) -> None:
        """Switch an output. Raises CommandRefused when that cannot be."""
        bank = self._banks.get(command.device_id)
        if bank is None:
            raise CommandRefused("The device is not configured; nothing was sent.")
        bank.submit(command)
