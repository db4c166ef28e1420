"""How auxiliary inputs and outputs look from outside."""

from collections.abc import Iterator

from doorward.acs.decision.debounce import Debounce
from doorward.acs.decision.supervision import InputState
from doorward.acs.messages import InputStatus, OutputStatus
from doorward.hardware.situation import OutputNow, Situation


def local_statuses(situation: Situation) -> Iterator[InputStatus | OutputStatus]:
    """The status of every auxiliary input and output."""
    for wired in situation.wiring.plan.aux_inputs:
        heard = situation.lines.get(wired, Debounce())
        yield InputStatus(wired.input_id, heard.stable or InputState.UNKNOWN)
    for output_id, line in situation.wiring.aux_outputs.items():
        now = situation.outputs.get((line.device_id, line.output), OutputNow(output_id, line.name))
        online = situation.devices.get(line.device_id, False)
        is_on = now.on or now.pulse_until_ms is not None
        yield OutputStatus(output_id, is_on if online else None, now.rule_id, situation.memory.hand.get(output_id))
