"""The pins of one chip as the driver needs them, over libgpiod 2.

The package `gpiod` is an extra: whoever has no pins does not need it.
"""

import importlib
from typing import Any, Protocol

from doorward.acs.devices import Bias, GpioDevice, PinInput
from doorward.hardware.errors import HardwareError

CONSUMER = "doorward"
"""As `gpioinfo` shows who holds a pin."""
_BIAS = {
    Bias.AS_IS: "AS_IS",
    Bias.PULL_UP: "PULL_UP",
    Bias.PULL_DOWN: "PULL_DOWN",
    Bias.DISABLED: "DISABLED",
}


class PinsUnusable(HardwareError):
    """The pins cannot be used; says what to install, plug in or correct."""


class Pins(Protocol):
    """The pins of a device, held until `close`. Outputs were off when they were taken. Raises OSError when they go."""

    def fileno(self) -> int:
        """Becomes readable when an input changes."""

    def read(self) -> dict[int, bool]:
        """All inputs now, by pin; and what made `fileno` readable is done with."""

    def write(self, pin: int, on: bool) -> None:
        """Switch one output."""

    def close(self) -> None:
        """Let go of the pins."""


def open_pins(device: GpioDevice) -> Pins:
    """Take the device's pins, its outputs off. Raises PinsUnusable."""
    try:
        gpiod: Any = importlib.import_module("gpiod")
    except ImportError as error:
        raise PinsUnusable(
            "Pins of this machine need the Python package gpiod, which is not installed. "
            "Install Doorward with its extra: pip install 'doorward[gpio]'."
        ) from error
    try:
        return GpiodPins(gpiod, device)
    except FileNotFoundError as error:
        raise PinsUnusable(
            f"There is no {device.chip} on this machine. Plug the chip in, load its driver, or correct the name."
        ) from error
    except PermissionError as error:
        raise PinsUnusable(
            f"{device.chip} may not be opened. Let the user that runs Doorward use it (often the group gpio)."
        ) from error
    except (OSError, ValueError) as error:
        raise PinsUnusable(
            f"The pins of {device.chip} cannot be taken: {error}. Another program may hold them, or one does not exist."
        ) from error


class GpiodPins:
    """One request for all pins of a device, with the edges of both directions."""

    def __init__(self, gpiod: Any, device: GpioDevice) -> None:
        """`gpiod` is the package. Raises OSError, ValueError."""
        line = gpiod.line
        self._values = line.Value
        self._inputs = [given.pin for given in device.inputs if isinstance(given, PinInput)]
        inputs = {
            given.pin: gpiod.LineSettings(
                direction=line.Direction.INPUT,
                edge_detection=line.Edge.BOTH,
                bias=getattr(line.Bias, _BIAS[given.bias]),
                active_low=given.active_low,
            )
            for given in device.inputs
            if isinstance(given, PinInput)
        }
        outputs = {
            given.pin: gpiod.LineSettings(
                direction=line.Direction.OUTPUT, active_low=given.active_low, output_value=line.Value.INACTIVE
            )
            for given in device.outputs
        }
        self._request = gpiod.request_lines(device.chip, consumer=CONSUMER, config={**inputs, **outputs})

    def fileno(self) -> int:
        """Of the request."""
        return int(self._request.fd)

    def read(self) -> dict[int, bool]:
        """The edges only say that something changed; how the pins are is asked."""
        while self._request.wait_edge_events(0):
            self._request.read_edge_events()
        values = self._request.get_values(self._inputs) if self._inputs else []
        return {pin: value is self._values.ACTIVE for pin, value in zip(self._inputs, values, strict=True)}

    def write(self, pin: int, on: bool) -> None:
        """Switch one output."""
        self._request.set_value(pin, self._values.ACTIVE if on else self._values.INACTIVE)

    def close(self) -> None:
        """Release the request."""
        self._request.release()
