"""What describes a stream inside its keyframes."""

import io
from collections.abc import Iterator

import av
import pytest

from doorward.video.parameter_sets import Codec, begins_with_any, codec_named, parameter_sets
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


@pytest.mark.parametrize("codec", list(Codec))
def test_a_stream_is_never_taken_for_one_of_another_codec(codec: Codec) -> None:
    assert not any(begins_with_any(packet, codec.foreign_first_bytes()) for packet in packets(codec.elementary_format))


@pytest.mark.parametrize("sent, expected", [(Codec.H264, Codec.H265), (Codec.H265, Codec.H264)])
def test_keyframes_of_another_codec_are_known(sent: Codec, expected: Codec) -> None:
    assert begins_with_any(next(packets(sent.elementary_format)), expected.foreign_first_bytes())


def test_a_start_code_at_the_end_of_a_packet_is_not_a_unit() -> None:
    assert not begins_with_any(b"\0\0\0\1\x65\0\0\1", Codec.H264.foreign_first_bytes())


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
