"""What is said while a controller enrols: one question, one answer."""

from typing import TypeVar

import msgspec

from doorward.hardware.remote.wire import WireBroken

MOST_BYTES = 16 * 1024
PATIENCE_S = 15.0


class Enrol(msgspec.Struct, frozen=True, tag=True):
    """The secret half of an enrolment code, and a request (PKCS #10, DER) for the certificate."""

    secret: str
    csr: bytes

    def __repr__(self) -> str:
        return "Enrol(...)"


class Enrolled(msgspec.Struct, frozen=True, tag=True):
    """The controller's certificate and the authority's (both PEM)."""

    certificate: bytes
    authority: bytes


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Why not, for whoever stands at the controller."""

    reason: str


T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()
_question: msgspec.msgpack.Decoder[Enrol] = msgspec.msgpack.Decoder(Enrol)
_answer: msgspec.msgpack.Decoder[Enrolled | Refused] = msgspec.msgpack.Decoder(Enrolled | Refused)


def encode(message: Enrol | Enrolled | Refused) -> bytes:
    """A message as bytes."""
    return _encoder.encode(message)


def decode_question(data: bytes | str) -> Enrol:
    """What a controller asks. Raises WireBroken."""
    return _decode(_question, data)


def decode_answer(data: bytes | str) -> Enrolled | Refused:
    """What the server answers. Raises WireBroken."""
    return _decode(_answer, data)


def _decode(decoder: "msgspec.msgpack.Decoder[T]", data: bytes | str) -> T:
    if isinstance(data, str) or len(data) > MOST_BYTES:
        raise WireBroken("something came that is no message")
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError):
        raise WireBroken("something came that is no message") from None
