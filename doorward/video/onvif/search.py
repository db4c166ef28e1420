"""Asks every address of a range whether an ONVIF device is there: for networks that discovery does not reach."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.certificates import any_certificate
from doorward.video.onvif.connection import Connection
from doorward.video.onvif.errors import OnvifError
from doorward.video.onvif.found import Found

AT_ONCE = 256
"""Addresses that are asked at the same time."""
RATE_PER_S = 200.0
"""New connections a second: more fill the tables of small routers, and look like an attack to others."""
CONNECT_S = 1.5
ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is; `found` is what the last address that was asked turned out to be."""

    asked: int
    of: int
    found: Found | None


async def search(
    hosts: Sequence[str], ports: Sequence[int] = (80,), rate_per_s: float = RATE_PER_S, at_once: int = AT_ONCE
) -> AsyncGenerator[Progress, None]:
    """Ask every host at every port; one progress for each as it is done. Closing it stops the search.

    Nobody is shown a password: a device tells its time to anybody, and that makes it one.
    """
    places = [DeviceAddress("https" if port == 443 else "http", host, port) for host in hosts for port in ports]
    pace = _Pace(rate_per_s)
    waiting, asked = iter(places), 0
    pending: set[asyncio.Task[Found | None]] = set()
    try:
        while True:
            while len(pending) < at_once and (place := next(waiting, None)) is not None:
                await pace.turn()
                pending.add(asyncio.create_task(_ask(place)))
            if not pending:
                return
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                asked += 1
                yield Progress(asked, len(places), task.result())
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


class _Pace:
    """Lets one through at a time, so many a second."""

    def __init__(self, rate_per_s: float) -> None:
        self._interval_s = 1 / rate_per_s
        self._next_s = 0.0

    async def turn(self) -> None:
        now_s = time.monotonic()
        at_s = max(now_s, self._next_s)
        self._next_s = at_s + self._interval_s
        await asyncio.sleep(at_s - now_s)


async def _ask(place: DeviceAddress) -> Found | None:
    """Whether a device is there. One whose certificate is not trusted is found too: who signs in decides."""
    if not await _listens(place):
        return None
    connection = Connection(place, tls=any_certificate() if place.scheme == "https" else None)
    try:
        async with asyncio.timeout(ANSWER_S):
            await connection.read_time()
    except (OnvifError, TimeoutError):
        return None
    finally:
        await connection.close()
    return Found(place)


async def _listens(place: DeviceAddress) -> bool:
    """Most addresses have nobody: a bare connection is the cheapest way to know."""
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(place.host, place.port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
