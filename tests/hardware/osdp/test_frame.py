"""Frames are found and read as the standard has them, however the bytes arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.hardware.osdp.frame import ACK, MAX_FRAME_BYTES, NAK, POLL, Frame, Framer, crc16, with_check
from doorward.hardware.osdp.tap import Tap

LED, RAW = 0x69, 0x50


def frame(address: int, payload: bytes, reply: bool = True, sequence: int = 1, crc: bool = True) -> bytes:
    """A frame without a security block."""
    length = 5 + len(payload) + (2 if crc else 1)
    header = bytes([0x53, address | (0x80 if reply else 0), length & 0xFF, length >> 8, sequence | (4 if crc else 0)])
    return with_check(header + payload)


FRAMES = st.lists(
    st.tuples(
        st.integers(0, 0x7E), st.binary(min_size=1, max_size=300), st.booleans(), st.integers(0, 3), st.booleans()
    )
)


@given(FRAMES, st.lists(st.integers(1, 50), min_size=1, max_size=50))
def test_every_frame_is_found_and_intact_however_the_bytes_are_cut(
    frames: list[tuple[int, bytes, bool, int, bool]], cuts: list[int]
) -> None:
    wire = b"\xff".join(frame(*each) for each in frames)
    framer, found = Framer(), list[Frame]()
    while wire:
        size = cuts.pop(0) if cuts else len(wire)
        found += framer.feed(wire[:size])
        wire = wire[size:]
    assert all(each.intact for each in found)
    assert [(one.address, bytes((one.code,)) + one.data, one.is_reply, one.sequence) for one in found] == [
        each[:4] for each in frames
    ]


@given(st.binary(max_size=3000))
def test_no_bytes_break_it(noise: bytes) -> None:
    framer = Framer()
    for found in framer.feed(noise):
        assert len(found.raw) <= MAX_FRAME_BYTES
        found.intact, found.security, found.mac  # noqa: B018


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_wrong_bit_is_noticed(payload: bytes, data: st.DataObject) -> None:
    good = bytearray(frame(3, payload))
    place = data.draw(st.integers(5, len(good) - 1))
    good[place] ^= 1 << data.draw(st.integers(0, 7))
    assert not Frame(bytes(good)).intact


def test_the_crc_is_that_of_the_standard() -> None:
    """The published check value of this CRC (polynomial 1021h, start 1D0Fh)."""
    assert crc16(b"123456789") == 0xE5CC


def tap_hearing(heard: list[int]) -> Tap:
    return Tap(heard.append, lambda _: None, lambda _: None, lambda _: None)


def told_empty(*exchanges: tuple[int, int, int]) -> list[int]:
    """How often a device was found to keep nothing, after each exchange of a sequence, a command and a reply."""
    empty: list[int] = []
    tap = Tap(lambda _: None, lambda _: None, lambda _: None, empty.append)
    counted = []
    for sequence, command, reply in exchanges:
        tap.sent(frame(1, bytes((command,)), reply=False, sequence=sequence), 0.0)
        if reply:
            tap.received(frame(1, bytes((reply,)), sequence=sequence), 0.0)
        counted.append(len(empty))
    return counted


@pytest.mark.parametrize(
    "exchanges, counted",
    [
        ([(1, POLL, ACK), (2, POLL, ACK), (3, POLL, RAW), (1, POLL, ACK)], [0, 1, 2, 2]),
        ([(1, LED, ACK), (2, LED, ACK), (3, POLL, RAW)], [0, 0, 0]),
        ([(1, POLL, ACK), (1, POLL, ACK), (2, POLL, ACK)], [0, 0, 1]),
        ([(1, POLL, ACK), (0, POLL, ACK), (1, POLL, ACK)], [0, 0, 1]),
        ([(1, POLL, 0), (2, POLL, NAK), (3, POLL, RAW)], [0, 0, 0]),
    ],
    ids=["a card between", "not a poll", "refused: the same again", "refused: begun anew", "no answer, and a refusal"],
)
def test_a_device_keeps_nothing_when_it_acknowledged_a_poll_and_that_was_accepted(
    exchanges: list[tuple[int, int, int]], counted: list[int]
) -> None:
    assert told_empty(*exchanges) == counted


def test_replies_are_counted_by_how_long_they_took() -> None:
    heard: list[int] = []
    tap = tap_hearing(heard)
    tap.sent(frame(1, b"\x60", reply=False), 10.0)
    tap.received(frame(1, b"\x40"), 10.030)
    counters = tap.counters(1)
    assert heard == [1]
    assert (counters.commands, counters.replies, counters.unanswered) == (1, 1, 0)
    assert counters.latency == (0, 0, 0, 1, 0, 0, 0)


def test_what_goes_wrong_is_counted_by_its_kind() -> None:
    heard: list[int] = []
    tap = tap_hearing(heard)
    poll = frame(1, b"\x60", reply=False)
    tap.sent(poll, 0.0)
    tap.sent(poll, 0.2)  # no answer: repeated
    damaged = bytearray(frame(1, b"\x40"))
    damaged[-1] ^= 1
    tap.received(bytes(damaged), 0.21)
    tap.sent(poll, 0.4)
    tap.received(frame(1, b"\x40")[:6], 0.41)  # cut off
    tap.sent(poll, 0.6)
    tap.received(frame(1, b"\x40", sequence=2), 0.61)  # answers nothing that was asked
    tap.received(frame(2, b"\x40"), 0.61)  # of another device
    tap.received(frame(1, b"\x41\x05"), 0.62)
    one, two = tap.counters(1), tap.counters(2)
    assert (one.commands, one.repeated, one.unanswered, one.damaged) == (4, 3, 3, 2)
    assert (one.replies, one.naks, one.out_of_turn) == (1, 1, 1)
    assert (two.replies, two.out_of_turn) == (0, 1)
    assert heard == [1]
