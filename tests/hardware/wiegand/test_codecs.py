"""Every framing: what a converter writes is read back however it is cut, and nothing else is made of what arrives."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.doors.wiegand import FRAMINGS, Framing
from doorward.hardware.wiegand.codec import Burst, Codec, Decoder, Frame, Heard, Heartbeat, Noise, TamperInput, Wires
from doorward.hardware.wiegand.codecs import CODECS

NAMES = tuple(CODECS)
CHECKED = tuple(name for name in NAMES if CODECS[name].framing.checked)
LINES = tuple(name for name in NAMES if name not in ("hex-xor", "channel-frames"))
LONGEST = 600
"""No codec holds more bytes than this."""

_CARDS = st.builds(encode_h10301, st.integers(0, 255), st.integers(0, 65535))


def frames_of(codec: Codec) -> st.SearchStrategy[Frame]:
    """What a converter with this framing can tell."""
    framing = codec.framing
    channels = st.integers(0, framing.channels - 1)
    if framing.card_bits == 26:
        bits: st.SearchStrategy[CardBits] = _CARDS
    else:
        most = 255 if framing.name == "hex-left" else 256
        counts = st.just(framing.card_bits) if framing.card_bits else st.integers(1, most)
        bits = counts.flatmap(lambda count: st.builds(CardBits.from_int, st.integers(0, 2**count - 1), st.just(count)))
    kinds: list[st.SearchStrategy[Frame]] = [st.builds(Burst, bits, channels)]
    if framing.tamper:
        kinds.append(st.builds(TamperInput, st.booleans(), channels))
    if framing.heartbeat_s is not None:
        kinds.append(st.just(Heartbeat()))
    return st.one_of(kinds)


NAMED_FRAMES = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(st.just(name), st.lists(frames_of(CODECS[name]), max_size=5))
)
NAMED_FRAME = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), frames_of(CODECS[name])))


def feed_in_pieces(decoder: Decoder, data: bytes, cuts: Sequence[int]) -> list[Heard]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [one for start, end in pairwise(edges) for one in decoder.feed(data[start:end])]


def framed(checked: bytes) -> bytes:
    """Binary frame around what its CRC covers, by the CRC's textbook definition (CRC-16/CCITT-FALSE)."""
    crc = 0xFFFF
    for byte in checked:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return b"\x02" + checked + crc.to_bytes(2, "big") + b"\x03"


def without_noise(heard: Sequence[Heard]) -> list[Frame]:
    return [one for one in heard if not isinstance(one, Noise)]


CUTS = st.lists(st.integers(0, 10_000), max_size=8)


@given(NAMED_FRAMES, CUTS)
def test_frames_come_through_however_they_are_cut(named: tuple[str, list[Frame]], cuts: list[int]) -> None:
    name, frames = named
    codec = CODECS[name]
    decoder = codec.decoder()
    assert feed_in_pieces(decoder, b"".join(map(codec.encode, frames)), cuts) == frames
    assert not decoder.waits


@given(st.sampled_from(NAMES), st.binary(max_size=2_000), CUTS)
def test_anything_may_arrive_and_little_of_it_is_kept(name: str, data: bytes, cuts: list[int]) -> None:
    decoder = CODECS[name].decoder()
    feed_in_pieces(decoder, data, cuts)
    decoder.give_up()
    feed_in_pieces(decoder, data, cuts)
    held = [value for value in vars(decoder).values() if isinstance(value, bytes)]
    assert held
    assert all(len(value) <= LONGEST for value in held)


@given(st.sampled_from(NAMES), st.binary(max_size=60), CUTS)
def test_pieces_say_no_more_than_the_whole(name: str, data: bytes, cuts: list[int]) -> None:
    whole, cut = CODECS[name].decoder(), CODECS[name].decoder()
    assert without_noise(whole.feed(data)) == without_noise(feed_in_pieces(cut, data, cuts))


@given(NAMED_FRAME, st.binary(max_size=40))
def test_a_frame_behind_noise_is_found(named: tuple[str, Frame], noise: bytes) -> None:
    name, frame = named
    codec = CODECS[name]
    decoder = codec.decoder()
    decoder.feed(noise.replace(b"\x02", b"!") + b"\r\n")
    assert without_noise(decoder.feed(codec.encode(frame))) == [frame]


