"""What the camera sees when nothing happens, slowly learned; and which pixels differ from it."""

import math

import numpy as np

from doorward.video.motion.grid import HEIGHT, WIDTH, Mask, Picture

MOST_LEVELS, FEWEST_LEVELS = 64.0, 6.0
"""How much brighter or darker a pixel must become at sensitivity 0 and at 100, of 255 levels."""
QUIET_HISTORY_S = 4.0
"""Where nothing differs the background follows this fast: dusk, and a lens that focuses."""
EVERYWHERE = 0.7
"""When more of the picture than this differs, it is another scene, which is the background from then on."""


def levels_of(sensitivity: int) -> float:
    """By how many of 255 levels a pixel must differ; even steps of sensitivity are even steps of ratio."""
    return MOST_LEVELS * math.pow(FEWEST_LEVELS / MOST_LEVELS, sensitivity / 100)


class Background:
    """One camera's. Noise of less than half of `levels_of(sensitivity)` either way is never a difference."""

    def __init__(self, sensitivity: int, history_s: float) -> None:
        self._levels = levels_of(sensitivity)
        self._history_s = history_s
        self._learned: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None = None
        self._at_s = 0.0

    def forget(self) -> None:
        """Begin anew with the next picture."""
        self._learned = None

    def differs(self, picture: Picture, at_s: float) -> Mask:
        """The pixels that are not as the background; learns from the picture. The first one is the background."""
        if self._learned is None:
            self._learned, self._at_s = picture.astype(np.float32), at_s
            return np.zeros((HEIGHT, WIDTH), np.bool_)
        change = picture - self._learned
        found: Mask = np.abs(change) > self._levels
        if found.any():
            # A lamp or the camera's exposure shifts all alike: only what also differs from that shift is motion.
            found &= np.abs(change - np.median(change)) > self._levels
        passed_s, self._at_s = max(0.0, at_s - self._at_s), at_s
        if found.mean() > EVERYWHERE:
            self._learned = picture.astype(np.float32)
            return found
        slow, quick = _share(passed_s, self._history_s), _share(passed_s, min(QUIET_HISTORY_S, self._history_s))
        self._learned += change * np.where(found, np.float32(slow), np.float32(quick))
        return found


def _share(passed_s: float, history_s: float) -> float:
    """How far the background moves towards a picture so much later."""
    return 1.0 - math.exp(-passed_s / history_s)
