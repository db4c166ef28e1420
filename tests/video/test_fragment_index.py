"""The fragment index and the walking of files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.video.fmp4 import FragmentTiming, move_fragment, read_init, read_moof
from doorward.video.fragment import (
    TIMESCALE,
    Fragment,
    pack_fragments,
    ticks_to_us,
    unpack_fragments,
    us_to_ticks,
)
from doorward.video.muxer import FragmentMuxer
from doorward.video.session import SourcePacket
from doorward.video.walk import WalkedFile, walk_file

fragments = st.builds(
    Fragment,
    offset=st.integers(0, 2**64 - 1),
    size=st.integers(0, 2**32 - 1),
    start=st.integers(0, 2**64 - 1),
    duration=st.integers(0, 2**32 - 1),
    keyframe=st.booleans(),
)


@given(st.lists(fragments))
def test_a_packed_index_unpacks_to_the_same_fragments(index: list[Fragment]) -> None:
    assert unpack_fragments(pack_fragments(index)) == index


@given(st.lists(fragments, min_size=1), st.integers(1, 24))
def test_an_index_cut_short_is_refused(index: list[Fragment], missing: int) -> None:
    with pytest.raises(ValueError, match="cut short"):
        unpack_fragments(pack_fragments(index)[:-missing])


@given(st.integers(0, 2**62))
def test_microseconds_survive_ticks_to_within_one_tick(microseconds: int) -> None:
    assert 0 <= microseconds - ticks_to_us(us_to_ticks(microseconds)) <= 12


def _muxed(items: list[SourcePacket]) -> bytes:
    muxer = FragmentMuxer(items[0].template)
    return b"".join([muxer.header, *(muxer.add(item.packet) for item in items), muxer.finish()])


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory, film: Callable[..., list[SourcePacket]]) -> bytes:
    return _muxed(film(4))


def _walked(data: bytes, directory: Path) -> WalkedFile | None:
    path = directory / "cut.mp4"
    path.write_bytes(data)
    return walk_file(path)


def test_a_walk_finds_every_fragment_and_its_keyframes(recording: bytes, tmp_path: Path) -> None:
    walked = _walked(recording, tmp_path)

    assert walked is not None
    assert walked.whole_size == len(recording)
    assert walked.init.timescale == TIMESCALE
    assert walked.init.codec == f"avc1.{_profile(recording)}"
    assert [fragment.start for fragment in walked.fragments] == [n * TIMESCALE // 2 for n in range(8)]
    assert [fragment.keyframe for fragment in walked.fragments] == [True, False] * 4
    assert walked.fragments[-1].end == 4 * TIMESCALE


def _profile(recording: bytes) -> str:
    at = recording.index(b"avcC") + 5
    return recording[at : at + 3].hex()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere_keeps_exactly_its_whole_fragments(
    recording: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    directory = tmp_path_factory.getbasetemp()
    whole = _walked(recording, directory)
    assert whole is not None
    length = data.draw(st.integers(0, len(recording)))

    cut = _walked(recording[:length], directory)

    if length < whole.init.size:
        assert cut is None
    else:
        assert cut is not None
        assert cut.fragments == [f for f in whole.fragments if f.offset + f.size <= length]
        assert cut.whole_size <= length


def test_damage_ends_a_walk_before_the_damaged_fragment(recording: bytes, tmp_path: Path) -> None:
    whole = _walked(recording, tmp_path)
    assert whole is not None
    third = whole.fragments[3].offset
    damaged = recording[:third] + b"\xff" * 64 + recording[third + 64 :]

    walked = _walked(damaged, tmp_path)

    assert walked is not None
    assert walked.fragments == whole.fragments[:3]


@given(start=st.integers(0, 2**64 - 1), sequence=st.integers(0, 2**40))
def test_moving_a_fragment_changes_its_time_and_nothing_else(recording: bytes, start: int, sequence: int) -> None:
    init = read_init(recording)
    assert init is not None
    fragment = recording[init.size : recording.index(b"moof", init.size + 8) - 4]

    moved = move_fragment(fragment, start, sequence)

    before, after = read_moof(fragment), read_moof(moved)
    assert after == FragmentTiming(start, before.duration, before.keyframe)
    assert move_fragment(moved, before.start, 1) == fragment
