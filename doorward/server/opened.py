"""Who asks for something of an opened recording, and may."""

from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from doorward.acs.cameras.playbacks import Playback
from doorward.acs.domain import Domain
from doorward.graphql.context import actor_behind
from doorward.video.store import camera_directory
from doorward.video.timeline import Timeline
from doorward.video.wall_time import to_us


@dataclass(frozen=True, slots=True)
class Opened:
    """A playback of whoever asks; they may see nothing from before `since_us`."""

    playback: Playback
    since_us: int
    timeline: Timeline


class OpenedPlaybacks:
    """Finds what the path of a request names by its id. What somebody may is looked at each time."""

    def __init__(self, domain: Domain, video_root: Path) -> None:
        self._domain = domain
        self._root = video_root

    async def of(self, request: Request) -> Opened:
        """Raises NotFound, NotPermitted and Unauthenticated."""
        actor = await actor_behind(self._domain, request)
        playback, since = self._domain.playbacks.find(actor, request.path_params["id"], self._domain.clock())
        timeline = Timeline(self._root, camera_directory(playback.camera_id))
        return Opened(playback, 0 if since is None else to_us(since), timeline)
