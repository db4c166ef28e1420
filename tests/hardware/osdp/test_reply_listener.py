"""The listener names who replied, however the bytes arrive."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.osdp.reply_listener import ReplyListener


def frame(address: int, payload: bytes, reply: bool = True) -> bytes:
    """A frame as it stands on the wire, except that nothing checks its checksum here."""
    length = 5 + len(payload) + 2
    return bytes([0x53, address | (0x80 if reply else 0), length & 0xFF, length >> 8, 4]) + payload + b"\0\0"


FRAMES = st.lists(st.tuples(st.integers(0, 0x7E), st.binary(max_size=300), st.booleans()), max_size=8)


@given(FRAMES, st.lists(st.integers(1, 50), min_size=1, max_size=50))
def test_every_reply_is_named_and_no_command_however_the_bytes_are_cut(
    frames: list[tuple[int, bytes, bool]], cuts: list[int]
) -> None:
    wire = b"".join(frame(*each) for each in frames)
    listener = ReplyListener()
    heard: set[int] = set()
    while wire:
        size = cuts.pop(0) if cuts else len(wire)
        heard |= listener.feed(wire[:size])
        wire = wire[size:]
    assert heard == {address for address, _, reply in frames if reply}


@given(st.binary(max_size=50).filter(lambda noise: 0x53 not in noise))
def test_noise_between_frames_is_passed_over(noise: bytes) -> None:
    assert ReplyListener().feed(b"\xff" + noise + frame(5, b"x")) == {5}
