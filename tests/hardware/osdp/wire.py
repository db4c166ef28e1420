"""A tap on a simulated line that reads frames as the standard has them, with code of its own.

Nothing here is shared with the driver: the CRC is computed bit by bit and the frame is cut up by hand, so that a
mistake there is not repeated here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from doorward.hardware.simulators.line import SerialLine

ID, CAP, POLL, KEYSET, CHLNG, SCRYPT = 0x61, 0x62, 0x60, 0x75, 0x76, 0x77


@dataclass(frozen=True)
class Seen:
    """One frame, checked. `scs` is None without a security block, `key_flag` the data of a handshake's block."""

    address: int
    reply: bool
    sequence: int
    crc_ok: bool
    scs: int | None
    key_flag: int | None
    code: int
    has_mac: bool
    raw: bytes


def slow_crc(data: bytes) -> int:
    """CRC-16 as the annex of the standard describes it: bit by bit, most significant first."""
    register = 0x1D0F
    for byte in data:
        for bit in range(7, -1, -1):
            carry = register >> 15 & 1
            register = register << 1 & 0xFFFF
            if carry ^ (byte >> bit & 1):
                register ^= 0x1021
    return register


def decode(wire: bytes) -> list[Seen]:
    """Every whole frame in a recording of one direction."""
    seen: list[Seen] = []
    at = 0
    while (at := wire.find(0x53, at)) >= 0 and at + 8 <= len(wire):
        length = int.from_bytes(wire[at + 2 : at + 4], "little")
        raw = wire[at : at + length]
        if length < 8 or len(raw) < length:
            at += 1
            continue
        block = raw[5 : 5 + raw[5]] if raw[4] & 8 else b""
        body = raw[5 + len(block) : -2]
        scs = block[1] if block else None
        seen.append(
            Seen(
                raw[1] & 0x7F,
                bool(raw[1] & 0x80),
                raw[4] & 3,
                slow_crc(raw[:-2]) == int.from_bytes(raw[-2:], "little"),
                scs,
                block[2] if len(block) > 2 else None,
                body[0],
                scs is not None and scs >= 0x15 and len(body) >= 5,
                raw,
            )
        )
        at += length
    return seen


class TappedLine(SerialLine):
    """A line that keeps what passed, in both directions, and can spoil what the device sends."""

    def __init__(self, link: Path) -> None:
        super().__init__(link)
        self.to_device = bytearray()
        self.from_device = bytearray()
        self.spoil: Callable[[bytes], bytes] = bytes

    def read(self, size: int) -> bytes:
        data = super().read(size)
        self.to_device += data
        return data

    def write(self, data: bytes) -> int:
        spoilt = self.spoil(bytes(data))
        self.from_device += spoilt
        super().write(spoilt)
        return len(data)

    @property
    def commands(self) -> list[Seen]:
        """What the panel sent."""
        return decode(bytes(self.to_device))
