"""From the converter's line to the strike: the driver, the controller and its journal."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialPolicy,
    IdentificationType,
    Method,
    Policy,
    ProfilePolicy,
)
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.tokens import pin_token
from doorward.acs.devices import InputLine, LockLine, OsdpDevice, ReaderLine, WiegandDevice, Wiring
from doorward.acs.doors.wiegand import KeypadMode
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DoorStatus, PolicySnapshot
from doorward.hardware import drivers
from doorward.hardware.controller import Controller
from doorward.hardware.driver import DeviceOnline, EventSink, InputsChanged, OutputState, SetOutput
from doorward.hardware.wiegand.codec import Burst, Frame, TamperInput, Wires
from doorward.hardware.wiegand.codecs import CODECS
from doorward.hardware.wiegand.driver import WiegandDriver
from tests.hardware.osdp.world import JumpingClock
from tests.hardware.site import DATA_KEY, DOOR, FACILITY, IO, NUMBER, FakeDriver, FakeServer, policy
from tests.hardware.wiegand.world import FRESH_MS, Converter, converter

KEY = b"p" * 32
CARD, STRANGER = encode_h10301(FACILITY, NUMBER), encode_h10301(FACILITY, 9)
RELEASE = SetOutput(IO, 0, OutputState.PULSE, 5_000)


@dataclass
class World:
    """A door with a Wiegand reader on channel 1 of a converter; channel 0 is a reader without any door."""

    far: Converter
    io: FakeDriver
    server: FakeServer
    clock: JumpingClock

    def settle(self) -> None:
        """What comes from now on is believed."""
        self.clock.jump(FRESH_MS)

    def strikes(self) -> int:
        return self.io.strikes().count(OutputState.PULSE)


def with_pin() -> Policy:
    """The site's policy, where a card or a PIN opens."""
    kinds = IdentificationType.CARD, IdentificationType.PIN
    methods = tuple(Method((kind,), ()) for kind in kinds)
    plain = policy()
    return msgspec.structs.replace(
        plain,
        doors=(msgspec.structs.replace(plain.doors[0], profile_id="either"),),
        profiles=(ProfilePolicy("either", "Either", methods, methods),),
        credentials=(
            *plain.credentials,
            CredentialPolicy("pin-1", "ann", kind=CredentialKind.PIN, token=pin_token(KEY, "2580")),
        ),
        token_key=KEY,
    )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    clock, made = JumpingClock(), list[FakeDriver]()

    def wiegand(devices: Sequence[WiegandDevice], sink: EventSink) -> WiegandDriver:
        return WiegandDriver(devices, sink, lambda: clock() / 1000)

    def io(devices: Sequence[OsdpDevice], sink: EventSink) -> FakeDriver:
        made.append(FakeDriver(devices, sink))
        return made[-1]

    monkeypatch.setattr(drivers, "MAKERS", {WiegandDevice: wiegand, OsdpDevice: io})
    server = FakeServer()
    with converter(tmp_path / "dev" / "converter", "channel-lines") as far:
        reader = far.device("w", 1, keypad=KeypadMode.BURST_8)
        wiring = Wiring(
            (reader, far.device("spare", 0), OsdpDevice(IO, "/dev/io", 2, b"i" * 16)),
            (ReaderLine("reader-1", DOOR, "w"),),
            (LockLine(DOOR, IO, 0),),
            (InputLine(DOOR, InputPurpose.POSITION, IO, 0),),
        )
        try:
            with Controller("controller-1", tmp_path / "journal.db", DATA_KEY, drivers.Drivers) as controller:
                server.attach(controller)
                server.send(PolicySnapshot(with_pin(), wiring))
                server.message(DoorStatus, lambda status: status.readers_online.get("reader-1", False))
                for event in (DeviceOnline(IO), InputsChanged(IO, (False, False))):
                    made[-1].sink(event)
                server.event(EventType.DOOR_ONLINE)
                yield World(far, made[-1], server, clock)
        finally:
            server.close()


def test_a_card_opens_the_door_and_the_light_says_so(world: World) -> None:
    world.settle()
    world.far.send(Burst(CARD, 1))
    assert world.server.event(EventType.ACCESS_GRANTED).cardholder_id == "ann"
    world.io.wait_for(RELEASE)
    command = CODECS["channel-lines"].command
    assert command is not None
    world.far.receive(command(1, Wires(green=True, buzzer=True)))


def test_a_stranger_s_card_is_denied_with_what_enrols_it(world: World) -> None:
    world.settle()
    world.far.send(Burst(STRANGER, 1))
    denied = world.server.event(EventType.ACCESS_DENIED)
    assert (denied.reason, denied.data["facility"], denied.data["number"]) == (Reason.CARD_UNKNOWN, FACILITY, 9)
    assert world.strikes() == 0


def test_a_card_right_after_the_line_came_up_is_denied(world: World) -> None:
    world.far.send(Burst(CARD, 1))
    assert world.server.event(EventType.ACCESS_DENIED).reason == Reason.READER_WAS_OFFLINE
    assert world.strikes() == 0


def test_a_pin_typed_in_bursts_opens_the_door_and_is_written_nowhere(world: World) -> None:
    world.settle()
    world.far.send(*(Burst(CardBits.from_int((~key & 0xF) << 4 | key, 8), 1) for key in (2, 5, 8, 0, 11)))
    assert world.server.event(EventType.ACCESS_GRANTED).cardholder_id == "ann"
    world.io.wait_for(RELEASE)
    assert "2580" not in repr(world.server.stored)


def test_tamper_and_flood_are_alarms_of_the_reader_with_their_ends(world: World) -> None:
    world.settle()
    for kind, frames in (
        (EventType.READER_TAMPER, [TamperInput(False, 1)]),
        (EventType.READER_TAMPER_CLEARED, [TamperInput(True, 1)]),
        (EventType.READER_FLOODED, [Burst(STRANGER, 1)] * 30),
    ):
        world.far.send(*list[Frame](frames))
        raised = world.server.event(kind)
        assert EventType.READER_FLOOD_ENDED not in world.server.events()
        assert (raised.door_id, raised.reader_id) == (DOOR, "reader-1")
    world.clock.jump(3_000)
    world.far.send(Burst(STRANGER, 1))
    world.server.event(EventType.READER_FLOOD_ENDED)


def test_a_flood_of_the_neighbour_does_not_keep_the_door_shut(world: World) -> None:
    world.settle()
    for _ in range(10):
        world.far.send(*[Burst(STRANGER, 0)] * 50)
    world.far.send(Burst(CARD, 1))
    world.io.wait_for(RELEASE)
    assert world.server.event(EventType.ACCESS_GRANTED).reader_id == "reader-1"


def test_a_line_pulled_is_told_and_after_it_is_back_the_door_opens_again(world: World) -> None:
    link = world.far.line.link
    world.far.close()
    lost = world.server.event(EventType.READER_OFFLINE)
    assert str(link) in lost.data["reason"]
    assert re.search(
        "vanished|was lost", lost.data["reason"]
    )  # that it vanished, or that reading it failed: as the line is looked at
    with converter(link, "channel-lines") as back:
        world.server.event(EventType.READER_ONLINE, lost.sequence)
        back.send(Burst(CARD, 1))
        denied = world.server.event(EventType.ACCESS_DENIED)
        assert denied.reason == Reason.READER_WAS_OFFLINE
        world.settle()
        back.send(Burst(CARD, 1))
        world.server.event(EventType.ACCESS_GRANTED)
        world.io.wait_for(RELEASE)
