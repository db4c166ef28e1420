"""The messages as bytes: MessagePack, one WebSocket message each, every one checked against its type.

A whole policy of a large site is too much for one message: it would hold up the doors while it is decoded, and
everything behind it while it is sent. It goes in parts (`parts.py`).
"""

from typing import TypeVar

import msgspec

from doorward.acs.decision.patch import PolicyChanges
from doorward.acs.messages import PROTOCOL, PolicyDelta, PolicySnapshot, ToController, ToServer
from doorward.hardware.errors import HardwareError

SUBPROTOCOL = f"doorward-link.{PROTOCOL}"
LINK_PATH = "/link"
ENROL_PATH = "/enrol"
AUTHORITY_PATH = "/authority.pem"
MOST_BYTES_TO_SERVER = 1024 * 1024
"""A batch of 500 records with long traces is half of it."""
MOST_BYTES_TO_CONTROLLER = 16 * 1024 * 1024
"""A part of a policy has 200 entities; a single one (a rule for ten thousand people) may be large."""
PING_EVERY_S = 15.0
PING_PATIENCE_S = 20.0
"""Silence is noticed after the two together at the latest, which leaves ten seconds of the 45 that are promised."""


class WireBroken(HardwareError):
    """What came over the link is no message. The sentence says why, and shows nothing of what came."""


class PartsBegun(msgspec.Struct, frozen=True, tag=True):
    """A policy message without its entities, which follow in `parts` parts."""

    message: PolicySnapshot | PolicyDelta
    parts: int


class PolicyPieces(msgspec.Struct, frozen=True, tag=True):
    """The next part."""

    changes: PolicyChanges


Framed = ToController | PartsBegun | PolicyPieces
"""What really goes to a controller."""

_encoder = msgspec.msgpack.Encoder()
_to_server: msgspec.msgpack.Decoder[ToServer] = msgspec.msgpack.Decoder(ToServer)
_to_controller: msgspec.msgpack.Decoder[Framed] = msgspec.msgpack.Decoder(Framed)
T = TypeVar("T")


def encode(message: ToServer | Framed) -> bytes:
    """A message as bytes."""
    return _encoder.encode(message)


def decode_to_server(data: bytes | str) -> ToServer:
    """What a controller said. Raises WireBroken."""
    return _decode(_to_server, data, MOST_BYTES_TO_SERVER)


def decode_to_controller(data: bytes | str) -> Framed:
    """What the server said. Raises WireBroken."""
    return _decode(_to_controller, data, MOST_BYTES_TO_CONTROLLER)


def _decode(decoder: "msgspec.msgpack.Decoder[T]", data: bytes | str, most: int) -> T:
    if isinstance(data, str):
        raise WireBroken("a text came, where messages are binary")
    if len(data) > most:
        raise WireBroken(f"a message of {len(data)} bytes came; {most} are the most")
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise WireBroken(f"a message of another form came: {_where(error)}") from None
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError) as error:
        raise WireBroken(f"something came that is no message ({type(error).__name__})") from None


def _where(error: Exception) -> str:
    """The path inside the message, from msgspec's sentence. The values stay out: keys and PIN hashes pass here."""
    _, found, path = str(error).rpartition(" - at ")
    return f"at {path}" if found else "its kind or its fields are unknown"
