"""Pictures of an opened recording over HTTP: one moment, or a sheet of moments evenly spaced.

A few are decoded at once, in threads, and what was made is kept while there is room.
"""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from doorward.acs.errors import AcsError, NotFound, ValidationFailed
from doorward.server.failure import failure
from doorward.server.opened import Opened, OpenedPlaybacks
from doorward.video.errors import NoRecording
from doorward.video.still import Keyframe, Picture, Pictures, decode, encode, keyframe_at, side_by_side
from doorward.video.wall_time import from_us, to_us

AT_ONCE = 2
"""A keyframe of 4K takes a core for 50 ms, and 25 MB."""
WIDEST = 1_920
WIDEST_TILE = 320
MOST_TILES = 100
_KEPT = {"cache-control": "private, no-cache"}


class Stills:
    """What `thumbnail.jpg` and `sheet.jpg` below a playback answer."""

    def __init__(self, opened: OpenedPlaybacks) -> None:
        self._opened = opened
        self._pictures = Pictures()
        self._decoding = asyncio.Semaphore(AT_ONCE)

    async def thumbnail(self, request: Request) -> Response:
        """`?at=2026-05-06T07:08:09Z&width=320`: the keyframe at or before a moment, no wider than that."""
        try:
            opened = await self._opened.of(request)
            width = _number(request, "width", WIDEST_TILE, 16, WIDEST)
            keyframe = await asyncio.to_thread(keyframe_at, opened.timeline, _moment(request, opened))
            if keyframe is None or keyframe.at_us < opened.since_us:
                raise NotFound("Nothing was recorded at this moment. The camera's timeline says why.")
            key = keyframe, width
            jpeg = await self._made(key, lambda: encode(decode(opened.timeline, keyframe, width)))
        except AcsError as error:
            return failure(error)
        except NoRecording as error:
            return failure(NotFound(str(error)))
        return _jpeg(request, jpeg, key, {"doorward-shows": _told(keyframe)})

    async def sheet(self, request: Request) -> Response:
        """`?columns=10&rows=10&width=160&height=90`: so many tiles over the whole interval, left to right.

        Tile i of n shows the keyframe at or before startsAt + i/n of the interval; it is black where there is none.
        """
        try:
            opened = await self._opened.of(request)
            columns, rows = (_number(request, name, 10, 1, MOST_TILES) for name in ("columns", "rows"))
            if columns * rows > MOST_TILES:
                raise ValidationFailed(f"Ask for {MOST_TILES} tiles at most.", "rows")
            tile = _number(request, "width", 160, 16, WIDEST_TILE), _number(request, "height", 90, 9, WIDEST_TILE)
            keyframes = await asyncio.to_thread(_evenly, opened, columns * rows)
            key = (*keyframes, columns, tile)
            jpeg = await self._made(key, lambda: _sheet(opened, keyframes, columns, tile))
        except AcsError as error:
            return failure(error)
        return _jpeg(request, jpeg, key, {})

    async def _made(self, key: object, make: Callable[[], bytes]) -> bytes:
        kept = self._pictures.get(key)
        if kept is not None:
            return kept
        async with self._decoding:
            # Another may have made it meanwhile.
            found = self._pictures.get(key)
            made = await asyncio.to_thread(make) if found is None else found
        self._pictures.keep(key, made)
        return made


def _moment(request: Request, opened: Opened) -> int:
    """The moment that is asked for, within the playback. Raises ValidationFailed."""
    try:
        at = datetime.fromisoformat(request.query_params.get("at", ""))
    except ValueError as error:
        raise ValidationFailed("Ask for a moment such as at=2026-05-06T07:08:09Z.", "at") from error
    playback = opened.playback
    if at.tzinfo is None or not playback.starts_at <= at < playback.ends_at:
        raise ValidationFailed("Ask for a moment, with its time zone, of the interval that was opened.", "at")
    return to_us(at)


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    """A number of the query. Raises ValidationFailed."""
    given = request.query_params.get(name, str(usual))
    if not (given.isascii() and given.isdigit() and len(given) < 6 and least <= int(given) <= most):
        raise ValidationFailed(f"{name} is a number from {least} to {most}.", name)
    return int(given)


def _evenly(opened: Opened, count: int) -> tuple[Keyframe | None, ...]:
    """The keyframes at moments evenly spaced."""
    start_us, end_us = to_us(opened.playback.starts_at), to_us(opened.playback.ends_at)
    found = (keyframe_at(opened.timeline, start_us + (end_us - start_us) * number // count) for number in range(count))
    return tuple(each if each is not None and each.at_us >= opened.since_us else None for each in found)


def _sheet(opened: Opened, keyframes: tuple[Keyframe | None, ...], columns: int, tile: tuple[int, int]) -> bytes:
    return encode(side_by_side([_tile(opened, each, tile[0]) for each in keyframes], columns, tile))


def _tile(opened: Opened, keyframe: Keyframe | None, width: int) -> Picture | None:
    try:
        return None if keyframe is None else decode(opened.timeline, keyframe, width)
    except NoRecording:
        return None


def _told(keyframe: Keyframe) -> str:
    return from_us(keyframe.at_us).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _jpeg(request: Request, jpeg: bytes, key: object, more: dict[str, str]) -> Response:
    headers = {**_KEPT, **more, "etag": f'"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(jpeg, media_type="image/jpeg", headers=headers)
