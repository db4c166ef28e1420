"""A small site for the controller's tests: a fake driver, a clock to turn, a server at the other end."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import (
    AccessRulePolicy,
    CardholderPolicy,
    CredentialPolicy,
    DoorPolicy,
    DoorSide,
    Policy,
    ReaderPolicy,
    Side,
)
from doorward.acs.decision.schedule import Interval, Schedule
from doorward.acs.devices import Device, InputLine, LockLine, OsdpDevice, ReaderLine, Wiring
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.sequences import Stored
from doorward.acs.messages import (
    CommandResult,
    DoorCommand,
    DoorStatus,
    Hello,
    JournalAck,
    JournalBatch,
    JournalLost,
    JournalRecord,
    PolicySnapshot,
    ToController,
    ToServer,
    Welcome,
)
from doorward.hardware.controller import Controller
from doorward.hardware.driver import (
    CardRead,
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    DriverCommand,
    DriverEvent,
    EventSink,
    InputsChanged,
    OutputState,
    SetOutput,
)
from doorward.hardware.link import LinkClosed, ServerEnd, memory_link

DATA_KEY = bytes(range(32))
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DOOR, READER, IO = "door-1", "reader-device", "io-device"
FACILITY, NUMBER = 17, 1042
WAIT_S = 20.0

Message = TypeVar("Message")


class TurnedClock:
    """Both clocks, moved by the test."""

    def __init__(self) -> None:
        self.ms = 1_000_000
        self.ahead = timedelta()
        """By so much somebody has set the clock ahead."""

    def monotonic_ms(self) -> int:
        return self.ms

    def now(self) -> datetime:
        return NOON + self.ahead + timedelta(milliseconds=self.ms - 1_000_000)


class FakeDriver:
    """Drives nothing: keeps what it was asked, and says what the test wants. Refuses like the real one."""

    def __init__(self, devices: Sequence[Device], sink: EventSink) -> None:
        self.devices = tuple(devices)
        self.sink = sink
        self.commands: list[DriverCommand] = []
        self.offline: set[str] = set()
        self.running = False
        self.on_submit: Callable[[DriverCommand], None] = lambda command: None
        self._changed = threading.Condition()

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def submit(self, command: DriverCommand) -> None:
        if command.device_id in self.offline:
            raise CommandRefused("The device is offline.")
        self.on_submit(command)
        with self._changed:
            self.commands.append(command)
            self._changed.notify_all()

    def wait_for(self, command: DriverCommand, times: int = 1) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.commands.count(command) >= times, WAIT_S), self.commands

    def strikes(self) -> list[OutputState]:
        return [command.state for command in self.commands if isinstance(command, SetOutput)]


class FakeServer:
    """The other end of the link, on an event loop of its own. Stores and acknowledges, unless told not to."""

    def __init__(self, patience_s: float = WAIT_S) -> None:
        self._patience_s = patience_s
        self.heard: list[ToServer] = []
        self.stored: dict[int, JournalRecord] = {}
        self.acknowledges = True
        self.closed = False
        self.pretends_to_have: int | None = None
        self._numbers: Stored | None = None
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self.controller_end, self._end = memory_link(self._loop)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._receive(self._end))
        finally:
            self._loop.close()

    async def _receive(self, end: ServerEnd) -> None:
        while True:
            try:
                message = await end.receive()
            except LinkClosed:
                with self._changed:
                    self.closed = True
                    self._changed.notify_all()
                return
            with self._changed:
                self.heard.append(message)
                if isinstance(message, JournalBatch) and self.acknowledges:
                    self.stored |= {record.sequence: record for record in message.records}
                self._changed.notify_all()
            if isinstance(message, Hello):
                stored = max(self.stored, default=0)
                self._numbers = Stored(stored)
                end.send(Welcome(stored if self.pretends_to_have is None else self.pretends_to_have))
            elif isinstance(message, JournalBatch) and self.acknowledges:
                end.send(self._answer(message.records[0].sequence, message.records[-1].sequence))
            elif isinstance(message, JournalLost):
                end.send(self._answer(message.first, message.last))

    def _answer(self, first: int, last: int) -> JournalAck:
        """What the real server answers to records from `first` to `last`; lost ones count as stored."""
        if self._numbers is None:
            self._numbers = Stored(first - 1)
        self._numbers = self._numbers.with_range(first, last)
        return JournalAck(self._numbers.upto, self._numbers.ahead)

    def attach(self, controller: Controller) -> None:
        controller.attach(self.controller_end)
        self.message(Hello)

    def send(self, message: ToController) -> None:
        self._end.send(message)

    def close(self) -> None:
        self._end.close()
        self._thread.join()

    def wait_for(self, what: Callable[[], Message | None]) -> Message:
        """What `what` returns, as soon as that is something."""
        with self._changed:
            found: list[Message] = []

            def look() -> bool:
                seen = what()
                if seen is not None:
                    found.append(seen)
                return bool(found)

            assert self._changed.wait_for(look, self._patience_s), (self.heard, self.events())
            return found[0]

    def event(self, kind: EventType, after: int = 0) -> JournalRecord:
        """The first stored record of this type behind sequence `after`."""
        return self.wait_for(
            lambda: next(
                (
                    record
                    for _, record in sorted(self.stored.items())
                    if record.type is kind and record.sequence > after
                ),
                None,
            )
        )

    def events(self) -> list[EventType]:
        return [record.type for _, record in sorted(self.stored.items())]

    def message(self, kind: type[Message], fits: Callable[[Message], bool] = lambda message: True) -> Message:
        """The first message of this kind that fits."""
        return self.wait_for(
            lambda: next((one for one in list(self.heard) if isinstance(one, kind) and fits(one)), None)
        )

    def results(self, command_id: str) -> list[CommandResult]:
        return [one for one in self.heard if isinstance(one, CommandResult) and one.command_id == command_id]


class Site:
    """One door with one reader, its controller, and whatever server is attached to it."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal.db"
        self.clock = TurnedClock()
        self.drivers: list[FakeDriver] = []
        self.servers: list[FakeServer] = []
        self._made = threading.Condition()
        self.controller = self._new_controller()

    def _new_controller(self) -> Controller:
        return Controller(
            "controller-1", self.journal, DATA_KEY, self._make_driver, self.clock.now, self.clock.monotonic_ms
        )

    def _make_driver(self, devices: Sequence[Device], sink: EventSink) -> FakeDriver:
        driver = FakeDriver(devices, sink)
        with self._made:
            self.drivers.append(driver)
            self._made.notify_all()
        return driver

    @property
    def driver(self) -> FakeDriver:
        """The latest driver; waits for the first."""
        with self._made:
            assert self._made.wait_for(lambda: self.drivers, WAIT_S)
            return self.drivers[-1]

    @property
    def server(self) -> FakeServer:
        return self.servers[-1]

    def restart(self) -> None:
        """Stop the controller; another one takes up its journal."""
        self.controller.stop()
        self.drivers.clear()
        self.controller = self._new_controller()
        self.controller.start()

    def attach_server(self, stored: dict[int, JournalRecord] | None = None) -> FakeServer:
        server = FakeServer()
        server.stored = dict(stored or {})
        self.servers.append(server)
        server.attach(self.controller)
        return server

    def close(self) -> None:
        self.controller.stop()
        for server in self.servers:
            server.close()

    def tell(self, *events: DriverEvent) -> None:
        for event in events:
            self.driver.sink(event)

    def power_up(self) -> None:
        """Everything comes online, the door is closed, and the controller has taken note."""
        self.tell(DeviceOnline(READER), DeviceOnline(IO), InputsChanged(IO, (False, False)))
        self.driver.wait_for(LOCK)

    def badge(self, number: int = NUMBER, fresh: bool = True) -> None:
        self.tell(CardRead(READER, encode_h10301(FACILITY, number), fresh))

    def sense(self, open: bool = False, rex: bool = False) -> None:
        self.tell(InputsChanged(IO, (open, rex)))

    def pass_time(self, ms: int) -> None:
        """Make it later, and make the controller look at its clock."""
        self.clock.ms += ms
        self.tell(DeviceOffline("nobody's", "only to wake the controller"))

    def command(self, action: DoorAction, command_id: str = "command-1", expires_in_s: float = 10) -> DoorCommand:
        command = DoorCommand(
            command_id, DOOR, action, "user-1", "a test", self.clock.now() + timedelta(seconds=expires_in_s)
        )
        self.server.send(command)
        return command

    def result(self, command_id: str = "command-1") -> CommandResult:
        return self.server.message(CommandResult, lambda result: result.command_id == command_id)

    def status(self, fits: Callable[[DoorStatus], bool]) -> DoorStatus:
        return self.server.message(DoorStatus, fits)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """The controller is in the middle of a turn: what is told meanwhile waits for the next one."""
        came, go_on = threading.Event(), threading.Event()

        def hold_up(_: DriverCommand) -> None:
            came.set()
            assert go_on.wait(WAIT_S)

        self.driver.on_submit = hold_up
        self.badge(number=99)
        assert came.wait(WAIT_S)
        self.driver.on_submit = lambda _: None
        try:
            yield
        finally:
            go_on.set()

    @contextmanager
    def journal_taken(self) -> Iterator[None]:
        """Another program holds the journal's write lock: the controller cannot write."""
        other = sqlite3.connect(self.journal, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()


LOCK = SetOutput(IO, 0, OutputState.OFF)


def policy(version: int = 1, access_time_ms: int = 5_000) -> Policy:
    """One door, one reader on side A, one cardholder with a card, allowed always."""
    all_day = tuple((Interval(0, 1440),) for _ in range(7))
    return Policy(
        version,
        "UTC",
        doors=(DoorPolicy(DOOR, "Main entrance", access_time_ms=access_time_ms, held_after_ms=20_000),),
        readers=(ReaderPolicy("reader-1", DOOR, Side.A),),
        credentials=(CredentialPolicy("card-1", "ann", "H10301", FACILITY, NUMBER),),
        cardholders=(CardholderPolicy("ann"),),
        schedules=(Schedule("always", "Always", all_day),),
        rules=(AccessRulePolicy("rule-1", "Everyone", (), ("ann",), ("always",), (DoorSide(DOOR, Side.A),)),),
    )


def snapshot(version: int = 1, port: str = "/dev/ttyUSB0", access_time_ms: int = 5_000) -> PolicySnapshot:
    """The policy, with its reader and its door's device on one port."""
    return PolicySnapshot(
        policy(version, access_time_ms),
        wired(OsdpDevice(READER, port, 1, b"r" * 16), OsdpDevice(IO, port, 2, b"i" * 16)),
    )


def wired(reader: OsdpDevice, io: OsdpDevice, door_id: str = DOOR, reader_id: str = "reader-1") -> Wiring:
    """One door: a reader device, and a device with its strike on output 0, its sensor on input 0, its REX on 1."""
    return Wiring(
        (reader, io),
        (ReaderLine(reader_id, door_id, reader.id),),
        (LockLine(door_id, io.id, 0),),
        (
            InputLine(door_id, InputPurpose.POSITION, io.id, 0),
            InputLine(door_id, InputPurpose.REX, io.id, 1),
        ),
    )