@settings(max_examples=300)
@given(
    st.sampled_from(CHECKED).flatmap(lambda name: st.tuples(st.just(name), frames_of(CODECS[name]))),
    st.integers(0, 10_000),
    st.integers(1, 255),
)
def test_a_changed_byte_never_makes_another_frame(named: tuple[str, Frame], place: int, flip: int) -> None:
    name, frame = named
    codec = CODECS[name]
    data = bytearray(codec.encode(frame))
    data[place % len(data)] ^= flip
    decoder = codec.decoder()
    heard = decoder.feed(bytes(data)) + decoder.give_up()
    # The same frame may still be read: an upper-case digit that became a lower-case one, a CR that became an LF.
    assert without_noise(heard) in ([], [frame])


@given(NAMED_FRAME, st.integers(0, 10_000))
def test_the_tail_of_a_frame_that_was_given_up_is_no_frame(named: tuple[str, Frame], place: int) -> None:
    name, frame = named
    codec = CODECS[name]
    data = codec.encode(frame)
    cut = place % len(data)
    assume(cut > 0)
    decoder = codec.decoder()
    heard = decoder.feed(data[:cut])
    if heard == [frame]:  # only the line's last end is still to come
        return
    heard += decoder.give_up() + decoder.feed(data[cut:])
    assert any(isinstance(one, Noise) for one in heard)
    assert without_noise(heard) == []


@given(st.sampled_from(LINES), st.integers(300, 3_000), st.data())
def test_the_tail_of_a_line_too_long_is_no_frame(name: str, size: int, data: st.DataObject) -> None:
    codec = CODECS[name]
    frame = data.draw(frames_of(codec))
    decoder = codec.decoder()
    heard = decoder.feed(b"#" * size)
    heard += decoder.feed(codec.encode(frame))
    assert without_noise(heard) == []
    assert without_noise(decoder.feed(codec.encode(frame))) == [frame]


def test_a_frame_hidden_in_the_bits_of_a_card_comes_only_with_noise_before_it() -> None:
    """Whoever can write a card could write a frame of another channel on it, and disturb the line."""
    codec = CODECS["channel-frames"]
    inner = codec.encode(Burst(encode_h10301(1, 2), 3))
    outer = codec.encode(Burst(CardBits(inner, len(inner) * 8), 0))
    decoder = codec.decoder()
    assert len(decoder.feed(outer)) == 1
    heard = decoder.feed(outer[:-2] + b"\0" + outer[-1:])
    assert isinstance(heard[0], Noise)
    unknown = framed(bytes((2 + len(inner), 0)) + b"X" + inner)
    assert decoder.give_up() + decoder.feed(unknown) == [Noise("frame cut short"), Noise("a frame that means nothing")]


@pytest.mark.parametrize("name", NAMES)
def test_the_example_that_is_shown_is_the_card_17_1042(name: str) -> None:
    codec = CODECS[name]
    (heard,) = codec.decoder().feed(codec.framing.example)
    assert isinstance(heard, Burst)
    assert codec.encode(heard) == codec.framing.example
    if name == "hex-xor":
        assert heard.bits.data.hex() == "62e3086ced"
    else:
        assert heard.bits == encode_h10301(17, 1042)
    assert heard.channel == (2 if codec.framing.channels > 1 else 0)


