"""Scenarios laid out in time, and their expectations judged, without hardware."""

from pathlib import Path

import pytest

from doorward.hardware.simulators.happening import Happening, What
from doorward.simulator.awaited import SiteState, Verdict, Watch
from doorward.simulator.errors import SimulatorError
from doorward.simulator.site_file import parse_site
from doorward.simulator.site_names import SiteNames
from doorward.simulator.timeline import Timeline, parse_timeline
from tests.simulator.world import site_text

FILE = Path("a.yaml")
NAMES = SiteNames(parse_site(FILE, site_text().encode()))


def laid_out(steps: str) -> Timeline:
    return parse_timeline(FILE, f"name: x\nsteps:\n{steps}".encode(), NAMES)


def test_steps_come_at_after_and_every_so_many_seconds() -> None:
    timeline = laid_out("""\
  - {do: rex, door: Main entrance}
  - {do: badge, reader: "*", card: 1, after: 2, every: 0.5, times: 3}
  - {do: wait, after: 1}
  - {do: force, door: Main entrance, at: 2.5}
  - {do: wait}
""")
    assert [(occurrence.at_s, occurrence.line) for occurrence in timeline.occurrences] == [
        (0.0, 3),
        (2.0, 4),
        (2.5, 4),
        (2.5, 6),
        (2.5, 7),
        (3.0, 4),
        (4.0, 5),
    ]


@pytest.mark.parametrize(
    "step, words",
    [
        ("{do: wait, at: 1, after: 1}", "one of them"),
        ("{do: wait, times: 2}", "Say with every"),
        ("{do: wait, every: 2}", "Say with times"),
        ("{do: badge, reader: Reader}", "card's number"),
        ("{do: badge, reader: Reader, card: 1, bits: '01'}", "card's number"),
        ("{do: badge, reader: Cellar, card: 1}", "The readers are: Reader"),
        ("{do: rex, door: Cellar}", "The doors are: Main entrance"),
        ("{do: switch, door: Main entrance, contact: rex}", "emergency and tamper"),
        ("{do: input, device: I/O, input: 9}", "2 inputs"),
        ("{do: wait, expect: [{strike: released, within: 1}]}", "of which door"),
        ("{do: wait, expect: [{link: online, within: 1}]}", "of which device"),
        ("{do: wait, expect: [{within: 1}]}", "Expect one of"),
        ("{do: rex, door: Main entrance, expect: [{strike: released, leaf: opened, within: 1}]}", "Expect one of"),
        ("{do: wait, every: 1, times: 100000}\n  - {do: wait, every: 1, times: 100000}", "Do less"),
    ],
)
def test_a_step_that_cannot_be_done_is_told_with_its_line(step: str, words: str) -> None:
    with pytest.raises(SimulatorError) as caught:
        laid_out(f"  - {{do: wait}}\n  - {step}\n")
    assert str(caught.value).startswith(("a.yaml:4: ", "a.yaml:5: "))
    assert words in str(caught.value)


def test_what_is_pressed_at_a_keypad_is_not_told() -> None:
    timeline = laid_out("  - {do: keys, reader: Reader, keys: '2468#'}\n")
    assert "2468" not in f"{timeline} {timeline.occurrences[0].deed.said}"


@pytest.mark.parametrize(
    "expected, before, then, verdict",
    [
        ("strike: released", [], [(1.0, What.STRIKE_RELEASED)], Verdict.MET),
        ("strike: released", [], [(2.5, What.STRIKE_RELEASED)], Verdict.FAILED),
        ("strike: released", [], [(0.5, What.STRIKE_LOCKED)], Verdict.FAILED),
        ("strike: released", [What.STRIKE_RELEASED], [], Verdict.MET),
        ("strike: locked", [What.STRIKE_LOCKED], [], Verdict.FAILED),
        ("strike: locked", [What.STRIKE_RELEASED], [(1.0, What.STRIKE_LOCKED)], Verdict.MET),
        ("strike: stays_locked", [], [], Verdict.MET),
        ("strike: stays_locked", [], [(1.9, What.STRIKE_RELEASED)], Verdict.FAILED),
        ("strike: stays_locked", [], [(2.1, What.STRIKE_RELEASED)], Verdict.MET),
        ("strike: stays_locked", [What.STRIKE_RELEASED], [], Verdict.FAILED),
        ("leaf: opened", [], [(1.0, What.DOOR_OPENED)], Verdict.MET),
        ("leaf: stays_closed", [], [(1.0, What.DOOR_OPENED)], Verdict.FAILED),
    ],
)
def test_an_expectation_counts_what_happens_in_its_time(
    expected: str, before: list[What], then: list[tuple[float, What]], verdict: Verdict
) -> None:
    timeline = laid_out(f"  - {{do: wait, expect: [{{door: Main entrance, {expected}, within: 2}}]}}\n")
    state = SiteState()
    for what in before:
        state.note(Happening(9.0, what, "Main entrance"))
    watch = Watch(timeline.occurrences[0].awaited[0], 3, 10.0)
    watch.begin(state)
    watch.judge(Happening(10.5, What.STRIKE_RELEASED, "Another door"))
    watch.judge(Happening(10.5, What.STRIKE_LOCKED, "Another door"))
    for after_s, what in then:
        watch.judge(Happening(10.0 + after_s, what, "Main entrance"))
    watch.expire()
    assert watch.verdict is verdict


def test_a_device_that_nobody_has_reached_counts_as_offline() -> None:
    state = SiteState()
    assert state.stands(What.DEVICE_OFFLINE, "Reader")
    assert not state.stands(What.DEVICE_ONLINE, "Reader")
    state.note(Happening(1.0, What.DEVICE_ONLINE, "Reader"))
    assert not state.stands(What.DEVICE_OFFLINE, "Reader")
