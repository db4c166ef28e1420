"""A step in the making."""

from dataclasses import replace
from typing import Any

from doorward.acs.decision.door.effects import DoorRecord, Refusal, Step, annunciation, strike_effects
from doorward.acs.decision.door.state import DoorState
from doorward.acs.decision.policy import DoorPolicy
from doorward.acs.events.catalogue import EventType


class Motion:
    """The state as it becomes, and what there is to write down. Lives for one step and is seen by nobody else.

    `now_ms` is the time that the change at hand happens at: a deadline's own, however late one wakes up to it.
    """

    def __init__(self, policy: DoorPolicy, state: DoorState, now_ms: int) -> None:
        self.policy = policy
        self.state = state
        self.now_ms = now_ms
        self.refused: Refusal | None = None
        self.restated = False
        self._began = (policy, state)
        self._records: list[DoorRecord] = []
        self._passed: list[str] = []

    def set(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = replace(self.state, **changes)

    def note(self, kind: EventType, correlation: str, **data: str) -> None:
        """Write down."""
        self._records.append(DoorRecord(kind, correlation, data))

    def passed(self, *grants: str) -> None:
        """These grants count as used."""
        self._passed += grants

    def finish(self) -> Step:
        """The step. The strike follows from where the door was and where it is now."""
        policy, before = self._began
        shown = annunciation(self.state)
        return Step(
            self.state,
            tuple(self._records),
            strike_effects((policy, self.policy), (before, self.state), self.now_ms, self.restated),
            self.refused,
            tuple(self._passed),
            shown if self.restated or shown != annunciation(before) else None,
        )
