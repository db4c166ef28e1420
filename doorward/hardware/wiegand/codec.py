"""What a codec is: bytes in any pieces become frames or noise, and frames become bytes.

Codecs are pure: no clock, no port. They never raise for what arrives, hold at most one frame of their framing, and
never make a frame of bytes whose checksum is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from doorward.acs.decision.card_format import CardBits
from doorward.acs.doors.wiegand import Framing


@dataclass(frozen=True, slots=True)
class Burst:
    """What a reader sent in one go: a card, a key or a PIN. Its bits are in no repr, for they may be a PIN."""

    bits: CardBits = field(repr=False)
    channel: int = 0


@dataclass(frozen=True, slots=True)
class TamperInput:
    """Whether the circuit of a channel's tamper input is closed."""

    closed: bool
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The converter is there."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that are no frame. `reason` is a word or two for the log; the bytes themselves are kept nowhere."""

    reason: str


Frame = Burst | TamperInput | Heartbeat
Heard = Frame | Noise


@dataclass(frozen=True, slots=True)
class Wires:
    """The wires to a reader that are to be driven. A reader with one light wire has it on `green`."""

    green: bool = False
    red: bool = False
    buzzer: bool = False


class Decoder(Protocol):
    """What arrives on one line, taken apart."""

    @property
    def waits(self) -> bool:
        """Whether a frame has begun and not ended."""

    def feed(self, data: bytes) -> list[Heard]:
        """What these bytes complete, in order."""

    def give_up(self) -> list[Heard]:
        """The frame that has begun will not end any more."""


@dataclass(frozen=True, slots=True)
class Codec:
    """The codec of a framing.

    `encode` writes a frame as a converter would (ValueError: the framing cannot carry it). `command` tells the
    converter how to drive the wires of a channel, where the framing has such commands.
    """

    framing: Framing
    decoder: Callable[[], Decoder]
    encode: Callable[[Frame], bytes]
    command: Callable[[int, Wires], bytes] | None = None


def only_burst(frame: Frame) -> CardBits:
    """The bits of a burst on channel 0. Raises ValueError for anything else."""
    if not isinstance(frame, Burst) or frame.channel != 0:
        raise ValueError("this framing carries bursts of one reader only")
    return frame.bits


def mask_of(wires: Wires) -> int:
    """The wires as a number: green 1, red 2, buzzer 4."""
    return wires.green | wires.red << 1 | wires.buzzer << 2
