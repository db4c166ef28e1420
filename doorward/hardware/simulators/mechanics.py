"""The door itself: leaf, lock, button, and the people who use it. Times are monotonic seconds."""

PATIENCE_S = 3.0
"""A person who badged waits this long for the strike, then leaves."""
OPENS_AFTER_S = 0.6
PASSAGE_S = 1.6
REX_PRESSED_S = 0.5
FORCED_OPEN_S = 5.0


class DoorMechanics:
    """No threads and no clock of its own: call `advance` at `next_deadline`, and after every action."""

    __slots__ = (
        "_closes_at",
        "_hold_s",
        "_let_out",
        "_opens_at",
        "_rex_until",
        "_waits_until",
        "energised",
        "open",
    )

    def __init__(self) -> None:
        self.open = False
        self.energised = False
        self._waits_until: float | None = None
        self._opens_at: float | None = None
        self._closes_at: float | None = None
        self._rex_until: float | None = None
        self._let_out = False
        self._hold_s: float | None = None

    @property
    def rex(self) -> bool:
        """Whether the request-to-exit button is pressed."""
        return self._rex_until is not None

    def set_strike(self, energised: bool, now: float) -> None:
        """The strike releases (True) or locks. Who waits goes through; who pulls too late does not."""
        self.energised = energised
        if energised and self._waits_until is not None:
            self._go_through(now)
        elif not energised and not self._let_out:
            self._opens_at = None

    def arrive(self, now: float) -> None:
        """A person wants to pass, and does if the strike is or becomes released while they wait."""
        self._waits_until = now + PATIENCE_S
        if self.energised:
            self._go_through(now)

    def press_rex(self, now: float) -> None:
        """A person presses the button and leaves. The lock lets people out by itself, whoever runs it."""
        self._rex_until = now + REX_PRESSED_S
        self._let_out = True
        self._go_through(now)

    def force(self, now: float) -> None:
        """The door is broken open, and shut again after a while."""
        self.open = True
        self._opens_at = None
        self._closes_at = now + FORCED_OPEN_S

    def hold(self, seconds: float, now: float) -> None:
        """The door is kept open for `seconds`. If it is closed, somebody comes out first."""
        if self.open:
            self._closes_at = now + seconds
            return
        self._hold_s = seconds
        if self._opens_at is None:
            self.press_rex(now)

    def advance(self, now: float) -> None:
        """Let happen what is due."""
        if self._waits_until is not None and now >= self._waits_until:
            self._waits_until = None
        if self._rex_until is not None and now >= self._rex_until:
            self._rex_until = None
        if self._opens_at is not None and now >= self._opens_at:
            self._opens_at = None
            self._let_out = False
            self.open = True
            self._closes_at = now + (PASSAGE_S if self._hold_s is None else self._hold_s)
            self._hold_s = None
        if self._closes_at is not None and now >= self._closes_at:
            self._closes_at = None
            self.open = False

    def next_deadline(self) -> float | None:
        """When `advance` is next due, or None."""
        due = (self._waits_until, self._rex_until, self._opens_at, self._closes_at)
        return min((at for at in due if at is not None), default=None)

    def _go_through(self, now: float) -> None:
        self._waits_until = None
        if self.open:
            self._let_out = False
            self._closes_at = max(self._closes_at or now, now + PASSAGE_S)
        elif self._opens_at is None:
            self._opens_at = now + OPENS_AFTER_S
