"""What may be asked about cameras and bookmarks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.models import Bookmark, Camera, CameraView
from doorward.acs.domain import Domain
from doorward.acs.errors import ValidationFailed

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


async def list_cameras(actor: Actor, ids: Sequence[str] | None = None) -> list[Camera]:
    """Every camera, or those named, by name."""
    actor.require(Permission.CAMERA_VIEW)
    rows = Camera.all() if ids is None else Camera.filter(id__in=list(ids))
    return await rows.order_by("name")


async def cameras_of_doors(actor: Actor, door_ids: Sequence[str]) -> dict[str, list[Camera]]:
    """The cameras that see each door, each once, by name."""
    actor.require(Permission.CAMERA_VIEW)
    found: dict[str, dict[str, Camera]] = defaultdict(dict)
    for view in await CameraView.filter(door_id__in=list(door_ids)).prefetch_related("camera").order_by("camera__name"):
        found[view.door_id][view.camera_id] = view.camera
    return {door_id: list(cameras.values()) for door_id, cameras in found.items()}


async def list_bookmarks(actor: Actor, camera_id: str | None, first: int) -> list[Bookmark]:
    """The newest bookmarks, of one camera or of all."""
    actor.require(Permission.CAMERA_VIEW)
    if not 1 <= first <= MAX_BOOKMARKS:
        raise ValidationFailed(f"Ask for 1 to {MAX_BOOKMARKS} bookmarks.", "first")
    rows = Bookmark.all() if camera_id is None else Bookmark.filter(camera_id=camera_id)
    return await rows.prefetch_related("camera").order_by("-id").limit(first)
