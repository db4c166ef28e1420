"""One stream for each camera that somebody watches, from the recorder to all who watch it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from doorward.video.fanout import Fanout, Taker
from doorward.video.live_wire import LiveInit, LiveMedia, Watch, watch

RETRY_S = 0.5
ONE_WITHIN_S = 5.0

logger = logging.getLogger(__name__)

SocketOf = Callable[[str], Path | None]
"""The recorder's socket for a camera; None while there is none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a camera, and the initialization segment that it needs."""

    init: LiveInit
    media: LiveMedia

    @property
    def keyframe(self) -> bool:
        """See `fanout.Picture`."""
        return self.media.keyframe

    @property
    def size(self) -> int:
        """See `fanout.Picture`."""
        return len(self.media.data)

    @property
    def at_us(self) -> int:
        """See `fanout.Picture`."""
        return self.media.at_us


@dataclass(frozen=True, slots=True)
class _Shared:
    pictures: Fanout[Shown]
    task: asyncio.Task[None]


class LiveHub:
    """All cameras that are watched, in one event loop. A camera that nobody watches costs nothing."""

    def __init__(self, socket_of: SocketOf) -> None:
        self._socket_of = socket_of
        self._shared: dict[str, _Shared] = {}

    @property
    def watched(self) -> dict[str, int]:
        """How many watch each camera."""
        return {camera_id: len(shared.pictures) for camera_id, shared in self._shared.items()}

    def add(self, camera_id: str, ring: Callable[[], None]) -> Taker[Shown]:
        """Watch a camera, whether it shows anything at present or not."""
        shared = self._shared.get(camera_id)
        if shared is None:
            pictures: Fanout[Shown] = Fanout()
            task = asyncio.create_task(self._follow(camera_id, pictures), name=f"live {camera_id}")
            shared = self._shared[camera_id] = _Shared(pictures, task)
        return shared.pictures.add(ring)

    def remove(self, camera_id: str, taker: Taker[Shown]) -> None:
        """Watch it no more."""
        shared = self._shared[camera_id]
        shared.pictures.remove(taker)
        if not len(shared.pictures):
            del self._shared[camera_id]
            shared.task.cancel()

    async def one(self, camera_id: str) -> Shown | None:
        """A camera's latest keyframe; None: it shows nothing at present."""
        path = self._socket_of(camera_id)
        if path is None:
            return None
        init: LiveInit | None = None
        try:
            async with asyncio.timeout(ONE_WITHIN_S), aclosing(watch(path, Watch(camera_id, one=True))) as messages:
                async for message in messages:
                    if isinstance(message, LiveInit):
                        init = message
                    elif init is not None:
                        return Shown(init, message)
        except (OSError, TimeoutError, msgspec.DecodeError) as error:
            logger.warning("camera %s: the recorder gave no picture: %s", camera_id, error)
        return None

    async def stop(self) -> None:
        """End every stream."""
        tasks = [shared.task for shared in self._shared.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, camera_id: str, pictures: Fanout[Shown]) -> None:
        """Pass on what the recorder sends; ask again when it ends, as after a restart of the recorder."""
        while True:
            path = self._socket_of(camera_id)
            try:
                if path is not None:
                    await _pass_on(path, camera_id, pictures)
            except (OSError, msgspec.DecodeError) as error:
                logger.debug("camera %s: live pictures ended: %s", camera_id, error)
            pictures.forget()
            await asyncio.sleep(RETRY_S)


async def _pass_on(path: Path, camera_id: str, pictures: Fanout[Shown]) -> None:
    init: LiveInit | None = None
    async with aclosing(watch(path, Watch(camera_id))) as messages:
        async for message in messages:
            if isinstance(message, LiveInit):
                init = message
            elif init is not None:
                pictures.give(Shown(init, message))
