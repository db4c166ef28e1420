"""Events to 500 subscribers over WebSocket, beside a bare Starlette broadcast of the same bytes.

Both run in a server of their own kind (hypercorn, one process), one after the other, with the same clients in another
process, for a given time. Events are written through the log, one transaction each. The delay is from when an event was
stored (bare: when the broadcast began) until a client had it in its hands; the CPU time is the server's. 100 events a
second to 500 are 50,000 messages a second, more than one process of either can send: there, what arrives is what can be
compared. Where a server cannot make so many events in the time, `made/s` says how many it made, and `received` is of
those.
"""

import argparse
import asyncio
import json
import resource
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import orjson
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.database import open_database
from doorward.acs.domain import Domain
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.sealing import Sealer
from doorward.acs.site.operations import ensure_site
from doorward.acs.users.operations import create_service_account
from doorward.acs.users.tokens import NewToken, create_service_token
from doorward.graphql.limits import Limits
from doorward.server.app import build_app

ROOT = Path(__file__).resolve().parent.parent
AIM = 2.0
QUERY = "subscription { events { cursor node { id at type title severity doorName cardholderName data } } }"
USERS = 5
PATIENCE_S = 120.0
"""So long a process may take to begin, or to end after the time is over."""
MARK = b'"sent_at":"'


def _config() -> tuple[Config, int]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    listener.setblocking(False)
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.accesslog = config.errorlog = None
    config.graceful_timeout = 0.2
    return config, port


