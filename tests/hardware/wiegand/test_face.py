"""Light and buzzer on wires: what is driven when, and how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.decision.door import Annunciation, DoorMode, Sound
from doorward.acs.doors.wiring import LedControl
from doorward.hardware.driver import Feedback
from doorward.hardware.wiegand.codec import Wires
from doorward.hardware.wiegand.face import FEEDBACK_S, Face

GREEN, RED, AMBER, DARK = Wires(green=True), Wires(red=True), Wires(green=True, red=True), Wires()
NOW = 1000.0


def light(face: Face, at: float) -> Wires:
    wires = face.wires(at)
    return Wires(wires.green, wires.red)


def beeps(face: Face, start: float, seconds: float) -> int:
    """How often the buzzer begins to sound, followed by the face's own word on when to look."""
    at, count, was_on = start, 0, False
    while at < start + seconds:
        is_on = face.wires(at).buzzer
        count += is_on and not was_on
        was_on = is_on
        due = face.next_change(at)
        at = max(due, at + 1e-6) if due is not None else start + seconds
    return count


@pytest.mark.parametrize(
    "feedback, dual, single, times",
    [
        (Feedback("r", True), GREEN, GREEN, 1),
        (Feedback("r", False), RED, DARK, 3),
        (Feedback("r", False, waiting=True), AMBER, DARK, 1),
    ],
)
def test_each_answer_has_its_light_and_its_beeps(feedback: Feedback, dual: Wires, single: Wires, times: int) -> None:
    for control, expected in ((LedControl.DUAL, dual), (LedControl.SINGLE, single)):
        face = Face(control)
        face.respond(feedback, NOW)
        assert light(face, NOW) == light(face, NOW + FEEDBACK_S - 0.01) == expected
        assert beeps(face, NOW, FEEDBACK_S) == times
        assert light(face, NOW + FEEDBACK_S) == (RED if control is LedControl.DUAL else DARK)


@pytest.mark.parametrize(
    "mode, dual, single",
    [(DoorMode.LOCKED, RED, DARK), (DoorMode.UNLOCKED, GREEN, GREEN), (DoorMode.LOCKDOWN, RED, DARK)],
)
def test_the_mode_of_the_door_lasts(mode: DoorMode, dual: Wires, single: Wires) -> None:
    for control, expected in ((LedControl.DUAL, dual), (LedControl.SINGLE, single)):
        face = Face(control)
        face.show(Annunciation(mode=mode, sound=Sound.QUIET), NOW)
        assert light(face, NOW) == expected
        blinks = mode is DoorMode.LOCKDOWN and control is LedControl.DUAL
        assert light(face, NOW + 0.75) == (DARK if blinks else expected)
        assert light(face, NOW + 1.25) == expected


def test_an_alarm_sounds_until_it_ends() -> None:
    face = Face(LedControl.SINGLE)
    face.show(Annunciation(mode=DoorMode.LOCKED, sound=Sound.HELD), NOW)
    assert beeps(face, NOW, 10.0) == 10
    face.show(Annunciation(mode=DoorMode.LOCKED, sound=Sound.QUIET), NOW + 10)
    assert beeps(face, NOW + 10, 10.0) == 0
    assert face.next_change(NOW + 20) is None


@given(
    st.sampled_from(LedControl),
    st.sampled_from(DoorMode),
    st.sampled_from(Sound),
    st.booleans(),
    st.floats(0, 10),
    st.floats(0, 1),
)
def test_nothing_changes_before_the_face_says_so(
    control: LedControl, mode: DoorMode, sound: Sound, granted: bool, after: float, share: float
) -> None:
    face = Face(control)
    face.show(Annunciation(mode=mode, sound=sound), NOW)
    face.respond(Feedback("r", granted), NOW + 1)
    now = NOW + 1 + after
    due = face.next_change(now)
    assert due is None or due > now - 1e-6
    before = (due if due is not None else now + 100) - 1e-4
    if before > now:
        assert face.wires(now + (before - now) * share) == face.wires(now)
