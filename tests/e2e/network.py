"""The network between a server and its controllers, and how it is cut: packets vanish, and nobody is told.

Two network namespaces joined by a virtual cable where the machine allows that (Linux, root); otherwise a proxy between
the processes that keeps every byte back until the cut is over, which is what TCP makes of lost packets.
"""

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

LOOPBACK = "127.0.0.1"
SERVER, DOORS = "10.231.7.1", "10.231.7.2"


class Network(Protocol):
    """Where the server listens, whom the controller dials, and what runs the programs at each end."""

    name: str
    server_host: str
    at_server: Sequence[str]
    at_doors: Sequence[str]

    def to_server(self, port: int) -> tuple[str, int]:
        """The host and port to dial for the server's `port`."""

    def cut(self) -> None:
        """From now on nothing arrives."""

    def mend(self) -> None:
        """From now on everything does."""


class Cable:
    """Two namespaces and the cable between them. `pull` and `plug` are its ends at the server."""

    name = "two network namespaces"
    server_host = SERVER

    def __init__(self) -> None:
        self._server, self._doors = (f"doorward-{os.getpid()}-{end}" for end in ("server", "doors"))
        self.at_server: Sequence[str] = ("ip", "netns", "exec", self._server)
        self.at_doors: Sequence[str] = ("ip", "netns", "exec", self._doors)

    def lay(self) -> None:
        """Make both namespaces. Raises OSError or CalledProcessError where that is forbidden."""
        for name in (self._server, self._doors):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("netns", "exec", name, "true")  # That may be forbidden, too.
        _ip("-n", self._server, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", self._doors)
        for name, address in ((self._server, SERVER), (self._doors, DOORS)):
            _ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            _ip("-n", name, "link", "set", "cable", "up")

    def remove(self) -> None:
        """Both namespaces and what is in them."""
        for name in (self._server, self._doors):
            with suppress(OSError, subprocess.CalledProcessError):
                _ip("netns", "delete", name)

    def to_server(self, port: int) -> tuple[str, int]:
        return SERVER, port

    def cut(self) -> None:
        _ip("-n", self._server, "link", "set", "cable", "down")

    def mend(self) -> None:
        _ip("-n", self._server, "link", "set", "cable", "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class HoldingProxy:
    """Passes bytes on, or keeps them back. A thread of its own."""

    name = "a proxy that holds back"
    server_host = LOOPBACK
    at_server: Sequence[str] = ()
    at_doors: Sequence[str] = ()

    def __init__(self) -> None:
        self._target = 0
        self._listening: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def to_server(self, port: int) -> tuple[str, int]:
        self._target = port
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._take, LOOPBACK, 0), self._loop).result()
        self._listening = listening
        return LOOPBACK, int(listening.sockets[0].getsockname()[1])

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.clear)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._flows.set)

    def remove(self) -> None:
        """No more connections."""

        async def end() -> None:
            if self._listening is not None:
                self._listening.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        if self._thread.ident is not None:
            asyncio.run_coroutine_threadsafe(end(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        try:
            there_reader, there_writer = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        await self._flows.wait()
        writer.transport.abort()


@contextmanager
def network() -> Iterator[Network]:
    """The best that this machine has, until the block ends."""
    cable = Cable()
    try:
        try:
            cable.lay()
        except (OSError, subprocess.CalledProcessError):
            proxy = HoldingProxy()
            try:
                yield proxy
            finally:
                proxy.remove()
        else:
            yield cable
    finally:
        cable.remove()
