"""Fragmented MP4 boxes, as far as the recorder's own files need: ISO/IEC 14496-12 (and -15 for codec names).

Muxing is libavformat's; here are only walking, reading durations, and moving a fragment in time.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from doorward.video.errors import BrokenFile

_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")
_HEADER = struct.Struct(">I4s")

_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
_VISUAL_ENTRY_SIZE = 78
_NON_SYNC_SAMPLE = 0x10000


@dataclass(frozen=True, slots=True)
class Box:
    """A box inside a buffer: `start` is its header, `body` its payload, `end` the byte after it."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class InitSegment:
    """What ftyp+moov say: their size in bytes, ticks a second, and the codec as RFC 6381 writes it."""

    size: int
    timescale: int
    codec: str


@dataclass(frozen=True, slots=True)
class FragmentTiming:
    """What a moof says: decode time and duration in ticks, and whether it starts at a keyframe."""

    start: int
    duration: int
    keyframe: bool


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The whole boxes of `data`, in order; a partial one at the end is left out."""
    limit = len(data) if end is None else end
    position = start
    while position + 8 <= limit:
        size, kind = _HEADER.unpack_from(data, position)
        body = position + 8
        if size == 1:
            if position + 16 > limit:
                return
            size = _U64.unpack_from(data, body)[0]
            body += 8
        if size < body - position:
            raise BrokenFile(f"a box {kind!r} claims {size} bytes; the file is damaged from here on")
        if position + size > limit:
            return
        yield Box(kind, position, body, position + size)
        position += size


def read_init(data: bytes) -> InitSegment | None:
    """Read ftyp+moov from the beginning of a file; None while they are not there in full."""
    for box in boxes(data):
        if box.kind == b"moov":
            return InitSegment(size=box.end, timescale=_timescale(data, box), codec=_codec(data, box))
        if box.kind in (b"moof", b"mdat"):
            raise BrokenFile("the file has fragments but no header; it cannot be played")
    return None


def read_moof(moof: bytes) -> FragmentTiming:
    """Read one whole moof box of one track."""
    default_duration = default_flags = None
    start: int | None = None
    duration = 0
    keyframe: bool | None = None
    for box in _descend(moof, Box(b"", 0, 0, len(moof))):
        if box.kind == b"tfhd":
            default_duration, default_flags = _track_defaults(moof, box)
        elif box.kind == b"tfdt":
            wide = moof[box.body] == 1
            start = (_U64 if wide else _U32).unpack_from(moof, box.body + 4)[0]
        elif box.kind == b"trun":
            run_duration, first_flags = _run(moof, box, default_duration)
            duration += run_duration
            if keyframe is None:
                flags = default_flags if first_flags is None else first_flags
                keyframe = flags is not None and not flags & _NON_SYNC_SAMPLE
    if start is None or keyframe is None:
        raise BrokenFile("a fragment without a decode time or without frames")
    return FragmentTiming(start, duration, keyframe)


def move_fragment(fragment: bytes, start: int, sequence: int) -> bytes:
    """The same moof+mdat with another decode time (ticks) and sequence number."""
    moved = bytearray(fragment)
    moof = next(boxes(fragment), None)
    if moof is None or moof.kind != b"moof":
        raise BrokenFile("a fragment that does not begin with a moof box")
    for box in _descend(fragment, moof):
        if box.kind == b"mfhd":
            _U32.pack_into(moved, box.body + 4, sequence & 0xFFFFFFFF)
        elif box.kind == b"tfdt":
            if fragment[box.body] != 1:
                raise BrokenFile("a fragment with a 32-bit decode time; the recorder never writes one")
            _U64.pack_into(moved, box.body + 4, start)
    return bytes(moved)


def _descend(data: bytes, parent: Box) -> Iterator[Box]:
    for box in boxes(data, parent.body, parent.end):
        yield box
        if box.kind in _CONTAINERS:
            yield from _descend(data, box)


def _timescale(data: bytes, moov: Box) -> int:
    for box in _descend(data, moov):
        if box.kind == b"mdhd":
            wide = data[box.body] == 1
            return int(_U32.unpack_from(data, box.body + (20 if wide else 12))[0])
    raise BrokenFile("a file header without a media header")


def _codec(data: bytes, moov: Box) -> str:
    for box in _descend(data, moov):
        if box.kind == b"stsd":
            entry = next(boxes(data, box.body + 8, box.end), None)
            if entry is None:
                break
            name = entry.kind.decode("latin-1")
            for detail in boxes(data, entry.body + _VISUAL_ENTRY_SIZE, entry.end):
                if detail.kind == b"avcC":
                    return f"{name}.{data[detail.body + 1 : detail.body + 4].hex()}"
                if detail.kind == b"hvcC":
                    return f"{name}.{_hevc_profile(data[detail.body : detail.end])}"
                if detail.kind == b"esds":
                    return f"{name}.{_object_type(data[detail.body : detail.end]):02X}"
            return name
    raise BrokenFile("a file header that names no codec")


def _hevc_profile(record: bytes) -> str:
    """Profile, compatibility, tier and level as ISO/IEC 14496-15 annex E spells them."""
    space = ("", "A", "B", "C")[record[1] >> 6]
    tier = "H" if record[1] & 0x20 else "L"
    compatibility = int(f"{_U32.unpack_from(record, 2)[0]:032b}"[::-1], 2)
    constraints = record[6:12].rstrip(b"\0")
    parts = [f"{space}{record[1] & 0x1F}", f"{compatibility:X}", f"{tier}{record[12]}"]
    return ".".join(parts + [f"{byte:X}" for byte in constraints])


def _object_type(esds: bytes) -> int:
    """What an MPEG-4 elementary stream is (0x6C: JPEG): ISO/IEC 14496-1, 7.2.6.5 and 7.2.6.6."""
    stream = _descriptor_body(esds, 4)
    return esds[_descriptor_body(esds, stream + 3)]


def _descriptor_body(data: bytes, start: int) -> int:
    position = start + 1
    while data[position] & 0x80:
        position += 1
    return position + 1


def _track_defaults(data: bytes, tfhd: Box) -> tuple[int | None, int | None]:
    flags = _U32.unpack_from(data, tfhd.body)[0] & 0xFFFFFF
    position = tfhd.body + 8
    values: dict[int, int] = {}
    for bit, width in ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4), (0x20, 4)):
        if flags & bit:
            values[bit] = int.from_bytes(data[position : position + width], "big")
            position += width
    return values.get(0x8), values.get(0x20)


def _run(data: bytes, trun: Box, default_duration: int | None) -> tuple[int, int | None]:
    """The run's duration and the flags of its first frame (None where they are the track's)."""
    flags = _U32.unpack_from(data, trun.body)[0] & 0xFFFFFF
    count = _U32.unpack_from(data, trun.body + 4)[0]
    position = trun.body + 8 + (4 if flags & 0x1 else 0)
    first_flags: int | None = None
    if flags & 0x4:
        first_flags = _U32.unpack_from(data, position)[0]
        position += 4
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    row = 4 * len(fields)
    if position + count * row > trun.end:
        raise BrokenFile("a fragment that claims more frames than it lists")
    if first_flags is None and 0x400 in fields and count:
        first_flags = _U32.unpack_from(data, position + 4 * fields.index(0x400))[0]
    if 0x100 in fields:
        return sum(_U32.unpack_from(data, position + row * i)[0] for i in range(count)), first_flags
    if default_duration is None:
        raise BrokenFile("a fragment without frame durations")
    return default_duration * count, first_flags
