"""A simulated output does what OSDP's control codes say."""

import pytest

from doorward.hardware.simulators.output import ControlCode, TimedOutput


@pytest.mark.parametrize(
    "commands, expected",
    [
        ([(ControlCode.ON, 0)], [True, True]),
        ([(ControlCode.ON, 0), (ControlCode.OFF, 0)], [False, False]),
        ([(ControlCode.ON_FOR_TIME, 10)], [True, False]),
        ([(ControlCode.ON, 0), (ControlCode.OFF_FOR_TIME, 10)], [False, True]),
        ([(ControlCode.ON_FOR_TIME, 10), (ControlCode.OFF, 0)], [False, False]),
        ([(ControlCode.ON_FOR_TIME, 10), (ControlCode.ON_AFTER_TIME, 0)], [True, True]),
        (
            [(ControlCode.ON, 0), (ControlCode.OFF_FOR_TIME, 10), (ControlCode.OFF_AFTER_TIME, 0)],
            [False, False],
        ),
        ([(ControlCode.ON_FOR_TIME, 0)], [True, True]),
        ([(ControlCode.ON, 0), (ControlCode.NO_CHANGE, 0)], [True, True]),
    ],
)
def test_the_output_at_once_and_after_a_second(commands: list[tuple[ControlCode, int]], expected: list[bool]) -> None:
    output = TimedOutput()
    for code, ticks in commands:
        output.command(code, ticks, now=100.0)
    assert [output.active(100.0), output.active(101.0)] == expected


def test_a_running_timer_says_when_it_ends() -> None:
    output = TimedOutput()
    assert output.next_change(5.0) is None
    output.command(ControlCode.ON_FOR_TIME, 30, now=5.0)
    assert output.next_change(5.0) == 8.0
    assert output.next_change(8.0) is None


def test_a_second_pulse_replaces_the_first() -> None:
    output = TimedOutput()
    output.command(ControlCode.ON_FOR_TIME, 10, now=0.0)
    output.command(ControlCode.ON_FOR_TIME, 10, now=0.5)
    assert (output.active(1.4), output.active(1.5)) == (True, False)