def _told(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def _pace(rate: float, seconds: float) -> Any:
    """Yields `rate` times a second for so long; fewer times where what is done in between takes longer."""
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
        if time.monotonic() > begin + seconds:
            return
        yield number


async def _measure(work: Any, rate: float, seconds: float) -> None:
    """Waits for the word, works, and tells the CPU time and the memory."""
    await asyncio.to_thread(sys.stdin.readline)
    before, made = time.process_time(), 0
    async for number in _pace(rate, seconds):
        await work(number)
        made += 1
    await asyncio.to_thread(sys.stdin.readline)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _told(made=made, cpu_s=time.process_time() - before, peak_mib=round(peak))


async def serve_bare(rate: float, seconds: float) -> None:
    """A Starlette application that sends each event to all that are connected, each by a task of its own."""
    text = orjson.dumps({"sent_at": "0" * 32, "more": "x" * 330}).decode()
    queues: set[asyncio.Queue[str]] = set()

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue(1000)
        queues.add(queue)
        try:
            while True:
                await websocket.send_text(await queue.get())
        except WebSocketDisconnect:
            queues.discard(queue)

    async def broadcast(_: int) -> None:
        sent = text.replace("0" * 32, f"{time.time():032.9f}")
        for queue in queues:
            if not queue.full():
                queue.put_nowait(sent)

    config, port = _config()
    stop = asyncio.Event()
    served = asyncio.create_task(
        serve(Starlette(routes=[WebSocketRoute("/", endpoint)]), config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    )
    _told(port=port)
    await _measure(broadcast, rate, seconds)
    stop.set()
    await served


async def serve_ours(rate: float, seconds: float) -> None:
    """Doorward's API over an empty database in a file."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(f"sqlite://{folder}/doorward.db"):
            await ensure_site()
            domain = Domain(Sealer(b"k" * 32), lambda: datetime.now(UTC))
            tokens = [await _token(domain, f"reader {number}") for number in range(USERS)]

            async def store(_: int) -> None:
                data = {"sent_at": f"{time.time():032.9f}"}
                await record_system_event(domain, NewEvent(EventType.SERVER_STARTED, domain.clock(), data=data))

            config, port = _config()
            stop = asyncio.Event()
            app = build_app(domain, Path(folder), limits=Limits(connections_of_address=10_000))
            served = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
            _told(port=port, tokens=tokens)
            await _measure(store, rate, seconds)
            stop.set()
            await served


async def _token(domain: Domain, name: str) -> str:
    user = await create_service_account(domain, COMMAND_LINE, name, Role.OPERATOR)
    given = NewToken(name, (Permission.EVENT_VIEW,), domain.clock() + timedelta(days=1))
    return (await create_service_token(domain, COMMAND_LINE, user.id, given)).text


async def _connect(port: int, path: str, token: str | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket, by hand: what is measured is the server, and a library would cost the clients more than that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]  # fmt: skip
    if token:
        lines += ["Sec-WebSocket-Protocol: graphql-transport-ws", f"Authorization: Bearer {token}"]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in answer, answer
    return reader, writer


def _frame(message: object) -> bytes:
    """A text frame of a client, masked with zeroes."""
    body = orjson.dumps(message)
    size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack(">H", len(body))
    return b"\x81" + size + b"\0\0\0\0" + body


async def _receive(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(2)
    size = head[1]
    if size == 126:
        size = struct.unpack(">H", await reader.readexactly(2))[0]
    return await reader.readexactly(size)


async def _subscribed(port: int, token: str | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await _connect(port, "/graphql" if token else "/", token)
    if token:
        writer.write(_frame({"type": "connection_init"}))
        answer = await _receive(reader)
        assert b"connection_ack" in answer, answer
        writer.write(_frame({"id": "1", "type": "subscribe", "payload": {"query": QUERY}}))
    return reader, writer


async def _listen(reader: asyncio.StreamReader, delays: list[float]) -> None:
    """Notes how late each event is, until the server hangs up."""
    try:
        while True:
            body = await _receive(reader)
            mark = body.find(MARK)
            assert mark > 0, body
            delays.append(time.time() - float(body[mark + len(MARK) : mark + len(MARK) + 32]))
    except (asyncio.IncompleteReadError, ConnectionError):
        return


async def clients(port: int, tokens: list[str]) -> None:
    """So many subscribers; tells how many events came, and how late they were."""
    delays: list[float] = []
    writers, tasks = [], []
    for number in range(int(sys.argv[2])):
        async with asyncio.timeout(PATIENCE_S / 4):
            reader, writer = await _subscribed(port, tokens[number % len(tokens)] if tokens else None)
        writers.append(writer)
        tasks.append(asyncio.create_task(_listen(reader, delays)))
    await asyncio.sleep(1.0)
    _told(ready=True)
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    cuts = quantiles(delays or [float("nan")] * 2, n=100)
    _told(received=len(delays), p50_ms=round(1000 * cuts[49], 2), p99_ms=round(1000 * cuts[98], 2))


class Program:
    """One of the two servers, or the clients, in a process of its own."""

    def __init__(self, *words: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fanout", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def hear(self) -> dict[str, Any]:
        """What it tells next. Raises TimeoutError when it tells nothing for too long."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], PATIENCE_S)[0]:
            raise TimeoutError("one of the processes says nothing any more")
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def say(self) -> None:
        """Go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def measure(which: str, subscribers: int, rate: float, seconds: float) -> dict[str, float]:
    """Delays in ms, the server's CPU time in percent of one core, and its memory."""
    server = Program(f"serve-{which}", rate, seconds)
    try:
        at = server.hear()
        listeners = Program("clients", subscribers, at["port"], *at.get("tokens", ()))
        try:
            listeners.hear()
            server.say()
            time.sleep(seconds + 2.0)
            server.say()
            cost = server.hear()
            listeners.say()
            found = listeners.hear()
        finally:
            listeners.end()
    finally:
        server.end()
    share = found["received"] / (subscribers * max(1, cost["made"]))
    return {**found, "share": round(share, 3), "cpu_percent": round(100 * cost["cpu_s"] / seconds), **cost}


def main() -> None:
    """Measure both at each rate, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=500)
    parser.add_argument("--rates", type=float, nargs="+", default=[10.0, 20.0, 100.0], help="events a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    ours: dict[str, float] = {}
    peer: dict[str, float] = {}
    print(f"{'events/s':>8} {'':<9} {'made/s':>7} {'received':>9} {'p50 ms':>9} {'p99 ms':>9} {'CPU %':>6} {'MiB':>5}")
    for rate in options.rates:
        for which, told in (("bare", peer), ("doorward", ours)):
            found = measure("ours" if which == "doorward" else which, options.subscribers, rate, options.seconds)
            for name in ("p99_ms", "cpu_percent"):
                told[f"{rate:g}/s {name}"] = found[name]
            share, made = 100 * found["share"], found["made"] / options.seconds
            print(
                f"{rate:>8g} {which:<9} {made:>7.1f} {share:>8.1f}% {found['p50_ms']:>9} {found['p99_ms']:>9} "
                f"{found['cpu_percent']:>6} {found['peak_mib']:>5}"
            )
    ratio = {name: round(value / peer[name], 2) for name, value in ours.items()}
    print(json.dumps({"name": "fanout", "ours": ours, "peer": peer, "ratio": ratio, "aim": AIM, "unit": "ms, %"}))


def _run(words: Sequence[str]) -> None:
    """This module as one of the processes."""
    if words[0] == "clients":
        asyncio.run(clients(int(words[2]), list(words[3:])))
    else:
        served = serve_ours if words[0] == "serve-ours" else serve_bare
        asyncio.run(served(float(words[1]), float(words[2])))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in {"serve-ours", "serve-bare", "clients"}:
        _run(sys.argv[1:])
    else:
        main()
