"""Commands reach devices that are online and can do them; others are refused, nothing is kept for later."""

import time
from collections.abc import Callable

import osdp_sys
import pytest

from doorward.acs.decision.door import Annunciation, DoorMode, Sound
from doorward.acs.devices import OsdpDevice
from doorward.hardware.driver import (
    CommandRefused,
    DeviceOffline,
    DeviceOnline,
    Feedback,
    InputsChanged,
    OutputState,
    SetOutput,
    ShowDoor,
)
from doorward.hardware.osdp.bus import STOOD_STILL_S
from doorward.hardware.simulators.device import (
    DOOR_IO_CAPABILITIES,
    INPUTS,
    READER_CAPABILITIES,
    DeviceCommand,
    SimulatedDevice,
)
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard, JumpingClock, Power, Received, driving, wired

NewLine = Callable[[str], SerialLine]
SECURE_ONLY = ((osdp_sys.CAP_COMMUNICATION_SECURITY, 1, 1),)


def received(power: Power, count: int) -> list[DeviceCommand]:
    """The first `count` commands that reached the devices."""
    return [power.commands.next(Received, after=index).command for index in range(count)]


@pytest.mark.parametrize(
    "state, duration_ms, code, ticks",
    [
        (OutputState.ON, 0, 2, 0),
        (OutputState.OFF, 0, 1, 0),
        (OutputState.PULSE, 5_000, 5, 50),
        (OutputState.PULSE, 5_001, 5, 51),
        (OutputState.PULSE, 0, 5, 1),
        (OutputState.PULSE, 60_000, 5, 255),
    ],
)
def test_an_output_is_set_with_the_devices_own_timer(
    state: OutputState, duration_ms: int, code: int, ticks: int, key: bytes, told: Heard, new_line: NewLine
) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    devices = [wired("io", door.line, key)]
    with Power(door) as power, driving(devices, told) as driver:
        told.next(DeviceOnline, "io")
        driver.submit(SetOutput("io", 2, state, duration_ms))
        (command,) = received(power, 1)
    assert command == {
        "command": osdp_sys.CMD_OUTPUT,
        "output_no": 2,
        "control_code": code,
        "timer_count": ticks,
    }


@pytest.mark.parametrize(
    "granted, colour, tones",
    [(True, osdp_sys.LED_COLOR_GREEN, 1), (False, osdp_sys.LED_COLOR_RED, 3)],
)
def test_a_reader_shows_the_outcome_with_light_and_sound(
    granted: bool, colour: int, tones: int, key: bytes, told: Heard, new_line: NewLine
) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    devices = [wired("reader", reader.line, key)]
    with Power(reader) as power, driving(devices, told) as driver:
        told.next(DeviceOnline, "reader")
        driver.submit(Feedback("reader", granted))
        led, buzzer = received(power, 2)
    assert (led["command"], led["temporary"], led["on_color"]) == (osdp_sys.CMD_LED, True, colour)
    assert (buzzer["command"], buzzer["rep_count"]) == (osdp_sys.CMD_BUZZER, tones)


@pytest.mark.parametrize(
    "shown, colour, blinks, tone",
    [
        (Annunciation(Sound.QUIET, DoorMode.LOCKED), osdp_sys.LED_COLOR_RED, False, 1),
        (Annunciation(Sound.QUIET, DoorMode.UNLOCKED), osdp_sys.LED_COLOR_GREEN, False, 1),
        (Annunciation(Sound.HELD, DoorMode.LOCKDOWN), osdp_sys.LED_COLOR_RED, True, 2),
    ],
)
def test_a_reader_shows_the_mode_of_its_door_and_sounds_its_alarm_until_told_otherwise(
    shown: Annunciation, colour: int, blinks: bool, tone: int, key: bytes, told: Heard, new_line: NewLine
) -> None:
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    with Power(reader) as power, driving([wired("reader", reader.line, key)], told) as driver:
        told.next(DeviceOnline, "reader")
        driver.submit(ShowDoor("reader", shown))
        led, buzzer = received(power, 2)
    assert (led["temporary"], led["on_color"], led["off_count"] > 0) == (False, colour, blinks)
    assert (buzzer["control_code"], buzzer["rep_count"]) == (tone, 0)


