"""The link over real TLS: hostile controllers, slow, replaced and absent ones, and real ones that are cut off."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.controllers.models import ControllerCertificate
from doorward.acs.controllers.operations import revoke_controller
from doorward.acs.controllers.presence import missing
from doorward.acs.controllers.queries import list_controllers
from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import Device, DeviceRole, OsdpDevice
from doorward.acs.doors.live import DoorCondition, condition
from doorward.acs.doors.models import Controller as ControllerRow
from doorward.acs.doors.models import Device as DeviceRow
from doorward.acs.doors.models import Door
from doorward.acs.doors.operations import NewDoor, create_door
from doorward.acs.errors import ControllerOffline
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.local_io.commands import ByHandOrder, command_output
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput
from doorward.acs.local_io.inputs import create_aux_input
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.messages import (
    PROTOCOL,
    CommandStatus,
    ControllerSettings,
    DoorStatus,
    Hello,
    InputStatus,
    JournalAck,
    JournalBatch,
    JournalLost,
    JournalRecord,
    OutputStatus,
    PolicySnapshot,
    TimeCheck,
    TimeReport,
    ToServer,
    Welcome,
)
from doorward.acs.site.operations import update_site
from doorward.hardware.controller import Controller
from doorward.hardware.driver import CardRead, DeviceOnline, EventSink, InputsChanged, OutputState, SetOutput
from doorward.hardware.journal import Entry, Journal
from doorward.hardware.remote.backoff import Backoff
from doorward.hardware.remote.dialer import Dialer
from doorward.hardware.remote.identity import Identity
from doorward.hardware.remote.wire import encode
from tests.hardware.site import FakeDriver
from tests.server.link_world import CuttingProxy, LinkWorld, Peer, listening, until
from tests.world import START, World, make_site, user

pytestmark = pytest.mark.anyio


def record(number: int, **changes: Any) -> JournalRecord:
    made = JournalRecord(number, "boot", START + timedelta(seconds=number), number, EventType.ACCESS_DENIED, "c")
    return msgspec.structs.replace(made, **changes)


@asynccontextmanager
async def greeted(links: LinkWorld, name: str = "Annexe") -> AsyncIterator[Peer]:
    row, identity = await links.enrolled(name)
    async with links.peer(identity, row.id) as peer:
        await peer.greet()
        await peer.next(Welcome)
        yield peer


async def sequences(controller_id: str) -> list[int | None]:
    """As they were stored, one after the other."""
    rows = await Event.filter(controller_id=controller_id, source="controller").order_by("position")
    return [row.sequence for row in rows]


# Hostile controllers.


@pytest.mark.parametrize(
    "data",
    [
        b"\xc1",
        b"\x91" * 10_000,
        encode(Welcome(4)),
        encode(JournalBatch((record(1, type=EventType.USER_CREATED),))),
        encode(JournalBatch((record(1, data={"zero": "\x00"}),))),
        encode(OutputStatus("siren", True, "x" * 37)),
        encode(Hello("01a1fea1-72ba-722a-a976-43a0130c5aef", "boot", 0, 0)),
    ],
    ids=["rubbish", "deep", "words of the server", "forged audit", "unstorable", "no id", "another's name"],
)
async def test_a_controller_that_says_what_it_may_not_say_loses_its_link_and_that_is_an_alarm(
    database_url: str, tmp_path: Path, data: bytes
) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.connection.send(data)
        assert (await peer.closed()).startswith("refused: ")
        (refused,) = await links.events(EventType.CONTROLLER_REFUSED)
        assert refused.controller_id == peer.controller_id
        assert await sequences(peer.controller_id) == []


async def test_a_huge_message_closes_the_link_and_is_not_kept(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.connection.send(bytes(2 * 1024 * 1024))
        await peer.closed()
        assert peer.connection.close_code == 1009
        await links.events(EventType.CONTROLLER_OFFLINE)


async def test_nobody_speaks_before_greeting_or_another_version(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links:
        row, identity = await links.enrolled()
        first: list[tuple[ToServer, str]] = [
            (JournalBatch((record(1),)), "before it greeted"),
            (Hello(row.id, "boot", 0, 0, protocol=PROTOCOL + 1), "version 2 of the protocol"),
        ]
        for message, reason in first:
            async with links.peer(identity, row.id) as peer:
                await peer.say(message)
                assert reason in await peer.closed()


async def test_records_out_of_order_or_twice_are_stored_once_in_order(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.say(JournalBatch((record(1), record(2))))
        assert (await peer.next(JournalAck)).sequence == 2
        for wrong in ((record(4),), (record(3), record(5)), (record(4), record(3))):
            await peer.say(JournalBatch(wrong))
            assert (await peer.next(Welcome)).stored_sequence == 2
        await peer.say(JournalBatch((record(2), record(3))), JournalBatch((record(1),)))
        assert [(await peer.next(JournalAck)).sequence for _ in range(2)] == [3, 3]
        assert await sequences(peer.controller_id) == [1, 2, 3]


async def test_a_controller_tells_nothing_of_anothers_doors(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        domain = links.world.domain
        foreign = await create_door(domain, COMMAND_LINE, NewDoor("Vault", links.world.controller.id))
        own = await create_door(domain, COMMAND_LINE, NewDoor("Shed", peer.controller_id))
        for door in (foreign, own):
            await peer.say(DoorStatus(door.id, DoorMode.UNLOCKED, Position.OPEN, True, True, False, False))
        await until(lambda: condition(domain.doors.status(own.id)) is DoorCondition.OPEN)
        assert condition(domain.doors.status(foreign.id)) is DoorCondition.OFFLINE


async def test_a_controller_tells_nothing_of_anothers_inputs_and_outputs(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        domain = links.world.domain
        await make_site(links.world)
        device = await DeviceRow.get(role=DeviceRole.DOOR_IO)
        siren = await create_aux_output(domain, COMMAND_LINE, NewAuxOutput("Siren", device.id, 3))
        button = await create_aux_input(domain, COMMAND_LINE, NewAuxInput("Button", device.id, 5))
        await peer.say(OutputStatus(siren.id, True), InputStatus(button.id, InputState.ACTIVE))
        await peer.say(JournalBatch((record(1),)))
        await peer.next(JournalAck)
        assert domain.lines.output(siren.id).on is None
        assert domain.lines.input(button.id).state is InputState.UNKNOWN


async def test_what_a_controller_has_lost_is_an_alarm_and_not_waited_for(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.say(JournalLost(1, 40), JournalBatch((record(41),)))
        assert [(await peer.next(JournalAck)).sequence for _ in range(2)] == [40, 41]
        (lost,) = await links.events(EventType.JOURNAL_LOST)
        assert lost.data == {"first": 1, "last": 40}


async def test_news_is_stored_ahead_of_a_backlog(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.say(JournalBatch((record(900), record(901)), live=True))
        assert await peer.next(JournalAck) == JournalAck(0, ((900, 901),))
        await peer.say(JournalBatch((record(1), record(2))))
        assert await peer.next(JournalAck) == JournalAck(2, ((900, 901),))
        (state,) = [one for one in await list_controllers(links.world.domain, user(Role.OPERATOR)) if not one.embedded]
        assert state.backlog == 897
        await peer.greet(901)
        assert (await peer.next(Welcome)).ahead == ((900, 901),)
        await peer.say(JournalBatch(tuple(record(number) for number in range(3, 900))))
        assert await peer.next(JournalAck) == JournalAck(901)
        assert await sequences(peer.controller_id) == [900, 901, *range(1, 900)]


# Slow, silent, replaced and absent ones.


async def test_a_controller_that_takes_nothing_in_loses_its_link(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.remote_link.MOST_QUEUED", 20)
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.next(PolicySnapshot)
        peer.connection.transport.pause_reading()
        doors = links.world.domain.doors
        large = ControllerSettings(), TimeCheck(1)
        await until(lambda: not all(doors.send(peer.controller_id, message) for message in large * 50))
        peer.connection.transport.abort()
        await until(lambda: not links.world.domain.controllers.of(peer.controller_id).connected)


async def test_a_silent_controller_is_absent_and_every_door_of_it_says_so(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.controller_listener.PING_EVERY_S", 0.2)
    monkeypatch.setattr("doorward.server.controller_listener.PING_PATIENCE_S", 0.2)
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        domain = links.world.domain
        for name in ("Barn", "Shed"):
            await create_door(domain, COMMAND_LINE, NewDoor(name, peer.controller_id))
        peer.connection.transport.pause_reading()  # It neither speaks nor hangs up, as when a cable is cut.
        unreachable = await links.events(EventType.DOOR_UNREACHABLE, 2)
        (offline,) = await links.events(EventType.CONTROLLER_OFFLINE)
        assert [event.door_name for event in unreachable] == ["Barn", "Shed"]
        assert {event.correlation for event in unreachable} == {offline.correlation}
        assert "silent" in offline.data["cause"]
        peer.connection.transport.abort()
        async with links.peer(Identity(tmp_path / "Annexe"), peer.controller_id) as again:
            await again.greet()
            reachable = await links.events(EventType.DOOR_REACHABLE, 2)
            assert [event.door_name for event in reachable] == ["Barn", "Shed"]


async def test_a_controller_whose_thread_does_not_answer_is_absent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.time_keeping.CHECK_EVERY_S", 0.1)
    monkeypatch.setattr("doorward.server.time_keeping.FIRST_AFTER_S", 0.1)
    monkeypatch.setattr("doorward.server.time_keeping.SILENT_AFTER_S", 0.5)
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        await peer.next(TimeCheck)
        assert await peer.closed() == "the controller does not answer"


async def test_the_offset_of_a_clock_is_measured_and_told(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.time_keeping.FIRST_AFTER_S", 0.2)
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        ahead = links.world.clock() + timedelta(seconds=7)
        await peer.say(TimeReport((await peer.next(TimeCheck)).number, ahead, 12))
        told = (await peer.next(TimeCheck)).offset_ms
        assert told is not None
        assert 7_000 <= told <= 8_000
        live = links.world.domain.controllers.of(peer.controller_id)
        assert (live.offset_ms, live.last_sequence) == (told, 12)


async def test_a_newer_link_replaces_the_older_one_and_nobody_was_absent(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as older:
        identity = Identity(tmp_path / "Annexe")
        async with links.peer(identity, older.controller_id) as newer:
            await newer.greet()
            await newer.next(Welcome)
            assert await older.closed() == "replaced by a newer link"
            await newer.say(JournalBatch((record(1),)))
            await newer.next(JournalAck)
            assert links.world.domain.controllers.of(newer.controller_id).connected
            assert not await Event.filter(type=EventType.CONTROLLER_OFFLINE).exists()


async def test_a_controller_that_does_not_come_back_after_the_servers_start_is_said_to_be_absent(
    database_url: str, tmp_path: Path
) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links):
        pass
    async with listening(database_url, tmp_path) as links:
        assert not await Event.filter(type=EventType.CONTROLLER_OFFLINE).exists(), "the server's own stop is no absence"
        await links.hub.watch_for_absence(0)
        (offline,) = await links.events(EventType.CONTROLLER_OFFLINE)
        assert "since the server was started" in offline.data["cause"]
        await links.hub.watch_for_absence(0)
        assert await Event.filter(type=EventType.CONTROLLER_OFFLINE).count() == 1


async def test_who_is_missing_is_said_once_the_database_is_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError("disk")]

    async def find(connected: frozenset[str]) -> list[str]:
        if failures:
            raise failures.pop()
        return await missing(connected)

    monkeypatch.setattr("doorward.server.hub.missing", find)
    monkeypatch.setattr("doorward.server.hub.RETRY_S", 0.01)
    async with listening(database_url, tmp_path) as links, greeted(links):
        pass
    async with listening(database_url, tmp_path) as links:
        await links.hub.watch_for_absence(0)
        assert await Event.filter(type=EventType.CONTROLLER_OFFLINE).count() == 1


async def test_site_settings_reach_controllers_at_once(database_url: str, tmp_path: Path) -> None:
    async with listening(database_url, tmp_path) as links, greeted(links) as peer:
        assert await peer.next(ControllerSettings) == ControllerSettings()
        await update_site(links.world.domain, COMMAND_LINE, {"journal_events": 5_000, "alone_alarm_s": None})
        assert await peer.next(ControllerSettings) == ControllerSettings(5_000, 120, None)


# Real controllers.


DOOR_KEY = b"i" * 16
"""The key of the door's device at the small site."""


