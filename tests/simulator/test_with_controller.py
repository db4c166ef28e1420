"""Scenarios against a real controller: simulated devices, serial lines, secure channels, decisions."""

from pathlib import Path

import pytest

from doorward.acs.decision.reason import Reason
from doorward.acs.events.catalogue import EventType
from doorward.simulator.awaited import Verdict
from doorward.simulator.report import Outcome
from tests.hardware.site import FACILITY, NUMBER
from tests.simulator.world import GOOD_CARD, site_text, stage


def test_a_known_card_opens_the_door_and_an_unknown_one_does_not(tmp_path: Path) -> None:
    with stage(tmp_path) as here:
        report = here.play(f"""
name: Two people
steps:
  - do: badge
    reader: Main entrance A
    card: 9
    facility: {FACILITY}
    expect:
      - {{light: red, within: 1}}
      - {{strike: stays_locked, within: 0.6}}
  - do: badge
    after: 0.6
    reader: Reader
    card: {NUMBER}
    facility: {FACILITY}
    expect:
      - {{light: green, within: 1}}
      - {{strike: released, within: 1}}
      - {{leaf: opened, within: 3}}
      - {{strike: locked, within: 4}}
      - {{leaf: closed, within: 5}}
""")
        denied = here.server.event(EventType.ACCESS_DENIED)
        granted = here.server.event(EventType.ACCESS_GRANTED)
    assert report.outcome is Outcome.PASSED, report.text()
    assert report.count(Verdict.MET) == 7
    assert (denied.reason, granted.cardholder_id) == (Reason.CARD_UNKNOWN, "ann")
    assert any("ok, strike of Main entrance released" in line for line in here.said)


def test_an_expectation_that_does_not_come_true_fails_the_scenario_and_is_named(tmp_path: Path) -> None:
    with stage(tmp_path) as here:
        report = here.play(f"""name: Hopes
steps:
  - {{do: badge, reader: Reader, card: 9, expect: [{{strike: released, within: 0.5}}]}}
  - {{do: badge, after: 0.5, reader: Reader, {GOOD_CARD}, expect: [{{strike: stays_locked, within: 1}}]}}
""")
    assert report.outcome is Outcome.FAILED
    assert [step.expectations[0].verdict for step in report.steps] == [Verdict.FAILED, Verdict.FAILED]
    text = report.text()
    assert "line 3, at 0.0 s, card 0/9 shown at Reader: expected strike of Main entrance released within 0.5 s" in text
    assert "line 4" in text
    assert "stays locked for 1 s; it ended after" in text


def test_a_door_that_is_forced_held_or_left_is_told(tmp_path: Path) -> None:
    with stage(tmp_path) as here:
        report = here.play("""
name: Doors
steps:
  - {do: rex, door: Main entrance, expect: [{strike: released, within: 1}, {leaf: closed, within: 2.6}]}
  - {do: force, after: 2.6, door: Main entrance, expect: [{leaf: opened, within: 1}, {strike: stays_locked, within: 1}]}
  - {do: tamper, device: Reader, expect: [{link: stays_online, within: 1}]}
""")
        for kind in (EventType.DOOR_REX, EventType.DOOR_FORCED, EventType.READER_TAMPER):
            here.server.event(kind)
    assert report.outcome is Outcome.PASSED, report.text()


@pytest.mark.slow
def test_a_cut_cable_and_a_power_loss_are_noticed_and_what_waited_does_not_open(tmp_path: Path) -> None:
    with stage(tmp_path) as here:
        report = here.play(f"""
name: Cables
steps:
  - {{do: unplug, device: Reader, expect: [{{link: offline, within: 1}}]}}
  - {{do: badge, after: 2.5, reader: Reader, {GOOD_CARD}, walk: false, expect: [{{strike: stays_locked, within: 3}}]}}
  - {{do: replug, after: 0.5, device: Reader, expect: [{{link: online, within: 5}}]}}
  - {{do: power_cycle, after: 3, device: I/O, off_seconds: 0.5, expect: [{{link: offline, within: 1}}]}}
  - {{do: wait, after: 0.5, expect: [{{device: I/O, link: online, within: 5}}]}}
""")
        lost = here.server.event(EventType.READER_OFFLINE)
        back = here.server.event(EventType.READER_ONLINE, lost.sequence)
    assert report.outcome is Outcome.PASSED, report.text()
    assert back.sequence > lost.sequence
    counts = {device.name: (device.came_online, device.went_offline) for device in report.devices}
    assert counts == {"Reader": (2, 1), "I/O": (2, 1)}


@pytest.mark.parametrize(
    "faults",
    [
        "wrong_key: true",
        pytest.param("install_mode: true", marks=pytest.mark.slow),
        pytest.param("dead: true", marks=pytest.mark.slow),
    ],
)
def test_a_device_that_cannot_be_trusted_is_never_online_and_opens_nothing(tmp_path: Path, faults: str) -> None:
    text = site_text(faults=f"{{{faults}}}")
    with stage(tmp_path, text) as here:
        report = here.play(f"""
name: An impostor
steps:
  - do: badge
    reader: Reader
    {GOOD_CARD.replace(", ", chr(10) + "    ")}
    expect: [{{strike: stays_locked, within: 1}}, {{link: offline, within: 0.1}}]
""")
    assert report.outcome is Outcome.PASSED, report.text()
    assert {device.name: device.came_online for device in report.devices} == {"I/O": 1, "Reader": 0}


def test_a_scenario_does_not_begin_while_a_device_is_not_reached(tmp_path: Path) -> None:
    with stage(tmp_path) as here:
        here.site.plug(["Reader"], False)
        report = here.play("{name: Nobody, ready_within: 1, steps: [{do: rex, door: Main entrance}]}")
    assert (report.outcome, report.offline, report.steps) == (Outcome.NOT_READY, ["Reader"], [])
    assert "No controller reached: Reader." in report.text()
