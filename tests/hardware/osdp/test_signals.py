"""A reader shows what the site says, as far as it can, and duress never shows."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import osdp_sys
import pytest

from doorward.acs.errors import ValidationFailed
from doorward.acs.signals import DEFAULT_SIGNALS, Signal, SignalColour, Signals, check_signals
from doorward.hardware.driver import DeviceOffline, DeviceOnline, Feedback
from doorward.hardware.osdp.command import Capabilities, feedback_commands
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from tests.hardware.osdp.world import Heard, Power, Received, driving, wired

NewLine = Callable[[str], SerialLine]
EVERYTHING = Capabilities(0, False, 0, leds=True, buzzer=True, text=True)
OWN = Signals(
    granted=Signal(SignalColour.BLUE, blinks=True, tones=2, text="Welcome"),
    denied=Signal(SignalColour.MAGENTA, text="No"),
    waiting=Signal(tones=1),
    lockdown=Signal(SignalColour.WHITE, tones=5, text="Lockdown"),
)


def test_each_outcome_has_its_own_signal() -> None:
    led, buzzer, text = feedback_commands(Feedback("r", granted=True, number=1), EVERYTHING, OWN)
    assert (led["on_color"], led["off_count"] > 0, led["reader"]) == (osdp_sys.LED_COLOR_BLUE, True, 1)
    assert buzzer["rep_count"] == 2
    assert (text["data"], text["reader"]) == ("Welcome", 1)
    led, text = feedback_commands(Feedback("r", granted=False), EVERYTHING, OWN)
    assert (led["on_color"], led["off_count"], text["data"]) == (osdp_sys.LED_COLOR_MAGENTA, 0, "No")
    (buzzer,) = feedback_commands(Feedback("r", granted=False, waiting=True), EVERYTHING, OWN)
    assert buzzer["rep_count"] == 1
    led, buzzer, text = feedback_commands(Feedback("r", granted=False, lockdown=True), EVERYTHING, OWN)
    assert (led["on_color"], buzzer["rep_count"], text["data"]) == (osdp_sys.LED_COLOR_WHITE, 5, "Lockdown")


def test_what_a_reader_does_not_have_is_not_sent() -> None:
    lacking = (replace(EVERYTHING, leds=False), replace(EVERYTHING, buzzer=False), replace(EVERYTHING, text=False))
    for can in lacking:
        assert len(feedback_commands(Feedback("r", granted=True), can, OWN)) == 2


def test_a_reader_without_a_display_gets_no_text_and_stays_online(key: bytes, told: Heard, new_line: NewLine) -> None:
    """libosdp drops a reader for minutes that refuses a text."""
    plain = SimulatedDevice(new_line("plain"), 1, key, READER_CAPABILITIES)
    display = (*READER_CAPABILITIES, (osdp_sys.CAP_READER_TEXT_OUTPUT, 1, 1))
    shows = SimulatedDevice(new_line("shows"), 1, key, display)
    devices = [msgspec.structs.replace(wired("plain", plain.line, key), signals=OWN), wired("shows", shows.line, key)]
    with Power(plain, shows) as power, driving(devices, told) as driver:
        for device in devices:
            told.next(DeviceOnline, device.id)
        # new signals count at once, without a device being let go of
        assert driver.rekey([devices[0], msgspec.structs.replace(devices[1], signals=OWN)])
        driver.submit(Feedback("plain", granted=True))
        driver.submit(Feedback("shows", granted=False))
        power.commands.until(lambda items: len(items) == 4)
        texts = [one for one in power.commands.of(Received) if one.command["command"] == osdp_sys.CMD_TEXT]
        assert [(one.device, one.command["data"]) for one in texts] == [(shows, "No")]
        assert not told.of(DeviceOffline)


@pytest.mark.parametrize(
    "signal", [Signal(tones=-1), Signal(tones=11), Signal(text="x" * 33), Signal(text="Grüß"), Signal(text="a\nb")]
)
def test_signals_that_readers_cannot_show_are_refused(signal: Signal) -> None:
    with pytest.raises(ValidationFailed):
        check_signals(msgspec.structs.replace(DEFAULT_SIGNALS, denied=signal))
