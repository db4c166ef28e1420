"""Cameras and bookmarks in the API."""

from datetime import datetime

import strawberry

from doorward.acs.cameras import models
from doorward.acs.cameras.queries import list_bookmarks, list_cameras
from doorward.acs.domain import Domain
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import CameraState


@strawberry.type(description="A camera that is recorded.")
class Camera:
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
class Bookmark:
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


@strawberry.type
class CameraQuery:
    """Queries about cameras."""

    @strawberry.field(description="Every camera, by name. Permission: camera.view.")
    async def cameras(self, info: ApiInfo) -> list[Camera]:
        context = info.context
        return [Camera.of(context.domain, row) for row in await list_cameras(context.actor)]

    @strawberry.field(description="The newest bookmarks, at most 200. Permission: clip.view.")
    async def bookmarks(self, info: ApiInfo, camera_id: strawberry.ID | None = None, first: int = 50) -> list[Bookmark]:
        context = info.context
        found = await list_bookmarks(context.domain, context.actor, camera_id, first)
        return [Bookmark.of(context.domain, row) for row in found]
