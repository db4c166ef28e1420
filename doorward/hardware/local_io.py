"""Auxiliary inputs and outputs within a turn: what inputs say is written down, and local rules switch outputs.

One per turn. It acts after each input of the turn, so that nothing is missed that was over before the turn was, and
after time has passed. It keeps nothing of its own between turns. Outputs are no doors: rules go on while the journal
cannot be written, and what they did is written down later.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from doorward.acs.decision.by_hand import ByHand
from doorward.acs.decision.debounce import Debounce
from doorward.acs.decision.local_rules import (
    Facts,
    Fired,
    Happening,
    LocalRule,
    Plan,
    ScheduleTrigger,
    plan,
)
from doorward.acs.decision.memory import Change, Table
from doorward.acs.decision.schedule import is_active
from doorward.acs.decision.schedule_walk import next_change
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import AuxInputLine, AuxOutputLine
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.hardware.by_hand import Holds
from doorward.hardware.driver import OutputState, SetOutput
from doorward.hardware.situation import InputTold, Moment, OutputNow, ScheduleNow, Situation

if TYPE_CHECKING:
    from doorward.hardware.turn import Turn

logger = logging.getLogger(__name__)

HORIZON = timedelta(days=8)
"""How far ahead a schedule's next change is looked for."""
_REMOVED = "it was taken out of the configuration"


