"""What the contacts of doors say, within a turn: readings become states, last long enough, and reach the doors.

One per turn. It keeps nothing of its own between turns: readings and lines begin as the situation has them, and end
as the turn's next situation.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from doorward.acs.decision.debounce import Debounce, debounce
from doorward.acs.decision.door import Sensed
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import InputLine
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.identity import new_id
from doorward.hardware.driver import Reading
from doorward.hardware.situation import Moment, Situation
from doorward.hardware.wiring import ContactLine, state_of

if TYPE_CHECKING:
    from doorward.hardware.turn import Turn

_LOST = Debounce(InputState.FAULT, InputState.FAULT)
"""A line whose device is gone, at a door that goes on without it."""


class Sensing:
    """The part of a turn that listens to contacts. `readings` by device id, `lines` as they were heard.

    Auxiliary inputs are lines too, but no door is told of them: the local rules look at `lines` themselves.
    """

    def __init__(self, turn: "Turn", situation: Situation, moment: Moment) -> None:
        self.readings: dict[str, tuple[Reading, ...]] = dict(situation.readings)
        self.lines: dict[ContactLine, Debounce] = dict(situation.lines)
        self._turn = turn
        self._wiring = situation.wiring
        self._now_ms = moment.now_ms
        self.heard_ms = moment.now_ms
        """When (monotonic) the device told what is heard next: it may have waited for the turn before this one."""

    def hear(self, device_id: str, inputs: tuple[Reading, ...]) -> None:
        """A device tells all its inputs."""
        self.readings[device_id] = inputs
        lines = self._wiring.contacts_on(device_id)
        self._tell([line for line in lines if self._hear(line, state_of(line, inputs), self.heard_ms)])

    def lose(self, device_id: str) -> None:
        """A device is gone. What it said counts no more; a door that goes on without it has a faulty line."""
        self.readings.pop(device_id, None)
        with_it = self._wiring.doors_on(device_id)
        others = [line for line in self._wiring.inputs_on(device_id) if line.door_id not in with_it]
        for line in self._wiring.contacts_on(device_id):
            self.lines.pop(line, None)
        self.lines.update((line, _LOST) for line in others)
        self._tell(others)

    def hear_again(self) -> None:
        """After a change of the wiring: every reading that is known, by the lines that are now."""
        for device_id, inputs in list(self.readings.items()):
            self.hear(device_id, inputs)

    def pass_time(self) -> None:
        """What has lasted long enough counts from now on."""
        due = [line for line, heard in self.lines.items() if _deadline(line, heard) <= self._now_ms]
        self._tell([line for line in due if self._hear(line, self.lines[line].heard, self._now_ms)])

    def tell(self, door_id: str) -> None:
        """Tell a door all that its contacts say, if any was heard."""
        said = [(line, self.lines[line].stable) for line in self._wiring.inputs_of(door_id) if line in self.lines]
        known = [(line, state) for line, state in said if state is not None]
        if known:
            self._turn.step(door_id, _sensed(known))

    def _tell(self, changed: Sequence[ContactLine]) -> None:
        for door_id in dict.fromkeys(line.door_id for line in changed if isinstance(line, InputLine)):
            if door_id in self._turn.doors:
                self.tell(door_id)

    def _hear(self, line: ContactLine, raw: InputState | None, at_ms: int) -> bool:
        """Whether something else counts from now on."""
        if raw is None:
            return False
        heard = debounce(self.lines.get(line, Debounce()), raw, at_ms, line.debounce_ms)
        self.lines[line] = heard.state
        return heard.change is not None


def _deadline(line: ContactLine, heard: Debounce) -> float:
    return float("inf") if heard.heard is heard.stable else heard.since_ms + line.debounce_ms


def _sensed(said: list[tuple[InputLine, InputState]]) -> Sensed:
    def of(purpose: InputPurpose, unlocks: bool | None = None) -> InputState:
        states = [
            state
            for line, state in said
            if line.purpose is purpose and (unlocks is None or line.rex_unlocks is unlocks)
        ]
        return max(states, key=_RANK.index, default=InputState.UNKNOWN)

    return Sensed(
        of(InputPurpose.POSITION),
        of(InputPurpose.REX, True),
        new_id(),
        of(InputPurpose.EMERGENCY),
        of(InputPurpose.TAMPER),
        of(InputPurpose.REX, False),
    )


_RANK = (
    InputState.UNKNOWN,
    InputState.NORMAL,
    InputState.OPEN,
    InputState.SHORT,
    InputState.FAULT,
    InputState.ACTIVE,
)
"""Of several lines with one purpose (REX devices) the pressed one counts, and a broken one above one at rest."""
