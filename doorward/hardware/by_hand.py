"""Outputs that are held by hand, within a turn. A hold is remembered as rules are: over a restart, until its end.

One per turn. As long as an output is held, its rules go on beneath, and do not move it. The end of a hold is kept by
the monotonic clock, so that no change of the time of day moves it; only a restart must go by the time of day.
"""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from doorward.acs.decision.by_hand import ByHand, HandAction
from doorward.acs.decision.local_rules import MIN_PULSE_MS
from doorward.acs.decision.memory import Change, Table
from doorward.acs.devices import AuxOutputLine
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import OutputCommand
from doorward.hardware.driver import OutputState, SetOutput
from doorward.hardware.situation import HoldEnd, Moment, OutputNow, Situation

if TYPE_CHECKING:
    from doorward.hardware.turn import Turn

NOT_HERE = "The controller does not have this output. Wait until it runs the latest policy."
NO_JOURNAL = "The controller cannot write its journal, so it switches nothing by hand. Check its disk."
OFFLINE = "The output's device is offline. Check its power and cable, then try again."
_EVENTS = {
    HandAction.ON: EventType.OUTPUT_ON,
    HandAction.OFF: EventType.OUTPUT_OFF,
    HandAction.PULSE: EventType.OUTPUT_PULSED,
}
_STATES = {
    HandAction.ON: OutputState.ON,
    HandAction.OFF: OutputState.OFF,
    HandAction.PULSE: OutputState.PULSE,
}


class Holds:
    """The part of a turn that heeds commands to outputs. `ends` becomes the next situation's, `outputs` is shared."""

    def __init__(
        self,
        turn: "Turn",
        outputs: dict[tuple[str, int], OutputNow],
        situation: Situation,
        moment: Moment,
        durable: bool,
    ) -> None:
        self.ends: dict[str, HoldEnd] = dict(situation.hold_ends)
        self.ended: dict[str, str] = {}
        """The outputs that were given back in this turn, and by which correlation."""
        self._turn = turn
        self._outputs = outputs
        self._wired = situation.wiring.aux_outputs
        self._moment = moment
        self._durable = durable

    def of(self, output_id: str) -> ByHand | None:
        """How an output is held now."""
        return self._turn.admission.memory.hand.get(output_id)

    def take(self, command: OutputCommand) -> str:
        """Do what somebody commands. Returns why that cannot be done, or nothing."""
        line = self._wired.get(command.output_id)
        if line is None:
            return NOT_HERE
        if command.action is HandAction.AUTO:
            if (held := self.of(line.output_id)) is not None:
                self._give_back(line, held, command.id, command.user_id, _because(command))
            return ""
        if not self._durable:
            return NO_JOURNAL
        if not self._turn.devices.get(line.device_id):
            return OFFLINE
        self._hold(line, command)
        return ""

    def expire(self) -> None:
        """Give back what was held long enough."""
        if self._turn.admission.memory.hand.empty:
            return
        for output_id, line in self._wired.items():
            held = self.of(output_id)
            end_ms = self._end_ms(output_id, held) if held is not None else None
            if held is not None and end_ms is not None and end_ms <= self._moment.now_ms:
                self._give_back(line, held, held.command_id, None, {"cause": "its time is over"})

    def restate(self, line: AuxOutputLine, held: ByHand) -> SetOutput:
        """What a device that has just come is told of an output that is held."""
        end_ms = self._end_ms(line.output_id, held)
        left_ms = max(MIN_PULSE_MS, end_ms - self._moment.now_ms) if end_ms is not None else MIN_PULSE_MS
        is_pulse = held.action is HandAction.PULSE
        return SetOutput(line.device_id, line.output, _STATES[held.action], left_ms if is_pulse else 0)

    def forget(self, output_id: str) -> None:
        """The output is none any more."""
        if self.of(output_id) is not None:
            self._remember(output_id, None)
        self.ends.pop(output_id, None)

    def _hold(self, line: AuxOutputLine, command: OutputCommand) -> None:
        is_pulse = command.action is HandAction.PULSE
        until = command.until
        if is_pulse:
            until = self._moment.at + timedelta(milliseconds=command.pulse_ms)
        held = ByHand(command.action, until, command.user_id, command.id)
        self._remember(line.output_id, held)
        self._end_ms(line.output_id, held)
        told = _because(command)
        if is_pulse:
            told["pulse_ms"] = command.pulse_ms
        elif until is not None:
            told["until"] = until.isoformat()
        self._record(_EVENTS[command.action], line, command.id, command.user_id, told)
        duration_ms = command.pulse_ms if is_pulse else 0
        sent = SetOutput(line.device_id, line.output, _STATES[command.action], duration_ms)
        self._turn.command(sent, command.id)
        key = (line.device_id, line.output)
        self._outputs[key] = OutputNow(line.output_id, line.name, held.on, held.on)

    def _give_back(
        self, line: AuxOutputLine, held: ByHand, correlation: str, user_id: str | None, told: dict[str, Any]
    ) -> None:
        self._remember(line.output_id, None)
        self.ends.pop(line.output_id, None)
        self.ended[line.output_id] = correlation
        self._record(EventType.OUTPUT_AUTO, line, correlation, user_id, told)
        key = (line.device_id, line.output)
        if held.action is HandAction.PULSE and (now := self._outputs.get(key)) is not None:
            # The device has ended, or must end, the pulse: it is told anew what the rules want.
            self._outputs[key] = replace(now, sent=None)

    def _end_ms(self, output_id: str, held: ByHand) -> int | None:
        if held.until is None:
            self.ends.pop(output_id, None)
            return None
        known = self.ends.get(output_id)
        if known is None or known.command_id != held.command_id:
            left = held.until - self._moment.at
            known = HoldEnd(held.command_id, self._moment.now_ms + max(0, round(left.total_seconds() * 1000)))
            self.ends[output_id] = known
        return known.at_ms

    def _remember(self, output_id: str, held: ByHand | None) -> None:
        self._turn.admission.remember([Change(Table.HAND, output_id, held)])

    def _record(
        self, kind: EventType, line: AuxOutputLine, correlation: str, user_id: str | None, told: dict[str, Any]
    ) -> None:
        data = {"output": line.output_id, "name": line.name, "by_hand": True, **told}
        self._turn.record(kind, correlation, user_id=user_id or None, data=data)


def _because(command: OutputCommand) -> dict[str, Any]:
    return {"reason": command.reason} if command.reason else {}
