"""The whole path below the server: simulated devices, serial lines, secure channel, driver, controller."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.policy import Side
from doorward.acs.decision.reason import Reason
from doorward.acs.devices import OsdpDevice
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DoorStatus, PolicySnapshot
from doorward.hardware.controller import Controller
from doorward.hardware.drivers import Drivers
from doorward.hardware.simulators.door import DoorSpec, ReaderSpec, SimulatedDoor
from tests.hardware.site import DATA_KEY, FACILITY, NUMBER, FakeServer, policy, wired

PATIENCE_S = 20.0


class Strikes:
    """How often the simulated strike let go, and whether it is locked now."""

    def __init__(self) -> None:
        self.count = 0
        self.locked = threading.Event()

    def moved(self, _: str, energised: bool, __: float) -> None:
        self.count += energised
        if energised:
            self.locked.clear()
        else:
            self.locked.set()


@dataclass
class World:
    """A door that plays, the controller that drives it, the server that listens."""

    door: SimulatedDoor
    strikes: Strikes
    server: FakeServer

    def somebody_leaves(self) -> int:
        """Through the exit button; takes longer than the first moments of a link, when cards are not trusted.

        Returns the sequence of the door's closing.
        """
        self.door.rex()
        rex = self.server.event(EventType.DOOR_REX)
        closed = self.server.event(EventType.DOOR_CLOSED)
        assert rex.correlation == closed.correlation
        assert self.strikes.locked.wait(PATIENCE_S), "the door locks when it has closed"
        return closed.sequence


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
        OsdpDevice("r", str(ports[0]), 1, keys[0]),
        OsdpDevice("i", str(ports[1]), 2, keys[1]),
    )
    try:
        with Controller("controller-1", tmp_path / "journal.db", DATA_KEY, Drivers) as controller:
            server.attach(controller)
            server.send(PolicySnapshot(policy(), wired(*devices)))
            server.message(DoorStatus, lambda status: status.online and status.readers_online["reader-1"])
            yield World(door, strikes, server)
    finally:
        server.close()
        door.stop()


def test_a_badge_opens_the_door_and_its_passage_is_told(world: World) -> None:
    left = world.somebody_leaves()
    world.door.badge(Side.A, encode_h10301(FACILITY, NUMBER))
    granted = world.server.event(EventType.ACCESS_GRANTED)
    assert granted.cardholder_id == "ann"
    for kind in (EventType.DOOR_OPENED, EventType.DOOR_CLOSED):
        assert world.server.event(kind, left).correlation == granted.correlation
    assert world.strikes.count == 2, "one for the exit button, one for the card"


def test_an_unknown_card_is_denied_and_a_forced_door_is_told(world: World) -> None:
    left = world.somebody_leaves()
    world.door.badge(Side.A, encode_h10301(FACILITY, 9))
    denied = world.server.event(EventType.ACCESS_DENIED)
    assert (denied.reason, denied.data["number"]) == (Reason.CARD_UNKNOWN, 9)
    world.door.force()
    world.server.event(EventType.DOOR_FORCED, left)
    assert world.strikes.count == 1, "only for the exit button"


def test_a_cut_cable_is_told_and_mended(world: World) -> None:
    world.door.unplug(Side.A)
    lost = world.server.event(EventType.READER_OFFLINE)
    assert lost.data["reason"]
    world.door.replug(Side.A)
    world.server.event(EventType.READER_ONLINE, lost.sequence)
