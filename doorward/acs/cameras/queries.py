"""What may be asked about cameras and bookmarks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.models import Bookmark, Camera, CameraView
from doorward.acs.domain import Domain
from doorward.acs.errors import ValidationFailed
from doorward.acs.reach import NOWHERE, PlaceKind

MAX_BOOKMARKS = 200


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a camera is recorded from. The URL may carry a password: for the recorder only."""

    camera_id: str
    name: str
    url: str


async def streams(domain: Domain) -> list[Stream]:
    """Every camera's stream, for the recorder."""
    return [
        Stream(camera.id, camera.name, domain.sealer.open(camera.sealed_url, f"camera:{camera.id}").decode())
        for camera in await Camera.all().order_by("name")
    ]


async def list_cameras(actor: Actor) -> list[Camera]:
    """Every camera within reach, by name."""
    return await actor.reach(Permission.CAMERA_VIEW).within(PlaceKind.CAMERA, Camera.all()).order_by("name")


async def cameras_of_doors(actor: Actor, door_ids: Sequence[str]) -> dict[str, list[Camera]]:
    """The cameras that see each door, each once, by name; those out of reach are not listed."""
    reach = actor.reach_if_any(Permission.CAMERA_VIEW)
    found: dict[str, dict[str, Camera]] = defaultdict(dict)
    if not door_ids or reach == NOWHERE:
        return {}
    views = reach.within(PlaceKind.CAMERA, CameraView.filter(door_id__in=list(door_ids)), "camera_id")
    for view in await views.prefetch_related("camera").order_by("camera__name"):
        found[view.door_id][view.camera_id] = view.camera
    return {door_id: list(cameras.values()) for door_id, cameras in found.items()}


async def bookmarks_of_events(domain: Domain, actor: Actor, event_ids: Sequence[str]) -> dict[str, list[Bookmark]]:
    """The bookmarks of events that the caller was allowed to read, with their cameras, as far as they may be seen."""
    found: dict[str, list[Bookmark]] = defaultdict(list)
    if not event_ids or actor.reach_if_any(Permission.CLIP_VIEW) == NOWHERE:
        return found
    rows = seen_bookmarks(actor, Bookmark.filter(event_id__in=list(event_ids)), domain.clock())
    for bookmark in await rows.prefetch_related("camera").order_by("id"):
        found[bookmark.event_id].append(bookmark)
    return found


def seen_bookmarks(actor: Actor, rows: QuerySet[Bookmark], now: datetime) -> QuerySet[Bookmark]:
    """Those that the actor may see: within reach, and not older than the grants say; empty for whoever sees none."""
    rows = actor.reach_if_any(Permission.CLIP_VIEW).within(PlaceKind.CAMERA, rows, "camera_id")
    if actor.windows is None:
        return rows
    seen = Q(id="")
    for minutes, reach in actor.windows:
        within = Q(id__not="") if minutes is None else Q(starts_at__gte=now - timedelta(minutes=minutes))
        seen = seen | (within if reach.everything else within & Q(camera_id__in=sorted(reach.cameras)))
    return rows.filter(seen)


async def list_bookmarks(domain: Domain, actor: Actor, camera_id: str | None, first: int) -> list[Bookmark]:
    """The newest bookmarks that the actor may see, of one camera or of all."""
    actor.reach(Permission.CLIP_VIEW)
    if not 1 <= first <= MAX_BOOKMARKS:
        raise ValidationFailed(f"Ask for 1 to {MAX_BOOKMARKS} bookmarks.", "first")
    rows = Bookmark.all() if camera_id is None else Bookmark.filter(camera_id=camera_id)
    rows = seen_bookmarks(actor, rows, domain.clock())
    return await rows.prefetch_related("camera").order_by("-id").limit(first)
