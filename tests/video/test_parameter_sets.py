"""What describes a stream inside its keyframes."""

import io
from collections.abc import Iterator

import av
import pytest

from doorward.video.parameter_sets import Codec, codec_named, parameter_sets
from tests.video.numbered_film import write_film

SPS, PPS, PICTURE = (b"\0\0\0\1" + unit for unit in (b"\x67sps", b"\x68pps", b"\x65picture"))


def packets(codec: str) -> Iterator[bytes]:
    """A film as a camera sends it: with start codes."""
    file = io.BytesIO()
    write_film(file, codec, 12, container="mpegts" if codec != "mjpeg" else "matroska")
    with av.open(io.BytesIO(file.getvalue()), "r") as container:
        yield from [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_parameter_sets_that_are_said_twice_are_the_same_as_once() -> None:
    once = parameter_sets(Codec.H264, SPS + PPS + PICTURE)
    assert once == SPS + PPS
    assert parameter_sets(Codec.H264, SPS + PPS + SPS + PPS + PICTURE) == once


def test_a_picture_with_lengths_in_place_of_start_codes_brings_no_parameter_sets() -> None:
    assert parameter_sets(Codec.H264, b"\0\0\0\x04" + SPS[4:]) is None


@pytest.mark.parametrize("codec", list(Codec))
def test_a_stream_is_never_taken_for_one_of_another_codec(codec: Codec) -> None:
    assert not any(codec.is_of_another(packet) for packet in packets(codec.elementary_format))


@pytest.mark.parametrize("sent, expected", [(Codec.H264, Codec.H265), (Codec.H265, Codec.H264)])
def test_keyframes_of_another_codec_are_known(sent: Codec, expected: Codec) -> None:
    assert expected.is_of_another(next(packets(sent.elementary_format)))


def test_a_start_code_at_the_end_of_a_packet_is_not_a_unit() -> None:
    assert not Codec.H264.is_of_another(b"\0\0\0\1\x65\0\0\1")


def test_a_jpeg_picture_is_described_by_its_frame_header() -> None:
    first, second, *_ = packets("mjpeg")
    header = parameter_sets(Codec.MJPEG, first)
    assert header is not None
    assert header.startswith(b"\xff\xc0")
    assert header[5:9] == (72).to_bytes(2, "big") + (640).to_bytes(2, "big")
    assert parameter_sets(Codec.MJPEG, second) == header
    assert parameter_sets(Codec.MJPEG, first[:40]) is None


def test_a_codec_that_is_not_recorded_is_refused_with_what_to_do() -> None:
    with pytest.raises(Exception, match="video encoding"):
        codec_named("mpeg4")
