"""`doorward simulate run`: the process that plays the demo site's hardware."""

import asyncio
import contextlib
import logging
import random
import secrets
import signal
import socket
import sys
from pathlib import Path

import av
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from msgspec.structs import replace
from starlette.applications import Starlette

from doorward.demo.acts import Traffic
from doorward.demo.burnt_in import SiteHardware, load_hardware, save_hardware
from doorward.demo.control_file import CONTROL_PATH, ControlAddress, save_control
from doorward.demo.control_server import control_route
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import DemoError
from doorward.demo.simulation import Simulation, new_cameras
from doorward.demo.strike_log import StrikeLog
from doorward.demo.traffic import TrafficLoop, traffic
from doorward.video.simulated_camera import camera_routes

READY = "Simulation is ready"
HOST = "127.0.0.1"
STOP_S = 1.0

logger = logging.getLogger(__name__)


def run_simulation(data: Path, seed: int | None) -> None:
    """Play the site in a data directory until SIGINT or SIGTERM, with traffic if there is a seed for it.

    Raises DemoError before anything runs when it cannot.
    """
    directory = DemoDirectory.at(data)
    site = load_hardware(directory)
    av.logging.set_level(None)
    with directory.lock("simulation"), contextlib.closing(StrikeLog(directory.strike_log)) as strikes:
        asyncio.run(_run(directory, site, strikes, seed))


async def _run(directory: DemoDirectory, site: SiteHardware, strikes: StrikeLog, seed: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    listener = listen(site.http_port)
    port = listener.getsockname()[1]
    if port != site.http_port:
        site = replace(site, http_port=port)
        save_hardware(directory, site)
    cameras = new_cameras(site)
    simulation = Simulation(directory, site, strikes, cameras)
    people = TrafficLoop(simulation.perform)
    control = ControlAddress(f"http://{HOST}:{port}{CONTROL_PATH}", secrets.token_urlsafe(32))

    def direct_traffic(order: Traffic) -> str:
        if not order.on:
            people.end()
            return "Nobody comes any more."
        people.begin(traffic(random.Random(order.seed)))
        return f"People begin to come (seed {order.seed})."

    streams = camera_routes({hardware.slug: camera for hardware, camera in cameras})
    app = Starlette(routes=[control_route(control.token, simulation.perform, direct_traffic), *streams])
    try:
        simulation.start()
    except OSError as error:
        listener.close()
        raise DemoError(
            f"The simulated devices cannot be put in {directory.ports}: {error}. "
            "Check the directory's owner and free space."
        ) from error
    try:
        if seed is not None:
            direct_traffic(Traffic(True, seed))
        await _serve(directory, control, app, listener, stop, simulation)
    finally:
        await people.stop()
        await asyncio.to_thread(simulation.stop)


async def _serve(
    directory: DemoDirectory,
    control: ControlAddress,
    app: Starlette,
    listener: socket.socket,
    stop: asyncio.Event,
    simulation: Simulation,
) -> None:
    """Serve control and cameras until told to stop. Stopping the cameras ends their viewers' streams."""
    served = asyncio.create_task(
        hypercorn_serve(app, _config(listener), shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    )
    stopped = asyncio.create_task(stop.wait())
    try:
        save_control(directory, control)
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        await asyncio.wait({served, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(simulation.stop)
    finally:
        directory.control_file.unlink(missing_ok=True)
        stopped.cancel()
        stop.set()
        await served


def listen(port: int) -> socket.socket:
    """A loopback socket on this port, or on a free one if it is taken. Raises OSError."""
    try:
        return _bound(port)
    except OSError:
        logger.info("port %s is taken: the cameras move to another one", port)
        return _bound(0)


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _config(listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.graceful_timeout = STOP_S
    config.include_server_header = False
    return config
