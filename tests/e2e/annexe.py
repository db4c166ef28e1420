"""A site to cut and kill: a controller apart with two doors, simulated; what was done, seen and written down there."""

import asyncio
import random
import re
import secrets
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.controllers.operations import create_controller, issue_enrolment_code
from doorward.acs.credentials.operations import NewCard, create_card
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.models import Controller
from doorward.acs.doors.operations import NewDevice, NewDoor, NewReader, create_device, create_door, create_reader
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import JournalRecord
from doorward.acs.people.operations import NewCardholder, create_cardholder, create_group
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.operations import create_schedule
from doorward.server.domain import open_domain
from doorward.server.settings import Settings
from tests.e2e.network import LOOPBACK, Network
from tests.e2e.process import database_arguments, run
from tests.e2e.program import Program

CONTROLLER = "Annexe"
DOORS = ("Front", "Back")
FACILITY, REGULAR, STALE, UNKNOWN = 17, 1042, 2042, 9
"""Cards: one that may pass; one that may, and is only shown while no controller runs; one that nobody has."""
READY_S = 90.0
RELEASING = (EventType.ACCESS_GRANTED, EventType.DOOR_REX)
LATEST = timedelta(seconds=2)
"""A strike moves so long after the event that says why, at the latest."""
PATIENCE = timedelta(seconds=6)
"""A decision follows on the card or the button within this, also on a machine with much else to do."""
LONGEST_RELEASE = timedelta(seconds=10)
"""The access time of a door, and some."""
LOST = "lost"
_EVENTS = """
SELECT sequence, type, at, correlation, door_name, cardholder_name
FROM event WHERE controller_id = $1 AND source = 'controller' ORDER BY position
"""
_HAPPENED = re.compile(r" *[0-9.]+ s  (?P<door>.+): (?P<what>strike released|strike locked|door opened|door closed)")


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody did something at a door."""

    at: datetime
    door: str
    card: int | None
    """None: the exit button."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something moved at a door."""

    at: datetime
    door: str
    what: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An event of a controller as the database has it."""

    sequence: int
    type: EventType
    at: datetime
    correlation: str
    door: str | None
    who: str | None


def free_port() -> int:
    """A port on loopback that nobody listens to."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Annexe:
    """The site in `folder`, and its three programs. Whoever makes it calls `close`."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        """`database_url` is PostgreSQL's; without it the database is SQLite, in the server's directory."""
        self.settings = Settings(folder / "site", database_url)
        self.folder = folder
        self.box = folder / "box"
        self.ports = folder / "ports"
        self.acts: list[Act] = []
        self.seen: list[Seen] = []
        self.controller_id = self._embedded_id = ""
        self.code = ""
        self.server: Program
        self.controller: Program
        self.simulator: Program

    def furnish(self, between: Network | None = None) -> None:
        """Make the site and the programs, at the ends of a network (None: all on loopback)."""
        self.controller_id, self.code = asyncio.run(self._build())
        site = self.folder / "site.yaml"
        database = database_arguments(self.settings.database_url)
        export = ("--controller", CONTROLLER, "--with-keys", "--out", site)
        run("simulator", "export", "--data", self.settings.data, *database, *export)
        port = free_port()
        host, dialled_port = (LOOPBACK, port) if between is None else between.to_server(port)
        at_server, at_doors = ((), ()) if between is None else (between.at_server, between.at_doors)
        listen = ("--controllers-host", between.server_host if between else LOOPBACK, "--controllers-port", str(port))
        serve: tuple[str | Path, ...] = ("serve", "--data", self.settings.data, "--port", "0", *listen, *database)
        url = f"wss://{host}:{dialled_port}"
        apart: tuple[str | Path, ...] = ("controller", "--server", url, "--data", self.box)
        play: tuple[str | Path, ...] = ("simulator", "run", "--site", site, "--ports", self.ports)
        self.server = Program(serve, self.folder / "server.log", through=at_server)
        self.controller = Program(apart, self.folder / "controller.log", through=at_doors)
        self.simulator = Program(play, self.folder / "simulator.log", self._note, through=at_doors)

    def open(self) -> None:
        """Start everything for the first time; the controller enrols. Returns when both doors open to a card."""
        self.simulator.start()
        self.simulator.wait_for("The site is ready", READY_S)
        self.server.start()
        self.server.wait_for("Doorward is ready", READY_S)
        alone, self.controller.arguments = self.controller.arguments, [*self.controller.arguments, "--enrol", self.code]
        self.controller.start()
        self.controller.wait_for("Controller ", READY_S)
        self.controller.arguments = alone
        with self.traffic(random.Random(1)):
            self.works_again(datetime.now(UTC))

    def close(self) -> None:
        """End every program."""
        for name in ("simulator", "controller", "server"):
            program: Program | None = getattr(self, name, None)
            if program is not None:
                program.stop()

    # What people do.

    def badge(self, door: str, card: int) -> None:
        """Show a card at a door and walk through if let in."""
        self._act(door, card, f'badge "{door} A" {card} {FACILITY}')

    def press_exit(self, door: str) -> None:
        """Press the exit button and leave."""
        self._act(door, None, f"rex {door}")

    def _act(self, door: str, card: int | None, line: str) -> None:
        act = Act(datetime.now(UTC), door, card)
        if self.simulator.type(line):
            self.acts.append(act)

    @contextmanager
    def traffic(self, chance: random.Random) -> Iterator[None]:
        """Cards and exit buttons at both doors, several a second, until the block ends."""
        enough = threading.Event()

        def come_and_go() -> None:
            while not enough.wait(chance.uniform(0.2, 0.8)):
                door = chance.choice(DOORS)
                match chance.randrange(6):
                    case 0:
                        self.press_exit(door)
                    case 1:
                        self.badge(door, UNKNOWN)
                    case _:
                        self.badge(door, REGULAR)

        crowd = threading.Thread(target=come_and_go)
        crowd.start()
        try:
            yield
        finally:
            enough.set()
            crowd.join()

    def lose_sight(self) -> None:
        """The simulator was killed: nobody sees any more what its doors do, and its ports are gone.

        Their links would lead to whoever on this machine next opens a terminal; udev removes those of real adapters.
        """
        for link in self.ports.glob("line-*"):
            link.unlink()
        self.seen += [Seen(datetime.now(UTC), door, f"{what} {LOST}") for door in DOORS for what in ("strike", "door")]

    def _note(self, line: str, at: datetime) -> None:
        found = _HAPPENED.fullmatch(line)
        if found:
            self.seen.append(Seen(at, found["door"], found["what"]))

    # What came of it.

    def tend(self) -> None:
        """Programs that ended by themselves are started again."""
        for program in (self.simulator, self.controller, self.server):
            program.tend()

    def until(self, condition: Callable[[], bool], within_s: float, what: str) -> float:
        """Wait, tending the programs; how many seconds it took."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < within_s, f"{what}: not within {within_s:.0f} s\n{self.logs()}"
            self.tend()
            time.sleep(0.1)
        return time.monotonic() - began

    def logs(self) -> str:
        """The ends of the programs' logs."""
        paths = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text()[-3000:]}" for path in paths)

    def works_again(self, since: datetime, within_s: float = 120.0) -> float:
        """Wait until the database has a grant of each door that is newer than `since`, under traffic."""

        def granted_everywhere() -> bool:
            found = self.stored(EventType.ACCESS_GRANTED)
            return {event.door for event in found or () if event.at > since} == set(DOORS)

        return self.until(granted_everywhere, within_s, "a card opens each door and that is told")

    def quiet(self) -> None:
        """After the last traffic: every strike locks, every leaf closes."""

        def at_rest() -> bool:
            last: dict[tuple[str, str], str] = {}
            for one in list(self.seen):
                kind, _, state = one.what.partition(" ")
                last[one.door, kind] = state
            return set(last.values()) <= {"locked", "closed", LOST}

        self.until(at_rest, 30, "all doors are locked and closed")

    def stored(self, kind: EventType | None = None, controller_id: str | None = None) -> list[Stored] | None:
        """The controller's events in the order in which they were stored; None while the database cannot be read."""
        try:
            rows = self._query(controller_id or self.controller_id)
        except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError):
            return None
        events = [Stored(int(row[0]), EventType(row[1]), _aware(row[2]), row[3], row[4], row[5]) for row in rows]
        return [event for event in events if kind in (None, event.type)]

    def _query(self, controller_id: str) -> list[Sequence[Any]]:
        if self.settings.database is None:
            path = f"file:{self.settings.data / 'doorward.db'}?mode=ro"
            with closing(sqlite3.connect(path, uri=True, timeout=5)) as connection:
                return connection.execute(_EVENTS.replace("$1", "?"), [controller_id]).fetchall()

        async def fetch() -> list[Sequence[Any]]:
            connection = await asyncpg.connect(self.settings.database_url, timeout=5)
            try:
                return list(await connection.fetch(_EVENTS, controller_id))
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def server_events(self, *kinds: EventType) -> list[Event]:
        """Events that the server itself wrote, in their order."""

        async def read() -> list[Event]:
            async with open_domain(self.settings):
                return await Event.filter(type__in=kinds).order_by("position")

        return asyncio.run(read())

    def journal(self, path: Path) -> list[JournalRecord]:
        """All that a controller has written down."""
        with closing(sqlite3.connect(path, timeout=5)) as connection:
            rows = connection.execute("SELECT body FROM records ORDER BY sequence").fetchall()
        return [msgspec.msgpack.decode(row[0], type=JournalRecord) for row in rows]

    def compare(self) -> None:
        """Once traffic has ended: nothing lost, nothing twice, order kept, every strike explained, nothing stale."""
        self.quiet()
        self.until(self._all_stored, 60, "the database has all that the journals have")
        for controller_id, path in self._journals():
            _agree(self.stored(controller_id=controller_id) or [], self.journal(path))
        explain(self.seen, self.acts, self.stored() or [])

    def _all_stored(self) -> bool:
        return all(
            len(self.stored(controller_id=controller_id) or ()) == len(self.journal(path))
            for controller_id, path in self._journals()
        )

    def _journals(self) -> list[tuple[str, Path]]:
        """Of the controller apart and of the one inside the server."""
        return [(self.controller_id, self.box / "journal.db"), (self._embedded_id, self.settings.journal)]

    async def _build(self) -> tuple[str, str]:
        async with open_domain(self.settings) as domain:
            who = COMMAND_LINE
            self._embedded_id = (await Controller.get()).id
            controller = await create_controller(domain, who, CONTROLLER)
            group = await create_group(domain, who, "Staff")
            always = await create_schedule(domain, who, "Always", [[(0, 1440)]] * 7, {})
            doors = []
            for number, name in enumerate(DOORS):
                door = await create_door(domain, who, NewDoor(name, controller.id))
                reader = await create_reader(domain, who, NewReader(door.id, Side.A, f"{name} reader"))
                # The front door has a line for each device, the back door one for both.
                lines = [self.ports / f"line-{number}-{one if number == 0 else 0}" for one in range(2)]
                key, other = secrets.token_bytes(16), secrets.token_bytes(16)
                role = DeviceRole.READER
                device = NewDevice(role, door.id, str(lines[0]), 1, key, reader_id=reader.id)
                await create_device(domain, who, device)
                await create_device(domain, who, NewDevice(DeviceRole.DOOR_IO, door.id, str(lines[1]), 2, other))
                doors.append(DoorSide(door.id, Side.A))
            await create_access_rule(domain, who, "Staff", [group.id], [always.id], doors)
            for number, card in enumerate((REGULAR, STALE)):
                person = NewCardholder(
                    f"E-{number}", *(("Ada", "Regular"), ("Grace", "Stale"))[number], "", (group.id,)
                )
                holder = await create_cardholder(domain, who, person)
                await create_card(domain, who, NewCard(holder.id, FACILITY, card))
            return controller.id, (await issue_enrolment_code(domain, who, controller.id)).code


