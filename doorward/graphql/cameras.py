"""Cameras and bookmarks in the API."""

from datetime import datetime

import strawberry

from doorward.acs.cameras import models
from doorward.acs.cameras import models as cameras_rows
from doorward.acs.cameras.queries import page_bookmarks, page_cameras
from doorward.acs.domain import Domain
from doorward.graphql.context import ApiContext
from doorward.graphql.enums import BookmarkOrder, CameraState, NameOrder
from doorward.graphql.paging import Node, by_actor, in_context, listed


@strawberry.type(description="A camera that is recorded.")
class Camera(Node):
    """A camera and what the recorder says of it."""

    id: strawberry.ID
    name: str
    state: CameraState
    detail: str = strawberry.field(description="A sentence about the state; empty when there is nothing to say.")

    @classmethod
    def of(cls, domain: Domain, row: models.Camera) -> "Camera":
        """The camera with its present state."""
        condition = domain.cameras.condition(row.id)
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            state=CameraState(condition.state),
            detail=condition.detail,
        )


@strawberry.type(description="An interval of a camera's recording that shows an event.")
class Bookmark(Node):
    """From 5 seconds before the event to 10 seconds after it."""

    id: strawberry.ID
    camera: Camera
    starts_at: datetime
    ends_at: datetime

    @strawberry.field(
        description="Fragmented MP4, streamed as it grows while endsAt is in the future. "
        "Response headers: Doorward-Starts-At (ISO 8601, the wall clock of media time 0) and Doorward-Codec."
    )
    def clip_url(self) -> str:
        return f"/clips/{self.id}.mp4"

    @classmethod
    def of(cls, domain: Domain, row: models.Bookmark) -> "Bookmark":
        """The bookmark of a row whose camera is loaded."""
        return cls(
            id=strawberry.ID(row.id),
            camera=Camera.of(domain, row.camera),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )


@strawberry.input(description="Which cameras; what is left out, or null, does not restrict.")
class CameraFilter:
    """See Camera."""

    door_id: strawberry.ID | None = strawberry.field(default=None, description="Those that see a side of this door.")


@strawberry.input(description="Which bookmarks; what is left out, or null, does not restrict.")
class BookmarkFilter:
    """See Bookmark."""

    camera_id: strawberry.ID | None = None
    event_id: strawberry.ID | None = None
    since: datetime | None = strawberry.field(default=None, description="Those that end after it.")
    until: datetime | None = strawberry.field(default=None, description="Those that start before it.")


async def _cameras(context: ApiContext, rows: list[models.Camera]) -> list[Camera]:
    return [Camera.of(context.domain, row) for row in rows]


async def _bookmarks(context: ApiContext, rows: list[models.Bookmark]) -> list[Bookmark]:
    return [Bookmark.of(context.domain, row) for row in rows]


@strawberry.type
class CameraQuery:
    """Queries about cameras."""

    cameras = listed(
        Camera,
        by_actor(page_cameras),
        in_context(_cameras),
        "Cameras, by name. Permission: camera.view.",
        filter=CameraFilter,
        order=NameOrder,
        rows=cameras_rows.Camera,
    )

    bookmarks = listed(
        Bookmark,
        by_actor(page_bookmarks),
        in_context(_bookmarks),
        "Bookmarks, the newest first. Permission: camera.view.",
        filter=BookmarkFilter,
        order=BookmarkOrder,
        search=None,
        rows=cameras_rows.Bookmark,
    )
