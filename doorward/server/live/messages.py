"""What a browser and the server say to each other on /live: JSON as text, pictures as binary messages."""

import struct
from enum import StrEnum
from typing import Annotated

import msgspec

MOST_STREAMS = 64
"""Streams of one WebSocket."""
StreamNumber = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
_HEAD = struct.Struct(">BBIQQ")
_INIT, _MEDIA = 0, 1


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe", rename="camel"):
    """Show me this camera; the client chooses the stream's number."""

    stream: StreamNumber
    camera_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Unsubscribe(msgspec.Struct, frozen=True, tag="unsubscribe"):
    """I have seen enough of this stream. Its number may be used again."""

    stream: StreamNumber


class EndReason(StrEnum):
    """Why a stream ended."""

    NOT_FOUND = "not_found"
    """There is no such camera, or it is out of reach."""
    NOT_PERMITTED = "not_permitted"
    """Its user may not watch it live (any more)."""
    TOO_MANY = "too_many"
    """The WebSocket has as many streams as it may have."""
    IN_USE = "in_use"
    """The number belongs to a stream that goes on."""


class Init(msgspec.Struct, frozen=True, tag="init"):
    """A binary message with the initialization segment follows, and then pictures that need it."""

    stream: int
    codec: str
    width: int
    height: int


class Dropped(msgspec.Struct, frozen=True, tag="dropped"):
    """So many pictures were left out, because the client is slow; the next one is a keyframe."""

    stream: int
    pictures: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """Nothing more comes on this stream; `message` is a sentence for people."""

    stream: int
    reason: EndReason
    message: str


_SAID: msgspec.json.Decoder[Subscribe | Unsubscribe] = msgspec.json.Decoder(Subscribe | Unsubscribe)


def decode_said(text: str) -> Subscribe | Unsubscribe:
    """What a client says. Raises msgspec.DecodeError."""
    return _SAID.decode(text)


def encode_told(message: Init | Dropped | Ended) -> str:
    """What it is told, as JSON."""
    return msgspec.json.encode(message).decode()


def init_frame(stream: int, data: bytes) -> bytes:
    """The initialization segment (fMP4) of a stream, behind the head of `media_frame`."""
    return _HEAD.pack(_INIT, 0, stream, 0, 0) + data


def media_frame(stream: int, data: bytes, *, keyframe: bool, at_us: int, sent_us: int) -> bytes:
    """One picture as a fragment (moof and mdat) behind its head.

    The head has 22 bytes, big endian: kind u8 (0: initialization segment, 1: picture), flags u8 (1: keyframe),
    stream u32, when it came from the camera u64, when it was sent u64 (both microseconds since the epoch).
    """
    return _HEAD.pack(_MEDIA, int(keyframe), stream, at_us, sent_us) + data
