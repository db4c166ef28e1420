"""A serial port as libosdp wants it: reads and writes that never wait."""

import errno
import logging
import os
import select
from collections.abc import Callable
from typing import Self

import serial

logger = logging.getLogger(__name__)


class PortUnusable(Exception):
    """The port cannot be opened or was lost; the message is a sentence for people."""


class SerialPort:
    """An opened port, held exclusively. One thread uses it.

    `read`, `write`, `flush` and `id` are the channel that libosdp calls from C, where an exception
    would be lost: a fault is remembered instead, for `check`.
    """

    def __init__(self, path: str, baud: int, on_received: Callable[[bytes], None]) -> None:
        """Open it. Raises PortUnusable."""
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise PortUnusable(_explain(path, error)) from error
        self._path = path
        self._on_received = on_received
        self.fileno: int = self._serial.fileno()
        self.id = self.fileno
        self._lost: str | None = None
        self.was_read = False

    def read(self, size: int) -> bytes:
        """At most `size` received bytes; none when there are none now."""
        self.was_read = True
        try:
            data = os.read(self.fileno, size)
        except BlockingIOError:
            return b""
        except OSError as error:
            self._lose(error)
            return b""
        if data:
            self._on_received(data)
        return data

    def write(self, data: bytes) -> int:
        """Send `data`. What a full line does not take is lost, as on a real one; libosdp then retries."""
        try:
            os.write(self.fileno, data)
        except BlockingIOError:
            logger.debug("%s takes no more bytes", self._path)
        except OSError as error:
            self._lose(error)
        return len(data)

    def flush(self) -> None:
        """Forget what was received but not read."""
        try:
            self._serial.reset_input_buffer()
        except (serial.SerialException, OSError) as error:
            self._lose(error)

    def discard(self) -> None:
        """Forget what was received but not read, and what was written but not sent."""
        try:
            self._serial.reset_input_buffer()
            self._serial.reset_output_buffer()
        except (serial.SerialException, OSError) as error:
            self._lose(error)

    def check(self, poll_events: int) -> None:
        """Raises PortUnusable when the port was lost, by the result of a poll or while libosdp used it."""
        if poll_events & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            self._lost = f"The serial port {self._path} vanished. Plug its adapter in again."
        if self._lost is not None:
            raise PortUnusable(self._lost)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Let go of the port."""
        try:
            self._serial.close()
        except (serial.SerialException, OSError) as error:
            logger.info("closing %s: %s", self._path, error)

    def _lose(self, error: Exception) -> None:
        self._lost = self._lost or f"The serial port {self._path} was lost ({error}). Check its adapter and cable."


def _explain(path: str, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return f"There is no serial port {path}. Plug its adapter in, or correct the device's port."
    if code in (errno.EACCES, errno.EPERM):
        return f"The serial port {path} may not be opened. Add Doorward's user to its group (dialout)."
    if code in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in str(error):
        return f"The serial port {path} is in use by another program. Stop that program."
    return f"The serial port {path} cannot be opened: {error}"
