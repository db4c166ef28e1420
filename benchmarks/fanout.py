"""Events to 500 subscribers over WebSocket, beside a bare Starlette broadcast of the same bytes.

Both run in a server of their own kind (hypercorn, one process), one after the other, with the same clients in another
process. Events are written through the log, one transaction each. The delay is from when an event was stored (bare:
when the broadcast began) until a client had it in its hands; the CPU time is the server's.
"""

import argparse
import asyncio
import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

import orjson
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOT = Path(__file__).resolve().parent.parent
AIM = 2.0
QUERY = "subscription { events { cursor node { id at type title severity doorName cardholderName data } } }"
CLIENT_PROCESSES = 1


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
    """Yields `rate` times a second for so long."""
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
        yield number


async def _measure(work: Any, rate: float, seconds: float) -> None:
    """Waits for the word, works, and tells the CPU time and the memory."""
    await asyncio.to_thread(sys.stdin.readline)
    before = time.process_time()
    async for number in _pace(rate, seconds):
        await work(number)
    await asyncio.to_thread(sys.stdin.readline)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _told(cpu_s=time.process_time() - before, peak_mib=round(peak))


async def serve_bare(rate: float, seconds: float) -> None:
    """A Starlette application that sends each event to all that are connected, each by a task of its own."""
    text = orjson.dumps({"at": "0" * 32, "more": "x" * 330}).decode()
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
    from doorward.acs.actor import COMMAND_LINE, Permission
    from doorward.acs.database import open_database
    from doorward.acs.domain import Domain
    from doorward.acs.events.catalogue import EventType
    from doorward.acs.events.log import NewEvent
    from doorward.acs.events.operations import record_system_event
    from doorward.acs.sealing import Sealer
    from doorward.acs.site.operations import ensure_site
    from doorward.acs.users.operations import create_service_account
    from doorward.acs.users.tokens import NewToken, create_token
    from doorward.server.app import build_app
    from datetime import UTC, datetime, timedelta

    with tempfile.TemporaryDirectory() as folder:
        async with open_database(f"sqlite://{folder}/doorward.db"):
            await ensure_site()
            domain = Domain(Sealer(b"k" * 32), lambda: datetime.now(UTC))
            tokens = await _tokens(domain)

            async def store(_: int) -> None:
                now = f"{time.time():032.9f}"
                await record_system_event(
                    domain, NewEvent(EventType.SERVER_STARTED, domain.clock(), data={"sent_at": now})
                )

            config, port = _config()
            stop = asyncio.Event()
            app = build_app(domain, Path(folder))
            served = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
            _told(port=port, tokens=tokens)
            await _measure(store, rate, seconds)
            stop.set()
            await served
