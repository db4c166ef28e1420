"""kill -9 at random moments under traffic: no strike without its event, and no event twice.

The simulated hardware outlives the server and writes down when each strike was really energised. Server and
controller share a process, so one kill takes both; the recorder ends with them.
"""

import asyncio
import random
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.acs.database import open_database, sqlite_url
from doorward.acs.decision.policy import Side
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.demo.acts import Badge, DoorAct, PressExit
from doorward.demo.control_client import send
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import DemoError
from doorward.demo.strike_log import read_strike_log
from tests.e2e.process import database_arguments, doorward

KILLS, MANY_KILLS = 15, 50
SHORTEST_LIFE_S = 0.5
WORKS_S = 2.0
"""Every second life ends about when the server would be ready, the others up to this long after."""
RELEASING = (EventType.ACCESS_GRANTED, EventType.DOOR_REX)
LATEST = timedelta(seconds=2)
QUIET_S = 2.0
pytestmark = pytest.mark.timeout(600)


@contextmanager
def people(directory: DemoDirectory, chance: random.Random) -> Iterator[None]:
    """Cards and exit buttons, several a second, until the block ends."""
    acts: list[DoorAct] = [
        Badge("Main entrance", Side.A, 17, 1042),
        Badge("Main entrance", Side.B, 17, 1042),
        Badge("Office", Side.A, 17, 1042),
        Badge("Office", Side.A, 99, 1),
        PressExit("Loading dock"),
        PressExit("Server room"),
    ]
    enough = threading.Event()

    def come_and_go() -> None:
        while not enough.wait(chance.uniform(0.05, 0.3)):
            try:
                send(directory, chance.choice(acts))
            except DemoError:
                # Somebody is still at that door.
                continue

    crowd = threading.Thread(target=come_and_go)
    crowd.start()
    try:
        yield
    finally:
        enough.set()
        crowd.join()


def time_to_start(serve: list[str | Path], log: Path) -> float:
    """How long the server takes to be ready on this machine as it is now; it is killed then."""
    began = time.monotonic()
    with doorward(serve, log) as server:
        server.wait_for("Doorward is ready")
        took_s = time.monotonic() - began
        server.process.kill()
        server.process.wait()
    return took_s


def journal_end(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT coalesce(max(sequence), 0) FROM records").fetchone()[0])


async def stored_events(url: str) -> list[Event]:
    async with open_database(url):
        return await Event.filter(source="controller").order_by("position")


def everything_stored(url: str, journal: Path) -> list[Event]:
    """The controller's events, once nothing happens any more and the log has all that the journal has.

    The last of the crowd may be at a door when the server comes back: what they do is to be in both.
    """
    deadline = time.monotonic() + 60
    end = journal_end(journal)
    while time.monotonic() < deadline:
        time.sleep(QUIET_S)
        before, end = end, journal_end(journal)
        events = asyncio.run(stored_events(url))
        if end == before and events and events[-1].sequence == end:
            return events
    raise AssertionError("the server never caught up with the journal")


@pytest.mark.parametrize("kills", [KILLS, pytest.param(MANY_KILLS, marks=pytest.mark.slow)])
def test_no_strike_is_missing_from_the_log_however_often_the_server_is_killed(
    kills: int, empty_database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(2026)
    data = tmp_path / "site"
    directory = DemoDirectory.at(data)
    database = database_arguments(empty_database_url)
    url = empty_database_url if database else sqlite_url(str(data / "doorward.db"))
    log = tmp_path / "server.log"
    serve: list[str | Path] = ["serve", "--data", data, "--port", "0", *database]
    demo_arguments: list[str | Path] = ["demo", "--data", data, "--port", "0", "--no-traffic", *database]
    with doorward(demo_arguments, log) as demo:
        demo.wait_for("Address:")
    with doorward(["simulate", "run", "--data", data, "--no-traffic"], log) as simulation:
        simulation.wait_for("Simulation is ready")
        with people(directory, chance):
            starts_s = time_to_start(serve, log)
            for life in range(kills):
                with doorward(serve, log) as server:
                    if life % 2:
                        time.sleep(chance.uniform(SHORTEST_LIFE_S, starts_s))
                    else:
                        # However busy the machine is by now: it works when it is killed.
                        server.wait_for("Doorward is ready")
                        time.sleep(chance.uniform(SHORTEST_LIFE_S, WORKS_S))
                    server.process.kill()
                    server.process.wait()
        with doorward(serve, log) as server:
            server.wait_for("Doorward is ready")
            events = everything_stored(url, data / "journal.db")
    _compare(events, data / "strikes.jsonl")


def _compare(events: list[Event], strike_log: Path) -> None:
    sequences = [event.sequence for event in events]
    assert sequences == list(range(1, len(events) + 1)), "stored once, in order, without a gap"
    twice = [item for item, count in Counter((e.correlation, e.type) for e in events).items() if count > 1]
    assert not twice
    causes = defaultdict(list)
    for event in events:
        if event.type in RELEASING:
            causes[event.door_name].append(event.at)
    strikes = [move for move in read_strike_log(strike_log) if move.energised]
    assert len(strikes) >= KILLS, "too few strikes to prove anything"
    for strike in strikes:
        cause = next((at for at in causes[strike.door] if strike.time - LATEST <= at <= strike.time), None)
        assert cause is not None, f"{strike.door} was released at {strike.time}, and no event says why"
        causes[strike.door].remove(cause)
