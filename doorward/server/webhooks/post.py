"""Sending one request and looking at what comes back, within bounds of time and size."""

import asyncio
import ssl
import time
from collections.abc import Sequence

import httpcore
import httpx

from doorward.acs.webhooks.addresses import Network
from doorward.acs.webhooks.live import Answer, Outgoing
from doorward.server.webhooks.guard import Guard, Resolve

TIMEOUT_S = 15.0
"""For all of it: the name, the connection, the request and the whole answer."""
MOST_OF_AN_ANSWER = 64 * 1024
"""Bytes of an answer's body that are read."""
_KEPT_OPEN_S = 20.0
_MOST_KEPT_OPEN = 50


def system_trust() -> ssl.SSLContext:
    """Trusts what this machine trusts, and the authorities of the Web."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Poster:
    """Sends requests. Follows no redirect, keeps no cookies, heeds no proxy. Close it at the end."""

    def __init__(
        self,
        resolve: Resolve,
        networks: Sequence[Network] = (),
        trust: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._timeout_s = timeout_s
        # No bound on connections: each webhook has one request under way at most, and none waits for another's.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or system_trust(),
            max_connections=None,
            max_keepalive_connections=_MOST_KEPT_OPEN,
            keepalive_expiry=_KEPT_OPEN_S,
            network_backend=Guard(resolve, networks),
        )

    async def __call__(self, outgoing: Outgoing) -> Answer:
        """Send it. Never raises for what the network or the receiver does."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                status, retry_after, body = await self._exchange(outgoing)
        except TimeoutError:
            return Answer(_since(begun), error=f"There was no whole answer within {self._timeout_s:g} seconds.")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, ValueError) as error:
            return Answer(_since(begun), error=f"Nothing could be sent: {str(error) or type(error).__name__}.")
        return Answer(_since(begun), status, body, retry_after)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def _exchange(self, outgoing: Outgoing) -> tuple[int, str | None, bytes]:
        headers = [*outgoing.headers.items(), ("accept-encoding", "identity")]
        async with self._pool.stream("POST", outgoing.url, headers=headers, content=outgoing.body) as response:
            body = b""
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) >= MOST_OF_AN_ANSWER:
                    break
            return response.status, _header(response, b"retry-after"), body[:MOST_OF_AN_ANSWER]


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
