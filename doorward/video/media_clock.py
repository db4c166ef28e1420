"""Which wall-clock moment a camera's media time is.

A packet can arrive late but never early, so the least of (arrival - media time) is the best estimate of
when media time zero was. The camera's own clock runs a little fast or slow: the estimate follows it by at
most 500 parts per million, so that recorded time never stretches visibly. Anything larger is a jump, and
begins a new epoch.
"""

CONVERGENCE_US = 3_000_000
"""The first packets of a session may come in a burst (a probe, a cached group of pictures)."""
BURST_US = 15_000_000
"""The largest burst at the beginning of a session."""
AHEAD_US = 1_000_000
"""Media time that runs this far ahead of the wall clock has jumped."""
BEHIND_US = 10_000_000
"""Media time this far behind the wall clock has jumped back, or the system's clock forward."""
SLEW_PPM = 500
WINDOW_US = 5_000_000


class MediaClock:
    """One epoch: the wall-clock time of a media time, learnt from arrivals. All times in microseconds."""

    def __init__(self) -> None:
        self._anchor_us: int | None = None
        self._first_us = 0
        self._last_us = 0
        self._window_start_us = 0
        self._window_min_us = 0
        self._previous_min_us = 0

    def observe(self, media_us: int, arrival_us: int) -> bool:
        """Learn from one packet. False: time jumped, nothing was learnt, begin a new clock."""
        offset = arrival_us - media_us
        if self._anchor_us is None:
            self._anchor_us = self._window_min_us = self._previous_min_us = offset
            self._first_us = self._last_us = self._window_start_us = media_us
            return True
        converging = media_us - self._first_us < CONVERGENCE_US
        earliest = self._anchor_us - (BURST_US if converging else AHEAD_US)
        if media_us < self._last_us or not earliest <= offset <= self._anchor_us + BEHIND_US:
            return False
        self._remember(media_us, offset)
        if converging:
            self._anchor_us = min(self._anchor_us, offset)
        else:
            allowed = (media_us - self._last_us) * SLEW_PPM // 1_000_000
            wanted = min(self._window_min_us, self._previous_min_us) - self._anchor_us
            self._anchor_us += max(-allowed, min(allowed, wanted))
        self._last_us = media_us
        return True

    def wall_us(self, media_us: int) -> int:
        """The wall-clock time of a media time; only after the first `observe`."""
        if self._anchor_us is None:
            raise ValueError("the clock has observed no packet yet")
        return self._anchor_us + media_us

    def _remember(self, media_us: int, offset: int) -> None:
        if media_us - self._window_start_us >= WINDOW_US:
            self._window_start_us = media_us
            self._previous_min_us = self._window_min_us
            self._window_min_us = offset
        else:
            self._window_min_us = min(self._window_min_us, offset)
