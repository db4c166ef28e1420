"""A door for the tests of its machine, and the inputs that happen to it."""

from doorward.acs.decision.door import (
    Annunciation,
    Connected,
    Input,
    Sensed,
    Step,
    Strike,
    StrikeEffect,
    adopt,
    initial,
    step,
)
from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.decision.supervision import InputState
from doorward.acs.events.catalogue import EventType

POLICY = DoorPolicy("door", "Main entrance", access_time_ms=5_000, held_after_ms=20_000)
LOCK = StrikeEffect(Strike.LOCK)
RELEASE = StrikeEffect(Strike.RELEASE)


def pulse(duration_ms: int) -> StrikeEffect:
    return StrikeEffect(Strike.PULSE, duration_ms)


def sensed(
    *,
    open: bool = False,
    rex: bool = False,
    correlation: str = "sensor",
    emergency: InputState = InputState.UNKNOWN,
    tamper: InputState = InputState.UNKNOWN,
) -> Sensed:
    def state(active: bool) -> InputState:
        return InputState.ACTIVE if active else InputState.NORMAL

    return Sensed(state(open), state(rex), correlation, emergency, tamper)


CLOSED = sensed(open=False)
OPEN = sensed(open=True)


class Door:
    """A door driven through `step`, which remembers what came out."""

    def __init__(self, policy: DoorPolicy = POLICY, *, ready: bool = True) -> None:
        self.policy = policy
        self.state = initial(policy)
        self.types: list[EventType] = []
        self.correlations: list[str] = []
        self.effects: list[StrikeEffect] = []
        self.passed: list[str] = []
        self.shown: list[Annunciation] = []
        if ready:
            self.give(Connected(True, "boot"), 0)
            self.give(CLOSED, 0)
            self.forget()

    def give(self, given: Input, now_ms: int) -> Step:
        return self._keep(step(self.policy, self.state, given, now_ms))

    def adopt(self, policy: DoorPolicy, now_ms: int) -> Step:
        before, self.policy = self.policy, policy
        return self._keep(adopt(before, policy, self.state, now_ms, "policy"))

    def forget(self) -> None:
        self.types, self.correlations, self.effects, self.passed, self.shown = [], [], [], [], []

    def _keep(self, result: Step) -> Step:
        self.state = result.state
        self.types += [record.type for record in result.records]
        self.correlations += [record.correlation for record in result.records]
        self.effects += result.effects
        self.passed += result.passed
        self.shown += [result.annunciation] if result.annunciation else []
        return result
