"""libonvif's onvif-util beside a simulated camera: finds it, then does in it what standard input says.

Runs in a network namespace of its own, because that client knows no port but those of real cameras:
`unshare -rn python -m tests.peers.onvif.in_a_namespace`. Writes what the client wrote.
"""

import asyncio
import subprocess
import sys
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette

from doorward.video.onvif.simulator import Behaviour
from doorward.video.onvif.simulator.announcer import announced
from tests.video.onvif.conftest import simulated_device

HOST = "192.0.2.7"


def titled(app: Any) -> Any:
    """The application with `Content-Length` instead of `content-length`: the client reads nothing else."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.title(), value) for name, value in message["headers"]]
                message = {**message, "headers": headers}
            await send(message)

        await app(scope, receive, sending)

    return wrapped


async def client(*arguments: str, typed: bytes = b"") -> bytes:
    """Run onvif-util to its end."""
    program = await asyncio.create_subprocess_exec(
        "onvif-util", *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    written, _ = await asyncio.wait_for(program.communicate(typed), 30)
    return written


async def main() -> None:
    """The camera at the address and the ports that cameras have."""
    for command in (
        "link set lo up multicast on",
        "route add 224.0.0.0/4 dev lo",
        f"addr add {HOST}/24 dev lo",
    ):
        await (await asyncio.create_subprocess_exec("ip", *command.split())).wait()
    simulated = simulated_device(Behaviour(media2=False))
    typed = sys.stdin.buffer.read()
    config = Config()
    config.bind = [f"{HOST}:80"]
    config.loglevel = "ERROR"
    stop = asyncio.Event()
    app = titled(Starlette(routes=simulated.routes()))
    server = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    uri = f"http://{HOST}/onvif/device_service"
    async with announced(simulated, uri, HOST, 3702, everybody=True):
        for each in (await client("-a"), await client("-u", sys.argv[1], "-p", sys.argv[2], HOST, typed=typed)):
            sys.stdout.write(each.decode(errors="replace"))
    stop.set()
    await server


if __name__ == "__main__":
    asyncio.run(main())