class Box:
    """A real controller with its dialer, in threads of its own; its doors have a fake driver."""

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        port: int,
        clock: Callable[[], datetime],
        monotonic_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
    ) -> None:
        self.driver: FakeDriver | None = None
        journal = folder / "journal.db"
        self.controller = Controller(
            identity.controller_id, journal, bytes(32), self._drive, clock, monotonic_ms=monotonic_ms
        )
        self.dialer = Dialer(f"wss://127.0.0.1:{port}", identity, self.controller.attach, lambda: Backoff(0.05, 0.2))

    def _drive(self, devices: Sequence[Device], sink: EventSink) -> FakeDriver:
        self.driver = FakeDriver(devices, sink)
        return self.driver

    async def power_up(self) -> None:
        """Its policy has come, and its devices are online."""
        await until(lambda: self.driver is not None)
        assert self.driver is not None
        for device in self.driver.devices:
            self.driver.sink(DeviceOnline(device.id))
            if isinstance(device, OsdpDevice) and device.key == DOOR_KEY:
                self.driver.sink(InputsChanged(device.id, (False, False)))

    def badge(self, number: int = 1042) -> None:
        assert self.driver is not None
        (reader,) = [one.id for one in self.driver.devices if isinstance(one, OsdpDevice) and one.key != DOOR_KEY]
        self.driver.sink(CardRead(reader, encode_h10301(17, number), True))

    async def __aenter__(self) -> "Box":
        await asyncio.to_thread(self.controller.start)
        await asyncio.to_thread(self.dialer.start)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await asyncio.to_thread(self.dialer.stop)
        await asyncio.to_thread(self.controller.stop)


