"""What the program waits for: happenings of the site, the word to stop, and lines from its console."""

import os
import select
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from doorward.hardware.simulators.happening import Happening

MAX_LINE_BYTES = 4_096
READ_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody wants the program to end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line from the console."""

    text: str


Item = Happening | Stop | Line


class Inbox:
    """`put` may be called from any thread and from a signal's handler; one thread waits."""

    def __init__(self, console: int | None = None) -> None:
        """`console` is a file descriptor to read lines from, until it ends."""
        self._items: list[Item] = []
        self._lock = threading.RLock()  # a signal may come while its own thread holds it
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._console = console
        self._typed = b""
        self._poller = select.poll()
        self._poller.register(self._wake, select.POLLIN)
        if console is not None:
            self._poller.register(console, select.POLLIN)

    def put(self, item: Item) -> None:
        """Something for the one who waits."""
        with self._lock:
            self._items.append(item)
        os.eventfd_write(self._wake, 1)

    def wait(self, timeout_s: float | None) -> list[Item]:
        """Everything that came, waiting for it at most so long (None: until something comes)."""
        timeout_ms = None if timeout_s is None else max(0.0, timeout_s) * 1000
        for descriptor, _ in self._poller.poll(timeout_ms):
            if descriptor == self._wake:
                os.eventfd_read(self._wake)
            else:
                self._read_console(descriptor)
        with self._lock:
            items, self._items = self._items, []
        return items

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nobody puts anything any more."""
        os.close(self._wake)

    def _read_console(self, descriptor: int) -> None:
        data = os.read(descriptor, READ_BYTES)
        if not data:
            self._poller.unregister(descriptor)
            data = b"\n" if self._typed else b""
        *lines, self._typed = (self._typed + data).split(b"\n")
        self._typed = self._typed[:MAX_LINE_BYTES]
        for line in lines:
            self.put(Line(line[:MAX_LINE_BYTES].decode(errors="replace")))


Say = Callable[[str], None]
"""Takes one line for the person who watches."""
