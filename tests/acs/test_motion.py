"""Motion detection of cameras is set, told to the recorder, and searched by whoever may see recordings."""

from datetime import timedelta

import msgspec
import pytest

from doorward.acs.actor import COMMAND_LINE, Actor, Permission
from doorward.acs.cameras.models import CameraMotion
from doorward.acs.cameras.motion import LONGEST_SEARCH, motion_detection, searched_from, set_motion_detection
from doorward.acs.cameras.motion_settings import DEFAULT_MOTION, WHOLE_PICTURE, MotionSettings
from doorward.acs.cameras.queries import streams
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.reach import EVERYWHERE, Reach
from tests.world import START, make_site, only, open_world

pytestmark = pytest.mark.anyio

DOOR = MotionSettings(enabled=True, sensitivity=80, include=(WHOLE_PICTURE,), short_lived_s=0.5)
HOUR = timedelta(hours=1)


async def test_settings_are_kept_audited_and_told_to_the_recorder(database_url: str) -> None:
    async with open_world(database_url) as world:
        camera, told = (await make_site(world)).camera, []
        world.domain.cameras.reconfigure = lambda: told.append("recorder")
        assert await motion_detection(COMMAND_LINE, camera.id) == (DEFAULT_MOTION, 1)
        assert [stream.motion for stream in await streams(world.domain)] == [DEFAULT_MOTION]
        await set_motion_detection(world.domain, COMMAND_LINE, camera.id, DOOR, 1)
        assert await motion_detection(COMMAND_LINE, camera.id) == (DOOR, 2)
        assert [stream.motion for stream in await streams(world.domain)] == [DOOR]
        event = await Event.get(type=EventType.CAMERA_MOTION_CHANGED)
        assert (event.camera_id, event.camera_name) == (camera.id, "Entrance")
        assert event.data["before"]["sensitivity"] == DEFAULT_MOTION.sensitivity
        assert event.data["after"]["include"] == [[{"x": point.x, "y": point.y} for point in WHOLE_PICTURE]]
        await set_motion_detection(world.domain, COMMAND_LINE, camera.id, DOOR, 2)
        assert told == ["recorder"]
        quieter = msgspec.structs.replace(DOOR, sensitivity=10)
        await set_motion_detection(world.domain, COMMAND_LINE, camera.id, quieter, 2)
        assert await motion_detection(COMMAND_LINE, camera.id) == (quieter, 3)


async def test_what_cannot_be_followed_is_refused_and_changes_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        camera = (await make_site(world)).camera
        domain, wrong = world.domain, msgspec.structs.replace(DOOR, exclude=(WHOLE_PICTURE, WHOLE_PICTURE[:2]))
        with pytest.raises(ValidationFailed) as refused:
            await set_motion_detection(domain, COMMAND_LINE, camera.id, wrong)
        assert refused.value.path == ("settings", "exclude", "1")
        with pytest.raises(NotFound):
            await set_motion_detection(domain, COMMAND_LINE, "nothing", DOOR)
        with pytest.raises(NotFound):
            await motion_detection(COMMAND_LINE, "nothing")
        with pytest.raises(Conflict):
            await set_motion_detection(domain, COMMAND_LINE, camera.id, DOOR, 2)
        assert await CameraMotion.all().count() == 0


async def test_recordings_are_searched_as_far_back_as_the_grants_say(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        camera_id = site.camera.id

        async def begin(actor: Actor, camera_id: str = camera_id) -> timedelta:
            return START - await searched_from(actor, camera_id, START - 5 * HOUR, START, START)

        near = Reach(False, cameras=frozenset({camera_id}))
        elsewhere = Reach(False, cameras=frozenset({"elsewhere"}))
        assert await begin(only(Permission.CLIP_VIEW)) == 5 * HOUR
        assert await begin(placed(near, ((60, EVERYWHERE), (120, near), (None, elsewhere)))) == 2 * HOUR
        assert await begin(placed(near, ((60, near), (None, near)))) == 5 * HOUR
        with pytest.raises(NotFound):
            await begin(placed(elsewhere, ((None, EVERYWHERE),)))
        with pytest.raises(NotFound):
            await begin(COMMAND_LINE, "nothing")
        with pytest.raises(NotPermitted):
            await begin(only(Permission.CAMERA_VIEW))


async def test_an_interval_that_is_none_or_too_long_is_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        camera_id = (await make_site(world)).camera.id
        for starts_at, path in ((START, "until"), (START - LONGEST_SEARCH - HOUR, "since")):
            with pytest.raises(ValidationFailed) as refused:
                await searched_from(COMMAND_LINE, camera_id, starts_at, START, START)
            assert refused.value.path == (path,)


def placed(reach: Reach, windows: tuple[tuple[int | None, Reach], ...]) -> Actor:
    return Actor("user", "Guard", frozenset(), "api", reaches={Permission.CLIP_VIEW: reach}, windows=windows)
