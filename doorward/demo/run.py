"""`doorward demo`: makes the site when it is new, then runs hardware and server until told to stop."""

import asyncio
import contextlib
import logging
import secrets
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.domain import Domain
from doorward.acs.users.operations import set_password
from doorward.demo.acts import Traffic
from doorward.demo.burnt_in import load_hardware, new_hardware, save_hardware
from doorward.demo.child import Child
from doorward.demo.control_client import send
from doorward.demo.directory import DemoDirectory
from doorward.demo.seeding import USER, follow_cameras, is_seeded, seed
from doorward.demo.simulate import READY, listen
from doorward.server.domain import open_domain
from doorward.server.settings import Settings, prepare_data_directory

PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `doorward demo` is told. `port` 0 picks a free one."""

    data: Path
    port: int
    database: str | None = None
    admin_password: str | None = None
    traffic: bool = True
    seed: int = 0


async def run_demo_site(options: DemoOptions) -> None:
    """Run the demo until SIGINT or SIGTERM. Raises DemoError, AcsError or StartFailed."""
    # That a database was opened and closed is nothing to people who wait for an address.
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    running = asyncio.create_task(_run(options), name="demo")
    stop_asked = False

    def stop() -> None:
        nonlocal stop_asked
        # Once only: a second Ctrl-C must not interrupt the stopping itself.
        if not stop_asked:
            stop_asked = True
            running.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await running
    except asyncio.CancelledError:
        if not stop_asked:
            raise
        _say("Stopped.")


async def _run(options: DemoOptions) -> None:
    directory = DemoDirectory.at(options.data)
    settings = Settings(directory.root, options.database)
    prepare_data_directory(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(directory.lock("demo"))
        password = await _prepare(directory, settings, options.admin_password)
        place = ["--data", str(directory.root)]
        hardware = ["simulate", "run", *place, "--no-traffic"]
        simulation = await Child.start("simulation", hardware, directory.log("simulation"))
        stack.push_async_callback(simulation.stop)
        await simulation.ready(READY)
        async with open_domain(settings) as domain:
            await follow_cameras(domain, load_hardware(directory))
        serve = ["serve", *place, "--port", str(options.port)]
        if options.database:
            serve += ["--database", options.database]
        server = await Child.start("server", serve, directory.log("server"))
        stack.push_async_callback(server.stop)
        address = await server.ready("Doorward is ready at ")
        if options.traffic:
            # Not before: cards shown while nobody polls the readers would be late, and denied.
            await asyncio.to_thread(send, directory, Traffic(True, options.seed))
        _announce(directory, address, password)
        await _until_one_fails(simulation, server)


async def _prepare(directory: DemoDirectory, settings: Settings, given: str | None) -> str:
    """Make the site if there is none; what to print as the password."""
    async with open_domain(settings) as domain:
        if await is_seeded():
            load_hardware(directory)
            if given is None:
                return "the one from the first start (--admin-password sets a new one)"
            await set_password(domain, COMMAND_LINE, USER, given)
            return "the one given with --admin-password"
        _say("Making the demo site ...")
        password = given or secrets.token_urlsafe(PASSWORD_BYTES)
        await _make_site(directory, domain, password)
        return "the one given with --admin-password" if given else password


async def _make_site(directory: DemoDirectory, domain: Domain, password: str) -> None:
    with contextlib.closing(listen(0)) as listener:
        hardware = new_hardware(directory, listener.getsockname()[1])
    # First the file: a site in the database without its keys would be of no use, and is never made anew.
    save_hardware(directory, hardware)
    await seed(domain, directory, hardware, password)


def _announce(directory: DemoDirectory, address: str, password: str) -> None:
    _say(
        f"Address:  {address}\n"
        f"User:     {USER}\n"
        f"Password: {password}\n"
        "\n"
        "Show a card, from another shell:\n"
        f'  {_program()} simulate badge --data {directory.root} --door "Main entrance" --side A --card 1042\n'
        "Ctrl-C stops everything."
    )


def _program() -> str:
    """How this program was called, as far as a person could repeat it."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "doorward" else f"{sys.executable} -m doorward.cli"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def _until_one_fails(*children: Child) -> None:
    watches = [asyncio.create_task(child.failed(), name=f"watch {child.name}") for child in children]
    try:
        done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
        raise next(iter(done)).result()
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.wait(watches)
