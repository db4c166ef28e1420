"""The bookmarks that events have."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.models import Bookmark
from doorward.acs.reach import PlaceKind


async def bookmarks_of_events(event_ids: Sequence[str]) -> dict[str, list[Bookmark]]:
    """The bookmarks of events that the caller was allowed to read, with their cameras."""
    found: dict[str, list[Bookmark]] = defaultdict(list)
    rows = Bookmark.filter(event_id__in=list(event_ids)).prefetch_related("camera").order_by("id")
    for bookmark in await rows:
        found[bookmark.event_id].append(bookmark)
    return found


def sees_bookmark(actor: Actor, bookmark: Bookmark, now: datetime) -> bool:
    """Whether the actor may see it: its camera is within reach, and it is not older than the grants say."""
    if not actor.reach_if_any(Permission.CLIP_VIEW).has(PlaceKind.CAMERA, bookmark.camera_id):
        return False
    if actor.windows is None:
        return True
    return any(
        reach.has(PlaceKind.CAMERA, bookmark.camera_id)
        and (minutes is None or bookmark.starts_at >= now - timedelta(minutes=minutes))
        for minutes, reach in actor.windows
    )
