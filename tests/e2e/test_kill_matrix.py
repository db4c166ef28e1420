"""kill -9 for the server, a controller apart, the database and the hardware, in every order, under traffic.

Afterwards, whatever was killed: every record of the controller's journal is in the database once and in order, every
strike that moved has its event, no card that was shown in vain opens a door later, every door is locked, and a card
opens it again. Programs that end by themselves are started again, as a service manager does.
"""

import itertools
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pytest

from tests.e2e.annexe import DOORS, STALE, Annexe
from tests.postgres import KEEPS_COMMITS, PostgresServer

WORKS_WITHIN_S = 90.0
"""Of everything being back: the controller's pauses between attempts grow while the server is away."""


class Part(StrEnum):
    """What is killed."""

    SERVER = "server"
    CONTROLLER = "controller"
    DATABASE = "database"
    SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix."""

    killed: tuple[Part, ...]
    returned: tuple[Part, ...]

    @property
    def starts_without_database(self) -> bool:
        """Whether the server is brought back first; then it ends until there is one."""
        order = [part for part in self.returned if part in (Part.SERVER, Part.DATABASE)]
        return order == [Part.SERVER, Part.DATABASE]

    def __str__(self) -> str:
        return f"{'-'.join(part[:2] for part in self.killed)} back {'-'.join(part[:2] for part in self.returned)}"


ORDERS = tuple(itertools.permutations(Part))
EVERY_ROW = (
    *(Row((part,), (part,)) for part in Part),
    *(Row(order, order) for order in ORDERS),
    *(Row(order, order[::-1]) for order in ORDERS),
)


@dataclass(frozen=True, slots=True)
class Plant:
    """The site, and the database's server."""

    annexe: Annexe
    database: PostgresServer
    chance: random.Random

    def kill(self, part: Part) -> None:
        """It is gone when this returns."""
        match part:
            case Part.SERVER:
                self.annexe.server.kill()
            case Part.CONTROLLER:
                self.annexe.controller.kill()
                for door in DOORS:
                    self.annexe.badge(door, STALE)
            case Part.DATABASE:
                self.database.kill()
            case Part.SIMULATOR:
                self.annexe.simulator.kill()
                self.annexe.lose_sight()

    def bring_back(self, part: Part) -> None:
        """It is about to start when this returns."""
        match part:
            case Part.SERVER:
                self.annexe.server.start()
            case Part.CONTROLLER:
                self.annexe.controller.start()
            case Part.DATABASE:
                self.database.restart()
            case Part.SIMULATOR:
                self.annexe.simulator.start()

    def live_through(self, row: Row) -> float:
        """Kill and bring back under traffic; after how many seconds everything worked, and was as it should be."""
        starts = self.starts()
        with self.annexe.traffic(self.chance):
            for part in row.killed:
                time.sleep(self.chance.uniform(0, 1))  # Traffic goes on meanwhile.
                self.kill(part)
            for part in row.returned:
                time.sleep(self.chance.uniform(0, 1))
                self.bring_back(part)
            took_s = self.annexe.works_again(datetime.now(UTC), WORKS_WITHIN_S)
        self.annexe.compare()
        for part, count in self.starts().items():
            again = count - starts[part] - (part in row.killed)
            assert again == 0 or (part is Part.SERVER and row.starts_without_database), f"the {part} ended by itself"
        return took_s

    def starts(self) -> dict[Part, int]:
        """How often each program was started so far."""
        annexe = self.annexe
        programs = {
            Part.SERVER: annexe.server,
            Part.CONTROLLER: annexe.controller,
            Part.SIMULATOR: annexe.simulator,
        }
        return {part: program.starts for part, program in programs.items()}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Everything runs; one site for all rows, as a real one is not made anew either."""
    database = PostgresServer(KEEPS_COMMITS)
    try:
        database.start()
        with opened(Annexe(tmp_path_factory.mktemp("killed"), database.create_database("killed"))) as annexe:
            yield Plant(annexe, database, random.Random(2026))
    finally:
        database.stop()


@contextmanager
def opened(annexe: Annexe) -> Iterator[Annexe]:
    """The site with all its programs, until the block ends."""
    try:
        annexe.furnish()
        annexe.open()
        yield annexe
    finally:
        annexe.close()


FEW: Sequence[Row] = (
    Row((Part.DATABASE,), (Part.DATABASE,)),
    Row(ORDERS[9], ORDERS[9][::-1]),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", FEW, ids=str)
def test_whatever_is_killed_nothing_is_lost_and_the_site_works_again(row: Row, plant: Plant) -> None:
    plant.live_through(row)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("row", EVERY_ROW, ids=str)
def test_every_order_of_dying_and_of_coming_back(row: Row, plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    took_s = plant.live_through(row)
    with capsys.disabled():
        print(f"\n{row}: works {took_s:.1f} s after the last came back; {time.monotonic() - began:.0f} s")  # noqa: T201


def test_a_sqlite_file_whose_server_dies_in_the_middle_of_writing_is_whole(tmp_path: Path) -> None:
    """On SQLite the database is the server's own; it is killed while the file's write-ahead log grows."""
    kills = 2  # The controller's pauses between attempts grow each time.
    with opened(Annexe(tmp_path)) as annexe:
        log = annexe.settings.data / "doorward.db-wal"
        chance = random.Random(2026)
        with annexe.traffic(chance):
            for _ in range(kills):
                annexe.works_again(datetime.now(UTC))
                kill_while_it_writes(annexe, log)
                annexe.server.start()
            annexe.works_again(datetime.now(UTC))
        annexe.compare()
        annexe.server.stop()
        with closing(sqlite3.connect(annexe.settings.data / "doorward.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def kill_while_it_writes(annexe: Annexe, log: Path) -> None:
    """End the server the moment that its write-ahead log is touched."""
    before = log.stat().st_mtime_ns
    deadline = time.monotonic() + 30
    while log.stat().st_mtime_ns == before:
        assert time.monotonic() < deadline, "nothing is written"
    annexe.server.kill()
