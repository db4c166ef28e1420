"""How long to wait before the next attempt: longer each time, and never all controllers at once."""

import random


class Backoff:
    """Doubles from `first_s` to `most_s`; each pause is a random one between half of that and all of it."""

    def __init__(self, first_s: float = 1.0, most_s: float = 60.0, dice: random.Random | None = None) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._dice = dice or random.Random()  # noqa: S311 - spreads load, hides nothing
        self._failures = 0

    def next_s(self) -> float:
        """The pause before the next attempt, in seconds."""
        top_s = min(self._most_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return self._dice.uniform(top_s / 2, top_s)

    def reset(self) -> None:
        """It worked."""
        self._failures = 0
