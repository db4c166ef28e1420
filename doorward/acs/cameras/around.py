"""The events that a camera could see: about it, or at the door sides that it looks at."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.expressions import Q

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.models import Bookmark, Camera, CameraView
from doorward.acs.cameras.queries import seen_bookmarks
from doorward.acs.events.models import Event
from doorward.acs.events.queries import visible_events
from doorward.acs.reach import PlaceKind


async def events_seen(actor: Actor, camera_id: str, since: datetime, until: datetime, limit: int) -> list[Event]:
    """The first of the camera's events of [since, until) that the actor may see, in order; none without event.view."""
    reach = actor.reach_if_any(Permission.CAMERA_VIEW, Permission.CLIP_VIEW)
    events = actor.reach_if_any(Permission.EVENT_VIEW)
    if not reach.has(PlaceKind.CAMERA, camera_id) or not (events.everything or events.doors or events.cameras):
        return []
    found = Q(camera_id=camera_id)
    for view in await CameraView.filter(camera_id=camera_id):
        found = found | (Q(door_id=view.door_id) & (Q(side=view.side) | Q(side__isnull=True)))
    rows = visible_events(actor).filter(found, at__gte=since, at__lt=until)
    return await rows.order_by("at", "position").limit(limit)


async def bookmarks_between(
    actor: Actor, camera_id: str, since: datetime, until: datetime, now: datetime, limit: int
) -> list[Bookmark]:
    """The first of the camera's bookmarks with something of [since, until) that the actor may see, in order."""
    rows = seen_bookmarks(actor, Bookmark.filter(camera_id=camera_id, ends_at__gt=since, starts_at__lt=until), now)
    return await rows.select_related("camera").order_by("starts_at", "id").limit(limit)


async def cameras_named(ids: Sequence[str]) -> dict[str, Camera]:
    """Cameras by id."""
    return {camera.id: camera for camera in await Camera.filter(id__in=list(ids))}
