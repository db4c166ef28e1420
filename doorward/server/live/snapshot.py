"""A camera's present picture as JPEG, over HTTP."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doorward.acs.actor import Permission
from doorward.acs.cameras.queries import camera_to
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, NotFound
from doorward.graphql.context import actor_behind
from doorward.graphql.plain_input import is_plain
from doorward.server.failure import failure
from doorward.server.live.hub import LiveHub, Shown
from doorward.video.errors import NoPicture
from doorward.video.snapshot import snapshot
from doorward.video.wall_time import from_us

AT_A_TIME = 2
"""Decoders that run at a time; who comes later waits."""


class Snapshots:
    """The route of snapshots."""

    def __init__(self, domain: Domain, hub: LiveHub) -> None:
        self._domain = domain
        self._hub = hub
        self._decoding = asyncio.Semaphore(AT_A_TIME)

    def routes(self) -> list[Route]:
        """`/cameras/{id}/snapshot.jpg`."""
        return [Route("/cameras/{camera_id}/snapshot.jpg", self.take)]

    async def take(self, request: Request) -> Response:
        """The camera's latest keyframe. `Doorward-Taken-At` says when it came from the camera."""
        camera_id = request.path_params["camera_id"]
        try:
            if not is_plain(camera_id):
                raise NotFound("There is no such camera.")
            actor = await actor_behind(self._domain, request)
            await camera_to(actor, Permission.SNAPSHOT_TAKE, camera_id)
            async with self._decoding:
                shown = await self._latest(camera_id)
                jpeg = await snapshot(shown.init.data + shown.media.data)
        except AcsError as error:
            return failure(error)
        except NoPicture as error:
            return JSONResponse({"error": str(error)}, 503, headers={"retry-after": "2"})
        taken_at = from_us(shown.at_us).isoformat().replace("+00:00", "Z")
        headers = {"doorward-taken-at": taken_at, "cache-control": "no-store"}
        return Response(jpeg, media_type="image/jpeg", headers=headers)

    async def _latest(self, camera_id: str) -> Shown:
        shown = await self._hub.one(camera_id)
        if shown is None:
            raise NoPicture("The camera shows nothing at present. Look at its state, and try again.")
        return shown
