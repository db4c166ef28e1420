"""What a person shows at a reader, as a decision takes it."""

from dataclasses import dataclass, field

from doorward.acs.decision.card_format import CardBits


@dataclass(frozen=True, slots=True)
class PinEntry:
    """Digits typed at a keypad, complete, without the end character."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class QrCode:
    """The text of a QR code that was read, static or dynamic."""

    text: str


@dataclass(frozen=True, slots=True)
class PlateRead:
    """A licence plate as a camera read it; it is normalised before it is looked up."""

    text: str


@dataclass(frozen=True, slots=True)
class MobileTap:
    """What a phone presented. `touched`: the reader was touched with the phone at hand, else tapped in the app."""

    secret: bytes
    touched: bool = False


Shown = CardBits | PinEntry | QrCode | PlateRead | MobileTap


@dataclass(frozen=True, slots=True)
class Read:
    """Everything shown so far at a reader, oldest first, as one attempt.

    `fresh` is False when it may have waited in an unreachable reader.
    """

    reader_id: str
    shown: tuple[Shown, ...]
    fresh: bool = True

    @classmethod
    def card(cls, reader_id: str, bits: CardBits, fresh: bool = True) -> "Read":
        """A card alone."""
        return cls(reader_id, (bits,), fresh)