def test_feedback_skips_what_a_reader_does_not_have_and_the_reader_stays_online(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    buzzer_only = (*SECURE_ONLY, (osdp_sys.CAP_READER_AUDIBLE_OUTPUT, 1, 1))
    reader = SimulatedDevice(new_line("reader"), 1, key, buzzer_only)
    devices = [wired("reader", reader.line, key)]
    with Power(reader) as power, driving(devices, told) as driver:
        told.next(DeviceOnline, "reader")
        driver.submit(Feedback("reader", granted=True))
        driver.submit(Feedback("reader", granted=False))
        commands = received(power, 2)
        assert {command["command"] for command in commands} == {osdp_sys.CMD_BUZZER}
        assert not told.of(DeviceOffline)


def test_what_the_device_did_not_declare_is_refused_and_never_sent(key: bytes, told: Heard, new_line: NewLine) -> None:
    untimed = (*SECURE_ONLY, (osdp_sys.CAP_OUTPUT_CONTROL, 1, 1))
    door = SimulatedDevice(new_line("io"), 1, key, untimed)
    reader = SimulatedDevice(new_line("reader"), 1, key, READER_CAPABILITIES)
    devices = [wired("io", door.line, key), wired("reader", reader.line, key)]
    with Power(door, reader) as power, driving(devices, told) as driver:
        for device in devices:
            told.next(DeviceOnline, device.id)
        with pytest.raises(CommandRefused, match="no output 0"):
            driver.submit(SetOutput("reader", 0, OutputState.ON))
        with pytest.raises(CommandRefused, match="no output 1"):
            driver.submit(SetOutput("io", 1, OutputState.ON))
        with pytest.raises(CommandRefused, match="no timed outputs"):
            driver.submit(SetOutput("io", 0, OutputState.PULSE, 1_000))
        driver.submit(SetOutput("io", 0, OutputState.ON))
        driver.submit(Feedback("reader", granted=True))
        power.commands.until(lambda commands: len(commands) == 3)
        assert not told.of(DeviceOffline)


def test_a_command_to_an_absent_device_is_refused_and_not_kept_for_its_return(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    devices = [wired("io", door.line, key)]
    with Power(door) as power, driving(devices, told) as driver:
        told.next(DeviceOnline, "io")
        power.plug(False, door)
        driver.submit(SetOutput("io", 0, OutputState.ON))  # taken while the loss is not known yet
        told.next(DeviceOffline, "io")
        with pytest.raises(CommandRefused, match="offline"):
            driver.submit(SetOutput("io", 1, OutputState.ON))
        power.plug(True, door)
        told.next(DeviceOnline, "io", after=1)
        driver.submit(SetOutput("io", 2, OutputState.OFF))
        assert [command["output_no"] for command in received(power, 1)] == [2]


def test_a_command_that_was_on_its_way_while_the_machine_stood_still_is_not_carried_out_late(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    clock = JumpingClock()
    with Power(door) as power, driving([wired("io", door.line, key)], told, clock) as driver:
        power.do(lambda: door.report_inputs((False,) * INPUTS))
        told.next(InputsChanged, "io")
        power.plug(False, door)  # libosdp holds the command: it waits for an answer
        driver.submit(SetOutput("io", 0, OutputState.PULSE, 5_000))
        clock.jump(round(STOOD_STILL_S * 1000) + 1)
        assert "stood still" in told.next(DeviceOffline, "io").reason
        power.plug(True, door)
        told.next(DeviceOnline, "io", after=1)
        driver.submit(SetOutput("io", 1, OutputState.PULSE, 5_000))
        assert [command["output_no"] for command in received(power, 1)] == [1]


def test_what_was_commanded_last_reaches_its_device_though_the_driver_stops(
    key: bytes, told: Heard, new_line: NewLine
) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    with Power(door) as power:
        with driving([wired("io", door.line, key)], told) as driver:
            told.next(DeviceOnline, "io")
            for output in range(3):
                driver.submit(SetOutput("io", output, OutputState.OFF))
        assert [command["output_no"] for command in received(power, 3)] == [0, 1, 2]


def test_a_device_that_nobody_configured_is_refused(told: Heard) -> None:
    with driving([], told) as driver, pytest.raises(CommandRefused, match="not configured"):
        driver.submit(Feedback("reader", granted=True))


def test_a_command_does_not_wait_for_a_dead_or_a_missing_port(key: bytes, told: Heard, new_line: NewLine) -> None:
    door = SimulatedDevice(new_line("io"), 1, key, DOOR_IO_CAPABILITIES)
    silent = new_line("silent")
    devices = [
        wired("io", door.line, key),
        wired("silent", silent, key),
        *(OsdpDevice(f"missing {number}", f"{silent.link}-{number}", 1, key) for number in range(6)),
    ]
    with Power(door) as power, driving(devices, told) as driver:
        for device in devices[1:]:
            told.next(DeviceOffline, device.id)
        told.next(DeviceOnline, "io")
        delays: list[float] = []
        for count in range(20):
            sent = time.monotonic()
            driver.submit(SetOutput("io", 0, OutputState.OFF))
            power.commands.next(Received, after=count)
            delays.append(time.monotonic() - sent)
    silent.close()
    assert sorted(delays)[len(delays) // 2] < 0.1
