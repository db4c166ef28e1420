"""/live as a browser meets it: shared streams, permissions, ends; and snapshots."""

import asyncio
import io
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import pytest
from websockets import ConnectionClosed, InvalidStatus, Origin
from websockets.asyncio.client import ClientConnection, connect

from doorward.acs.actor import COMMAND_LINE, Actor, Permission, Role
from doorward.acs.cameras.operations import create_camera
from doorward.acs.users.models import Session
from doorward.acs.users.sessions import actor_of_session
from doorward.graphql import context
from doorward.server.live import messages
from doorward.server.live.hub import LiveHub, Shown
from doorward.video.capture import Arrived
from doorward.video.fanout import Fanout
from doorward.video.live_source import LiveSource
from doorward.video.live_wire import LiveMedia
from doorward.video.session import SourcePacket
from doorward.video.wall_time import to_us, utc_now
from tests.api import Api, serve_api
from tests.video.recordings import make_film
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
HEAD = struct.Struct(">BBIQQ")
FILM = make_film(4)


@dataclass
class House:
    """An API whose recorder's live pictures are given by the test."""

    world: World
    api: Api
    hub: LiveHub
    camera_id: str
    packets: Fanout[Arrived] = field(default_factory=Fanout)

    def give(self, items: list[SourcePacket]) -> None:
        for item in items:
            self.packets.give(Arrived(item, to_us(utc_now())))

    async def sources(self, count: int) -> None:
        """Wait until the recorder gives its pictures to so many."""
        async with asyncio.timeout(10):
            while len(self.packets) != count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def watching(self, count: int) -> None:
        """Wait until so many streams of browsers show the camera."""
        async with asyncio.timeout(10):
            while self.hub.watched != {self.camera_id: count}:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    def line(self, origin: str | None = None) -> connect:
        cookies = "; ".join(f"{name}={value}" for name, value in self.api.http.cookies.items())
        return connect(
            f"ws://127.0.0.1:{self.api.port}/live",
            additional_headers={"cookie": cookies},
            origin=None if origin is None else Origin(origin),
            compression=None,
        )


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(database_url, tmp_path) as one:
        await one.api.sign_in(Role.VIEWER)
        yield one