class LocalIo:
    """The part of a turn that serves auxiliary inputs and outputs. Its attributes become the next situation's."""

    def __init__(self, turn: "Turn", situation: Situation, moment: Moment, durable: bool) -> None:
        self.inputs: dict[str, InputTold] = dict(situation.inputs)
        self.outputs: dict[tuple[str, int], OutputNow] = dict(situation.outputs)
        self.schedules: Mapping[str, ScheduleNow] = situation.schedules
        self.holds = Holds(turn, self.outputs, situation, moment, durable)
        self._turn = turn
        self._situation = situation
        self._wiring = situation.wiring
        self._rules: tuple[LocalRule, ...] = situation.wiring.plan.local_rules
        self._moment = moment
        self._seen = 0

    def lose(self, device_id: str) -> None:
        """A device is gone: what its outputs were last sent counts no more."""
        for key, now in self.outputs.items():
            if key[0] == device_id:
                self.outputs[key] = replace(now, sent=None, pulse_until_ms=None)

    def settle(self) -> None:
        """Tell what inputs say, and let the rules act on what is new. Doors go on, whatever becomes of this."""
        try:
            self._settle()
        except Exception:
            logger.exception("the local rules failed and are passed over in this turn")
            # What is overdue must not keep the controller awake.
            self.schedules = {}
            self.holds.ends.clear()
            self.outputs.update({key: replace(now, pulse_until_ms=None) for key, now in self.outputs.items()})

    def _settle(self) -> None:
        wired = self._wiring.plan
        if not (wired.aux_inputs or self._wiring.aux_outputs or self._rules or self.inputs or self.outputs):
            return
        self._tell_inputs()
        self.holds.expire()
        self.schedules = self._schedules_now()
        memory = self._turn.admission.memory
        found = {rule.id: seen for rule in self._rules if (seen := memory.local_rule.get(rule.id)) is not None}
        outputs = {*self._wiring.aux_outputs, *(rule.output_id for rule in self._rules)}
        switched = {output_id: by for output_id in outputs if (by := memory.output.get(output_id)) is not None}
        wanted = plan(self._rules, self._facts(), found, switched)
        self._remember(wanted)
        self._switch(wanted)
        self._let_go()

    # Inputs.

    def _tell_inputs(self) -> None:
        for line, heard in self._turn.sensing.lines.items():
            if isinstance(line, AuxInputLine) and heard.stable is not None:
                self._tell_input(line, heard)
        wired = {line.input_id for line in self._wiring.plan.aux_inputs}
        for input_id in [one for one in self.inputs if one not in wired]:
            gone = self.inputs.pop(input_id)
            self._input_records(input_id, gone, replace(gone, active=False, fault=False), {"cause": _REMOVED})

    def _tell_input(self, line: AuxInputLine, heard: Debounce) -> None:
        before = self.inputs.get(line.input_id, InputTold(line.name))
        state = heard.stable or InputState.UNKNOWN
        after = InputTold(line.name, before.active, state.is_fault)
        if state in (InputState.ACTIVE, InputState.NORMAL):
            after = replace(after, active=state is InputState.ACTIVE)
        self.inputs[line.input_id] = after
        self._input_records(line.input_id, before, after, {"state": state.value} if state.is_fault else {})

    def _input_records(self, input_id: str, before: InputTold, after: InputTold, data: dict[str, Any]) -> None:
        for was, now, begun, ended in (
            (before.fault, after.fault, EventType.INPUT_FAULT, EventType.INPUT_FAULT_CLEARED),
            (before.active, after.active, EventType.INPUT_ACTIVE, EventType.INPUT_NORMAL),
        ):
            if now is not was:
                told = {"input": input_id, "name": after.name, **data}
                self._turn.record(begun if now else ended, new_id(), data=told)

    # What rules look at.

    def _facts(self) -> Facts:
        lines = self._turn.sensing.lines.items()
        new = self._turn.records[self._seen :]
        self._seen = len(self._turn.records)
        return Facts(
            inputs={
                line.input_id: heard.stable
                for line, heard in lines
                if isinstance(line, AuxInputLine) and heard.stable is not None
            },
            doors=self._turn.doors,
            schedules={schedule_id: now.active for schedule_id, now in self.schedules.items()},
            threat_level=self._situation.policy.threat_level,
            events=[Happening(record.type, record.door_id, record.correlation) for record in new],
        )

    def _schedules_now(self) -> dict[str, ScheduleNow]:
        """The schedules that rules go by. None of them is known while the clock is not."""
        if not self._situation.contact.clock_ok:
            return {}
        policy, at = self._situation.policy, self._moment.at
        found: dict[str, ScheduleNow] = {}
        for rule in self._rules:
            trigger = rule.trigger
            schedule = policy.schedules.get(trigger.schedule_id) if isinstance(trigger, ScheduleTrigger) else None
            if schedule is None or schedule.id in found:
                continue
            known = self.schedules.get(schedule.id)
            if known is None or not known.since <= at < known.until:
                until = next_change(schedule, at, policy.zone, HORIZON) or at + HORIZON
                known = ScheduleNow(is_active(schedule, at, policy.zone), at, until)
            found[schedule.id] = known
        return found

    # What comes of them.

    def _remember(self, wanted: Plan) -> None:
        admission = self._turn.admission
        changes = [Change(Table.LOCAL_RULE, rule_id, found) for rule_id, found in wanted.found.items()]
        changes += [Change(Table.OUTPUT, output_id, rule_id) for output_id, rule_id in wanted.switched.items()]
        admission.memory.apply(changes)
        admission.changes += changes

    def _switch(self, wanted: Plan) -> None:
        for output_id, line in self._wiring.aux_outputs.items():
            key = (line.device_id, line.output)
            known = self.outputs.get(key, OutputNow(output_id, line.name))
            before = replace(known, output_id=output_id, name=line.name)
            held = self.holds.of(output_id)
            if held is not None:
                self.outputs[key] = self._held(before, line, held, wanted.pulses.get(output_id))
            else:
                self.outputs[key] = self._ruled(before, line, wanted)

    def _held(self, before: OutputNow, line: AuxOutputLine, held: ByHand, pulse: Fired | None) -> OutputNow:
        """What is held by hand no rule moves; it is only told again to a device that was away."""
        now = replace(before, on=held.on, rule_id=None, pulse_until_ms=None)
        if pulse is not None:
            self._output_record(EventType.OUTPUT_MISSED, now, pulse, {"cause": "it is held by hand"})
        if now.sent is held.on or not self._turn.devices.get(line.device_id):
            return now
        self._turn.command(self.holds.restate(line, held))
        return replace(now, sent=held.on)

    def _ruled(self, before: OutputNow, line: AuxOutputLine, wanted: Plan) -> OutputNow:
        by, ended = wanted.on.get(line.output_id), wanted.off.get(line.output_id)
        pulse_until_ms = before.pulse_until_ms
        if by is not None or (pulse_until_ms is not None and pulse_until_ms <= self._moment.now_ms):
            pulse_until_ms = None
        rule_id = by.rule.id if by is not None else before.rule_id if pulse_until_ms is not None else None
        now = replace(before, on=by is not None, rule_id=rule_id, pulse_until_ms=pulse_until_ms)
        if now.on is not before.on:
            self._output_record(EventType.OUTPUT_ON if now.on else EventType.OUTPUT_OFF, now, by or ended)
        if self._turn.devices.get(line.device_id) and (now.sent is not now.on or ended is not None):
            self._send(line, OutputState.ON if now.on else OutputState.OFF)
            now = replace(now, sent=now.on, rule_id=by.rule.id if by else None, pulse_until_ms=None)
        pulse = wanted.pulses.get(line.output_id)
        return now if pulse is None else self._pulse(now, line, pulse)

    def _pulse(self, now: OutputNow, line: AuxOutputLine, by: Fired) -> OutputNow:
        if not self._turn.devices.get(line.device_id):
            self._output_record(EventType.OUTPUT_MISSED, now, by, {"cause": "its device is offline"})
            return now
        self._output_record(EventType.OUTPUT_PULSED, now, by, {"pulse_ms": by.rule.pulse_ms})
        self._send(line, OutputState.PULSE, by.rule.pulse_ms)
        return replace(now, rule_id=by.rule.id, pulse_until_ms=self._moment.now_ms + by.rule.pulse_ms)

    def _let_go(self) -> None:
        """Outputs that are none any more do not stay on. One that has become a door's lock is left to the door."""
        wired = {(line.device_id, line.output) for line in self._wiring.aux_outputs.values()}
        for key in [one for one in self.outputs if one not in wired]:
            now = self.outputs[key]
            device_id, output = key
            is_waited_for = self._wiring.device(device_id) is not None and not self._wiring.is_lock(device_id, output)
            if is_waited_for and now.sent is not False:
                if not self._turn.devices.get(device_id):
                    continue
                self._turn.command(SetOutput(device_id, output, OutputState.OFF))
            del self.outputs[key]
            if now.output_id in self._wiring.aux_outputs:
                continue  # It is at another port now.
            if now.on:
                self._output_record(EventType.OUTPUT_OFF, now, None, {"cause": _REMOVED})
            self._forget(now.output_id)

    def _forget(self, output_id: str) -> None:
        self.holds.forget(output_id)
        if self._turn.admission.memory.output.get(output_id) is not None:
            changes = [Change(Table.OUTPUT, output_id, None)]
            self._turn.admission.memory.apply(changes)
            self._turn.admission.changes += changes

    def _send(self, line: AuxOutputLine, state: OutputState, duration_ms: int = 0) -> None:
        self._turn.command(SetOutput(line.device_id, line.output, state, duration_ms))

    def _output_record(
        self, kind: EventType, now: OutputNow, by: Fired | None, data: dict[str, Any] | None = None
    ) -> None:
        rule = {"rule": by.rule.id, "rule_name": by.rule.name} if by is not None else {}
        told = {"output": now.output_id, "name": now.name, **rule, **(data or {})}
        caused_by = (by.correlation if by else None) or self.holds.ended.get(now.output_id)
        self._turn.record(kind, caused_by or new_id(), data=told)
