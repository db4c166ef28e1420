"""The port, over TLS on loopback: who is heard, who is not, and that nobody can hold up the others."""

import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from doorward.acs.decision.door import Annunciation, DoorMode, Sound
from doorward.acs.decision.read import PlateRead, QrCode
from doorward.acs.devices import IpDevice, PeripheralKey, ReadKind
from doorward.hardware.driver import (
    CardRead,
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    Feedback,
    KeyRefused,
    OutputState,
    Presented,
    SetOutput,
    ShowDoor,
)
from doorward.hardware.ip import listener as listener_module
from doorward.hardware.ip.client import Client, NotTaken, read
from doorward.hardware.ip.client_socket import ClientSocket
from doorward.hardware.ip.driver import IpDriver
from doorward.hardware.ip.listener import Listener, ListenerUnusable, server_tls
from doorward.hardware.ip.peripheral import BURST, SILENT
from doorward.hardware.ip.signature import Request, Stamp, signed_headers
from tests.hardware.ip.world import (
    CAMERA,
    DEVICE,
    INTERCOM,
    KEY,
    OTHER_KEY,
    PLATES,
    PUSH_SECRET,
    WAIT_S,
    Ear,
    World,
    open_listener,
)

BITS = "10101010101010101010101010"


@contextmanager
def wire(world: World) -> Iterator[ssl.SSLSocket]:
    """A connection to say anything on."""
    with (
        socket.create_connection(("127.0.0.1", world.listener.port), WAIT_S) as plain,
        world.trusted.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        yield secure


def said(connection: ssl.SSLSocket) -> bytes:
    """Everything until the other side closes."""
    answer = b""
    try:
        while part := connection.recv(4096):
            answer += part
    except (ssl.SSLEOFError, ConnectionResetError):
        pass
    return answer


def ask(world: World, text: bytes) -> bytes:
    with wire(world) as connection:
        connection.sendall(text)
        return said(connection)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def boot_of(world: World, device_id: str = DEVICE) -> str:
    answer = ask(world, f"GET /peripherals/{device_id}/boot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["boot"])


def request(world: World, body: bytes, key: bytes = KEY, nonce: str = "n" * 16, claimed: int | None = None) -> bytes:
    """A signed push, byte for byte."""
    path = f"/peripherals/{DEVICE}/reads"
    stamp = Stamp(int(world.clock.now().timestamp()), nonce, boot_of(world))
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in signed_headers(key, Request("POST", path, body), stamp).items()]
    lines += [f"Content-Length: {len(body) if claimed is None else claimed}", "", ""]
    return "\r\n".join(lines).encode() + body


def message(**fields: Any) -> bytes:
    return json.dumps(read("card", bits=BITS, **fields)).encode()


# Pushes.


def test_a_signed_read_is_put_to_the_controller_and_answered(world: World) -> None:
    client = world.present()
    assert client.send(read("card", bits=BITS)) == "granted"
    world.ear.decide = lambda event: False
    assert client.send(read("qr", text="somebody's")) == "denied"
    card, qr = world.ear.of(CardRead)[0], world.ear.of(Presented)[0]
    assert (card.device_id, card.bits.as_text(), card.fresh) == (DEVICE, BITS, True)
    assert (qr.item, qr.fresh) == (QrCode("somebody's"), True)


def test_a_read_that_nobody_decides_is_pending_after_two_seconds(world: World) -> None:
    world.ear.decide = lambda event: None
    assert world.present().send(read("card", bits=BITS)) == "pending"


def test_a_read_sent_again_is_not_decided_again(world: World) -> None:
    client, one = world.present(), read("card", bits=BITS)
    assert [client.send(one), client.send(one)] == ["granted", "granted"]
    assert len(world.ear.of(CardRead)) == 1


@pytest.mark.parametrize("age_s", [-60, -4, 4, 60, 100_000])
def test_a_read_that_is_not_of_now_is_not_fresh(world: World, age_s: int) -> None:
    client = world.present()
    client.send(read("card", datetime.now(UTC) - timedelta(seconds=age_s), bits=BITS))
    assert [card.fresh for card in world.ear.of(CardRead)] == [False]


def test_a_read_from_before_the_link_is_not_fresh(world: World) -> None:
    one = read("card", bits=BITS)
    world.present().send(one)
    assert [card.fresh for card in world.ear.of(CardRead)] == [False]


def test_keys_that_come_late_are_ignored(world: World) -> None:
    client = world.present()
    assert client.send(read("keys", datetime.now(UTC) - timedelta(seconds=5), keys="1#")) == "ignored"
    assert client.send(read("keys", keys="1#")) in {"pending", "granted"}


def test_a_request_that_was_taken_is_not_taken_again(world: World) -> None:
    world.present()
    text = request(world, message())
    assert [status(ask(world, text)) for _ in range(3)] == [202, 401, 401]
    assert len(world.ear.of(CardRead)) == 1


@pytest.mark.parametrize("skew_s", [-120, 120])
def test_a_device_with_a_wrong_clock_is_told_the_time(world: World, skew_s: int) -> None:
    client = world.client(now=lambda: world.clock.now() + timedelta(seconds=skew_s))
    with pytest.raises(NotTaken, match="clock") as caught:
        client.heartbeat()
    told = datetime.fromisoformat(caught.value.content["at"])
    assert abs((told - datetime.now(UTC)).total_seconds()) < 5
    assert world.ear.of(DeviceOnline) == []


def test_a_wrong_key_is_refused_told_once_a_minute_and_slowed_down(world: World) -> None:
    refused = [_status_of(world, OTHER_KEY) for _ in range(25)]
    assert refused == [401] * 20 + [429] * 5
    assert world.ear.heard(KeyRefused) == [KeyRefused(DEVICE, "127.0.0.1")]
    world.clock.later_s += 61
    assert _status_of(world, OTHER_KEY) == 401
    assert len(world.ear.heard(KeyRefused, 2)) == 2
    assert world.ear.of(DeviceOnline) == []


def _status_of(world: World, key: bytes, device_id: str = DEVICE) -> int:
    try:
        world.client(device_id, key).heartbeat()
    except NotTaken as error:
        return error.status
    return 200


def test_which_devices_there_are_is_not_told(world: World) -> None:
    for device_id in (DEVICE, "nobody"):
        with pytest.raises(NotTaken) as caught:
            world.client(device_id, b"?" * 32).heartbeat()
        assert (caught.value.status, set(caught.value.content)) == (401, {"refused", "problem"})


def test_a_device_does_not_speak_for_another(world: World) -> None:
    assert _status_of(world, OTHER_KEY, DEVICE) == 401
    assert _status_of(world, OTHER_KEY, CAMERA) == 200


def test_a_device_says_only_what_its_reader_reads(world: World) -> None:
    with pytest.raises(NotTaken, match="not one that reads: card") as caught:
        world.present(CAMERA, OTHER_KEY).send(read("card", bits=BITS))
    assert caught.value.status == 400


def send_on(client: Client) -> None:
    for _ in range(5 * BURST):
        client.send(read("card", bits=BITS))


def test_a_flood_from_one_device_is_cut_and_the_other_is_heard(world: World) -> None:
    client, camera = world.present(), world.present(CAMERA, OTHER_KEY)
    for _ in range(BURST):
        client.send(read("card", bits=BITS))
    with pytest.raises(NotTaken, match="too many"):
        send_on(client)
    assert BURST <= len(world.ear.of(CardRead)) < 2 * BURST
    assert camera.send(read("plate", text="B-DW 1", confidence=1.0)) == "granted"


# Hostile wires.


def test_a_body_cut_off_is_not_taken(world: World) -> None:
    world.present()
    with wire(world) as connection:
        connection.sendall(request(world, message(), claimed=500))
    assert world.present().send(read("card", bits=BITS)) == "granted"
    assert len(world.ear.of(CardRead)) == 1


@pytest.mark.parametrize(
    "text, expected",
    [
        (b"POST /peripherals/x/reads HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000, 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5000\r\n" + b"x" * 5000, 413),
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET /../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET http://elsewhere/peripherals/a/boot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"DELETE /peripherals/intercom-1/reads HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /peripherals/intercom-1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ],
)
def test_what_is_huge_or_nonsense_is_refused_and_the_connection_closed(
    world: World, text: bytes, expected: int
) -> None:
    assert status(ask(world, text)) == expected
    assert world.present().send(read("card", bits=BITS)) == "granted"


def test_the_same_header_twice_is_no_signature(world: World) -> None:
    world.present()
    text = request(world, message())
    nonce = text[text.index(b"Doorward-Nonce") :].partition(b"\r\n")[0]
    assert status(ask(world, text.replace(nonce, nonce + b"\r\n" + nonce))) == 401


def test_whoever_sends_drop_by_drop_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.hardware.ip.connection.REQUEST_S", 0.5)
    stop = threading.Event()
    with wire(world) as connection:

        def drip() -> None:
            try:
                while not stop.wait(0.1):
                    connection.sendall(b"X")
            except OSError:
                return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert said(connection) == b""
        finally:
            stop.set()
            dripping.join()


def test_whoever_says_nothing_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "UNPROVED_S", 0.3)
    with wire(world) as connection:
        assert said(connection) == b""
    with socket.create_connection(("127.0.0.1", world.listener.port), WAIT_S) as plain:
        assert plain.recv(10) == b"", "nor does a handshake that never comes hold a connection"


def test_one_address_cannot_take_every_connection(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "MOST_CONNECTIONS_OF_ONE", 3)
    monkeypatch.setattr(listener_module, "UNPROVED_S", 60.0)
    held = [socket.create_connection(("127.0.0.1", world.listener.port), WAIT_S) for _ in range(3)]
    with socket.create_connection(("127.0.0.1", world.listener.port), WAIT_S) as one_more:
        assert one_more.recv(1) == b""
    for one in held:
        one.close()


def test_without_tls_nobody_is_heard(world: World) -> None:
    with socket.create_connection(("127.0.0.1", world.listener.port), WAIT_S) as plain:
        plain.sendall(f"GET /peripherals/{DEVICE}/boot HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert b"boot" not in plain.recv(1000)


# Being there.


def test_a_device_is_online_while_heartbeats_come(world: World) -> None:
    client = world.present()
    assert world.ear.heard(DeviceOnline) == [DeviceOnline(DEVICE)]
    world.clock.later_s += 40
    client.heartbeat()
    world.clock.later_s += 40
    assert [event for event in world.ear.of(DeviceOffline) if event.device_id == DEVICE] == []
    world.clock.later_s += 6
    lost = world.ear.heard(DeviceOffline)
    assert lost == [DeviceOffline(DEVICE, SILENT)], "the camera, which need not sign, is not waited for"
    world.clock.later_s += 600
    client.heartbeat()
    assert len(world.ear.heard(DeviceOnline, 2)) == 2


def test_a_device_that_never_comes_is_told_to_be_offline(world: World) -> None:
    world.clock.later_s += 46
    assert world.ear.heard(DeviceOffline) == [DeviceOffline(DEVICE, SILENT)]


def test_a_new_driver_takes_over_devices_and_connections(world: World) -> None:
    client = world.present()
    with client.open() as opened:
        before = IpDriver([INTERCOM, PLATES], world.ear, world.listener)
        before.start()
        before.stop()
        assert world.ear.of(DeviceOffline)[-1].device_id == DEVICE
        with pytest.raises(NotTaken) as caught:
            client.send(read("card", bits=BITS))
        assert caught.value.status == 503
        ear = Ear(listener=world.listener)
        after = IpDriver([INTERCOM, PLATES], ear, world.listener)
        after.start()
        assert ear.heard(DeviceOnline) == [DeviceOnline(DEVICE)]
        opened.send(json.dumps(read("card", bits=BITS)))
        assert told(opened, "outcome")["outcome"] == "granted"
        with pytest.raises(CommandRefused):
            after.submit(SetOutput(DEVICE, 0, OutputState.ON))


def test_a_device_that_is_taken_away_is_heard_no_more(world: World) -> None:
    with world.present().open() as opened:
        world.listener.drive([PLATES], world.ear)
        with pytest.raises(ConnectionClosed):
            opened.recv(WAIT_S)
    assert _status_of(world, KEY) == 401


def test_without_a_listener_the_devices_say_why_they_are_offline() -> None:
    ear = Ear()
    IpDriver([INTERCOM], ear).start()
    assert "--peripherals-port" in ear.of(DeviceOffline)[0].reason


def test_a_port_or_a_certificate_that_cannot_be_used_says_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(ListenerUnusable, match="cannot be used for readers"):
        Listener("127.0.0.1", world.listener.port, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)).start()
    with pytest.raises(ListenerUnusable, match="cannot be used"):
        server_tls(tmp_path / "none.pem", tmp_path / "none.key")


# WebSockets.


def told(opened: ClientSocket, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    while (heard := json.loads(opened.recv(WAIT_S)))["kind"] != kind:
        pass
    return dict(heard)


def drain(opened: ClientSocket, say: str = "") -> None:
    """Hear everything, and say something after each."""
    while True:
        opened.recv(WAIT_S)
        if say:
            opened.send(say)


def test_a_websocket_tells_reads_and_is_told_outcomes_and_the_door(world: World) -> None:
    shown = ShowDoor(DEVICE, Annunciation(Sound.QUIET, DoorMode.UNLOCKED))
    world.listener.show(shown)
    with world.client().open() as opened:
        assert told(opened, "door") == {"kind": "door", "mode": "unlocked", "sound": "quiet"}
        assert world.ear.heard(DeviceOnline)
        opened.send('{"kind":"heartbeat"}')
        told(opened, "heartbeat")
        one = read("card", bits=BITS)
        opened.send(json.dumps(one))
        assert told(opened, "outcome") == {"kind": "outcome", "id": one["id"], "outcome": "granted"}
        world.listener.show(Feedback(DEVICE, False, True, 0, reference="two people"))
        assert told(opened, "outcome")["outcome"] == "waiting"
        assert [card.fresh for card in world.ear.of(CardRead)] == [True]


def test_a_websocket_opens_only_with_the_key(world: World) -> None:
    with pytest.raises(InvalidStatus) as caught, world.client(DEVICE, OTHER_KEY).open():
        pass
    assert caught.value.response.status_code == 401


def test_a_read_that_waited_for_the_websocket_is_not_fresh(world: World) -> None:
    world.present()
    one = read("card", bits=BITS)
    with world.client().open() as opened:
        opened.send(json.dumps(one))
        told(opened, "outcome")
    assert [card.fresh for card in world.ear.of(CardRead)] == [False]


def test_a_websocket_ends_with_its_key(world: World) -> None:
    def rotate(*keys: PeripheralKey) -> None:
        world.listener.drive([IpDevice(DEVICE, INTERCOM.accepts, keys)], world.ear)

    with world.client().open() as opened:
        rotate(PeripheralKey(OTHER_KEY))
        with pytest.raises(ConnectionClosed):
            opened.recv(WAIT_S)
    rotate(PeripheralKey(KEY))
    with world.client().open() as opened:
        rotate(PeripheralKey(OTHER_KEY), PeripheralKey(KEY, world.clock.now() + timedelta(seconds=60)))
        opened.send('{"kind":"heartbeat"}')
        told(opened, "heartbeat")
        world.clock.later_s += 61
        with pytest.raises(ConnectionClosed):
            opened.recv(WAIT_S)


@pytest.mark.parametrize("frame", [b"binary", "x" * 5000, [b"in ", b"pieces"]], ids=["binary", "huge", "fragmented"])
def test_a_websocket_that_sends_what_it_may_not_is_closed(world: World, frame: Any) -> None:
    with world.client().open() as opened, pytest.raises(ConnectionClosed):
        say_and_drain(opened, frame)


def test_a_websocket_that_sends_nonsense_is_told_and_then_closed(world: World) -> None:
    with world.client().open() as opened:
        opened.send("nonsense")
        opened.send("nonsense")
        assert told(opened, "problem")["problem"].startswith("The message is not as it must be")
        with pytest.raises(ConnectionClosed):
            drain(opened, say="nonsense")


def say_and_drain(opened: ClientSocket, frame: Any) -> None:
    if isinstance(frame, list):
        opened.protocol.send_text(frame[0], fin=False)
        opened.flush()
    else:
        opened.send(frame)
    drain(opened)


def flood(opened: ClientSocket) -> None:
    for _ in range(70):
        opened.send('{"kind":"heartbeat"}')
    drain(opened)


def test_a_flood_of_frames_ends_a_websocket(world: World) -> None:
    with world.client().open() as opened, pytest.raises(ConnectionClosed):
        flood(opened)


# Plates.


def plate(world: World, path: str, authorization: str = "", **fields: Any) -> tuple[int, dict[str, Any]]:
    body = json.dumps(read(**{"kind": "plate", "text": "b dw-123", "confidence": 0.95, **fields})).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"Authorization: {authorization}"] if authorization else []
    answer = ask(world, "\r\n".join([*lines, "", ""]).encode() + body)
    return status(answer), json.loads(answer.partition(b"\r\n\r\n")[2])


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_camera_that_cannot_sign_sends_plates_with_its_secret(world: World) -> None:
    path = f"/peripherals/{CAMERA}/plates"
    for answer in (plate(world, path, basic(CAMERA, PUSH_SECRET)), plate(world, f"{path}/{PUSH_SECRET}")):
        assert (answer[0], answer[1]["outcome"]) == (202, "granted")
    assert {(one.item, one.fresh) for one in world.ear.of(Presented)} == {(PlateRead("b dw-123"), True)}
    assert world.ear.of(DeviceOnline) == [DeviceOnline(CAMERA)]
    late = plate(world, path, basic(CAMERA, PUSH_SECRET), at=datetime.now(UTC) - timedelta(seconds=4))
    assert late[0] == 202
    assert world.ear.of(Presented)[-1].fresh is False


def test_without_the_secret_or_where_it_is_off_no_plate_is_taken(world: World) -> None:
    path = f"/peripherals/{CAMERA}/plates"
    for answer in (
        plate(world, path),
        plate(world, f"{path}/"),
        plate(world, f"{path}/wrong"),
        plate(world, path, basic(CAMERA, "wrong")),
        plate(world, path, basic(DEVICE, PUSH_SECRET)),
        plate(world, path, "Basic !"),
        plate(world, path, "Digest x"),
        plate(world, f"/peripherals/{DEVICE}/plates"),
        plate(world, f"/peripherals/{DEVICE}/plates/"),
        plate(world, f"/peripherals/{DEVICE}/plates/nobody's"),
        plate(world, f"/peripherals/{DEVICE}/plates", basic(DEVICE, "")),
        plate(world, "/peripherals/nobody/plates/"),
    ):
        assert answer[0] == 401
    assert world.ear.of(Presented) == []


def test_the_secret_is_good_for_plates_only(world: World) -> None:
    both = IpDevice(CAMERA, tuple(ReadKind), (PeripheralKey(OTHER_KEY),), push_secret=PUSH_SECRET)
    world.listener.drive([both], world.ear)
    path = f"/peripherals/{CAMERA}/plates/{PUSH_SECRET}"
    assert plate(world, path, kind="qr", text="x", confidence=None)[0] == 403
    assert plate(world, f"/peripherals/{CAMERA}/reads")[0] == 401


@pytest.mark.parametrize("confidence, outcome", [(0.79, "ignored"), (None, "ignored"), (0.8, "granted")])
def test_a_plate_that_the_camera_is_not_sure_of_is_ignored(
    world: World, confidence: float | None, outcome: str
) -> None:
    client = world.present(CAMERA, OTHER_KEY)
    assert client.send(read("plate", text="B-DW 1", confidence=confidence)) == outcome
    assert len(world.ear.of(Presented)) == (outcome == "granted")


def test_a_listener_can_be_stopped_with_connections_open(tmp_path: Path) -> None:
    with open_listener(tmp_path) as world, world.client().open() as opened:
        world.listener.stop()
        with pytest.raises(ConnectionClosed):
            opened.recv(WAIT_S)
