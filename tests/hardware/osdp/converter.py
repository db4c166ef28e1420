"""A TCP-to-serial converter on loopback, for one connection at a time."""

import os
import select
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Converter:
    """Listens while it is on; its other end is the serial port at `line`."""

    def __init__(self, line: Path) -> None:
        self._line = line
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stopping = False
        self._drop = False
        self.connections = 0
        self._thread = threading.Thread(target=self._run, name="converter")
        self._thread.start()

    def drop(self) -> None:
        """Close the present connection."""
        self._drop = True
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        self._stopping = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._listener.close()
        os.close(self._wake)

    def _run(self) -> None:
        while not self._stopping:
            waits: list[Any] = [self._listener, self._wake]
            ready, _, _ = select.select(waits, [], [])
            if self._wake in ready:
                os.eventfd_read(self._wake)
            if self._listener in ready:
                with self._listener.accept()[0] as connection:
                    self.connections += 1
                    self._relay(connection)

    def _relay(self, connection: socket.socket) -> None:
        line = os.open(self._line, os.O_RDWR | os.O_NOCTTY)
        try:
            tty.setraw(line)
            while True:
                waits: list[Any] = [connection, line, self._wake]
                ready, _, _ = select.select(waits, [], [])
                if self._wake in ready:
                    os.eventfd_read(self._wake)
                    if self._stopping or self._drop:
                        self._drop = False
                        return
                if connection in ready:
                    data = connection.recv(4096)
                    if not data:
                        return
                    os.write(line, data)
                if line in ready:
                    connection.sendall(os.read(line, 4096))
        except OSError:
            return
        finally:
            os.close(line)


@contextmanager
def converting(line: Path) -> Iterator[Converter]:
    """A converter that is switched off in the end."""
    converter = Converter(line)
    try:
        yield converter
    finally:
        converter.close()
