"""Where the recorder gets a camera's pictures from, and how."""

from dataclasses import astuple

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.cameras.models import Camera
from doorward.acs.cameras.operations import create_camera
from doorward.acs.cameras.queries import streams
from doorward.acs.cameras.transport import Transport
from doorward.acs.database import open_database
from doorward.acs.sealing import Sealer
from tests.first_version import first_version, insert
from tests.world import DATA_KEY, open_world

pytestmark = pytest.mark.anyio


async def test_a_camera_comes_over_tcp_and_must_prove_who_it_is_unless_it_is_told_otherwise(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        plain = await create_camera(world.domain, COMMAND_LINE, "A", "rtsps://camera/1")
        other = await create_camera(
            world.domain, COMMAND_LINE, "B", "rtsp://camera/2", transport=Transport.UDP, verify_certificate=False
        )
        assert [astuple(stream)[:5] for stream in await streams(world.domain)] == [
            (plain.id, "A", "rtsps://camera/1", Transport.TCP, True),
            (other.id, "B", "rtsp://camera/2", Transport.UDP, False),
        ]


async def test_a_camera_from_before_certificates_were_verified_goes_on_as_it_was(empty_database_url: str) -> None:
    sealed = Sealer(DATA_KEY).seal(b"rtsps://camera/1", "camera:old")
    async with first_version(empty_database_url) as old:
        await insert(old, "camera", id="old", name="Old", sealed_url=sealed)
    async with open_database(empty_database_url):
        camera = await Camera.get()
        assert (camera.transport, camera.verify_certificate) == (Transport.TCP, False)