@asynccontextmanager
async def opened(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_world(database_url) as world:
        camera = await create_camera(world.domain, COMMAND_LINE, "Yard", "rtsp://camera/1")
        packets: Fanout[Arrived] = Fanout()
        source = LiveSource(tmp_path / "video", {camera.id: packets}.get)
        source.start()
        hub = LiveHub(lambda _: source.path)
        try:
            async with serve_api(world, tmp_path, Role.VIEWER, Role.OPERATOR, live=hub) as api:
                yield House(world, api, hub, camera.id, packets)
        finally:
            await hub.stop()
            source.stop()


async def subscribe(socket: ClientConnection, camera_id: str, stream: int = 1) -> None:
    await socket.send(json.dumps({"type": "subscribe", "stream": stream, "cameraId": camera_id}))


async def closed(socket: ClientConnection) -> None:
    """Wait until the server has closed it."""
    with suppress(ConnectionClosed):
        while True:
            await told(socket)


async def without_live(*given: Any, **more: Any) -> Actor:
    """Whoever it is, without the permission to watch live."""
    actor = await actor_of_session(*given, **more)
    return replace(actor, permissions=actor.permissions - {Permission.VIDEO_LIVE})


async def told(socket: ClientConnection) -> Any:
    """The next message: JSON as it is, a picture as (kind, keyframe, stream, at, sent, data)."""
    async with asyncio.timeout(10):
        message = await socket.recv()
    if isinstance(message, str):
        return json.loads(message)
    return (*HEAD.unpack_from(message), message[HEAD.size :])


async def test_a_camera_is_shown_from_its_latest_keyframe_on(house: House) -> None:
    house.give(FILM[:15])
    async with house.line() as socket:
        await subscribe(socket, house.camera_id, 7)
        began = await told(socket)
        assert (began["type"], began["stream"], began["width"], began["height"]) == ("init", 7, 128, 64)
        assert began["codec"].startswith("avc1.")
        await house.sources(1)
        house.give(FILM[15:20])
        shown = [await told(socket) for _ in range(10)]
    assert [one[:3] for one in shown] == [(0, 0, 7), (1, 1, 7), *[(1, 0, 7)] * 8]
    assert all(0 <= sent - at < 10_000_000 for *_, at, sent, _ in shown[1:])
    with av.open(io.BytesIO(b"".join(one[-1] for one in shown)), "r") as container:
        assert len(list(container.decode(video=0))) == 9


async def test_all_who_watch_a_camera_share_one_stream_and_it_ends_with_the_last(house: House) -> None:
    house.give(FILM[:15])
    async with house.line() as first, house.line() as second:
        await subscribe(first, house.camera_id)
        assert (await told(first))["type"] == "init"
        await subscribe(second, house.camera_id, 1)
        await subscribe(second, house.camera_id, 2)
        assert (await told(second))["type"] == "init"
        await house.watching(3)
        await house.sources(1)
        assert [(await told(second))[:2], (await told(first))[:2]] == [(0, 0)] * 2
    await house.sources(0)
    assert house.hub.watched == {}


async def test_a_stream_that_is_given_up_ends_alone(house: House) -> None:
    house.give(FILM[:5])
    async with house.line() as socket:
        await subscribe(socket, house.camera_id, 1)
        await subscribe(socket, house.camera_id, 2)
        await house.sources(1)
        await socket.send('{"type": "unsubscribe", "stream": 1}')
        await house.watching(1)
        house.give(FILM[5:30])
        last: Any = None
        while not (isinstance(last, tuple) and last[1] == 1 and last[2] == 2):
            last = await told(socket)


async def test_a_camera_out_of_reach_does_not_exist(house: House) -> None:
    async with house.line() as socket:
        for stream, camera_id in enumerate(("nowhere", "a\0b")):
            await subscribe(socket, camera_id, stream)
            ended = await told(socket)
            assert (ended["type"], ended["stream"], ended["reason"]) == ("ended", stream, "not_found")
        assert house.hub.watched == {}


async def test_a_number_is_for_one_stream_and_there_are_so_many_at_most(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.live.endpoint.MOST_STREAMS", 2)
    async with house.line() as socket:
        for stream in (1, 1, 2, 3):
            await subscribe(socket, house.camera_id, stream)
        assert [(await told(socket))["reason"] for _ in range(2)] == ["in_use", "too_many"]
        assert house.hub.watched == {house.camera_id: 2}


async def test_who_may_not_watch_live_any_more_is_shown_nothing_more(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.users.standing.LOOK_S", 0.05)
    async with opened(database_url, tmp_path) as house:
        await house.api.sign_in(Role.VIEWER)
        house.give(FILM[:5])
        async with house.line() as socket:
            await subscribe(socket, house.camera_id)
            assert (await told(socket))["type"] == "init"
            monkeypatch.setattr(context, "actor_of_session", without_live)
            last: Any = None
            while not isinstance(last, dict):
                last = await told(socket)
            assert (last["type"], last["reason"]) == ("ended", "not_permitted")
            await house.sources(0)
            await subscribe(socket, house.camera_id)
            assert (await told(socket))["reason"] == "not_permitted"


async def test_the_end_of_the_session_ends_it_all(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.acs.users.standing.LOOK_S", 0.05)
    async with opened(database_url, tmp_path) as house:
        await house.api.sign_in(Role.VIEWER)
        house.give(FILM[:5])
        async with house.line() as socket:
            await subscribe(socket, house.camera_id)
            await house.sources(1)
            await Session.all().delete()
            await closed(socket)
            assert socket.close_code == 4401
        await house.sources(0)


async def test_nobody_and_a_page_of_another_site_are_shown_nothing(house: House) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        await house.line(origin="https://evil.example")
    async with house.line(origin=f"http://127.0.0.1:{house.api.port}"):
        pass
    house.api.http.cookies.clear()
    async with house.line() as socket:
        await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (4401, "Sign in first.")


async def test_what_is_no_message_closes_with_4400(house: House) -> None:
    for wrong in ("", "[]", '{"type": "subscribe", "stream": -1, "cameraId": "x"}', '{"type": "x"}', b"bytes"):
        async with house.line() as socket:
            await socket.send(wrong)
            await socket.wait_closed()
            assert socket.close_code == 4400, wrong


async def test_a_slow_viewer_goes_on_at_a_keyframe_and_is_told(house: House) -> None:
    house.give(FILM[:5])
    async with house.line() as socket:
        await subscribe(socket, house.camera_id)
        assert (await told(socket))["type"] == "init"
        assert [(await told(socket))[1] for _ in range(5)] == [0, 1, 0, 0, 0]
        pictures = house.hub._shared[house.camera_id].pictures
        init = pictures.group()[0].init
        # Nothing is taken in between: nobody else has a turn.
        for keyframe, at_s in ((False, 0), (False, 3), (True, 4)):
            pictures.give(Shown(init, LiveMedia(keyframe, at_s * 1_000_000, b"")))
        assert await told(socket) == {"type": "dropped", "stream": 1, "pictures": 2}
        assert (await told(socket))[:4] == (1, 1, 1, 4_000_000)


async def test_a_recorder_that_comes_back_goes_on_showing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.server.live.hub.RETRY_S", 0.02)
    async with opened(database_url, tmp_path) as house:
        await house.api.sign_in(Role.VIEWER)
        house.give(FILM[:5])
        async with house.line() as socket:
            await subscribe(socket, house.camera_id)
            await house.sources(1)
            house.packets.end()
            house.packets._ended = False
            house.packets.forget()
            house.give(FILM[10:15])
            began = [await told(socket) for _ in range(12)]
        assert [one["type"] for one in began if isinstance(one, dict)] == ["init", "init"]


async def test_a_snapshot_is_the_latest_keyframe_as_jpeg(house: House) -> None:
    path = f"/cameras/{house.camera_id}/snapshot.jpg"
    assert (await house.api.http.get(path)).status_code == 503
    house.give(FILM[:15])
    reply = await house.api.http.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/jpeg")
    assert reply.headers["doorward-taken-at"].endswith("Z")
    with av.open(io.BytesIO(reply.content), "r") as picture:
        assert (picture.streams.video[0].width, picture.streams.video[0].height) == (128, 64)
    assert (await house.api.http.get("/cameras/nowhere/snapshot.jpg")).status_code == 404
    house.api.http.cookies.clear()
    assert (await house.api.http.get(path)).status_code == 401


def test_every_end_has_words() -> None:
    assert {reason.value for reason in messages.EndReason} == {"not_found", "not_permitted", "too_many", "in_use"}
