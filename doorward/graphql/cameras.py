"""Cameras and bookmarks in the API."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

import strawberry

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras import models
from doorward.acs.cameras import models as cameras_rows
from doorward.acs.cameras.queries import list_cameras, page_bookmarks, page_cameras
from doorward.acs.domain import Domain
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import BookmarkOrder, CameraState, NameOrder
from doorward.graphql.paging import Edge, Node, by_actor, by_domain, in_context, listed
from doorward.graphql.states import follow_states


@strawberry.type(description="A camera that is recorded.")
class Camera(Node):
    """A camera and what the recorder says of it."""

    id: strawberry.ID
    name: str
    state: CameraState
    """What the recorder last said of it."""
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
    """Whose recording it is."""
    starts_at: datetime
    """The first moment of the interval: 5 seconds before the event."""
    ends_at: datetime
    """The end of the interval: 10 seconds after the event."""

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

    door_id: strawberry.ID | None = None
    """Those that see a side of this door."""


@strawberry.input(description="Which bookmarks; what is left out, or null, does not restrict.")
class BookmarkFilter:
    """See Bookmark."""

    camera_id: strawberry.ID | None = None
    """Those of this camera."""
    event_id: strawberry.ID | None = None
    """Those of this event."""
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
        by_domain(page_bookmarks),
        in_context(_bookmarks),
        "Bookmarks, the newest first. Permission: clip.view.",
        filter=BookmarkFilter,
        order=BookmarkOrder,
        search=None,
        rows=cameras_rows.Bookmark,
    )


def _may_see(actor: Actor) -> None:
    actor.reach(Permission.CAMERA_VIEW)


@strawberry.type
class CameraSubscription:
    """Live camera states."""

    @strawberry.subscription(
        description="Every camera first, or with a cursor those that changed since, then each camera again whenever "
        "its state changes. Permission: camera.view."
    )
    async def camera_states(self, info: ApiInfo, after: str | None = None) -> AsyncGenerator[Edge[Camera], None]:
        context = info.context

        async def look(ids: list[str] | None) -> list[Camera]:
            return [Camera.of(context.domain, row) for row in await list_cameras(context.actor, ids)]

        cameras = follow_states(context, context.domain.cameras.versions, after, _may_see, look)
        async with aclosing(cameras) as states:
            async for cursor, camera in states:
                yield Edge(cursor=cursor, node=camera)
