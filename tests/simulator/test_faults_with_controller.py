"""Lines that disturb what goes over them: a real controller lives with it, and the door stays safe."""

from pathlib import Path

import pytest

from doorward.acs.decision.reason import Reason
from doorward.acs.events.catalogue import EventType
from doorward.simulator.report import Outcome
from tests.simulator.world import GOOD_CARD, site_text, stage


@pytest.mark.parametrize(
    "fault, counted",
    [
        pytest.param("noise: 0.15", "noise_bytes", marks=pytest.mark.slow),
        ("drop: 0.002", "dropped_bytes"),
        pytest.param("duplicate: 0.1", "duplicated_frames", marks=pytest.mark.slow),
        pytest.param("delay_ms: 60", "delayed_frames", marks=pytest.mark.slow),
    ],
)
def test_a_disturbed_line_lets_in_nobody_unknown_and_is_well_again_when_mended(
    tmp_path: Path, fault: str, counted: str
) -> None:
    with stage(tmp_path, site_text(reader_port="door")) as here:
        report = here.play(f"""
name: A bad line
steps:
  - {{do: fault, device: door, {fault}}}
  - do: badge
    after: 0.2
    every: 0.3
    times: 5
    reader: Reader
    card: 9
    expect: [{{strike: stays_locked, within: 0.3}}]
  - {{do: mend, after: 0.3, device: door, expect: [{{device: Reader, link: online, within: 8}}]}}
  - {{do: badge, after: 3, reader: Reader, {GOOD_CARD}, expect: [{{strike: released, within: 2}}]}}
""")
        here.server.event(EventType.ACCESS_GRANTED)
    assert report.outcome is Outcome.PASSED, report.text()
    assert sum(getattr(device.tally, counted) for device in report.devices) > 0


@pytest.mark.slow
def test_a_fault_for_a_while_ends_by_itself(tmp_path: Path) -> None:
    with stage(tmp_path) as here:
        report = here.play("""
name: A swap
steps:
  - {do: fault, device: Reader, wrong_key: true, seconds: 1.5, expect: [{link: offline, within: 1}]}
  - {do: wait, after: 2, expect: [{device: Reader, link: online, within: 6}]}
""")
    assert report.outcome is Outcome.PASSED, report.text()


@pytest.mark.slow
@pytest.mark.parametrize("delay_ms", [0, 60, 180])
def test_cards_that_waited_in_a_cut_off_reader_open_nothing_however_slowly_it_hands_them_over(
    tmp_path: Path, delay_ms: int
) -> None:
    with stage(tmp_path) as here:
        report = here.play(f"""
name: An impatient person
steps:
  - {{do: unplug, device: Reader}}
  - {{do: badge, after: 2.5, every: 0.2, times: 12, reader: Reader, {GOOD_CARD}, walk: false}}
  - {{do: fault, device: Reader, delay_ms: {delay_ms}}}
  - {{do: replug, after: 1, device: Reader, expect: [{{link: online, within: 5}}]}}
  - {{do: wait, expect: [{{door: Main entrance, strike: stays_locked, within: 9}}]}}
""")
        denied = here.server.event(EventType.ACCESS_DENIED)
    assert report.outcome is Outcome.PASSED, report.text()
    assert denied.reason == Reason.READER_WAS_OFFLINE
