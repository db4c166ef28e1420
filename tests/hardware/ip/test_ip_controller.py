"""A door opened by a signed push, through a whole controller; and what becomes of it without a server."""

import json
import os
import secrets
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.acs.decision.policy import (
    CredentialKind,
    CredentialPolicy,
    IdentificationType,
    Method,
    Policy,
    ProfilePolicy,
)
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.tokens import qr_token
from doorward.acs.devices import InputLine, IpDevice, LockLine, OsdpDevice, PeripheralKey, ReaderLine, ReadKind, Wiring
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DoorStatus, PolicySnapshot
from doorward.hardware import drivers
from doorward.hardware.controller import Controller
from doorward.hardware.driver import DeviceOnline, InputsChanged, OutputState, SetOutput
from doorward.hardware.drivers import drivers_with
from doorward.hardware.ip.client import KEY_VARIABLE, Client, NotTaken, read
from doorward.hardware.ip.listener import Listener, server_tls
from tests.hardware.ip.world import write_certificate
from tests.hardware.site import DATA_KEY, DOOR, FACILITY, IO, NUMBER, FakeDriver, FakeServer, policy

KEY = secrets.token_bytes(32)
READER = "intercom"
STRIKE = SetOutput(IO, 0, OutputState.PULSE, 5_000)
CARD: dict[str, Any] = {"format": "H10301", "facility": FACILITY, "number": NUMBER}
HELLO = "hello, door"


@dataclass
class World:
    """A door whose reader is on the network, and whose strike is a stand-in's."""

    controller: Controller
    server: FakeServer
    listener: Listener
    certificate: Path
    io: list[FakeDriver]

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.listener.port}"

    def client(self, key: bytes = KEY) -> Client:
        return Client(self.url, READER, key, ssl.create_default_context(cafile=str(self.certificate)))


def wiring(*keys: PeripheralKey) -> Wiring:
    return Wiring(
        (IpDevice(READER, (ReadKind.CARD, ReadKind.QR), keys), OsdpDevice(IO, "/dev/none", 2, b"i" * 16)),
        (ReaderLine("reader-1", DOOR, READER),),
        (LockLine(DOOR, IO, 0),),
        (InputLine(DOOR, InputPurpose.POSITION, IO, 0),),
    )


def with_qr(version: int) -> Policy:
    plain = policy(version)
    ways = (Method((IdentificationType.CARD,), ()), Method((IdentificationType.QR,), ()))
    return msgspec.structs.replace(
        plain,
        token_key=b"t" * 32,
        doors=tuple(msgspec.structs.replace(door, profile_id="both") for door in plain.doors),
        profiles=(ProfilePolicy("both", "Card or QR", ways, ways),),
        credentials=(
            *plain.credentials,
            CredentialPolicy("qr-1", "ann", kind=CredentialKind.QR, token=qr_token(b"t" * 32, HELLO)),
        ),
    )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    io: list[FakeDriver] = []

    def make(devices: list[OsdpDevice], sink: object) -> FakeDriver:
        io.append(FakeDriver(devices, sink))  # type: ignore[arg-type]
        return io[-1]

    monkeypatch.setitem(drivers.MAKERS, OsdpDevice, make)
    certificate, private_key = write_certificate(tmp_path)
    server = FakeServer()
    try:
        with (
            Listener("127.0.0.1", 0, server_tls(certificate, private_key)) as listener,
            Controller("controller-1", tmp_path / "journal.db", DATA_KEY, drivers_with(listener)) as controller,
        ):
            world = World(controller, server, listener, certificate, io)
            server.attach(controller)
            server.send(PolicySnapshot(with_qr(1), wiring(PeripheralKey(KEY))))
            power_up(world)
            yield world
    finally:
        server.close()


def power_up(world: World, drivers_before: int = 0) -> None:
    """The door's device is there, with the door closed."""
    world.server.wait_for(lambda: world.io[drivers_before:] or None)
    world.io[-1].sink(DeviceOnline(IO))
    world.io[-1].sink(InputsChanged(IO, (False, False)))
    world.server.message(DoorStatus, lambda status: status.online)


