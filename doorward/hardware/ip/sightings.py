"""Codes seen in the pictures of a stream: which are shown now, and which were counted already. Pure.

Times are in seconds; `now` is monotonic, and the time of a picture is by the stream's own clock.
"""

AGAIN_AFTER_S = 3.0
"""A code that was out of view for this long counts again."""
LATE_S = 1.5
"""A picture that comes so much later than others did has waited somewhere."""
SETTLE_S = 1.0
"""For so long after a stream has begun, or has gone on after a gap, its pictures may be old ones."""
GAP_S = 1.5
_DRIFT = 0.001
"""How much faster than ours the stream's clock may be believed to run."""


class Sightings:
    """Codes come into view, stay, and go."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def new(self, texts: set[str], now: float) -> list[str]:
        """Those among the codes in view that were not in view for a while."""
        found = [text for text in sorted(texts) if now - self._seen.get(text, -AGAIN_AFTER_S) >= AGAIN_AFTER_S]
        self._seen = {text: at for text, at in self._seen.items() if now - at < AGAIN_AFTER_S}
        self._seen.update(dict.fromkeys(texts, now))
        return found


class Timeliness:
    """Whether a picture shows what is there now: those that waited in the camera or on the way come late.

    How long a picture is on its way is measured against the quickest so far, which is taken to be prompt.
    """

    def __init__(self) -> None:
        self._least: float | None = None
        self._settled_at = 0.0
        self._last = 0.0

    def prompt(self, picture_s: float | None, now: float) -> bool:
        """A picture of the stream's time `picture_s` is here. One without a time is never prompt."""
        if picture_s is None:
            return False
        behind = now - picture_s
        if self._least is None or now - self._last > GAP_S:
            self._settled_at = now + SETTLE_S
        if self._least is None:
            self._least = behind
        self._least = min(behind, self._least + max(0.0, now - self._last) * _DRIFT) if self._last else behind
        self._last = now
        return now >= self._settled_at and behind - self._least <= LATE_S
