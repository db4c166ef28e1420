"""Watching recordings: who may see which moments, and what somebody has opened."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.acs.actor import Actor, Permission
from doorward.acs.errors import NotFound
from doorward.acs.reach import PlaceKind

UNUSED = timedelta(hours=1)
"""What nobody has asked anything of for so long is closed."""
MOST = 2_000
MOST_OF_ONE = 100


@dataclass(frozen=True, slots=True)
class Playback:
    """[starts_at, ends_at) of a camera, opened by a user. Its id is a secret, and not enough to see anything."""

    id: str
    user_id: str | None
    camera_id: str
    starts_at: datetime
    ends_at: datetime


class Playbacks:
    """What is open, in memory: a restart closes everything, and whoever watches opens it again."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[Playback, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, playback_id: str) -> bool:
        return playback_id in self._open

    def keep(self, playback: Playback, now: datetime) -> None:
        """Note what was opened; the longest unused are closed where there are too many."""
        while self._open and next(iter(self._open.values()))[1] <= now - UNUSED:
            self._open.popitem(last=False)
        own = [key for key, (each, _) in self._open.items() if each.user_id == playback.user_id]
        if len(own) >= MOST_OF_ONE:
            del self._open[own[0]]
        elif len(self._open) >= MOST:
            self._open.popitem(last=False)
        self._open[playback.id] = playback, now

    def find(self, actor: Actor, playback_id: str, now: datetime) -> tuple[Playback, datetime | None]:
        """What the actor has opened, and the moment before which they may see nothing (None: they may see all).

        What they may is looked at each time. Raises NotFound, NotPermitted and Unauthenticated.
        """
        actor.reach(Permission.CLIP_VIEW)
        playback, used_at = self._open.get(playback_id, (None, now))
        if playback is None or playback.user_id != actor.user_id or used_at <= now - UNUSED:
            raise NotFound("This is not open, or no longer. Open it again.", "id")
        since = seen_since(actor, playback.camera_id, now)
        self._open[playback_id] = playback, now
        self._open.move_to_end(playback_id)
        return playback, since


def seen_since(actor: Actor, camera_id: str, now: datetime) -> datetime | None:
    """The moment from which on the actor may see a camera's recordings; None: however old. Raises NotFound."""
    if not actor.reach(Permission.CLIP_VIEW).has(PlaceKind.CAMERA, camera_id):
        raise NotFound("There is no such camera.", "cameraId")
    if actor.windows is None:
        return None
    minutes = [each for each, reach in actor.windows if reach.has(PlaceKind.CAMERA, camera_id)]
    if not minutes:
        raise NotFound("There is no such camera.", "cameraId")
    limits = [each for each in minutes if each is not None]
    return None if len(limits) < len(minutes) else now - timedelta(minutes=max(limits))
