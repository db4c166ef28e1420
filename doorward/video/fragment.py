"""The fragment index of a recorded file, and its packed form in the index database."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

TIMESCALE = 90_000
"""Ticks a second of every recorded file."""

_RECORD = struct.Struct("<QIQI?")


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof+mdat pair: bytes `offset`..`offset + size` of the file, ticks from the file's first frame."""

    offset: int
    size: int
    start: int
    duration: int
    keyframe: bool
    """Starts at a keyframe, so a clip may start here."""

    @property
    def end(self) -> int:
        """Ticks from the file's first frame at which the next fragment begins."""
        return self.start + self.duration


def pack_fragments(fragments: Iterable[Fragment]) -> bytes:
    """25 bytes a fragment, little endian: offset u64, size u32, start u64, duration u32, keyframe u8."""
    return b"".join(_RECORD.pack(f.offset, f.size, f.start, f.duration, f.keyframe) for f in fragments)


def unpack_fragments(packed: bytes) -> list[Fragment]:
    """The inverse of `pack_fragments`; raises ValueError for a length that it never writes."""
    if len(packed) % _RECORD.size:
        raise ValueError(f"a fragment index of {len(packed)} bytes is cut short; rebuild it from the file")
    return [Fragment(*record) for record in _RECORD.iter_unpack(packed)]


def ticks_to_us(ticks: int) -> int:
    """Ticks of `TIMESCALE` in whole microseconds."""
    return ticks * 1_000_000 // TIMESCALE


def us_to_ticks(microseconds: int) -> int:
    """Microseconds in whole ticks of `TIMESCALE`."""
    return microseconds * TIMESCALE // 1_000_000
