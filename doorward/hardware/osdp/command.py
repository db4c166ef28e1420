"""Commands as libosdp takes them, gated by what the device said it can do.

A device answers a command that it does not know with NAK, and libosdp then drops it for 300
seconds: so nothing is sent that the device did not declare.
"""

from dataclasses import dataclass
from typing import Any

import osdp_sys

from doorward.acs.decision.door import Annunciation, DoorMode, Sound
from doorward.acs.messages import Capability
from doorward.acs.signals import Signal, SignalColour, Signals
from doorward.hardware.driver import CommandRefused, Feedback, OutputState, SetOutput, ShowDoor

OUTPUT_TIMED_LEVELS = frozenset({3, 4})
"""Compliance levels of OSDP's output control that accept a time."""
TICK_MS = 100
MAX_PULSE_MS = 255 * TICK_MS
"""The binding keeps only the low byte of a timer: a longer pulse is renewed before it ends."""
FEEDBACK_TICKS = 20
BLINK_TICKS = 5
FLASH_TICKS = 2
TEXT_S = 3

_PERMANENT_OFF, _PERMANENT_ON, _TEMPORARY_ON = 1, 2, 5
_SET_TEMPORARY_LED = 2
_SET_PERMANENT_LED = 1
_NO_TONE, _DEFAULT_TONE = 1, 2

_TEMPORARY_TEXT = 3
_COLOURS = {
    SignalColour.RED: osdp_sys.LED_COLOR_RED,
    SignalColour.GREEN: osdp_sys.LED_COLOR_GREEN,
    SignalColour.AMBER: osdp_sys.LED_COLOR_AMBER,
    SignalColour.BLUE: osdp_sys.LED_COLOR_BLUE,
    SignalColour.MAGENTA: osdp_sys.LED_COLOR_MAGENTA,
    SignalColour.CYAN: osdp_sys.LED_COLOR_CYAN,
    SignalColour.WHITE: osdp_sys.LED_COLOR_WHITE,
}

OsdpCommand = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device reported. Numbers of things are 0 where it has none."""

    outputs: int
    timed_outputs: bool
    inputs: int
    leds: bool
    buzzer: bool
    text: bool = False
    declared: tuple[Capability, ...] = ()


def output_command(command: SetOutput, can: Capabilities) -> OsdpCommand:
    """The output command, its pulse cut to what the binding can carry. Raises CommandRefused."""
    if command.output >= can.outputs:
        raise CommandRefused(
            f"The device has {can.outputs} outputs; there is no output {command.output}. Correct its wiring."
        )
    if command.state is OutputState.PULSE and not can.timed_outputs:
        raise CommandRefused("The device has no timed outputs, so it could not lock the door by itself.")
    code = {
        OutputState.ON: _PERMANENT_ON,
        OutputState.OFF: _PERMANENT_OFF,
        OutputState.PULSE: _TEMPORARY_ON,
    }[command.state]
    # Zero ticks would be a release for ever.
    ticks = max(1, -(-min(command.duration_ms, MAX_PULSE_MS) // TICK_MS))
    return {
        "command": osdp_sys.CMD_OUTPUT,
        "output_no": command.output,
        "control_code": code,
        "timer_count": ticks if command.state is OutputState.PULSE else 0,
    }


def feedback_commands(command: Feedback, can: Capabilities, signals: Signals) -> list[OsdpCommand]:
    """The signal of the outcome: light, tones and text, as far as the reader has them."""
    signal = _signal(command, signals)
    commands: list[OsdpCommand] = []
    if can.leds and signal.colour is not SignalColour.NONE:
        commands.append(_flash(command.number, signal))
    if can.buzzer and signal.tones:
        commands.append(
            {
                "command": osdp_sys.CMD_BUZZER,
                "reader": command.number,
                "control_code": _DEFAULT_TONE,
                "on_count": 2,
                "off_count": 1,
                "rep_count": signal.tones,
            }
        )
    if can.text and signal.text:
        commands.append(
            {
                "command": osdp_sys.CMD_TEXT,
                "reader": command.number,
                "control_code": _TEMPORARY_TEXT,
                "temp_time": TEXT_S,
                "offset_row": 1,
                "offset_col": 1,
                "data": signal.text,
            }
        )
    return commands


def _signal(command: Feedback, signals: Signals) -> Signal:
    if command.granted:
        return signals.granted
    if command.waiting:
        return signals.waiting
    return signals.lockdown if command.lockdown else signals.denied


def _flash(number: int, signal: Signal) -> OsdpCommand:
    return {
        "command": osdp_sys.CMD_LED,
        "reader": number,
        "led_number": 0,
        "temporary": True,
        "control_code": _SET_TEMPORARY_LED,
        "on_color": _COLOURS[signal.colour],
        "off_color": osdp_sys.LED_COLOR_NONE,
        "on_count": FLASH_TICKS if signal.blinks else FEEDBACK_TICKS,
        "off_count": FLASH_TICKS if signal.blinks else 0,
        "timer_count": FEEDBACK_TICKS,
    }


def show_commands(command: ShowDoor, can: Capabilities) -> list[OsdpCommand]:
    """The lasting light of the door's mode, and the sound of an alarm of it; only what the reader has."""
    shown = command.annunciation
    commands: list[OsdpCommand] = []
    if can.leds:
        colour, blinks = _LIGHTS[shown.mode]
        commands.append(
            {
                "command": osdp_sys.CMD_LED,
                "reader": command.number,
                "led_number": 0,
                "temporary": False,
                "control_code": _SET_PERMANENT_LED,
                "on_color": colour,
                "off_color": osdp_sys.LED_COLOR_NONE,
                "on_count": BLINK_TICKS,
                "off_count": BLINK_TICKS if blinks else 0,
                "timer_count": 0,
            }
        )
    if can.buzzer:
        commands.append(_sound(command.number, shown))
    return commands


def _sound(number: int, shown: Annunciation) -> OsdpCommand:
    on, off = _SOUNDS[shown.sound]
    return {
        "command": osdp_sys.CMD_BUZZER,
        "reader": number,
        "control_code": _DEFAULT_TONE if on else _NO_TONE,
        "on_count": on,
        "off_count": off,
        "rep_count": 0,
    }


_LIGHTS = {
    DoorMode.LOCKED: (osdp_sys.LED_COLOR_RED, False),
    DoorMode.UNLOCKED: (osdp_sys.LED_COLOR_GREEN, False),
    DoorMode.LOCKDOWN: (osdp_sys.LED_COLOR_RED, True),
}
"""The lasting light of a mode, and whether it blinks."""
_SOUNDS = {Sound.QUIET: (0, 0), Sound.HELD_WARNING: (2, 18), Sound.HELD: (5, 5), Sound.FORCED: (2, 2)}
"""Ticks of sound and of silence, again and again until told otherwise (OSDP: 0 repetitions)."""


def input_query() -> OsdpCommand:
    """Ask for the state of all inputs."""
    return {"command": osdp_sys.CMD_STATUS, "type": osdp_sys.STATUS_REPORT_INPUT, "report": b""}
