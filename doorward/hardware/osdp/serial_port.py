"""A serial port of this machine."""

import errno
import os
from pathlib import Path

import serial

from doorward.hardware.osdp.port import Listener, Port
from doorward.hardware.reopening import PortUnusable


class SerialPort(Port):
    """An opened serial port, held exclusively."""

    def __init__(self, path: str, baud: int, on_received: Listener, on_sent: Listener) -> None:
        """Open it. Raises PortUnusable."""
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise PortUnusable(_explain(path, error)) from error
        super().__init__(path, self._serial.fileno(), on_received, on_sent)

    def set_speed(self, baud: int) -> None:
        """Run at this speed from now on."""
        if self._serial.baudrate == baud:
            return
        try:
            self._serial.baudrate = baud
        except (serial.SerialException, OSError, ValueError) as error:
            self._lose(error)

    def _is_named(self) -> bool:
        """Names of adapters are links; when adapters come and go, an opened one may turn out to be somebody else's."""
        try:
            return Path(self.name).stat().st_rdev == os.fstat(self.fileno).st_rdev
        except OSError as error:
            raise PortUnusable(_explain(self.name, error)) from error

    def _receive(self, size: int) -> bytes:
        return os.read(self.fileno, size)

    def _send(self, data: bytes) -> None:
        os.write(self.fileno, data)

    def _forget_input(self) -> None:
        self._serial.reset_input_buffer()  # its errors are OSErrors

    def _forget_output(self) -> None:
        self._serial.reset_output_buffer()

    def _close(self) -> None:
        self._serial.close()

    def _gone(self) -> str:
        return f"The serial port {self.name} vanished. Plug its adapter in again."

    def _broken(self, error: Exception) -> str:
        return f"The serial port {self.name} was lost ({error}). Check its adapter and cable."


def _explain(path: str, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return f"There is no serial port {path}. Plug its adapter in, or correct the device's port."
    if code in (errno.EACCES, errno.EPERM):
        return f"The serial port {path} may not be opened. Add Doorward's user to its group (dialout)."
    if code in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in str(error):
        return f"The serial port {path} is in use by another program. Stop that program."
    return f"The serial port {path} cannot be opened: {error}"
