"""The link between a controller and the server: what the controller needs of any, and the one inside a process.

In memory the typed messages of `doorward.acs.messages` pass in order, as they do over a wire. The
controller's end may be used from any thread; the server's end belongs to one event loop.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from doorward.acs.messages import ToController, ToServer
from doorward.hardware.errors import HardwareError


class LinkClosed(HardwareError):
    """The other end has closed the link; nothing passes any more."""


class ControllerEnd(Protocol):
    """The controller's end of any link; any thread may use it."""

    def connect(self, on_message: Callable[[ToController], None], on_close: Callable[[], None] | None = None) -> None:
        """Receive from now on. Both are called in whatever thread sends or closes, and must return at once."""

    def send(self, message: ToServer) -> None:
        """Pass a message to the server, never waiting. Raises LinkClosed."""

    @property
    def closed(self) -> bool:
        """Whether either end has closed the link."""

    def close(self) -> None:
        """End the link: the server receives what was sent before, if it can, and then LinkClosed."""


class _Channel:
    """What both ends share. `closed` is set once, under the lock."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.lock = threading.Lock()
        self.closed = False
        self.to_server: asyncio.Queue[ToServer | None] = asyncio.Queue()
        self.on_message: Callable[[ToController], None] | None = None
        self.on_close: Callable[[], None] | None = None

    def put(self, message: ToServer | None) -> None:
        """Hand a message, or None for the end, to the loop. Raises LinkClosed when the loop is gone."""
        try:
            self.loop.call_soon_threadsafe(self.to_server.put_nowait, message)
        except RuntimeError as error:
            self.closed = True
            raise LinkClosed("The server has stopped.") from error

    def close(self) -> None:
        with self.lock:
            if self.closed:
                return
            self.closed = True
            with suppress(LinkClosed):  # or nobody is left to be told
                self.put(None)
        if self.on_close is not None:
            self.on_close()


class MemoryControllerEnd:
    """The controller's end inside a process."""

    def __init__(self, channel: _Channel) -> None:
        self._channel = channel

    def connect(self, on_message: Callable[[ToController], None], on_close: Callable[[], None] | None = None) -> None:
        """Receive from now on. Both are called in whatever thread sends or closes, and must return at once."""
        self._channel.on_message, self._channel.on_close = on_message, on_close

    def send(self, message: ToServer) -> None:
        """Pass a message to the server. Raises LinkClosed."""
        with self._channel.lock:
            if self._channel.closed:
                raise LinkClosed("The server has closed the link.")
            self._channel.put(message)

    @property
    def closed(self) -> bool:
        """Whether either end has closed the link."""
        return self._channel.closed

    def close(self) -> None:
        """End the link: the server receives what was sent before, and then LinkClosed."""
        self._channel.close()


class ServerEnd:
    """The server's end."""

    def __init__(self, channel: _Channel) -> None:
        self._channel = channel

    def send(self, message: ToController) -> None:
        """Pass a message to the controller; any thread may. What is sent after the link closed is dropped."""
        on_message = self._channel.on_message
        if on_message is not None and not self._channel.closed:
            on_message(message)

    async def receive(self) -> ToServer:
        """The controller's next message. Raises LinkClosed once there will be no more."""
        message = await self._channel.to_server.get()
        if message is None:
            self._channel.to_server.put_nowait(None)
            raise LinkClosed("The controller has closed the link.")
        return message

    async def drained(self) -> None:
        """Nothing ever waits here."""

    def close(self, reason: str = "") -> None:  # noqa: ARG002 - nobody is far away to be told
        """End the link; the controller finds out when it next sends."""
        self._channel.close()


def memory_link(loop: asyncio.AbstractEventLoop) -> tuple[MemoryControllerEnd, ServerEnd]:
    """The two ends of a new link; `loop` is the one in which the server's end receives."""
    channel = _Channel(loop)
    return MemoryControllerEnd(channel), ServerEnd(channel)
