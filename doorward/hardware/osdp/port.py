"""A line as libosdp wants it, serial or over the network: reads and writes that never wait."""

import logging
import select
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

from doorward.hardware.reopening import PortUnusable

logger = logging.getLogger(__name__)

Listener = Callable[[bytes], None]


class Port(ABC):
    """An opened line. One thread uses it.

    `read`, `write`, `flush` and `id` are the channel that libosdp calls from C, where an exception
    would be lost: a fault is remembered instead, for `check`.
    """

    gone_events = select.POLLHUP | select.POLLERR | select.POLLNVAL
    """By these, a poll says that the line is gone."""

    def __init__(self, name: str, fileno: int, on_received: Listener, on_sent: Listener) -> None:
        """Both are called with what passes, at once."""
        self.name = name
        self.fileno = fileno
        self.id = fileno
        self.was_read = False
        self._on_received = on_received
        self._on_sent = on_sent
        self._lost: str | None = None

    def read(self, size: int) -> bytes:
        """At most `size` received bytes; none when there are none now."""
        self.was_read = True
        try:
            data = self._receive(size)
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
        self._on_sent(data)
        try:
            self._send(data)
        except BlockingIOError:
            logger.debug("%s takes no more bytes", self.name)
        except OSError as error:
            self._lose(error)
        return len(data)

    def flush(self) -> None:
        """Forget what was received but not read."""
        try:
            self._forget_input()
        except OSError as error:
            self._lose(error)

    def set_speed(self, baud: int) -> None:  # noqa: B027 - a converter has a speed of its own
        """Run at this speed from now on, where that is ours to say."""

    def discard(self) -> None:
        """Forget what was received but not read, and what was written but not sent."""
        try:
            self._forget_input()
            self._forget_output()
        except OSError as error:
            self._lose(error)

    def check(self, poll_events: int) -> None:
        """Raises PortUnusable when the line was lost, by the result of a poll or while libosdp used it."""
        if poll_events & self.gone_events:
            self._lost = self._lost or self._gone()
        if self._lost is not None:
            raise PortUnusable(self._lost)

    def check_name(self) -> None:
        """Raises PortUnusable when the name does not lead to this line any more."""
        if not self._is_named():
            raise PortUnusable(f"{self.name} is another serial port now; that one is opened instead.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Let go of the line."""
        try:
            self._close()
        except OSError as error:
            logger.info("closing %s: %s", self.name, error)

    def _lose(self, error: Exception) -> None:
        self._lost = self._lost or self._broken(error)

    def _is_named(self) -> bool:
        return True

    @abstractmethod
    def _receive(self, size: int) -> bytes: ...

    @abstractmethod
    def _send(self, data: bytes) -> None: ...

    @abstractmethod
    def _forget_input(self) -> None: ...

    @abstractmethod
    def _forget_output(self) -> None: ...

    @abstractmethod
    def _close(self) -> None: ...

    @abstractmethod
    def _gone(self) -> str: ...

    @abstractmethod
    def _broken(self, error: Exception) -> str: ...
