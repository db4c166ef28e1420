"""How much one reader may send: more is a broken or a hostile one, and must not keep the controller busy."""

from collections import deque

MOST_A_SECOND = 20
"""A quick typist needs ten; a person with cards, one."""
CALM_S = 2.0
"""So long it must keep to that before the flood is over."""


class FloodGuard:
    """Counts what one reader sends. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.flooded = False
        self._recent: deque[float] = deque(maxlen=MOST_A_SECOND)
        self._too_many_at = 0.0

    def let_through(self, now: float) -> bool:
        """Count one more. False when it is too many; nothing passes until the flood is over."""
        crowded = len(self._recent) == MOST_A_SECOND and now - self._recent[0] < 1.0
        self._recent.append(now)
        if crowded:
            self.flooded = True
            self._too_many_at = now
        return not self.flooded

    def over_at(self) -> float | None:
        """When the flood is over, if nothing more comes."""
        return self._too_many_at + CALM_S if self.flooded else None

    def pass_time(self, now: float) -> bool:
        """Whether the flood has ended by now."""
        over_at = self.over_at()
        if over_at is None or now < over_at:
            return False
        self.calm()
        return True

    def calm(self) -> None:
        """Begin anew."""
        self.flooded = False
        self._recent.clear()
