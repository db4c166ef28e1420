"""Recordings over HTTP: what was opened with openPlayback as HLS, and pictures of it.

Who asks, and whether they still may, is looked at for every request.
"""

import asyncio
import re
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.acs.domain import Domain
from doorward.acs.errors import AcsError, NotFound
from doorward.server.failure import failure
from doorward.server.opened import OpenedPlaybacks
from doorward.server.stills import Stills
from doorward.video.clip import GRACE_US, POLL_S
from doorward.video.playlist import PlacedFile, Playlist, read_bytes
from doorward.video.wall_time import to_us

FIRST_S = 5.0
"""How long the first request waits for something that is about to be recorded."""
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
_PLAYED = {"cache-control": "private, no-cache"}
"""May be kept, and is asked for again each time: whether they still may is looked at then."""
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


class PlaybackRoutes:
    """`/playback/{id}/...`: playlists, headers and byte ranges of what somebody has opened."""

    def __init__(self, domain: Domain, video_root: Path) -> None:
        self._domain = domain
        self._opened = OpenedPlaybacks(domain, video_root)
        self._stills = Stills(self._opened)
        self._playlists: dict[str, Playlist] = {}

    def routes(self) -> list[Route]:
        """Everything below an id."""
        return [
            Route("/playback/{id}/master.m3u8", self.master),
            Route("/playback/{id}/media.m3u8", self.media),
            Route("/playback/{id}/init-{number:int}.mp4", self.init),
            Route("/playback/{id}/{file:int}.mp4", self.part),
            Route("/playback/{id}/thumbnail.jpg", self._stills.thumbnail),
            Route("/playback/{id}/sheet.jpg", self._stills.sheet),
        ]

    async def master(self, request: Request) -> Response:
        """The master playlist."""
        try:
            playlist = await self._playlist(request)
        except AcsError as error:
            return failure(error)
        return Response(playlist.master(), media_type=PLAYLIST_TYPE, headers={"cache-control": "no-store"})

    async def media(self, request: Request) -> Response:
        """The media playlist; it grows while the interval is being recorded."""
        try:
            playlist = await self._playlist(request)
        except AcsError as error:
            return failure(error)
        text = await asyncio.to_thread(playlist.media)
        return Response(text, media_type=PLAYLIST_TYPE, headers={"cache-control": "no-store"})

    async def init(self, request: Request) -> Response:
        """A header that EXT-X-MAP names."""
        try:
            opened = await self._opened.of(request)
        except AcsError as error:
            return failure(error)
        playlist = self._playlists.get(opened.playback.id)
        data = None if playlist is None else playlist.init(request.path_params["number"])
        if data is None:
            return _not_in_playlist()
        return Response(data, media_type="video/mp4", headers=_PLAYED)

    async def part(self, request: Request) -> Response:
        """A byte range of a recorded file, within what its playlist names."""
        try:
            opened = await self._opened.of(request)
        except AcsError as error:
            return failure(error)
        playlist = self._playlists.get(opened.playback.id)
        file = None if playlist is None else playlist.file(request.path_params["file"])
        if file is None or not file.segments:
            return _not_in_playlist()
        wanted = _wanted(file, opened.since_us, request.headers.get("range"))
        if wanted is None:
            return JSONResponse(
                {"error": "Ask for a byte range that the playlist names."}, 416, {"content-range": "bytes */*"}
            )
        first, last = wanted
        # What lies between two bytes never changes; the time at which it is played is part of what is sent.
        tag = f'"{file.row.id}-{file.shift}-{first}-{last}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**_PLAYED, "etag": tag})
        try:
            pieces = await asyncio.to_thread(read_bytes, opened.timeline, file, first, last)
        except FileNotFoundError:
            return JSONResponse({"error": "This was deleted: the space was needed."}, 404)
        headers = {
            **_PLAYED,
            "etag": tag,
            "accept-ranges": "bytes",
            "content-range": f"bytes {first}-{last}/*",
            "content-length": str(last - first + 1),
        }
        return StreamingResponse(pieces, 206, headers, "video/mp4")

    async def _playlist(self, request: Request) -> Playlist:
        """The playlist with all that has come, once there is something. Raises AcsError."""
        opened = await self._opened.of(request)
        playback = opened.playback
        end_us = to_us(playback.ends_at)
        playlist = self._playlists.get(playback.id)
        if playlist is None:
            for gone in [key for key in self._playlists if key not in self._domain.playbacks]:
                del self._playlists[gone]
            over = to_us(self._domain.clock()) >= end_us + GRACE_US
            playlist = Playlist(opened.timeline, to_us(playback.starts_at), end_us, grows=not over)
            self._playlists[playback.id] = playlist
        began = time.monotonic()
        while True:
            # Asked before reading: what is written until the interval's last moment must still be seen.
            over = to_us(self._domain.clock()) >= end_us + GRACE_US
            await asyncio.to_thread(playlist.extend, over=over)
            if not playlist.is_empty:
                return playlist
            if over or time.monotonic() - began >= FIRST_S:
                raise NotFound("Nothing was recorded in this interval. The camera's timeline says why.")
            await asyncio.sleep(POLL_S)


def _wanted(file: PlacedFile, since_us: int, header: str | None) -> tuple[int, int] | None:
    """The first and the last byte that are asked for; None for what is not in the playlist, or no longer to be seen."""
    found = _RANGE.fullmatch(header or "")
    if found is None:
        return None
    seen = [each for each in file.segments if file.end_us(each) > since_us]
    if not seen:
        return None
    first, end = int(found[1]), seen[-1].end
    last = min(int(found[2]), end - 1) if found[2] else end - 1
    return (first, last) if seen[0].offset <= first <= last else None


def _not_in_playlist() -> Response:
    return JSONResponse({"error": "This is not in the playlist. Ask for media.m3u8 first."}, 404)
