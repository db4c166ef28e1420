"""Live pictures out of the recorder: over its socket, each picture as it comes, apart from the recording."""

import asyncio
import io
import stat
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from doorward.video.burned_clock import read_clock
from doorward.video.capture import Arrived
from doorward.video.fanout import Fanout
from doorward.video.live_muxer import LiveMuxer
from doorward.video.live_source import LiveSource
from doorward.video.live_wire import LiveInit, LiveMedia, LiveMessage, Watch, watch
from doorward.video.messages import CameraState, Ready
from doorward.video.session import SourcePacket
from doorward.video.wall_time import from_us, utc_now
from tests.video.test_recorder import OpenSite

Film = Callable[..., list[SourcePacket]]


@pytest.fixture
def source(tmp_path: Path) -> Iterator[tuple[LiveSource, Fanout[Arrived]]]:
    packets: Fanout[Arrived] = Fanout()
    running = LiveSource(tmp_path, {"door": packets}.get)
    running.start()
    yield running, packets
    running.stop()


async def some(path: Path, wanted: Watch, count: int = 1000) -> list[LiveMessage]:
    """So many messages, or all until the end."""
    found: list[LiveMessage] = []
    async with asyncio.timeout(10), aclosing(watch(path, wanted)) as messages:
        async for message in messages:
            found.append(message)
            if len(found) == count:
                break
    return found


def give(packets: Fanout[Arrived], items: list[SourcePacket]) -> None:
    for number, item in enumerate(items):
        packets.give(Arrived(item, 1_000_000 + number * 100_000))


def pictures(messages: list[LiveMessage]) -> list[av.VideoFrame]:
    data = b"".join(message.data for message in messages)
    with av.open(io.BytesIO(data), "r") as container:
        return list(container.decode(video=0))


def test_who_watches_gets_every_picture_once_with_the_time_when_it_came(
    source: tuple[LiveSource, Fanout[Arrived]], film: Film
) -> None:
    running, packets = source
    items = film(3)
    give(packets, items[:15])

    async def scenario() -> list[LiveMessage]:
        task = asyncio.create_task(some(running.path, Watch("door"), 20))
        async with asyncio.timeout(10):
            while not len(packets):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        give(packets, items[15:])
        return await task

    messages = asyncio.run(scenario())
    init, *media = messages
    assert isinstance(init, LiveInit)
    assert (init.codec[:5], init.width, init.height) == ("avc1.", 128, 64)
    assert [one.keyframe for one in media if isinstance(one, LiveMedia)][:11] == [True, *[False] * 9, True]
    assert len(pictures(messages)) == 19


def test_a_stream_that_changes_or_goes_back_in_time_is_begun_again(film: Film) -> None:
    muxer = LiveMuxer()
    again = film(1)
    items = [*film(1), *film(1, size=(192, 64), begins_s=1.0), *again, *again]
    messages = [message for n, item in enumerate(items) for message in muxer.add(Arrived(item, n))]
    widths = [message.width for message in messages if isinstance(message, LiveInit)]
    assert widths == [128, 192, 128, 128]
    assert [one.at_us for one in messages if isinstance(one, LiveMedia)] == list(range(39))


def test_a_picture_before_one_that_was_left_out_lasts_until_the_next(film: Film) -> None:
    muxer = LiveMuxer()
    items = film(3)
    messages = [m for item in [*items[:5], *items[20:]] for m in muxer.add(Arrived(item, 0))]
    assert len([one for one in messages if isinstance(one, LiveInit)]) == 1
    times = [frame.time for frame in pictures(messages)]
    assert times[4:6] == [pytest.approx(0.4), pytest.approx(2.0)]


def test_one_picture_is_the_latest_keyframe(source: tuple[LiveSource, Fanout[Arrived]], film: Film) -> None:
    running, packets = source
    give(packets, film(2.5))
    messages = asyncio.run(some(running.path, Watch("door", one=True)))
    assert [type(message) for message in messages] == [LiveInit, LiveMedia]
    assert messages[1].keyframe and messages[1].at_us == 3_000_000  # type: ignore[union-attr]  # noqa: PT018
    assert len(pictures(messages)) == 1


def test_a_camera_that_there_is_not_and_nonsense_end_at_once(source: tuple[LiveSource, Fanout[Arrived]]) -> None:
    running, _ = source
    assert asyncio.run(some(running.path, Watch("none"))) == []

    async def nonsense() -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(running.path))
        writer.write(b"what?\n")
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return answer

    assert asyncio.run(nonsense()) == b""


def test_a_camera_that_is_removed_ends_its_stream(source: tuple[LiveSource, Fanout[Arrived]], film: Film) -> None:
    running, packets = source
    give(packets, film(1))

    async def scenario() -> list[LiveMessage]:
        task = asyncio.create_task(some(running.path, Watch("door")))
        async with asyncio.timeout(10):
            while not len(packets):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        packets.end()
        return await task

    assert len(asyncio.run(scenario())) == 10


def test_who_goes_away_is_given_nothing_any_more(source: tuple[LiveSource, Fanout[Arrived]], film: Film) -> None:
    running, packets = source
    give(packets, film(1))

    async def scenario() -> None:
        await some(running.path, Watch("door"), 3)
        async with asyncio.timeout(10):
            while len(packets):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    asyncio.run(scenario())


def test_the_socket_is_its_owners_alone_and_gone_afterwards(tmp_path: Path) -> None:
    deep = tmp_path / ("a-directory-with-a-long-name-" * 5)
    deep.mkdir()
    (deep / "live-1.sock").touch()
    running = LiveSource(deep, lambda _: None)
    running.start()
    try:
        assert stat.S_IMODE(running.path.stat().st_mode) == 0o600
        assert [path.name for path in deep.iterdir()] == [running.path.name]
        assert asyncio.run(some(running.path, Watch("door"))) == []
    finally:
        running.stop()
    assert list(deep.iterdir()) == []


def test_the_recorder_shows_a_camera_live_within_a_moment(open_site: OpenSite) -> None:
    async def scenario() -> tuple[list[LiveMessage], Any]:
        async with open_site() as site:
            ready: Any = await site.report(lambda report: isinstance(report, Ready))
            await site.state(CameraState.RECORDING)
            return await some(Path(ready.live), Watch(site.camera_id), 12), utc_now()

    messages, now = asyncio.run(scenario())
    last = pictures(messages)[-1]
    shown = read_clock(np.asarray(last.to_ndarray(format="rgb24"), np.uint8))
    assert shown is not None
    assert now - shown < timedelta(seconds=1.5)
    assert isinstance(messages[-1], LiveMedia)
    assert timedelta(0) <= from_us(messages[-1].at_us) - shown < timedelta(seconds=0.5)
