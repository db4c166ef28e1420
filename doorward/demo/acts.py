"""What anyone may do to the running simulation; these structs travel to it as JSON."""

import msgspec

from doorward.acs.decision.card_format import MAX_CARD_BITS, CardBits, encode_h10301
from doorward.acs.decision.policy import Side
from doorward.demo.errors import ActRefused


class Badge(msgspec.Struct, frozen=True, tag="badge"):
    """Somebody shows a card and walks through if the door lets them.

    `bits`, a string of 0 and 1, is sent as it is; without it the card is a 26-bit one.
    """

    door: str
    side: Side
    facility: int = 0
    number: int = 0
    bits: str | None = None


class PressExit(msgspec.Struct, frozen=True, tag="rex"):
    """Somebody presses the exit button and leaves."""

    door: str


class Force(msgspec.Struct, frozen=True, tag="force"):
    """Somebody breaks the door open."""

    door: str


class Hold(msgspec.Struct, frozen=True, tag="hold"):
    """Somebody goes out through the door and keeps it open for so many seconds."""

    door: str
    seconds: float


class Unplug(msgspec.Struct, frozen=True, tag="unplug"):
    """Pull the cable of the reader on one side, or of every device of the door."""

    door: str
    side: Side | None = None


class Replug(msgspec.Struct, frozen=True, tag="replug"):
    """Put the cables back."""

    door: str
    side: Side | None = None


class Traffic(msgspec.Struct, frozen=True, tag="traffic"):
    """Let the stream of people begin (with this seed) or end."""

    on: bool
    seed: int = 0


DoorAct = Badge | PressExit | Force | Hold | Unplug | Replug
Act = DoorAct | Traffic


def bits_of(badge: Badge) -> CardBits:
    """What the reader will send. Raises ActRefused for a card that cannot exist."""
    if badge.bits is None:
        try:
            return encode_h10301(badge.facility, badge.number)
        except ValueError as error:
            raise ActRefused(f"There is no such card: {error}.") from error
    if not badge.bits or len(badge.bits) > MAX_CARD_BITS or set(badge.bits) - set("01"):
        raise ActRefused(f"--bits takes 1 to {MAX_CARD_BITS} digits, each 0 or 1.")
    return CardBits.from_int(int(badge.bits, 2), len(badge.bits))
