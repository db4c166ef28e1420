"""Clips and photos over HTTP, for those who may see them."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.acs.actor import Actor
from doorward.acs.cameras.operations import open_bookmark
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, NotFound, NotPermitted, Unauthenticated
from doorward.acs.people.queries import photo_by_id
from doorward.acs.users.operations import actor_of_session
from doorward.graphql.context import SESSION_COOKIE, address_of
from doorward.video.clip import stream_clip
from doorward.video.errors import NoRecording

_STATUSES: dict[type[AcsError], int] = {Unauthenticated: 401, NotPermitted: 403, NotFound: 404}
_FOR_EVER = "private, max-age=31536000, immutable"


class Media:
    """The routes of everything that is not GraphQL and not the dashboard itself."""

    def __init__(self, domain: Domain, video_root: Path) -> None:
        self._domain = domain
        self._video_root = video_root

    def routes(self) -> list[Route]:
        """`/clips/{bookmark}.mp4` and `/photos/{sha256}`."""
        return [
            Route("/clips/{bookmark_id}.mp4", self.clip),
            Route("/photos/{photo_id}", self.photo),
        ]

    async def clip(self, request: Request) -> Response:
        """The bookmark's recording as fragmented MP4, growing while its end is in the future."""
        try:
            actor = await self._actor(request)
            bookmark = await open_bookmark(self._domain, actor, request.path_params["bookmark_id"])
            clip = await stream_clip(
                self._video_root, bookmark.camera_id, bookmark.starts_at, bookmark.ends_at, self._domain.clock
            )
        except AcsError as error:
            return _failure(error)
        except NoRecording as error:
            return JSONResponse({"error": str(error)}, 404)
        return StreamingResponse(
            aiter(clip),
            media_type="video/mp4",
            headers={
                "doorward-starts-at": clip.starts_at.isoformat().replace("+00:00", "Z"),
                "doorward-codec": clip.codec,
                "cache-control": "no-store",
            },
        )

    async def photo(self, request: Request) -> Response:
        """A cardholder's photo; it never changes under its name."""
        try:
            photo = await photo_by_id(await self._actor(request), request.path_params["photo_id"])
        except AcsError as error:
            return _failure(error)
        if photo is None:
            return JSONResponse({"error": "There is no such photo."}, 404)
        return Response(bytes(photo.content), media_type=photo.media_type, headers={"cache-control": _FOR_EVER})

    async def _actor(self, request: Request) -> Actor:
        return await actor_of_session(self._domain, request.cookies.get(SESSION_COOKIE), address_of(request))


def _failure(error: AcsError) -> Response:
    return JSONResponse({"error": error.message}, _STATUSES.get(type(error), 400))
