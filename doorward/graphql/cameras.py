"""Cameras and bookmarks in the API."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

import strawberry

from doorward.acs.actor import Permission
from doorward.acs.cameras import models
from doorward.acs.cameras.queries import list_bookmarks, list_cameras
from doorward.acs.domain import Domain
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import CameraState
from doorward.graphql.paging import Edge
from doorward.graphql.states import follow_states


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

    @strawberry.field(description="The newest bookmarks, at most 200. Permission: camera.view.")
    async def bookmarks(self, info: ApiInfo, camera_id: strawberry.ID | None = None, first: int = 50) -> list[Bookmark]:
        context = info.context
        return [Bookmark.of(context.domain, row) for row in await list_bookmarks(context.actor, camera_id, first)]


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

        cameras = follow_states(context, context.domain.cameras.versions, after, Permission.CAMERA_VIEW, look)
        async with aclosing(cameras) as states:
            async for cursor, camera in states:
                yield Edge(cursor=cursor, node=camera)