def test_a_signed_card_opens_the_door_and_its_reader_is_told(world: World) -> None:
    with world.client() as client:
        client.heartbeat()
        assert client.send(read("card", **CARD)) == "granted"
        world.io[-1].wait_for(STRIKE)
        assert world.server.event(EventType.READER_ONLINE).reader_id == "reader-1"
        granted = world.server.event(EventType.ACCESS_GRANTED)
        assert (granted.cardholder_id, granted.reader_id) == ("ann", "reader-1")
        assert client.send(read("card", format="H10301", facility=FACILITY, number=9)) == "denied"
        assert world.server.event(EventType.ACCESS_DENIED).reason == Reason.CARD_UNKNOWN


def test_a_qr_code_opens_it_too(world: World) -> None:
    with world.client() as client:
        client.heartbeat()
        assert client.send(read("qr", text=HELLO)) == "granted"
        world.io[-1].wait_for(STRIKE)


def test_a_card_that_waited_in_the_device_opens_nothing(world: World) -> None:
    with world.client() as client:
        client.heartbeat()
        old = read("card", datetime.now(UTC) - timedelta(seconds=4), **CARD)
        assert client.send(old) == "denied"
        assert world.server.event(EventType.ACCESS_DENIED).reason == Reason.READER_WAS_OFFLINE
        assert world.io[-1].strikes().count(OutputState.PULSE) == 0


def test_a_wrong_key_opens_nothing_and_is_an_event(world: World) -> None:
    with world.client(bytes(32)) as client, pytest.raises(NotTaken):
        client.send(read("card", **CARD))
    refused = world.server.event(EventType.READER_KEY_REFUSED)
    assert (refused.reader_id, refused.data["address"]) == ("reader-1", "127.0.0.1")
    assert EventType.ACCESS_DENIED not in world.server.events()


def test_the_door_opens_with_the_server_gone(world: World) -> None:
    world.server.close()
    with world.client() as client:
        client.heartbeat()
        assert client.send(read("card", **CARD)) == "granted"
        world.io[-1].wait_for(STRIKE)


def test_a_websocket_stays_while_another_device_is_rewired(world: World) -> None:
    with world.client() as client, client.open() as opened:
        world.server.event(EventType.READER_ONLINE)
        before = wiring(PeripheralKey(KEY))
        elsewhere = OsdpDevice(IO, "/dev/other", 2, b"i" * 16)
        world.server.send(
            PolicySnapshot(with_qr(2), msgspec.structs.replace(before, devices=(before.devices[0], elsewhere)))
        )
        power_up(world, 1)
        opened.send(json.dumps(read("card", **CARD)))
        while (told := json.loads(opened.recv(8)))["kind"] != "outcome":
            pass
        assert told["outcome"] == "granted"


def test_the_client_is_a_command(world: World) -> None:
    command = [sys.executable, "-m", "doorward.hardware.ip.client", world.url, READER, "--ca", str(world.certificate)]
    environment = {**os.environ, KEY_VARIABLE: KEY.hex()}
    card = [*command, "card", "--format", "H10301", "--facility", str(FACILITY), "--number", str(NUMBER)]
    done = subprocess.run(card, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "granted\n", "")
    done = subprocess.run(
        [*command, "qr"], env=environment, input=HELLO + "\n", capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout) == (0, "granted\n")
    wrong = {**os.environ, KEY_VARIABLE: bytes(32).hex()}
    done = subprocess.run(card, env=wrong, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "signature" in done.stderr


def test_the_guide_s_example_with_curl_opens_the_door(world: World, tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        pytest.skip("needs curl and openssl")
    guide = (Path(__file__).parents[3] / "docs/guide/ip-readers.md").read_text()
    script = guide.partition("```sh\n")[2].partition("```")[0]
    script = script.replace("KEY=...", f"KEY={KEY.hex()}").replace("ID=...", f"ID={READER}")
    script = script.replace("URL=https://controller.example:8443", f"URL={world.url}")
    script = script.replace("ca.pem", str(world.certificate))
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.endswith('"outcome":"granted"}'), done
    world.io[-1].wait_for(STRIKE)
