"""Auxiliary inputs and outputs of a simulated site, and a real controller's local rules and hands on them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorward.acs.decision.by_hand import HandAction
from doorward.acs.decision.local_rules import InputTrigger, LocalAction, LocalRule
from doorward.acs.decision.supervision import InputState
from doorward.acs.devices import AuxInputLine, AuxOutputLine, Wiring
from doorward.acs.doors.wiring import Circuit
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import CommandResult, CommandStatus, InputStatus, OutputCommand, OutputStatus
from doorward.simulator.errors import SimulatorError
from doorward.simulator.report import Outcome
from doorward.simulator.site_file import parse_site
from tests.simulator.world import SITE_FILE, Stage, site_text, stage

LINES = """\
aux_inputs: [{name: Panic button, device: I/O, input: 2, active_when: open}]
aux_outputs: [{name: Siren, device: I/O, output: 1}]
"""
TEXT = site_text().replace("outputs: 1, inputs: 2", "outputs: 2, inputs: 3") + LINES
WIRED = Wiring(
    aux_inputs=(AuxInputLine("button", "Panic button", "I/O", 2, Circuit.OPEN),),
    aux_outputs=(AuxOutputLine("siren", "Siren", "I/O", 1),),
    local_rules=(LocalRule("panic", "Panic", InputTrigger("button"), LocalAction.FOLLOW, "siren"),),
)


def by_hand(here: Stage, action: HandAction, command_id: str, pulse_ms: int = 0) -> None:
    expires_at = datetime.now(UTC) + timedelta(seconds=10)
    here.server.send(OutputCommand(command_id, "siren", action, "user-1", "", expires_at, None, pulse_ms))
    result = here.server.message(CommandResult, lambda one: one.command_id == command_id)
    assert result == CommandResult(command_id, CommandStatus.CONFIRMED)


def test_a_local_rule_moves_a_real_output_by_a_real_input(tmp_path: Path) -> None:
    with stage(tmp_path, TEXT, more=WIRED) as here:
        report = here.play("""
name: Panic
steps:
  - {do: wait, expect: [{output: stays_off, device: Siren, within: 0.5}]}
  - {do: input, after: 0.5, device: Panic button, expect: [{output: switched_on, device: Siren, within: 2}]}
  - do: input
    after: 2
    device: Panic button
    active: false
    expect: [{output: switched_off, device: Siren, within: 2}]
""")
        here.server.message(InputStatus, lambda one: one.state is InputState.ACTIVE)
        here.server.message(OutputStatus, lambda one: one.on is True and one.rule_id == "panic")
        here.server.event(EventType.INPUT_NORMAL)
    assert report.outcome is Outcome.PASSED, report.text()


def test_a_hand_moves_a_real_output_and_a_pulse_ends_by_itself(tmp_path: Path) -> None:
    with stage(tmp_path, TEXT, more=WIRED) as here:
        ready = here.play("{name: Ready, steps: [{do: wait}]}")
        assert ready.outcome is Outcome.PASSED, ready.text()
        here.server.message(OutputStatus, lambda one: one.on is False)
        by_hand(here, HandAction.ON, "on")
        on = here.play(
            "{name: Switched, steps: [{do: wait, expect: [{output: switched_on, device: Siren, within: 2}]}]}"
        )
        by_hand(here, HandAction.AUTO, "auto")
        here.server.event(EventType.OUTPUT_AUTO)
        by_hand(here, HandAction.PULSE, "pulse", 4_000)
        pulse = here.play("""
name: Pulse
steps:
  - do: wait
    expect:
      - {output: switched_on, device: Siren, within: 2}
      - {output: switched_off, device: Siren, within: 8}
""")
    assert on.outcome is Outcome.PASSED, on.text()
    assert pulse.outcome is Outcome.PASSED, pulse.text()


@pytest.mark.parametrize(
    "lines, word",
    [
        ("aux_outputs: [{name: Siren, device: I/O, output: 0}]", "used by Main entrance already"),
        ("aux_outputs: [{name: Siren, device: I/O, output: 2}]", "no output 2"),
        ("aux_inputs: [{name: Bell, device: Nowhere, input: 2}]", "device called Nowhere"),
        ("aux_inputs: [{name: reader, device: I/O, input: 2}]", "name of something else"),
    ],
)
def test_lines_that_cannot_be_are_refused(lines: str, word: str) -> None:
    text = site_text().replace("outputs: 1, inputs: 2", "outputs: 2, inputs: 3") + lines
    with pytest.raises(SimulatorError, match=word):
        parse_site(SITE_FILE, text.encode())
