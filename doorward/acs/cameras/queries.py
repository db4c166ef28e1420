"""What may be asked about cameras and bookmarks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.models import Bookmark, Camera, CameraMotion, CameraView
from doorward.acs.cameras.motion_settings import DEFAULT_MOTION, MotionSettings
from doorward.acs.cameras.transport import Transport
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound
from doorward.acs.keyset import NAMES, NameOrder, Orders, named, page_rows, where
from doorward.acs.paging import Page, PageRequest
from doorward.acs.reach import NOWHERE, PlaceKind


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a camera is recorded from. The URL may carry a password: for the recorder only."""

    camera_id: str
    name: str
    url: str
    transport: Transport
    verify_certificate: bool
    motion: MotionSettings = DEFAULT_MOTION


async def streams(domain: Domain) -> list[Stream]:
    """Every camera's stream, for the recorder."""
    motion = {row.camera_id: msgspec.convert(row.settings, MotionSettings) for row in await CameraMotion.all()}
    return [
        Stream(
            camera.id,
            camera.name,
            domain.sealer.open(camera.sealed_url, f"camera:{camera.id}").decode(),
            camera.transport,
            camera.verify_certificate,
            motion.get(camera.id, DEFAULT_MOTION),
        )
        for camera in await Camera.all().order_by("name")
    ]


async def list_cameras(actor: Actor, ids: Sequence[str] | None = None) -> list[Camera]:
    """Every camera within reach, or those of them that are named, by name."""
    rows = actor.reach(Permission.CAMERA_VIEW).within(PlaceKind.CAMERA, Camera.all())
    return await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("name")


async def camera_to(actor: Actor, permission: Permission, camera_id: str) -> Camera:
    """A camera with which the actor may do something. Raises NotFound where it is out of reach."""
    rows = actor.reach(permission).within(PlaceKind.CAMERA, Camera.filter(id=camera_id))
    camera = await rows.first()
    if camera is None:
        raise NotFound("There is no such camera.", "cameraId")
    return camera


async def page_cameras(actor: Actor, request: PageRequest, *, door_id: str | None = None) -> Page[Camera]:
    """Cameras within reach, by name: those that see a door, or all."""
    rows = named(actor.reach(Permission.CAMERA_VIEW).within(PlaceKind.CAMERA, Camera.all()), request)
    if door_id is not None:
        rows = rows.filter(id__in=Subquery(CameraView.filter(door_id=door_id).values("camera_id")))
    return await page_rows(rows, NAMES, request)


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


class BookmarkOrder(StrEnum):
    """How bookmarks can be ordered."""

    NEWEST = "newest"
    """The latest made first."""
    OLDEST = "oldest"
    """The earliest made first."""


_BOOKMARKS: Orders = {
    BookmarkOrder.NEWEST: NAMES[NameOrder.NEWEST],
    BookmarkOrder.OLDEST: NAMES[NameOrder.OLDEST],
}


async def page_bookmarks(
    domain: Domain,
    actor: Actor,
    request: PageRequest,
    *,
    camera_id: str | None = None,
    event_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Bookmark]:
    """Bookmarks that the actor may see, with their cameras, the newest first.

    They have something of the interval [since, until).
    """
    actor.reach(Permission.CLIP_VIEW)
    rows = where(Bookmark.all(), camera_id=camera_id, event_id=event_id, ends_at__gt=since, starts_at__lt=until)
    rows = seen_bookmarks(actor, rows, domain.clock())
    return await page_rows(rows.select_related("camera"), _BOOKMARKS, request)
