"""Motion detection in a real recorder process: turned on, told, and turned off, while the camera is recorded."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.cameras.motion import set_motion_detection
from doorward.acs.cameras.motion_settings import MotionSettings
from doorward.acs.cameras.operations import create_camera
from doorward.server.recording import Recording
from doorward.video.index import Index
from tests.video.motion.films import write_film
from tests.world import open_world

pytestmark = pytest.mark.anyio


async def soon(condition: Callable[[], bool]) -> None:
    for _ in range(1_500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def test_motion_is_told_from_when_it_is_turned_on_until_it_is_turned_off(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world:
        film = write_film(tmp_path / "film.mkv", 12)
        cameras = world.domain.cameras
        camera = await create_camera(world.domain, COMMAND_LINE, "Film", film.as_uri())
        recording = Recording(world.domain, tmp_path / "video")
        await recording.start()
        try:
            await soon(lambda: cameras.condition(camera.id).state == "recording")
            assert cameras.motion == {}
            await set_motion_detection(world.domain, COMMAND_LINE, camera.id, MotionSettings(enabled=True))
            await soon(lambda: camera.id in cameras.motion and cameras.motion[camera.id].moving)
            assert cameras.motion[camera.id].state == "watching"
            await set_motion_detection(world.domain, COMMAND_LINE, camera.id, MotionSettings())
            await soon(lambda: cameras.motion == {})
        finally:
            await recording.stop()
    index = Index(tmp_path / "video")
    assert len(index.files(camera.id)) == 1
    assert index.gaps(camera.id)[:-1] == []
    index.close()
