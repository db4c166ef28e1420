"""The face of a reader: what its light and buzzer do, as the wires to drive at each moment.

A converter only switches wires, so the blinking and the beeps are timed here. Times are monotonic seconds.
"""

from dataclasses import dataclass

from doorward.acs.decision.door import Annunciation, DoorMode, Sound
from doorward.acs.doors.wiring import LedControl
from doorward.hardware.driver import Feedback
from doorward.hardware.wiegand.codec import Wires

FEEDBACK_S = 2.0
BLINK_S = 0.5


@dataclass(frozen=True, slots=True)
class Pattern:
    """On and off in turns from `begins`, so many `times` (None: until told otherwise). `off_s` 0: always on."""

    begins: float = 0.0
    on_s: float = 0.0
    off_s: float = 0.0
    times: int | None = 0

    def is_on(self, now: float) -> bool:
        """Whether it is on at this moment."""
        period = self.on_s + self.off_s
        if period == 0 or now < self.begins:
            return False
        turn, within = divmod(now - self.begins, period)
        return (self.times is None or turn < self.times) and within < self.on_s

    def next_change(self, now: float) -> float | None:
        """When it is next switched on or off; None: never again."""
        period = self.on_s + self.off_s
        if period == 0 or (self.times is None and self.off_s == 0):
            return None
        turn, within = divmod(max(0.0, now - self.begins), period)
        if self.times is not None and turn >= self.times:
            return None
        return self.begins + turn * period + (self.on_s if within < self.on_s else period)


@dataclass(frozen=True, slots=True)
class _Light:
    green: bool
    red: bool
    pattern: Pattern


_LASTING = {
    DoorMode.LOCKED: (False, True, 0.0),
    DoorMode.UNLOCKED: (True, False, 0.0),
    DoorMode.LOCKDOWN: (False, True, BLINK_S),
}
"""Green, red, and how long the light is off when it blinks."""
_SOUNDS = {
    Sound.QUIET: (0.0, 0.0),
    Sound.HELD_WARNING: (0.2, 1.8),
    Sound.HELD: (0.5, 0.5),
    Sound.FORCED: (0.2, 0.2),
}
_BEEP_S, _PAUSE_S = 0.2, 0.1


class Face:
    """What one reader shows and sounds. On a single wire, on is green and off is red: no amber, no blinking."""

    def __init__(self, led_control: LedControl) -> None:
        self._single = led_control is LedControl.SINGLE
        self._lasting = _Light(False, True, Pattern(0.0, 1.0, 0.0, None))
        self._feedback: _Light | None = None
        self._feedback_ends = 0.0
        self._beeps = Pattern()
        self._sound = Pattern()

    def show(self, shown: Annunciation, now: float) -> None:
        """What it shows from now on while nobody is at it."""
        green, red, off_s = _LASTING[shown.mode]
        self._lasting = _Light(green, red, Pattern(now, BLINK_S, off_s, None))
        self._sound = Pattern(now, *_SOUNDS[shown.sound], None)

    def respond(self, feedback: Feedback, now: float) -> None:
        """Green and one beep, red and three, or amber and one when more is waited for."""
        green = feedback.granted or feedback.waiting
        red = not feedback.granted or feedback.waiting
        self._feedback = _Light(green, red, Pattern(now, FEEDBACK_S, 0.0, 1))
        self._feedback_ends = now + FEEDBACK_S
        self._beeps = Pattern(now, _BEEP_S, _PAUSE_S, 1 if green else 3)

    def wires(self, now: float) -> Wires:
        """The wires to drive at this moment."""
        light = self._light(now)
        buzzer = self._beeps.is_on(now) or self._sound.is_on(now)
        if self._single:
            return Wires(green=light.green and not light.red, buzzer=buzzer)
        lit = light.pattern.is_on(now)
        return Wires(light.green and lit, light.red and lit, buzzer)

    def next_change(self, now: float) -> float | None:
        """When to look at the wires again; None: not before something is told."""
        light = self._light(now)
        changes = [self._beeps.next_change(now), self._sound.next_change(now)]
        if light is self._feedback:
            changes.append(self._feedback_ends)
        elif not self._single:
            changes.append(light.pattern.next_change(now))
        return min((at for at in changes if at is not None), default=None)

    def _light(self, now: float) -> _Light:
        if self._feedback is not None and now < self._feedback_ends:
            return self._feedback
        return self._lasting
