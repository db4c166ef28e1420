"""The recorder beside the server, as a real process: what it reports is written down."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.cameras.operations import create_camera
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.server.recording import Recording
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


async def event(world: World, event_type: EventType) -> Event:
    """The first event of a type, once there is one."""
    async with asyncio.timeout(30):
        while True:
            seen = world.domain.bus.announced
            found = await Event.get_or_none(type=event_type)
            if found is not None:
                return found
            await world.domain.bus.wait(seen)


async def test_a_lost_camera_and_a_killed_recorder_are_written_down(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        camera = await create_camera(world.domain, COMMAND_LINE, "Nowhere", "http://127.0.0.1:9/none.ts")
        recording = Recording(world.domain, tmp_path / "video")
        await recording.start()
        try:
            lost = await event(world, EventType.CAMERA_LOST)
            assert (lost.camera_id, lost.camera_name, lost.source) == (camera.id, "Nowhere", "recorder")
            assert world.domain.cameras.condition(camera.id).state == "lost"
            assert recording.recorder_pid is not None
            os.kill(recording.recorder_pid, signal.SIGKILL)
            await event(world, EventType.RECORDER_LOST)
        finally:
            await recording.stop()
