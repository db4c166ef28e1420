"""Clips and photos over HTTP, for those who may see them; photos also from those who may change people."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.operations import open_bookmark
from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, NotFound, NotPermitted, ValidationFailed
from doorward.acs.jobs.queries import result_file
from doorward.acs.people.operations import set_photo
from doorward.acs.people.photo import MAX_UPLOAD_BYTES, EncodedPhoto, encode_photo
from doorward.acs.people.queries import photo_by_id
from doorward.graphql.context import actor_behind, authorization_of
from doorward.graphql.endpoint import REQUEST_HEADER
from doorward.graphql.people import photo_url
from doorward.graphql.plain_input import is_plain
from doorward.server.failure import failure
from doorward.video.clip import stream_clip
from doorward.video.errors import NoRecording

_PICTURES_AT_A_TIME = 2
_PIECE_BYTES = 64 * 1024
_DROPPED_AT_MOST_BYTES = 8 * MAX_UPLOAD_BYTES
_FOR_EVER = "private, max-age=31536000, immutable"


class Media:
    """The routes of everything that is not GraphQL and not the dashboard itself."""

    def __init__(self, domain: Domain, video_root: Path) -> None:
        self._domain = domain
        self._video_root = video_root
        # A picture of tens of megapixels takes hundreds of megabytes and most of a second to decode.
        self._decoding = asyncio.Semaphore(_PICTURES_AT_A_TIME)

    def routes(self) -> list[Route]:
        """`/clips/{bookmark}.mp4`, `/photos/{sha256}`, `/cardholders/{id}/photo` and `/jobs/{id}/result`."""
        return [
            Route("/clips/{bookmark_id}.mp4", self.clip),
            Route("/photos/{photo_id}", self.photo),
            Route("/cardholders/{cardholder_id}/photo", self.put_photo, methods=["PUT"]),
            Route("/cardholders/{cardholder_id}/photo", self.delete_photo, methods=["DELETE"]),
            Route("/jobs/{job_id}/result", self.job_result),
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
            return failure(error)
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

    async def job_result(self, request: Request) -> Response:
        """What became of each line of an import, as far as it came: JSONL."""
        try:
            path, size = await result_file(self._domain, await self._actor(request), request.path_params["job_id"])
        except AcsError as error:
            return failure(error)
        headers = {
            "content-disposition": 'attachment; filename="import-result.jsonl"',
            "content-length": str(size),
            "cache-control": "no-store",
        }
        return StreamingResponse(_pieces(path, size), media_type="application/jsonl", headers=headers)

    async def photo(self, request: Request) -> Response:
        """A cardholder's photo; it never changes under its name."""
        try:
            photo = await photo_by_id(await self._actor(request), request.path_params["photo_id"])
        except AcsError as error:
            return failure(error)
        if photo is None:
            return JSONResponse({"error": "There is no such photo."}, 404)
        return Response(bytes(photo.content), media_type=photo.media_type, headers={"cache-control": _FOR_EVER})

    async def put_photo(self, request: Request) -> Response:
        """Give a cardholder the JPEG, PNG or WebP picture in the body. `If-Match: "3"` asks for that version."""
        try:
            actor = await self._changer(request)
            upload = await _body(request)
            async with self._decoding:
                photo = await asyncio.to_thread(encode_photo, upload)
            return await self._set_photo(request, actor, photo)
        except TooLarge:
            return JSONResponse({"error": f"Send at most {MAX_UPLOAD_BYTES // 1024**2} MiB."}, 413)
        except AcsError as error:
            return failure(error)
        except ClientDisconnect:
            return Response(status_code=400)

    async def delete_photo(self, request: Request) -> Response:
        """Take a cardholder's photo away; events of the past keep it."""
        try:
            return await self._set_photo(request, await self._changer(request), None)
        except AcsError as error:
            return failure(error)

    async def _set_photo(self, request: Request, actor: Actor, photo: EncodedPhoto | None) -> Response:
        version = _version(request)
        cardholder = await set_photo(self._domain, actor, request.path_params["cardholder_id"], photo, version)
        return JSONResponse({"photoUrl": photo_url(actor, cardholder.photo_id), "version": cardholder.version})

    async def _changer(self, request: Request) -> Actor:
        """Who sends it: from a page of ours, and permitted, before anything of the body is read."""
        if REQUEST_HEADER not in request.headers and authorization_of(request) is None:
            raise NotPermitted("Send the header Doorward-Request: 1 with every request.")
        actor = await self._actor(request)
        actor.require(Permission.CARDHOLDER_WRITE)
        actor.require(Permission.PHOTO_VIEW)
        return actor

    async def _actor(self, request: Request) -> Actor:
        """Who asks. Raises NotFound for a path that nothing can have: an id with a character that is none."""
        if not all(map(is_plain, request.path_params.values())):
            raise NotFound("There is nothing at this path.")
        return await actor_behind(self._domain, request)


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while size > 0 and (piece := file.read(min(size, _PIECE_BYTES))):
            size -= len(piece)
            yield piece


class TooLarge(Exception):
    """The body is longer than it may be."""


async def _body(request: Request) -> bytes:
    """The body. Raises TooLarge without ever holding more of it than it may be long.

    The rest of a body not absurdly long is read all the same and dropped: a client that is still sending
    does not see the answer.
    """
    body, length = bytearray(), 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= MAX_UPLOAD_BYTES:
            body += chunk
        else:
            body.clear()
        if length > _DROPPED_AT_MOST_BYTES:
            break
    if length > MAX_UPLOAD_BYTES:
        raise TooLarge
    return bytes(body)


def _version(request: Request) -> int | None:
    given = request.headers.get("if-match")
    if given is None:
        return None
    digits = given.strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise ValidationFailed('If-Match is the version of the cardholder in quotes, for example "3".')
    return int(digits)
