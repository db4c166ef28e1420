"""Motion detection of cameras: asked for and set; and whose recordings may be searched for motion, and how far back."""

from datetime import datetime, timedelta

import msgspec

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.models import Camera, CameraMotion
from doorward.acs.cameras.motion_settings import DEFAULT_MOTION, MotionSettings, check_motion
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation
from doorward.acs.reach import PlaceKind

LONGEST_SEARCH = timedelta(days=31)
_NO_CAMERA = "There is no such camera."


async def motion_detection(actor: Actor, camera_id: str) -> tuple[MotionSettings, int]:
    """A camera's settings and their version. Raises `NotFound`."""
    actor.require(Permission.CONFIGURATION_VIEW)
    if not await Camera.filter(id=camera_id).exists():
        raise NotFound(_NO_CAMERA, "cameraId")
    return _found(await CameraMotion.get_or_none(camera_id=camera_id))


@operation(Permission.CONFIGURATION_WRITE)
async def set_motion_detection(
    work: Work, camera_id: str, settings: MotionSettings, expected_version: int | None = None
) -> None:
    """Say what counts as motion in a camera's picture, or that nobody looks. Its recording is not interrupted."""
    check_motion(settings, "settings")
    camera = await Camera.select_for_update().using_db(work.connection).get_or_none(id=camera_id)
    if camera is None:
        raise NotFound(_NO_CAMERA, "cameraId")
    row = await CameraMotion.get_or_none(camera_id=camera_id, using_db=work.connection)
    before, version = _found(row)
    check.version(version, expected_version)
    if settings == before:
        return
    stored = msgspec.to_builtins(settings)
    if row is None:
        await CameraMotion.create(using_db=work.connection, camera_id=camera_id, settings=stored, version=version + 1)
    else:
        row.settings, row.version = stored, version + 1
        await row.save(using_db=work.connection, update_fields=["settings", "version"])
    work.audit(
        EventType.CAMERA_MOTION_CHANGED,
        before=msgspec.to_builtins(before),
        after=stored,
        camera_id=camera_id,
        camera_name=camera.name,
    )
    work.after.append(work.domain.cameras.reconfigure)


async def searched_from(
    actor: Actor, camera_id: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> datetime:
    """From when on the actor may search this interval of a camera's recording: `starts_at`, or as far back as they may.

    Raises `NotFound` for a camera out of reach, and `ValidationFailed` for what is no interval.
    """
    if not actor.reach(Permission.CLIP_VIEW).has(PlaceKind.CAMERA, camera_id):
        raise NotFound(_NO_CAMERA, "cameraId")
    if not await Camera.filter(id=camera_id).exists():
        raise NotFound(_NO_CAMERA, "cameraId")
    if starts_at >= ends_at:
        raise ValidationFailed("The end must be later than the beginning.", "until")
    if ends_at - starts_at > LONGEST_SEARCH:
        raise ValidationFailed(f"Search {LONGEST_SEARCH.days} days at once, and the rest after that.", "since")
    if actor.windows is None:
        return starts_at
    near = [minutes for minutes, reach in actor.windows if reach.has(PlaceKind.CAMERA, camera_id)]
    if None in near:
        return starts_at
    minutes = max((each for each in near if each is not None), default=0)
    return max(starts_at, now - timedelta(minutes=minutes))


def _found(row: CameraMotion | None) -> tuple[MotionSettings, int]:
    """One that was never set has version 1."""
    return (DEFAULT_MOTION, 1) if row is None else (msgspec.convert(row.settings, MotionSettings), row.version)
