"""Recordings over HTTP: as HLS, for whoever opened them and still may see them."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from strawberry.types import ExecutionResult

from doorward.acs.actor import Actor, Permission, Role
from doorward.acs.cameras.around import events_seen
from doorward.acs.cameras.models import Bookmark, Camera, CameraView
from doorward.acs.cameras.playback import open_playback
from doorward.acs.cameras.playbacks import MOST_OF_ONE, UNUSED, seen_since
from doorward.acs.errors import AcsError, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.models import Event
from doorward.acs.events.operations import record_system_event
from doorward.acs.reach import EVERYWHERE, Reach
from doorward.acs.users.models import User
from doorward.graphql.context import ApiContext
from doorward.graphql.schema import build_schema
from doorward.video.camera_log import CameraLog
from doorward.video.index import GapReason, Index
from tests.api import Api, serve_api
from tests.graphql.test_hostile_input import SCOPE
from tests.two_places import make_two_places, only_at
from tests.video.recordings import ORIGIN, after, make_film, play
from tests.world import START, World, make_site, only, open_world

pytestmark = pytest.mark.anyio

OPEN = """mutation($camera: ID!, $since: DateTime!, $until: DateTime!) {
  openPlayback(input: { cameraId: $camera, since: $since, until: $until }) {
    playback { url startsAt endsAt } errors { code message path } } }"""
TIMELINE = """query($cameras: [ID!]!, $since: DateTime!, $until: DateTime!) {
  cameraTimelines(cameraIds: $cameras, since: $since, until: $until) {
    camera { name } since until recordings { startsAt endsAt } gaps { startsAt endsAt reason }
    bookmarks { id } events { eventId type severity title } } }"""
AROUND = 'query($camera: ID!, $at: DateTime!) { eventsAround(cameraId: $camera, at: $at, within: "PT5S") { id type } }'
_SEGMENT = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)")


@dataclass
class Recorded:
    """A world at the end of 70 seconds that a camera has recorded."""

    world: World
    api: Api
    camera: Camera
    log: CameraLog
    index: Index

    async def open(self, since: float = 1, until: float = 65) -> str:
        """The address below which an interval is played."""
        reply = await self.api.data(
            OPEN, camera=self.camera.id, since=after(since).isoformat(), until=after(until).isoformat()
        )
        assert reply["openPlayback"]["errors"] == []
        return str(reply["openPlayback"]["playback"]["url"]).removesuffix("master.m3u8")

    async def segments(self, base: str) -> list[tuple[str, int, int]]:
        """Path, first and last byte of each segment."""
        reply = await self.api.http.get(base + "media.m3u8")
        assert reply.status_code == 200, reply.text
        found = _SEGMENT.findall(reply.text)
        return [(base + name, int(offset), int(offset) + int(size) - 1) for size, offset, name in found]


@asynccontextmanager
async def recorded(
    database_url: str, root: Path, role: Role = Role.OPERATOR, seconds: float = 70
) -> AsyncIterator[Recorded]:
    async with open_world(database_url) as world:
        site = await make_site(world)
        index = Index(root)
        log = CameraLog(site.camera.id, root, index)
        play(log, make_film(seconds))
        world.clock.now = after(seconds)
        async with serve_api(world, root, role) as api:
            await api.sign_in(role)
            try:
                yield Recorded(world, api, site.camera, log, index)
            finally:
                log.close(GapReason.RECORDER_STOPPED)
                index.close()


async def test_an_interval_plays_from_its_playlists_and_is_audited_once(database_url: str, tmp_path: Path) -> None:
    async with recorded(database_url, tmp_path) as site:
        base = await site.open()
        master = await site.api.http.get(base + "master.m3u8")
        assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert 'CODECS="avc1.42' in master.text
        assert master.text.endswith("\nmedia.m3u8\n")
        header = await site.api.http.get(base + "init-0.mp4")
        assert header.content[4:8] == b"ftyp"
        segments = await site.segments(base)
        assert len({name for name, _, _ in segments}) == 2
        for name, first, last in segments:
            reply = await site.api.http.get(name, headers={"range": f"bytes={first}-{last}"})
            assert reply.status_code == 206
            assert reply.headers["content-range"] == f"bytes {first}-{last}/*"
            assert len(reply.content) == last - first + 1
            assert reply.content[4:8] == b"moof"
            again = await site.api.http.get(
                name, headers={"range": f"bytes={first}-{last}", "if-none-match": reply.headers["etag"]}
            )
            assert (again.status_code, again.content) == (304, b"")
        viewed = await Event.filter(type=EventType.CLIP_VIEWED)
        assert [(each.camera_id, each.user_name) for each in viewed] == [(site.camera.id, "operator")]
        assert viewed[0].data["after"]["since"] == after(1).isoformat()


async def test_only_byte_ranges_of_the_playlist_are_sent(database_url: str, tmp_path: Path) -> None:
    async with recorded(database_url, tmp_path) as site:
        base = await site.open(10.5, 20)
        (name, first, _), *_, (_, _, last) = await site.segments(base)
        for wanted in (None, "bytes=0-10", f"bytes={first - 1}-{last}", f"bytes={last + 1}-{last + 9}", "bytes=-5"):
            reply = await site.api.http.get(name, headers={} if wanted is None else {"range": wanted})
            assert reply.status_code == 416, wanted
        beyond = await site.api.http.get(name, headers={"range": f"bytes={last - 3}-{last + 10**9}"})
        assert (beyond.status_code, len(beyond.content)) == (206, 4)
        for path in ("9999.mp4", "init-7.mp4", "999999999999999999999999.mp4"):
            assert (await site.api.http.get(base + path)).status_code == 404, path


async def test_what_somebody_opened_is_for_nobody_else_and_ends_with_their_session(
    database_url: str, tmp_path: Path
) -> None:
    async with recorded(database_url, tmp_path) as site:
        base = await site.open()
        (name, first, last), *_ = await site.segments(base)
        cookies = dict(site.api.http.cookies)
        site.api.http.cookies.clear()
        wanted = {"range": f"bytes={first}-{last}"}
        for path in (base + "master.m3u8", base + "media.m3u8", base + "init-0.mp4", name):
            assert (await site.api.http.get(path, headers=wanted)).status_code == 401
        site.api.http.cookies.update(cookies)
        assert (await site.api.http.get(name, headers=wanted)).status_code == 206
        user = await User.get(name="operator")
        user.role = Role.VIEWER
        await user.save()
        assert (await site.api.http.get(name, headers=wanted)).status_code == 403


async def test_a_playlist_grows_with_what_is_recorded(database_url: str, tmp_path: Path) -> None:
    items = make_film(70)
    async with recorded(database_url, tmp_path, seconds=58) as site:
        base = await site.open(50, 66)
        assert "#EXT-X-PLAYLIST-TYPE:EVENT" in (await site.api.http.get(base + "media.m3u8")).text
        before = await site.segments(base)
        play(site.log, [item for item in items if item.packet.dts >= 58 * 90_000])
        site.world.clock.now = after(70)
        segments = await site.segments(base)
        assert segments[: len(before)] == before
        assert len({name for name, _, _ in segments}) == 2
        assert (await site.api.http.get(base + "media.m3u8")).text.endswith("#EXT-X-ENDLIST\n")
        name, first, last = segments[-1]
        reply = await site.api.http.get(name, headers={"range": f"bytes={first}-{last}"})
        assert len(reply.content) == last - first + 1


async def test_pictures_show_moments_of_what_was_opened(database_url: str, tmp_path: Path) -> None:
    async with recorded(database_url, tmp_path) as site:
        site.log.interrupt(GapReason.LOST)
        base = await site.open(10, 90)
        picture = await site.api.http.get(f"{base}thumbnail.jpg", params={"at": after(20.7).isoformat(), "width": 64})
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.headers["doorward-shows"] == f"{after(20):%Y-%m-%dT%H:%M:%S}.000Z"
        with Image.open(io.BytesIO(picture.content)) as shown:
            assert shown.size == (64, 32)
        again = await site.api.http.get(
            f"{base}thumbnail.jpg",
            params={"at": after(20.2).isoformat(), "width": 64},
            headers={"if-none-match": picture.headers["etag"]},
        )
        assert again.status_code == 304
        sheet = await site.api.http.get(f"{base}sheet.jpg", params={"columns": 4, "rows": 2, "width": 64, "height": 32})
        with Image.open(io.BytesIO(sheet.content)) as shown:
            assert shown.size == (256, 64)
            assert shown.getpixel((255, 63)) == (0, 0, 0)
        for path, status in (
            ("thumbnail.jpg", 400),
            (f"thumbnail.jpg?at={after(9):%Y-%m-%dT%H:%M:%SZ}", 400),
            (f"thumbnail.jpg?at={after(20):%Y-%m-%dT%H:%M:%S}", 400),
            (f"thumbnail.jpg?at={after(20):%Y-%m-%dT%H:%M:%SZ}&width=99999", 400),
            (f"thumbnail.jpg?at={after(80):%Y-%m-%dT%H:%M:%SZ}", 404),
            ("sheet.jpg?columns=50&rows=50", 400),
        ):
            assert (await site.api.http.get(base + path)).status_code == status, path
        site.api.http.cookies.clear()
        assert (await site.api.http.get(f"{base}sheet.jpg")).status_code == 401


async def test_an_interval_without_recording_says_so(database_url: str, tmp_path: Path) -> None:
    async with recorded(database_url, tmp_path) as site:
        base = await site.open(-100, -50)
        reply = await site.api.http.get(base + "master.m3u8")
        assert (reply.status_code, "Nothing was recorded" in reply.text) == (404, True)


async def test_what_cannot_be_opened_says_why(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)

        async def refused(
            actor: Actor, since: timedelta, length: timedelta, camera_id: str = site.camera.id
        ) -> AcsError:
            now = world.clock.now
            with pytest.raises(AcsError) as error:
                await open_playback(world.domain, actor, camera_id, now + since, now + since + length)
            return error.value

        hour, all_of_it = timedelta(hours=1), only(Permission.CLIP_VIEW)
        assert isinstance(await refused(only(), -hour, hour), NotPermitted)
        assert isinstance(await refused(all_of_it, -hour, hour, "other"), NotFound)
        assert (await refused(all_of_it, -hour, timedelta(0))).path == ("until",)
        assert (await refused(all_of_it, -hour, hour * 25)).path == ("until",)
        elsewhere = Actor("u", "U", frozenset(), "api", reaches={Permission.CLIP_VIEW: Reach(False)})
        assert isinstance(await refused(elsewhere, -hour, hour), NotFound)
        recent = Actor("u", "U", frozenset({Permission.CLIP_VIEW}), "api", windows=((90, EVERYWHERE),))
        late = await refused(recent, -hour * 2, hour)
        assert isinstance(late, ValidationFailed)
        assert late.path == ("since",)
        assert await Event.filter(type=EventType.CLIP_VIEWED).count() == 0
        playback = await open_playback(world.domain, recent, site.camera.id, world.clock.now - hour, world.clock.now)
        assert world.domain.playbacks.find(recent, playback.id, world.clock.now)[1] == world.clock.now - hour * 1.5


def test_the_widest_window_that_names_a_camera_counts() -> None:
    here, now = Reach(False, cameras=frozenset({"c"})), datetime(2026, 1, 1, tzinfo=UTC)

    def since(*windows: tuple[int | None, Reach]) -> datetime | None:
        return seen_since(Actor("u", "U", frozenset({Permission.CLIP_VIEW}), "api", windows=windows), "c", now)

    assert since((10, here), (60, EVERYWHERE)) == now - timedelta(hours=1)
    assert since((10, here), (None, here)) is None
    assert since((10, here), (None, Reach(False))) == now - timedelta(minutes=10)
    with pytest.raises(NotFound):
        since((10, Reach(False)))


async def test_what_is_too_old_by_now_is_not_sent_any_more(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with recorded(database_url, tmp_path) as site:
        base = await site.open(0, 70)
        (name, first, last), *_ = segments = await site.segments(base)
        user = await User.get(name="operator")
        window = Actor(user.id, "operator", frozenset({Permission.CLIP_VIEW}), "api", windows=((1, EVERYWHERE),))

        async def limited(*_: Any, **__: Any) -> Actor:
            return window

        monkeypatch.setattr("doorward.server.opened.actor_behind", limited)
        old = await site.api.http.get(name, headers={"range": f"bytes={first}-{last}"})
        assert old.status_code == 416
        name, first, last = segments[-1]
        assert (await site.api.http.get(name, headers={"range": f"bytes={first}-{last}"})).status_code == 206


async def test_what_is_not_asked_for_is_closed_and_nobody_has_too_much_open(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        actor = only(Permission.CLIP_VIEW)
        opened = [
            await open_playback(world.domain, actor, site.camera.id, world.clock.now, world.clock.now + UNUSED)
            for _ in range(MOST_OF_ONE + 1)
        ]
        assert len(world.domain.playbacks) == MOST_OF_ONE
        assert opened[0].id not in world.domain.playbacks
        with pytest.raises(NotFound):
            world.domain.playbacks.find(replace(actor, user_id="another"), opened[1].id, world.clock.now)
        world.clock.advance(UNUSED / 2)
        assert world.domain.playbacks.find(actor, opened[1].id, world.clock.now)[0] == opened[1]
        world.clock.advance(UNUSED / 2)
        with pytest.raises(NotFound):
            world.domain.playbacks.find(actor, opened[2].id, world.clock.now)
        assert world.domain.playbacks.find(actor, opened[1].id, world.clock.now)[0] == opened[1]


async def test_a_timeline_has_recordings_gaps_bookmarks_and_events(database_url: str, tmp_path: Path) -> None:
    async with recorded(database_url, tmp_path) as site:
        site.log.interrupt(GapReason.LOST)
        door = await _event(site, EventType.DOOR_FORCED, 20)
        await Bookmark.create(
            id="b", event_id=door.id, camera_id=site.camera.id, starts_at=after(15), ends_at=after(30)
        )
        about = await _event(site, EventType.CAMERA_LOST, 60, camera_id=site.camera.id)
        await _event(site, EventType.DOOR_OPENED, 21, door_id="another")
        (found,) = (
            await site.api.data(
                TIMELINE,
                cameras=[site.camera.id, "none"],
                since=after(10).isoformat(),
                until=after(100).isoformat(),
            )
        )["cameraTimelines"]
        assert found["camera"] == {"name": "Entrance"}
        assert [_moments(each) for each in found["recordings"]] == [(after(10), after(70))]
        assert [(each["startsAt"][:19], each["reason"]) for each in found["gaps"]] == [
            (f"{after(70):%Y-%m-%dT%H:%M:%S}", "LOST")
        ]
        assert found["gaps"][0]["endsAt"] is None
        assert found["bookmarks"] == [{"id": "b"}]
        assert [(each["eventId"], each["type"]) for each in found["events"]] == [
            (door.id, "door.forced"),
            (about.id, "camera.lost"),
        ]
        around = await site.api.data(AROUND, camera=site.camera.id, at=after(18).isoformat())
        assert around["eventsAround"] == [{"id": door.id, "type": "door.forced"}]


def _moments(stretch: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(stretch["startsAt"]), datetime.fromisoformat(stretch["endsAt"])


async def _event(site: Recorded, kind: EventType, second: float, **subjects: Any) -> Event:
    """Something that happened, at the door that the camera sees unless it says otherwise."""
    if not subjects:
        seen = await CameraView.get(camera_id=site.camera.id)
        subjects = {"door_id": seen.door_id, "side": seen.side}
    await record_system_event(site.world.domain, NewEvent(kind, after(second), **subjects))
    return await Event.get(type=kind, at=after(second))


async def test_a_timeline_is_bounded(database_url: str, tmp_path: Path) -> None:
    async with recorded(database_url, tmp_path) as site:
        reply = await site.api.ask(
            TIMELINE, cameras=[str(n) for n in range(17)], since=ORIGIN.isoformat(), until=after(1).isoformat()
        )
        assert "16 cameras at most" in str(reply["errors"])
        reply = await site.api.ask(
            TIMELINE, cameras=["x"], since=ORIGIN.isoformat(), until=(ORIGIN + timedelta(days=8)).isoformat()
        )
        assert "7 days" in str(reply["errors"])


async def test_nothing_is_told_of_cameras_and_doors_out_of_reach(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        near = await only_at(two.near, Permission.CLIP_VIEW, Permission.EVENT_VIEW, Permission.CAMERA_VIEW)
        since, until = START - timedelta(minutes=1), START + timedelta(minutes=1)
        seen = await events_seen(near, two.near.camera.id, since, until, 10)
        assert [each.id for each in seen] == [two.near.event_id]
        assert await events_seen(near, two.far.camera.id, since, until, 10) == []
        context = ApiContext(world.domain, near, Request(SCOPE), Response())
        ids = {"cameras": [two.near.camera.id, two.far.camera.id], "since": since, "until": until}
        variables = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in ids.items()}
        reply = await build_schema().execute(TIMELINE, variable_values=variables, context_value=context)
        assert isinstance(reply, ExecutionResult)
        assert reply.data is not None
        assert [each["camera"]["name"] for each in reply.data["cameraTimelines"]] == ["Near camera"]
        assert [each["eventId"] for each in reply.data["cameraTimelines"][0]["events"]] == [two.near.event_id]
