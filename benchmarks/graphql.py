"""Answers of the GraphQL API, beside stock Strawberry, Ariadne and Graphene, and HTTP beside a bare JSON route.

The same small API is written for each library, over the same rows, and each runs in an environment of its own with
the versions that requirements/bench-graphql-*.txt pins; an environment is made under the cache folder when it is
missing. Documents are parsed and validated beforehand everywhere. The answers are compared before anything is timed,
and the libraries take turns, so that the machine's moods meet all of them.
"""

import argparse
import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, cast

import httpx
import orjson
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket

from benchmarks.graphql_peers import ours
from benchmarks.graphql_peers.cases import QUERIES
from doorward.acs.actor import anonymous
from doorward.acs.domain import Domain
from doorward.graphql.context import ApiContext
from doorward.graphql.endpoint import Endpoint
from doorward.graphql.limits import Limits

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("strawberry", "ariadne", "graphene")
ROUNDS = 10
AIM = 0.3


def environment(peer: str) -> Path:
    """The Python of a peer's environment, made from its pinned requirements when it is not there yet."""
    pinned = ROOT / "requirements" / f"bench-graphql-{peer}.txt"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(pinned.read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "doorward" / "bench" / f"graphql-{peer}-{version}-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pinned)]
        subprocess.run(install, check=True, stdout=sys.stderr)
        (folder / "complete").touch()
    return python


class Program:
    """One of the four, running."""

    def __init__(self, python: Path, name: str) -> None:
        self._process = subprocess.Popen(
            [python, "-m", f"benchmarks.graphql_peers.{name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def ask(self, case: str, seconds: float) -> Any:
        """The fastest answer to the case within the time, in seconds, or, without a time, the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps([case, seconds]) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a library's program ended: see its error")
        return json.loads(line)

    def end(self) -> None:
        """Nothing more to ask."""
        self._process.communicate(timeout=10)


@contextmanager
def programs() -> Iterator[dict[str, Program]]:
    """All four, until the block ends."""
    running = {"doorward": Program(Path(sys.executable), "ours")}
    running |= {peer: Program(environment(peer), f"{peer}_api") for peer in PEERS}
    try:
        yield running
    finally:
        for program in running.values():
            program.end()


def measure_case(running: dict[str, Program], case: str, seconds: float) -> dict[str, float]:
    """Milliseconds of each, after all have given the same answer."""
    answers = {name: program.ask(case, 0) for name, program in running.items()}
    for name, answer in answers.items():
        if answer != answers["doorward"]:
            raise SystemExit(f"{name} answers {case!r} differently: nothing to compare")
    best = dict.fromkeys(running, float("inf"))
    for _ in range(ROUNDS):
        for name, program in running.items():
            best[name] = min(best[name], program.ask(case, seconds / ROUNDS))
    return {name: 1_000 * one for name, one in best.items()}


class Served(Endpoint):
    """The endpoint with the small API in place of the product's, for anybody."""

    def __init__(self) -> None:
        most = 10**12
        limits = Limits(most_cost=most, anonymous_cost_at_once=most, anonymous_cost_per_second=most)
        super().__init__(cast(Domain, SimpleNamespace(clock=lambda: datetime.now(UTC))), limits)
        self.schema = ours.SCHEMA

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> ApiContext:
        return ApiContext(self._domain, anonymous(), request, response, meter=self.meter)


async def measure_http(queries: dict[str, str], seconds: float) -> dict[str, tuple[float, float]]:
    """Milliseconds of a request over loopback: ours, and a bare route that writes the same answer as JSON."""
    answers = {case: {"data": await ours.run(query)} for case, query in queries.items()}

    async def bare(request: Request) -> Response:
        case = orjson.loads(await request.body())["case"]
        return Response(orjson.dumps(answers[case]), media_type="application/json")

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.setblocking(False)
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "WARNING"
    stop = asyncio.Event()
    app = Starlette(routes=[Route("/graphql", Served()), Route("/bare", bare, methods=["POST"])])
    served = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    found: dict[str, tuple[float, float]] = {}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"doorward-request": "1"}) as http:
            for case, query in queries.items():
                times: dict[str, list[float]] = {"/graphql": [], "/bare": []}
                end = time.perf_counter() + seconds
                while time.perf_counter() < end:
                    for path, taken in times.items():
                        start = time.perf_counter()
                        reply = await http.post(
                            path, json={"query": query, "case": case} if path == "/bare" else {"query": query}
                        )
                        taken.append(time.perf_counter() - start)
                        assert reply.status_code == 200, reply.text
                found[case] = (1_000 * median(times["/graphql"]), 1_000 * median(times["/bare"]))
    finally:
        stop.set()
        await served
    return found


def main() -> None:
    """Print the tables and the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each library and case (default: 3)")
    options = parser.parse_args()
    out: Callable[[str], object] = sys.stdout.write
    mine: dict[str, float] = {}
    peer: dict[str, float] = {}
    ratio: dict[str, float] = {}
    out(f"{'executed':<28} {'library':<12} {'ms':>9} {'ours is':>9}\n")
    with programs() as running:
        for case in QUERIES:
            found = measure_case(running, case, options.seconds)
            own = found["doorward"]
            for name, one in found.items():
                out(f"{case:<28} {name:<12} {one:>9.3f} {own / one:>8.2f}x\n")
            fastest = min(one for name, one in found.items() if name != "doorward")
            mine[case], peer[case], ratio[case] = round(own, 3), round(fastest, 3), round(own / fastest, 2)
    out(f"{'over HTTP':<28} {'':<12} {'ms':>9} {'bare ms':>9}\n")
    for case, (own, bare) in asyncio.run(measure_http(QUERIES, options.seconds)).items():
        out(f"{case:<28} {'doorward':<12} {own:>9.3f} {bare:>9.3f}\n")
        mine[f"HTTP: {case}"], peer[f"HTTP: {case}"] = round(own, 3), round(bare, 3)
        ratio[f"HTTP: {case}"] = round(own / bare, 2)
    out(f"(the aim is at most {AIM}x of every library for the 1,000 objects)\n")
    result = {"name": "graphql", "unit": "ms an answer, by case", "ours": mine, "peer": peer}
    out(json.dumps({**result, "ratio": ratio, "ratio_unit": "ours / fastest peer, less is better"}) + "\n")


if __name__ == "__main__":
    main()
