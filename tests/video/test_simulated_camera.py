"""The camera made of software."""

import asyncio
import io
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import av
import httpx
import numpy as np

from doorward.video.burned_clock import read_clock
from doorward.video.scene import SWING_S, WALK_S, DoorScene
from doorward.video.simulated_camera import QUEUED_CHUNKS, SimulatedCamera

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

Serve = Callable[[Iterable[SimulatedCamera]], AbstractAsyncContextManager[str]]


def scene_at(scene: DoorScene, at_s: float) -> Any:
    """The scene without its clocks, which change all the time."""
    return scene.draw(NOON, at_s)[40:320].astype(int)


def differs(one: Any, other: Any) -> int:
    return int((np.abs(one - other).max(axis=2) > 30).sum())


def test_an_opening_door_shows_and_a_figure_walks_through_and_is_gone() -> None:
    scene = DoorScene("Main entrance")
    shut = scene_at(scene, 0)
    scene.door_moved(True, 10)
    opened = scene_at(scene, 10 + SWING_S + 0.01)
    walking = scene_at(scene, 10 + SWING_S + WALK_S / 2)
    alone = scene_at(scene, 10 + SWING_S + WALK_S + 1)
    scene.door_moved(False, 30)

    assert differs(shut, alone) > 5_000
    assert differs(alone, walking) > 3_000
    assert differs(alone, opened) > 1_000
    assert differs(shut, scene_at(scene, 30 + SWING_S)) == 0


def test_a_scene_left_alone_stands_still_with_the_door_shut() -> None:
    scene = DoorScene("Office")
    assert differs(scene_at(scene, 0), scene_at(scene, 100)) == 0


def test_every_decoded_picture_carries_its_time_and_viewers_share_one_encoder(camera_server: Serve) -> None:
    camera = SimulatedCamera("Main entrance")

    async def watch(client: httpx.AsyncClient, url: str) -> bytes:
        data = b""
        async with client.stream("GET", url) as response:
            assert response.headers["content-type"] == "video/mp2t"
            async for chunk in response.aiter_raw():
                data += chunk
                if len(data) > 60_000:
                    break
        return data

    async def scenario() -> tuple[bytes, bytes]:
        async with camera_server([camera]) as base, httpx.AsyncClient() as client:
            camera.start()
            try:
                assert (await client.get(f"{base}/cameras/7.ts")).status_code == 404
                url = f"{base}/cameras/0.ts"
                one, two = await asyncio.gather(watch(client, url), watch(client, url))
            finally:
                camera.stop()
        return one, two

    began = datetime.now(UTC)
    one, two = asyncio.run(scenario())
    for data in (one, two):
        with av.open(io.BytesIO(data), "r", format="mpegts") as container:
            times = [
                read_clock(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                for frame in container.decode(video=0)
            ]
        assert len(times) >= 8
        assert all(time is not None and began <= time + timedelta(seconds=1.1) for time in times[:-1])
    assert one[: len(two)] == two[: len(one)]


def test_a_viewer_that_does_not_read_is_dropped_and_others_go_on() -> None:
    camera = SimulatedCamera("Loading dock", fps=200)

    async def scenario() -> int:
        camera.start()
        slow = camera.subscribe()
        await anext(slow)
        fast_count = 0
        async with aclosing(camera.subscribe()) as fast:  # type: ignore[type-var]
            async for _ in fast:
                fast_count += 1
                if fast_count > QUEUED_CHUNKS * 3:
                    break
        slow_count = 0
        async for _ in slow:
            slow_count += 1
        camera.stop()
        return slow_count

    assert QUEUED_CHUNKS <= asyncio.run(asyncio.wait_for(scenario(), 30)) <= QUEUED_CHUNKS * 2


def test_stopping_a_camera_ends_its_streams() -> None:
    camera = SimulatedCamera("Office")

    async def scenario() -> None:
        camera.start()
        stream = camera.subscribe()
        await anext(stream)
        await asyncio.to_thread(camera.stop)
        async with asyncio.timeout(5):
            async for _ in stream:
                pass

    asyncio.run(scenario())