@pytest.mark.parametrize(
    "name, line",
    [
        ("hex-count", b"0:\r\n"),
        ("hex-count", b"0:00\r\n"),
        ("hex-count", b"257:" + b"0" * 66 + b"\r\n"),
        ("hex-count", b"26:FFFFFFFF\r\n"),
        ("hex-count", b"26:0000220824\r\n"),
        ("hex-count", b"26:220824\r\n"),
        ("hex-count", b"26:00220824 \r\n"),
        ("hex-count", b"-26:00220824\r\n"),
        ("hex-left", b"1A08820901\r"),
        ("hex-left", b"1A088209\r"),
        ("hex-left", b"1A0882090\r"),
        ("hex-left", b"00\r"),
        ("hex-24", b"11041\r"),
        ("hex-24", b"1104120\r"),
        ("hex-24", b"11 412\r"),
        ("bits", b"0102\r\n"),
        ("bits", b"0" * 257 + b"\r\n"),
        ("decimal", b"256,1\r\n"),
        ("decimal", b"1,65536\r\n"),
        ("decimal", b"1;5\r\n"),
        ("decimal", b"\xd9\xa1,\xd9\xa1\r\n"),
        ("hex-xor", b"\x0262E3086CED09\r\n\x03"),
        ("hex-xor", b"\x0262E3086CED08\x02"),
        ("hex-xor", b"62E3086CED08\r\n\x03"),
        ("channel-lines", b"2:26:00220824*39\r\n"),
        ("channel-lines", b"2:26:00220824\r\n"),
        ("channel-lines", b"2:T2*54\r\n"),
        ("channel-frames", framed(b"\x02\x01H")),
        ("channel-frames", framed(b"\x03\x01T\x02")),
        ("channel-frames", framed(b"\x03\x01X\x01")),
        ("channel-frames", framed(b"\x05\x01W\x0a\x00\x01")),
        ("channel-frames", framed(b"\x04\x01W\x0a\x00")),
        ("channel-frames", b"\x02\x00\x00\x00\x03"),
    ],
)
def test_what_is_not_exactly_right_is_noise(name: str, line: bytes) -> None:
    decoder = CODECS[name].decoder()
    heard = decoder.feed(line) + decoder.give_up()
    assert heard
    assert without_noise(heard) == []


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
@pytest.mark.parametrize("name", LINES)
def test_lines_end_with_cr_lf_or_both(name: str, end: bytes) -> None:
    codec = CODECS[name]
    line = codec.framing.example.rstrip(b"\r\n")
    assert len(without_noise(codec.decoder().feed(line + end + line + end))) == 2


def test_an_id_reader_may_leave_out_the_line_end() -> None:
    assert without_noise(CODECS["hex-xor"].decoder().feed(b"\x0262E3086CED08\x03"))


@pytest.mark.parametrize(
    "name, wires, written",
    [
        ("channel-lines", Wires(green=True, buzzer=True), b"3:L5*70\r\n"),
        ("channel-lines", Wires(red=True), b"3:L2*77\r\n"),
        ("channel-frames", Wires(), framed(b"\x03\x03L\x00")),
    ],
)
def test_wires_are_commanded_by_channel(name: str, wires: Wires, written: bytes) -> None:
    command = CODECS[name].command
    assert command is not None
    assert command(3, wires) == written


def test_only_declared_framings_take_commands() -> None:
    assert [name for name, codec in CODECS.items() if codec.command] == [
        name for name, framing in FRAMINGS.items() if framing.feedback
    ]


@pytest.mark.parametrize("name", ["hex-24", "decimal"])
def test_a_framing_of_26_bit_cards_writes_no_other(name: str) -> None:
    for bits in (CardBits.from_int(1, 34), CardBits.from_int(0b11, 26)):
        with pytest.raises(ValueError, match="26-bit"):
            CODECS[name].encode(Burst(bits))


def test_no_bits_are_in_a_repr() -> None:
    assert "data" not in repr(Burst(encode_h10301(17, 1042)))


def test_the_framing_that_the_guide_adds_works() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide" / "wiegand.md").read_text()
    declaration, module = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    names: dict[str, Any] = {"Framing": Framing}
    exec(declaration, names)  # noqa: S102 - our own page
    exec(module.replace("from doorward.acs.doors.wiegand import DEC_10\n", ""), names)  # noqa: S102
    codec: Codec = names["CODEC"]
    (heard,) = codec.decoder().feed(codec.framing.example)
    assert heard == Burst(CardBits.from_int(123478, 32))
    assert codec.encode(heard) == codec.framing.example
    assert isinstance(codec.decoder().feed(b"4294967296\r\n")[0], Noise)


def test_the_reference_shows_every_framing_by_its_name() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "wiegand.md").read_text()
    assert [name for name in FRAMINGS if f"| `{name}` |" not in page] == []
