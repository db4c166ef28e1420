"""A door that opens to a QR code held before a camera: GStreamer's RTSP server, a process, a controller."""

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import qrcode

from doorward.acs.decision.policy import CredentialKind, CredentialPolicy, IdentificationType, Method, ProfilePolicy
from doorward.acs.decision.reason import Reason
from doorward.acs.decision.tokens import dynamic_qr, qr_token, step_of
from doorward.acs.devices import InputLine, IpDevice, LockLine, OsdpDevice, ReaderLine, ReadKind, Wiring
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.messages import DoorStatus, PolicySnapshot
from doorward.hardware import drivers
from doorward.hardware.controller import Controller
from doorward.hardware.driver import DeviceOnline, InputsChanged, OutputState, SetOutput
from doorward.hardware.drivers import Drivers
from tests.hardware.site import DATA_KEY, DOOR, IO, FakeDriver, FakeServer, policy
from tests.peers.rtsp.test_gstreamer import DEBIAN_PYTHON, gstreamer

pytestmark = pytest.mark.timeout(90)
__all__ = ["gstreamer"]

PATIENCE_S = 30.0
TOKEN_KEY, SECRET = b"t" * 32, b"s" * 32
STATIC, DYNAMIC = new_id(), new_id()
HELLO = "hello, door"


class Shown:
    """What the camera sees."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "shown.png"
        self._next = folder / "next.png"
        self.nothing()

    def code(self, text: str) -> None:
        self._put(qrcode.make(text, box_size=6, border=8).convert("RGB").resize((480, 480)))

    def nothing(self) -> None:
        self._put(qrcode.make("", box_size=1).convert("RGB").resize((480, 480)).point(lambda _: 128))

    def _put(self, picture: object) -> None:
        picture.save(self._next)  # type: ignore[attr-defined]
        self._next.replace(self.file)


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    return Shown(tmp_path)


@pytest.fixture
def url(shown: Shown) -> Iterator[str]:
    script = Path(__file__).with_name("picture_server.py")
    with subprocess.Popen(
        [DEBIAN_PYTHON, str(script), str(shown.file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        yield f"rtsp://127.0.0.1:{int(server.stdout.readline())}/code"
        server.kill()


@pytest.fixture
def server(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """What a controller tells, whose door has this camera for a reader."""
    made: list[FakeDriver] = []

    def make(devices: list[OsdpDevice], sink: object) -> FakeDriver:
        made.append(FakeDriver(devices, sink))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setitem(drivers.MAKERS, OsdpDevice, make)
    ways = (Method((IdentificationType.QR,), ()), Method((IdentificationType.DYNAMIC_QR,), ()))
    plain = policy()
    rules = msgspec.structs.replace(
        plain,
        token_key=TOKEN_KEY,
        doors=tuple(msgspec.structs.replace(door, profile_id="qr") for door in plain.doors),
        profiles=(ProfilePolicy("qr", "QR", ways, ways),),
        credentials=(
            CredentialPolicy(STATIC, "ann", kind=CredentialKind.QR, token=qr_token(TOKEN_KEY, HELLO)),
            CredentialPolicy(DYNAMIC, "ann", kind=CredentialKind.DYNAMIC_QR, token=SECRET),
        ),
    )
    wiring = Wiring(
        (IpDevice("camera", (ReadKind.QR,), stream_url=url), OsdpDevice(IO, "/dev/none", 2, b"i" * 16)),
        (ReaderLine("reader-1", DOOR, "camera"),),
        (LockLine(DOOR, IO, 0),),
        (InputLine(DOOR, InputPurpose.POSITION, IO, 0),),
    )
    server = FakeServer(PATIENCE_S)
    try:
        with Controller("controller-1", tmp_path / "journal.db", DATA_KEY, Drivers) as controller:
            server.attach(controller)
            server.send(PolicySnapshot(rules, wiring))
            driver = server.wait_for(lambda: made[-1] if made else None)
            driver.sink(DeviceOnline(IO))
            driver.sink(InputsChanged(IO, (False,)))
            server.message(DoorStatus, lambda status: status.online and status.readers_online["reader-1"])
            yield server
            driver.wait_for(SetOutput(IO, 0, OutputState.PULSE, 5_000))
    finally:
        server.close()


def test_static_and_dynamic_codes_before_a_camera_open_a_door(server: FakeServer, shown: Shown) -> None:
    shown.code(HELLO)
    granted = server.event(EventType.ACCESS_GRANTED)
    assert (granted.credential_id, granted.reader_id) == (STATIC, "reader-1")

    began = time.monotonic()
    text = dynamic_qr(SECRET, DYNAMIC, step_of(datetime.now(UTC)))
    shown.code(text)
    granted = server.event(EventType.ACCESS_GRANTED, granted.sequence)
    assert granted.credential_id == DYNAMIC
    assert time.monotonic() - began < 5

    shown.code("somebody else's")
    denied = server.event(EventType.ACCESS_DENIED, granted.sequence)
    assert denied.reason == Reason.QR_UNKNOWN
    granted_before = server.events().count(EventType.ACCESS_GRANTED)
    assert granted_before == 2, "a code that stays in view counts once"
