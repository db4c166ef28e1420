"""A door on pins, and a local rule beside it, through the whole controller. The chip is a stand-in."""

from pathlib import Path

import msgspec
import pytest

from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.local_rules import InputTrigger, LocalAction, LocalRule
from doorward.acs.devices import (
    AuxInputLine,
    AuxOutputLine,
    Device,
    GpioDevice,
    InputLine,
    LockLine,
    PinInput,
    PinOutput,
    ReaderLine,
    Wiring,
)
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import PolicyApplied, PolicySnapshot
from doorward.hardware.controller import Controller
from doorward.hardware.driver import CardRead, Driver, EventSink
from doorward.hardware.drivers import Drivers
from doorward.hardware.gpio import driver as gpio_driver
from tests.hardware.gpio.pins import FakeChip
from tests.hardware.site import DATA_KEY, DOOR, FACILITY, NUMBER, FakeServer, policy

CONTACT, REX, BUTTON, STRIKE, SIREN = 4, 5, 6, 20, 21
PINS = GpioDevice(
    "pins",
    "/dev/gpiochip0",
    tuple(PinInput(pin) for pin in (CONTACT, REX, BUTTON)),
    (PinOutput(STRIKE), PinOutput(SIREN)),
)
PLAN = Wiring(
    (PINS,),
    (ReaderLine("reader-1", DOOR, "pins"),),
    (LockLine(DOOR, "pins", 0),),
    (InputLine(DOOR, InputPurpose.POSITION, "pins", 0), InputLine(DOOR, InputPurpose.REX, "pins", 1)),
    (AuxInputLine("button", "Button", "pins", 2),),
    (AuxOutputLine("siren", "Siren", "pins", 1),),
    (LocalRule("panic", "Panic", InputTrigger("button"), LocalAction.FOLLOW, "siren"),),
)


def test_a_door_and_a_rule_on_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chip = FakeChip()
    monkeypatch.setattr(gpio_driver, "open_pins", chip.open_pins)
    sinks: list[EventSink] = []

    def make(devices: tuple[Device, ...], sink: EventSink) -> Driver:
        sinks.append(sink)
        return Drivers(devices, sink)

    short = msgspec.structs.replace(policy(), doors=(msgspec.structs.replace(policy().doors[0], access_time_ms=200),))
    server = FakeServer()
    with Controller("controller-1", tmp_path / "journal.db", DATA_KEY, make) as controller:  # type: ignore[arg-type]
        server.attach(controller)
        server.send(PolicySnapshot(short, PLAN))
        server.message(PolicyApplied)
        server.event(EventType.DOOR_ONLINE)
        sinks[-1](CardRead("pins", encode_h10301(FACILITY, NUMBER), fresh=True))
        chip.wait_for_changes(STRIKE, False, True, False)
        chip.set(BUTTON, True)
        server.event(EventType.OUTPUT_ON)
        chip.set(REX, True)
        server.event(EventType.DOOR_REX)
        chip.wait_for_changes(STRIKE, False, True, False, True, False)
        chip.wait_for_changes(SIREN, False, True)
    server.close()
