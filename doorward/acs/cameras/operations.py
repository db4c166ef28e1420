"""What may be done to cameras, and what is written down about them."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.cameras.models import Bookmark, Camera, CameraView
from doorward.acs.cameras.queries import seen_bookmarks
from doorward.acs.cameras.transport import Transport
from doorward.acs.decision.policy import DoorSide
from doorward.acs.doors.models import Door
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation

STREAM_SCHEMES = frozenset({"rtsp", "rtsps", "http", "https", "file"})


@operation(Permission.CONFIGURATION_WRITE)
async def create_camera(
    work: Work,
    name: str,
    url: str,
    views: Sequence[DoorSide] = (),
    transport: Transport = Transport.TCP,
    verify_certificate: bool = True,
) -> Camera:
    """A new camera that sees these door sides; it is recorded all the time.

    `transport` matters to rtsp:// only; `verify_certificate` to rtsps:// and https://.
    """
    name = check.text(name, "name", longest=100)
    await check.unique(Camera, work.connection, f"There is a camera called {name} already.", "name", name=name)
    await check.exist(Door, [view.door_id for view in views], "views", work.connection)
    camera_id = new_id()
    camera = await Camera.create(
        using_db=work.connection,
        id=camera_id,
        name=name,
        sealed_url=_sealed(work, camera_id, url),
        transport=transport,
        verify_certificate=verify_certificate,
    )
    for view in dict.fromkeys(views):
        await CameraView.create(using_db=work.connection, camera_id=camera_id, door_id=view.door_id, side=view.side)
    work.audit(
        EventType.CAMERA_CREATED,
        after={"name": name, "transport": transport.value, "verify_certificate": verify_certificate},
        camera_id=camera_id,
        camera_name=name,
    )
    return camera


@operation(Permission.CONFIGURATION_WRITE)
async def set_camera_url(work: Work, camera_id: str, url: str) -> Camera:
    """Record the camera from another URL."""
    camera = await Camera.select_for_update().using_db(work.connection).get_or_none(id=camera_id)
    if camera is None:
        raise NotFound("There is no such camera.", "id")
    camera.sealed_url = _sealed(work, camera_id, url)
    await camera.save(using_db=work.connection)
    work.audit(
        EventType.CAMERA_UPDATED,
        before={"url": "old"},
        after={"url": "new"},
        camera_id=camera_id,
        camera_name=camera.name,
    )
    return camera


def _sealed(work: Work, camera_id: str, url: str) -> bytes:
    url = check.text(url, "url", longest=1000)
    if urlsplit(url).scheme not in STREAM_SCHEMES:
        raise ValidationFailed(f"A stream URL begins with one of {', '.join(sorted(STREAM_SCHEMES))}.", "url")
    return work.domain.sealer.seal(url.encode(), f"camera:{camera_id}")


@operation(Permission.CLIP_VIEW, placed=True)
async def open_bookmark(work: Work, bookmark_id: str) -> Bookmark:
    """A bookmark whose recording is about to be watched; that somebody watched it is written down."""
    work.reach()
    rows = seen_bookmarks(work.actor, Bookmark.filter(id=bookmark_id), work.now).using_db(work.connection)
    bookmark = await rows.prefetch_related("camera").first()
    if bookmark is None:
        raise NotFound("There is no such bookmark.", "id")
    work.audit(
        EventType.CLIP_VIEWED,
        after={"bookmark": bookmark.id, "event": bookmark.event_id},
        camera_id=bookmark.camera_id,
        camera_name=bookmark.camera.name,
    )
    return bookmark
