"""Cutting a serial line's bytes into frames."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.simulators.framing import BROADCAST, MAX_FRAME_BYTES, FrameSplitter, is_secure

MARK, SOM = 0xFF, 0x53


def frame(address: int, body: bytes = b"\x04\x60\x00\x00", mark: bool = True) -> bytes:
    length = len(body) + 4
    return (bytes([MARK]) if mark else b"") + bytes([SOM, address, length & 0xFF, length >> 8]) + body


FRAMES = st.builds(frame, st.integers(0, 0x7E), st.binary(min_size=3, max_size=60), st.booleans())


@given(st.lists(FRAMES, max_size=6), st.data())
def test_frames_come_out_whole_however_they_are_cut(frames: list[bytes], data: st.DataObject) -> None:
    sent, splitter = b"".join(frames), FrameSplitter()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(sent)), max_size=8)))
    edges = [0, *cuts, len(sent)]
    got = [
        whole for start, end in zip(edges, edges[1:], strict=False) for _, whole in splitter.feed(sent[start:end], 1.0)
    ]
    assert b"".join(got) == sent


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_any_bytes_are_survived_and_little_of_them_is_kept(pieces: list[bytes]) -> None:
    splitter = FrameSplitter()
    for piece in pieces:
        for address, whole in splitter.feed(piece, 1.0):
            assert 0 <= address <= BROADCAST
            assert len(whole) <= MAX_FRAME_BYTES + 1
    assert len(splitter._held) <= MAX_FRAME_BYTES + 300


def test_a_frame_whose_rest_never_came_does_not_swallow_the_next() -> None:
    splitter = FrameSplitter()
    assert splitter.feed(frame(1)[:-2], 1.0) == []
    assert splitter.feed(frame(2), 2.0) == [(2, frame(2))]


def test_secured_messages_are_told_from_those_of_the_handshake() -> None:
    assert is_secure(frame(1, b"\x0c\x02\x15\x60aaaabb"))
    assert not is_secure(frame(1, b"\x0c\x03\x11\x00\x76aabb")), "the challenge"
    assert not is_secure(frame(1)), "a plain poll"
