"""The driver of devices on the network: the listener's devices, as a controller drives them."""

from collections.abc import Sequence
from contextlib import ExitStack

from doorward.acs.devices import IpDevice
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DriverCommand,
    EventSink,
    SetOutput,
)
from doorward.hardware.ip.listener import Listener
from doorward.hardware.ip.stream_reader import StreamReader

_NO_LISTENER = (
    "This controller does not listen to readers on the network. Start it with --peripherals-port and a certificate."
)
_UNDRIVEN = "The device is no longer driven by this controller."


class IpDriver:
    """Drives devices on the network from `start` to `stop`, through a listener that outlasts it."""

    def __init__(self, devices: Sequence[IpDevice], sink: EventSink, listener: Listener | None = None) -> None:
        """Events go to `sink`, from the listener's thread. Without a listener, the devices are offline and say why."""
        self._devices, self._sink, self._listener = tuple(devices), sink, listener
        self._streams = [StreamReader(device, sink) for device in devices if device.stream_url]

    def start(self) -> None:
        """Take up the devices: those that are in contact are online at once."""
        for stream in self._streams:
            stream.start()
        if self._listener is not None:
            self._listener.drive(self._devices, self._sink)
            return
        for device in self._devices:
            if not device.stream_url:
                self._sink(DeviceOffline(device.id, _NO_LISTENER))

    def stop(self) -> None:
        """Let go of the devices. They keep their connections, for the driver that may come next."""
        with ExitStack() as stack:
            for stream in self._streams:
                stack.callback(stream.stop)
        if self._listener is not None:
            for device_id in self._listener.release():
                self._sink(DeviceOffline(device_id, _UNDRIVEN))

    def submit(self, command: DriverCommand) -> None:
        """Tell a device what came of a read, or how the door stands. Raises CommandRefused: it has no outputs."""
        if isinstance(command, SetOutput):
            raise CommandRefused("A reader on the network has no output that this controller can set.")
        if self._listener is not None:
            self._listener.show(command)
