"""What readers show and sound to the person in front of them, by what came of it: the site's, or a reader's own."""

from enum import StrEnum

import msgspec

from doorward.acs.errors import ValidationFailed

MOST_TONES = 10
LONGEST_TEXT = 32


class SignalColour(StrEnum):
    """Colours of OSDP readers; NONE leaves the light as it is."""

    NONE = "none"
    """The light stays as it is."""
    RED = "red"
    """Red light."""
    GREEN = "green"
    """Green light."""
    AMBER = "amber"
    """Amber light."""
    BLUE = "blue"
    """Blue light."""
    MAGENTA = "magenta"
    """Magenta light."""
    CYAN = "cyan"
    """Cyan light."""
    WHITE = "white"
    """White light."""


class Signal(msgspec.Struct, frozen=True):
    """A light for two seconds, steady or blinking, so many tones, and a text for readers that have a display."""

    colour: SignalColour = SignalColour.NONE
    blinks: bool = False
    tones: int = 0
    text: str = ""


class Signals(msgspec.Struct, frozen=True):
    """By outcome. Duress is shown as what it pretends to be: granted. No key of a keypad has a signal of its own."""

    granted: Signal = Signal(SignalColour.GREEN, tones=1)
    denied: Signal = Signal(SignalColour.RED, tones=3)
    waiting: Signal = Signal(SignalColour.AMBER, tones=1)
    lockdown: Signal = Signal(SignalColour.RED, tones=3)


DEFAULT_SIGNALS = Signals()


def check_signals(signals: Signals) -> Signals:
    """The signals with tidy texts. Raises ValidationFailed with what would be acceptable."""
    return Signals(*(_checked(getattr(signals, name), name) for name in Signals.__struct_fields__))


def _checked(signal: Signal, name: str) -> Signal:
    if not 0 <= signal.tones <= MOST_TONES:
        raise ValidationFailed(f"A reader sounds 0 to {MOST_TONES} tones.", name, "tones")
    text = signal.text.strip()
    if len(text) > LONGEST_TEXT or not (text.isascii() and (not text or text.isprintable())):
        raise ValidationFailed(f"A reader's text has at most {LONGEST_TEXT} plain ASCII characters.", name, "text")
    return msgspec.structs.replace(signal, text=text)
