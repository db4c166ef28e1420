"""What the recorder and the server say to each other about live pictures, over a Unix socket of the recorder's.

The server connects once for each camera that somebody watches, and sends a `Watch` as a line of JSON. The recorder
answers with frames: their length (u32, big endian) and a message as MessagePack. Whoever has enough closes.
"""

import asyncio
import os
import struct
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import msgspec

MAX_FRAME_BYTES = 32 * 1024**2
_LENGTH = struct.Struct(">I")
_LONGEST_ADDRESS = 100
"""An address of a Unix socket has 108 bytes at most on Linux, fewer elsewhere."""


class Watch(msgspec.Struct, frozen=True):
    """Send the pictures of this camera from now on; `one`: its latest keyframe and no more."""

    camera_id: str
    one: bool = False


class LiveInit(msgspec.Struct, frozen=True, tag="init"):
    """What follows belongs to this initialization segment (fMP4). `codec` as RFC 6381 writes it."""

    codec: str
    width: int
    height: int
    data: bytes


class LiveMedia(msgspec.Struct, frozen=True, tag="media"):
    """A fragment (moof and mdat) of one picture. `at_us`: when it came from the camera."""

    keyframe: bool
    at_us: int
    data: bytes


LiveMessage = LiveInit | LiveMedia
_MESSAGES: msgspec.msgpack.Decoder[LiveMessage] = msgspec.msgpack.Decoder(LiveMessage)


def encode_frame(message: LiveMessage) -> bytes:
    """A message with its length."""
    data = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(data)) + data


@contextmanager
def socket_address(path: Path) -> Iterator[str]:
    """A path that fits into the address of a Unix socket, for as long as this is open."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


async def watch(path: Path, wanted: Watch) -> AsyncGenerator[LiveMessage, None]:
    """What the recorder at this socket sends, until it ends. Raises OSError, and msgspec.DecodeError for nonsense.

    Close the iterator (`aclosing`) to have it stop.
    """
    with socket_address(path) as address:
        reader, writer = await asyncio.open_unix_connection(address)
    try:
        writer.write(msgspec.json.encode(wanted) + b"\n")
        async with aclosing(_frames(reader)) as frames:
            async for frame in frames:
                yield _MESSAGES.decode(frame)
    finally:
        writer.close()


async def _frames(reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    while True:
        try:
            (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            if length > MAX_FRAME_BYTES:
                raise msgspec.DecodeError(f"a frame of {length} bytes")
            yield await reader.readexactly(length)
        except asyncio.IncompleteReadError:
            return
