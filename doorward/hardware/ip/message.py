"""What devices on the network say, in JSON, and what they are told. docs/reference/ip-readers.md has it field by field.

Anything that is not exactly as it must be is refused: an unknown field, a date without its zone, a text too long.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

from doorward.acs.decision.card_format import CardBits
from doorward.acs.decision.card_reader import encode
from doorward.acs.decision.predefined_formats import PREDEFINED
from doorward.acs.decision.read import PinEntry, PlateRead, QrCode
from doorward.acs.devices import ReadKind
from doorward.hardware.driver import CardRead, KeysPressed, Presented
from doorward.hardware.errors import HardwareError

MAX_MESSAGE_BYTES = 4096
_Id = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9._:-]{1,64}\\Z")]
_At = Annotated[datetime, msgspec.Meta(tz=True)]
_Confidence = Annotated[float, msgspec.Meta(ge=0, le=1)]


class BadMessage(HardwareError):
    """A device said something that it may not say, or not so; the message tells its maker what is wrong."""


class _Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """`id` is used for one read only; `at` is when it was read, by the device's clock."""

    id: _Id
    at: _At


class CardMessage(_Read, frozen=True, tag="card"):
    """A card: its `bits` as 0 and 1, or `hex` with its `bit_count`, or a `number` in one of the predefined formats."""

    bits: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    hex: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    bit_count: int | None = None
    format: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    facility: int | None = None
    number: int | None = None


class PinMessage(_Read, frozen=True, tag="pin"):
    """A whole PIN, as it was typed and confirmed."""

    digits: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,32}\\Z")]


class KeysMessage(_Read, frozen=True, tag="keys"):
    """Keys as they were pressed, oldest first."""

    keys: Annotated[str, msgspec.Meta(pattern="^[0-9*#]{1,32}\\Z")]


class QrMessage(_Read, frozen=True, tag="qr"):
    """The text of a QR code."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class PlateMessage(_Read, frozen=True, tag="plate"):
    """A licence plate, and how sure the camera is of it."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    confidence: _Confidence | None = None


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="heartbeat"):
    """The device is there. Over a WebSocket only: otherwise it is a request of its own."""


ReadMessage = CardMessage | PinMessage | KeysMessage | QrMessage | PlateMessage
Message = ReadMessage | Heartbeat
KIND_OF: dict[type[ReadMessage], ReadKind] = {
    CardMessage: ReadKind.CARD,
    PinMessage: ReadKind.PIN,
    KeysMessage: ReadKind.KEYS,
    QrMessage: ReadKind.QR,
    PlateMessage: ReadKind.PLATE,
}


class Outcome(StrEnum):
    """What came of a read. `pending`: not known yet. `ignored`: not decided at all.

    That happens to a plate that its camera was not sure enough of, and to keys that come too late.
    """

    GRANTED = "granted"
    DENIED = "denied"
    WAITING = "waiting"
    PENDING = "pending"
    IGNORED = "ignored"


_T = TypeVar("_T")
_READS: msgspec.json.Decoder[ReadMessage] = msgspec.json.Decoder(ReadMessage)
_MESSAGES: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def parse_read(text: bytes) -> ReadMessage:
    """The read in a request's body. Raises BadMessage."""
    return _parse(_READS, text)


def parse_message(text: bytes) -> Message:
    """The message in a WebSocket frame. Raises BadMessage."""
    return _parse(_MESSAGES, text)


def _parse(decoder: msgspec.json.Decoder[_T], text: bytes) -> _T:
    if len(text) > MAX_MESSAGE_BYTES:
        raise BadMessage(f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # What was sent may hold a PIN: only the place is told, in msgspec's own words.
        raise BadMessage(f"The message is not as it must be: {error}.") from None


def event_of(message: ReadMessage, device_id: str, fresh: bool) -> CardRead | KeysPressed | Presented:
    """What the message means to a controller. Raises BadMessage for a card that there cannot be."""
    match message:
        case CardMessage():
            return CardRead(device_id, card_bits(message), fresh, reference=message.id)
        case PinMessage():
            return Presented(device_id, PinEntry(message.digits), fresh, reference=message.id)
        case KeysMessage():
            return KeysPressed(device_id, message.keys, reference=message.id)
        case QrMessage():
            return Presented(device_id, QrCode(message.text), fresh, reference=message.id)
        case PlateMessage():
            return Presented(device_id, PlateRead(message.text), fresh, reference=message.id)


def card_bits(message: CardMessage) -> CardBits:
    """The bits of the card, in whichever way they were given. Raises BadMessage."""
    ways = [message.bits is not None, message.hex is not None, message.format is not None]
    if sum(ways) != 1:
        raise BadMessage("A card is told by its bits, or by hex with bit_count, or by format with number.")
    if (message.hex is None) != (message.bit_count is None):
        raise BadMessage("hex and bit_count go together.")
    if message.format is None and (message.number is not None or message.facility is not None):
        raise BadMessage("number and facility need a format.")
    try:
        if message.bits is not None:
            return CardBits.from_text(message.bits)
        if message.hex is not None:
            return CardBits.from_hexadecimal(message.hex, message.bit_count or 0)
        card_format = PREDEFINED.get(message.format or "")
        if card_format is None or message.number is None:
            raise BadMessage("format is the id of a predefined card format, and number goes with it.")
        return encode(card_format, message.facility, message.number)
    except ValueError:
        raise BadMessage("There is no such card: its bits, or its numbers, do not fit.") from None
