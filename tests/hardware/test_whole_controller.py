"""The whole path below the server: simulated devices, serial lines, secure channel, driver, controller."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.policy import Side
from doorward.acs.decision.reason import Reason
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DeviceRole, DoorStatus, OsdpDevice, PolicySnapshot
from doorward.hardware.controller import Controller
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.door import DoorSpec, ReaderSpec, SimulatedDoor
from tests.hardware.site import DATA_KEY, DOOR, FACILITY, NUMBER, FakeServer, policy

PATIENCE_S = 20.0


@dataclass
class Strikes:
    """How often the simulated strike let go."""

    count: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def moved(self, _: str, energised: bool, __: float) -> None:
        with self.changed:
            self.count += energised
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, PATIENCE_S)


@dataclass
class World:
    """A door that plays, the controller that drives it, the server that listens."""

    door: SimulatedDoor
    strikes: Strikes
    server: FakeServer

    def badge_until_released(self) -> None:
        """Until it is granted: cards shown in the first moments of a link are not trusted."""
        while EventType.ACCESS_GRANTED not in self.server.events():
            seen = len(self.server.events())
            self.door.badge(Side.A, encode_h10301(FACILITY, NUMBER))
            self.server.wait_for(lambda seen=seen: self._decided(seen))  # type: ignore[misc]

    def _decided(self, seen: int) -> bool | None:
        new = self.server.events()[seen:]
        return EventType.ACCESS_GRANTED in new or EventType.ACCESS_DENIED in new or None


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    keys = secrets.token_bytes(16), secrets.token_bytes(16)
    ports = tmp_path / "reader", tmp_path / "door"
    strikes = Strikes()
    spec = DoorSpec("Main entrance", ports[1], 2, keys[1], (ReaderSpec(Side.A, ports[0], 1, keys[0]),))
    door = SimulatedDoor(spec, on_strike=strikes.moved)
    door.start()
    server = FakeServer(PATIENCE_S)
    devices = (
        OsdpDevice("r", DeviceRole.READER, DOOR, str(ports[0]), 1, keys[0], reader_id="reader-1"),
        OsdpDevice("i", DeviceRole.DOOR_IO, DOOR, str(ports[1]), 2, keys[1]),
    )
    try:
        with Controller("controller-1", tmp_path / "journal.db", DATA_KEY, OsdpDriver) as controller:
            server.attach(controller)
            server.send(PolicySnapshot(policy(), devices))
            server.message(DoorStatus, lambda status: status.online and status.readers_online["reader-1"])
            yield World(door, strikes, server)
    finally:
        server.close()
        door.stop()


def test_a_badge_opens_the_door_and_its_passage_is_told(world: World) -> None:
    world.badge_until_released()
    world.strikes.wait_for(1)
    granted = world.server.event(EventType.ACCESS_GRANTED)
    assert world.server.event(EventType.DOOR_OPENED).correlation == granted.correlation
    assert world.server.event(EventType.DOOR_CLOSED).correlation == granted.correlation
    assert world.strikes.count == world.server.events().count(EventType.ACCESS_GRANTED) == 1


def test_an_unknown_card_a_forced_door_and_the_exit_button(world: World) -> None:
    world.badge_until_released()
    world.server.event(EventType.DOOR_CLOSED)
    after = max(world.server.stored)
    world.door.badge(Side.A, encode_h10301(FACILITY, 9))
    denied = world.server.event(EventType.ACCESS_DENIED, after)
    assert (denied.reason, denied.data["number"]) == (Reason.CARD_UNKNOWN, 9)
    world.door.force()
    forced = world.server.event(EventType.DOOR_FORCED, after)
    world.server.event(EventType.DOOR_FORCED_CLEARED, forced.sequence)
    world.door.rex()
    rex = world.server.event(EventType.DOOR_REX, after)
    assert world.server.event(EventType.DOOR_OPENED, rex.sequence).correlation == rex.correlation
    world.strikes.wait_for(2)


def test_a_cut_cable_is_told_and_mended(world: World) -> None:
    world.door.unplug(Side.A)
    lost = world.server.event(EventType.READER_OFFLINE)
    assert lost.data["reason"]
    world.door.replug(Side.A)
    world.server.event(EventType.READER_ONLINE, lost.sequence)
