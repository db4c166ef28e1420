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
    """Codes come into view, stay, and go. Each counts once; first in a late picture, it counts when a prompt one has
    it too, and as late if none comes."""

    def __init__(self) -> None:
        self._counted: dict[str, float] = {}
        self._late: dict[str, float] = {}

    def look(self, texts: set[str], now: float, prompt: bool) -> list[tuple[str, bool]]:
        """These codes are in view: those that count now, each with whether it was seen in a prompt picture."""
        self._counted = _recent(self._counted, now)
        kept = _recent(self._late, now)
        found = [(text, False) for text in sorted(self._late.keys() - kept.keys())]
        for text in sorted(texts):
            if text not in self._counted and not prompt:
                kept[text] = now
                continue
            if text not in self._counted:
                found.append((text, True))
            kept.pop(text, None)
            self._counted[text] = now
        self._late = kept
        return found

    def left(self) -> list[tuple[str, bool]]:
        """The stream has ended: those that were only ever late."""
        return [(text, False) for text in sorted(self._late)]


def _recent(seen: dict[str, float], now: float) -> dict[str, float]:
    return {text: at for text, at in seen.items() if now - at < AGAIN_AFTER_S}


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
