"""Connections that go nowhere but where they may: the name is looked up once, and that very address is connected to.

TLS still goes by the name: it is what the certificate must be for. Nothing of the environment (proxies) is heeded.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpcore

from doorward.acs.webhooks.addresses import Network, address_of, is_allowed

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, in the order in which to try them. Raises OSError."""
MOST_ADDRESSES = 4
"""So many of a host's addresses are tried."""
_RESOLVERS = 64
"""Threads that wait for name servers. More than there are webhooks, so that none waits for another's."""


class AddressRefused(httpcore.ConnectError):
    """A host has an address to which nothing is sent; the message says which."""


class Resolver:
    """The system's resolver, in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="webhook-names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Look nothing up any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Guard(httpcore.AsyncNetworkBackend):
    """Looks a host up, refuses it if any of its addresses is not allowed, and connects to what it looked at."""

    def __init__(self, resolve: Resolve, networks: Sequence[Network]) -> None:
        self._resolve = resolve
        self._networks = networks
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the host. Raises AddressRefused, or httpcore's errors."""
        addresses = await self._allowed(host, port)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _allowed(self, host: str, port: int) -> list[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(
                f"{host} has no address: {getattr(error, 'strerror', None) or error}"
            ) from error
        addresses = []
        for text in found:
            try:
                address = address_of(text)
            except ValueError:
                raise AddressRefused(f"{host} has an address that is none: {text}") from None
            if not is_allowed(address, self._networks):
                raise AddressRefused(
                    f"{host} is at {address}, which is not a public address. If webhooks may be sent there, start the "
                    f"server with --webhook-network {address}"
                )
            addresses.append(str(address))
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        return addresses[:MOST_ADDRESSES]