def _aware(value: object) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(at, datetime)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _agree(events: Sequence[Stored], journal: Sequence[JournalRecord]) -> None:
    """The database has what the journal has: each record once, in its order, without a gap."""
    assert [record.sequence for record in journal] == list(range(1, len(journal) + 1))
    assert [event.sequence for event in events] == [record.sequence for record in journal]
    for event, record in zip(events, journal, strict=True):
        assert (event.type, event.correlation) == (record.type, record.correlation)
        assert abs(event.at - record.at) < timedelta(milliseconds=1)
    twice = [one for one, count in Counter((e.correlation, e.type) for e in events).items() if count > 1]
    assert not twice


def explain(seen: Sequence[Seen], acts: Sequence[Act], events: Sequence[Stored]) -> None:
    """Every release has its event, every such event somebody who wanted it then, and none is for a stale card."""
    releasing = [event for event in events if event.type in RELEASING]
    for event in releasing:
        assert event.who != "Grace Stale", f"a card opened that was shown while no controller ran: {event}"
        card = None if event.type is EventType.DOOR_REX else REGULAR
        asked = (act.at for act in acts if (act.door, act.card) == (event.door, card))
        assert any(at <= event.at <= at + PATIENCE for at in asked), f"nobody asked for {event}"
    unused = list(releasing)
    for one in seen:
        if one.what == "strike released":
            cause = next((e for e in unused if e.door == one.door and one.at - LATEST <= e.at <= one.at), None)
            assert cause is not None, f"{one} without an event that says why"
            unused.remove(cause)
        elif one.what == "strike locked":
            why = max(event.at for event in releasing if event.door == one.door and event.at <= one.at)
            assert one.at - why < LONGEST_RELEASE, f"{one} came late"