@dataclass
class BoxedSite:
    """A controller apart, the line to it, and its id."""

    box: Box
    line: CuttingProxy
    controller_id: str


@asynccontextmanager
async def boxed(links: LinkWorld, prepare: Callable[[Path], None] = lambda folder: None) -> AsyncIterator[BoxedSite]:
    """A real controller with a site of its own, behind a line that can be cut; linked, and its devices online."""
    async with CuttingProxy(links.port) as line:
        row, identity = await links.enrolled(port=line.port)
        await make_site(World(links.world.domain, links.world.clock, row))
        prepare(links.folder / row.name)
        async with Box(links.folder / row.name, identity, line.port, links.world.clock) as box:
            await box.power_up()
            await links.events(EventType.DOOR_ONLINE)
            yield BoxedSite(box, line, row.id)


async def test_a_controller_apart_decides_and_its_records_arrive_once_whatever_is_cut(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.hardware.remote.parts.PART_ENTITIES", 1)
    async with listening(database_url, tmp_path) as links, boxed(links) as site:
        site.box.badge()
        await links.events(EventType.ACCESS_GRANTED)
        for cuts in range(1, 4):
            site.line.cut()
            await links.events(EventType.CONTROLLER_OFFLINE, cuts)
            for _ in range(3):
                site.box.badge(99)
            site.line.mend()
            await links.events(EventType.ACCESS_DENIED, 3 * cuts)
        stored = await sequences(site.controller_id)
        assert stored == list(range(1, len(stored) + 1))
        status = links.world.domain.doors
        (door,) = await Door.all()
        await until(lambda: condition(status.status(door.id)) is not DoorCondition.OFFLINE)


async def test_an_output_of_a_controller_apart_is_switched_by_hand_and_its_state_is_told(
    database_url: str, tmp_path: Path
) -> None:
    async with listening(database_url, tmp_path) as links, boxed(links) as site:
        domain = links.world.domain
        device = await DeviceRow.get(role=DeviceRole.DOOR_IO)
        siren = await create_aux_output(domain, COMMAND_LINE, NewAuxOutput("Siren", device.id, 3))
        await create_aux_input(domain, COMMAND_LINE, NewAuxInput("Button", device.id, 5))
        await until(lambda: domain.lines.output(siren.id).on is False)
        operator = user(Role.OPERATOR)
        result = await command_output(domain, operator, siren.id, ByHandOrder(HandAction.ON))
        assert (result.status, result.detail) == (CommandStatus.CONFIRMED, "")
        assert site.box.driver is not None
        site.box.driver.wait_for(SetOutput(device.id, 3, OutputState.ON))
        await until(lambda: domain.lines.output(siren.id).on is True)
        (switched,) = await links.events(EventType.OUTPUT_ON)
        assert (switched.correlation, switched.user_id) == (result.command_id, operator.user_id)
        site.line.cut()
        await until(lambda: domain.lines.output(siren.id).on is None)
        with pytest.raises(ControllerOffline):
            await command_output(domain, operator, siren.id, ByHandOrder(HandAction.AUTO))
        site.line.mend()
        await until(lambda: domain.lines.output(siren.id).held is not None)
        await command_output(domain, operator, siren.id, ByHandOrder(HandAction.AUTO))
        await until(lambda: domain.lines.output(siren.id).on is False)
        assert len(await links.events(EventType.AUX_OUTPUT_COMMAND_FAILED)) == 1


async def test_a_controller_renews_its_certificate_by_itself_and_is_never_absent(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.controller_listener.LOOK_AGAIN_S", 0.1)
    async with listening(database_url, tmp_path) as links, boxed(links) as site:
        links.world.clock.advance(timedelta(days=61))
        await links.events(EventType.CONTROLLER_CERTIFICATE_RENEWED)

        async def used() -> bool:
            return await ControllerCertificate.filter(first_used_at__isnull=False).count() >= 2

        await until(used)
        await links.events(EventType.CONTROLLER_ONLINE, 2)
        site.box.badge()
        await links.events(EventType.ACCESS_GRANTED)
        assert not await Event.filter(type=EventType.CONTROLLER_OFFLINE).exists()
        first = await ControllerCertificate.all().order_by("issued_at").first()
        assert first is not None
        assert first.ended_at is not None


async def test_a_revoked_controller_goes_on_alone_and_comes_back_once_it_is_enrolled_anew(
    database_url: str, tmp_path: Path
) -> None:
    async with listening(database_url, tmp_path) as links, boxed(links) as site:
        await revoke_controller(links.world.domain, COMMAND_LINE, site.controller_id)
        await links.events(EventType.CONTROLLER_OFFLINE)
        site.box.badge()
        links.world.clock.advance(timedelta(minutes=1))
        await links.enrol(await ControllerRow.get(id=site.controller_id))
        await links.events(EventType.ACCESS_GRANTED)


async def test_what_happens_now_arrives_while_a_long_backlog_does(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(folder: Path) -> None:
        with Journal(folder / "journal.db", bytes(32)) as journal:
            journal.append(Entry([record(0) for _ in range(6_000)]))

    async with listening(database_url, tmp_path) as links, boxed(links, fill) as site:
        site.box.badge()
        (granted,) = await links.events(EventType.ACCESS_GRANTED)
        row = await ControllerRow.get(id=site.controller_id)
        assert row.stored_sequence < 6_000 < granted.sequence, "it came before the backlog was through"

        async def caught_up() -> bool:
            return bool((await ControllerRow.get(id=site.controller_id)).stored_sequence > 6_000)

        await until(caught_up, 60)
        stored = await sequences(site.controller_id)
        assert sorted(number for number in stored if number) == list(range(1, len(stored) + 1))
        backlog = [number for number in stored if number and number <= 6_000]
        assert backlog == sorted(backlog)
