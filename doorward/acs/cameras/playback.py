"""Opening a recording to watch it."""

import secrets
from datetime import datetime, timedelta

from doorward.acs.actor import Permission
from doorward.acs.cameras.models import Camera
from doorward.acs.cameras.playbacks import Playback, seen_since
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation
from doorward.acs.reach import PlaceKind

LONGEST = timedelta(hours=24)


@operation(Permission.CLIP_VIEW, placed=True)
async def open_playback(work: Work, camera_id: str, since: datetime, until: datetime) -> Playback:
    """Open an interval of a camera to watch; that somebody did is written down, once, whatever they then look at."""
    reach = work.reach()
    camera = await Camera.filter(id=camera_id).using_db(work.connection).first()
    if camera is None or not reach.has(PlaceKind.CAMERA, camera_id):
        raise NotFound("There is no such camera.", "cameraId")
    if until <= since:
        raise ValidationFailed("The interval ends before it begins. Ask for one with a length.", "until")
    if until - since > LONGEST:
        raise ValidationFailed("Ask for 24 hours at most.", "until")
    limit = seen_since(work.actor, camera_id, work.now)
    if limit is not None and since < limit:
        raise ValidationFailed(f"You may see recordings of this camera from {limit:%Y-%m-%d %H:%M:%S} UTC on.", "since")
    work.audit(
        EventType.CLIP_VIEWED,
        after={"since": since, "until": until},
        camera_id=camera.id,
        camera_name=camera.name,
    )
    playback = Playback(secrets.token_urlsafe(24), work.actor.user_id, camera.id, since, until)
    work.after.append(lambda: work.domain.playbacks.keep(playback, work.now))
    return playback
