"""Nobody who watches, hears or listens to a keypad learns a digit, or whether it is right, before the entry ends.

The whole controller, over a pseudo-terminal: what reaches the reader, and when, is looked at, not what was meant.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import osdp_sys
import pytest

from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialPolicy,
    IdentificationType,
    Method,
    ProfilePolicy,
)
from doorward.acs.decision.tokens import pin_token
from doorward.acs.devices import LockLine, OsdpDevice, ReaderLine, Wiring
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DoorStatus, PolicySnapshot
from doorward.hardware.controller import Controller
from doorward.hardware.drivers import Drivers
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from tests.hardware.osdp.wire import POLL, Seen, TappedLine, decode
from tests.hardware.osdp.world import Power, Received, eventually
from tests.hardware.site import DATA_KEY, DOOR, FakeServer, policy

TOKEN_KEY = b"t" * 32
RIGHT, WRONG = "2580", "1739"
EVERYTHING = (
    *READER_CAPABILITIES,
    (osdp_sys.CAP_READER_TEXT_OUTPUT, 1, 1),
    (osdp_sys.CAP_OUTPUT_CONTROL, 4, 1),
)
KEYPAD_REPLY = 0x53
ROUNDS = 2
APART_S = 0.04
"""By so much the quickest answers to two keys may differ: less than one poll, more than a busy machine."""


class TimedLine(TappedLine):
    """Tells when each frame passed."""

    def __init__(self, link: Path) -> None:
        super().__init__(link)
        self.passed: list[tuple[float, Seen]] = []

    def read(self, size: int) -> bytes:
        data = super().read(size)
        self._note(data)
        return data

    def write(self, data: bytes) -> int:
        self._note(bytes(data))
        return super().write(data)

    def _note(self, data: bytes) -> None:
        self.passed += [(time.monotonic(), frame) for frame in decode(data)]


@dataclass
class Keypad:
    """A reader with a keypad, a light, a buzzer and a display; whoever it is connected to."""

    line: TimedLine
    reader: SimulatedDevice
    power: Power
    server: FakeServer

    def press(self, key: str) -> list[tuple[float, Seen]]:
        """What passes from a key on, for some polls."""
        start = len(self.line.passed)
        self.power.do(lambda: self.reader.press(key))
        eventually(lambda: len(self._after_keys(start)) > 3)
        return self._after_keys(start)

    def _after_keys(self, start: int) -> list[tuple[float, Seen]]:
        passed = self.line.passed[start:]
        told = next((at for at, (_, one) in enumerate(passed) if one.reply and one.code == KEYPAD_REPLY), len(passed))
        return passed[told:]

    def commands(self) -> list[dict[str, object]]:
        """Lights, sounds and texts so far."""
        return [one.command for one in self.power.commands.of(Received)]


@pytest.fixture
def keypad(tmp_path: Path) -> Iterator[Keypad]:
    key = secrets.token_bytes(16)
    line = TimedLine(tmp_path / "reader")
    reader = SimulatedDevice(line, 1, key, EVERYTHING)
    plain = policy()
    ways = (Method((IdentificationType.PIN,), ()),)
    rules = msgspec.structs.replace(
        plain,
        doors=(msgspec.structs.replace(plain.doors[0], profile_id="profile"),),
        profiles=(ProfilePolicy("profile", "PIN", ways, ways),),
        credentials=(CredentialPolicy("pin", "ann", kind=CredentialKind.PIN, token=pin_token(TOKEN_KEY, RIGHT)),),
        token_key=TOKEN_KEY,
    )
    wiring = Wiring(
        (OsdpDevice("r", str(line.link), 1, key),), (ReaderLine("reader-1", DOOR, "r"),), (LockLine(DOOR, "r", 0),)
    )
    server = FakeServer(20)
    try:
        with Power(reader) as power, Controller("controller-1", tmp_path / "j.db", DATA_KEY, Drivers) as controller:
            server.attach(controller)
            server.send(PolicySnapshot(rules, wiring))
            server.message(DoorStatus, lambda status: status.readers_online.get("reader-1", False))
            trusted_from = time.monotonic() + 1.2  # keys of the first moment of a link count nothing
            eventually(lambda: time.monotonic() > trusted_from)
            yield Keypad(line, reader, power, server)
    finally:
        server.close()


def test_every_key_is_answered_alike_whether_the_pin_will_be_right_or_wrong(keypad: Keypad) -> None:
    answers: dict[str, set[tuple[int, int, int | None, bool]]] = defaultdict(set)
    delays: dict[str, list[float]] = defaultdict(list)
    before = keypad.commands()
    for _ in range(ROUNDS):
        for entry in (RIGHT, WRONG, "46"):
            for key in entry:
                (told_at, _reply), *rest = keypad.press(key)
                commands = [(at, one) for at, one in rest if not one.reply]
                answers[key] |= {(one.code, len(one.raw), one.scs, one.has_mac) for _, one in commands}
                delays[key].append(commands[0][0] - told_at)
            keypad.press("*")  # never ended: it is forgotten
    assert keypad.commands() == before, "no light, sound or text follows a key"
    (answer,) = {frozenset(one) for one in answers.values()}
    assert {code for code, *_ in answer} == {POLL}, "and nothing else than the next question"
    assert len(answers) == 10
    quickest = {key: min(found) for key, found in delays.items()}
    assert max(quickest.values()) - min(quickest.values()) < APART_S, quickest
    assert EventType.ACCESS_DENIED not in keypad.server.events()


def test_only_the_end_of_the_entry_tells_whether_it_was_right(keypad: Keypad) -> None:
    shown = []
    for entry, outcome in ((WRONG, EventType.ACCESS_DENIED), (RIGHT, EventType.ACCESS_GRANTED)):
        before = len(keypad.commands())
        for key in entry:
            keypad.press(key)
            assert len(keypad.commands()) == before
        keypad.press("#")
        keypad.server.event(outcome)
        eventually(lambda: osdp_sys.CMD_BUZZER in {one["command"] for one in keypad.commands()[before:]})  # noqa: B023
        shown.append([(one["on_color"]) for one in keypad.commands()[before:] if one["command"] == osdp_sys.CMD_LED])
    assert shown[0][0] == osdp_sys.LED_COLOR_RED
    assert shown[1][0] == osdp_sys.LED_COLOR_GREEN
