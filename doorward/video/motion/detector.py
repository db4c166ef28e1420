"""One camera's motion, picture by picture: what differs, what counts of it, and where."""

from dataclasses import dataclass

from doorward.acs.cameras.motion_settings import MotionSettings
from doorward.video.motion.background import Background
from doorward.video.motion.grid import CELLS, Mask, Picture, cells_of, watched
from doorward.video.motion.objects import FEWEST_PIXELS, Followed, things_in


@dataclass(frozen=True, slots=True)
class Motion:
    """What one picture showed."""

    moving: bool
    """Whether something counts under the settings."""
    level: float
    """How much of the picture counts, 0 to 1, by cells."""
    heat: Mask
    """The cells where anything differs, whatever the areas and filters say, so that a later search finds it."""


class MotionDetector:
    """Settings that were checked, applied to the pictures of one camera in their order. No clock of its own."""

    def __init__(self, settings: MotionSettings) -> None:
        self._watched = watched(settings.include, settings.exclude)
        self._background = Background(settings.sensitivity, settings.history_s)
        self._followed = Followed(settings)

    def look(self, picture: Picture, at_s: float) -> Motion:
        """Motion in a picture that was taken at this moment (seconds of any clock that only goes forward)."""
        differs = self._background.differs(picture, at_s)
        counting = self._followed.counting(things_in(differs & self._watched), at_s)
        cells = frozenset[int]().union(*(thing.cells for thing in counting))
        heat: Mask = cells_of(differs) >= FEWEST_PIXELS
        return Motion(bool(counting), len(cells) / CELLS, heat)

    def forget(self) -> None:
        """The next picture is of another scene: the camera was away, or sends another size."""
        self._background.forget()
