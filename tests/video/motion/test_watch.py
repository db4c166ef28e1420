"""From the packets of cameras to reports and rows: what is looked at, and what is told."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from doorward.acs.cameras.motion_settings import WHOLE_PICTURE, MotionSettings
from doorward.video.index import Index
from doorward.video.messages import (
    CameraReport,
    CameraSource,
    CameraState,
    Configure,
    MotionReport,
    MotionState,
    Report,
    decode_command,
    decode_report,
    encode_line,
)
from doorward.video.motion import watch
from doorward.video.motion.heat import HeatLog
from doorward.video.motion.search import search_motion
from doorward.video.motion.taker import QUEUED, MotionTaker
from doorward.video.motion.watch import MotionWatch
from doorward.video.recorder import Recorder
from doorward.video.session import SourcePacket
from doorward.video.wall_time import from_us
from tests.video.motion.films import FPS, film, write_film

BEGIN_US = 1_700_000_000_000_000
WATCHING = MotionSettings(enabled=True)


@dataclass
class Told:
    """Reports as they come, from any thread."""

    reports: list[Report] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def note(self, report: Report) -> None:
        with self.news:
            self.reports.append(report)
            self.news.notify_all()

    def motion(self) -> list[MotionReport]:
        return [report for report in self.reports if isinstance(report, MotionReport)]

    def wait(self, wanted: Callable[[Report], bool]) -> Report:
        with self.news:
            assert self.news.wait_for(lambda: any(map(wanted, self.reports)), 20), self.reports
            return next(report for report in self.reports if wanted(report))


def at_us(number: int) -> int:
    return BEGIN_US + number * 1_000_000 // FPS


def offer_all(taker: MotionTaker, packets: list[SourcePacket]) -> list[tuple[int, bool]]:
    """Which packets (by number) are taken when the decoder keeps up, and whether their picture is wanted."""
    taken = []
    for number, item in enumerate(packets):
        taker.offer(item, at_us(number))
        while (offered := taker.take()) is not None:
            taken.append((number, offered.wanted))
    return taken


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watching(tmp_path: Path, told: Told) -> Iterator[MotionWatch]:
    index = Index(tmp_path)
    opened = MotionWatch(HeatLog(index), told.note)
    yield opened
    opened.close()
    index.close()


def is_motion(report: Report, *, moving: bool) -> bool:
    return isinstance(report, MotionReport) and report.moving is moving


def test_only_keyframes_are_decoded_where_they_come_often() -> None:
    packets = film(5, gop_s=1.0)
    taken = offer_all(MotionTaker(), packets)
    assert [number for number, wanted in taken if wanted and number >= FPS] == [10, 20, 30, 40]
    assert all(packets[number].packet.keyframe for number, _ in taken if number >= FPS)
    often = offer_all(MotionTaker(), film(4, size=(1280, 768), gop_s=0.1))
    assert [number for number, _ in often] == list(range(0, 40, 5))


def test_a_low_stream_with_rare_keyframes_is_decoded_whole_and_looked_at_twice_a_second() -> None:
    taker = MotionTaker()
    taken = offer_all(taker, film(8, gop_s=4.0))
    assert [number for number, _ in taken] == list(range(80))
    assert [number for number, wanted in taken if wanted] == list(range(0, 80, 5))
    assert not taker.sparse


def test_a_large_stream_with_rare_keyframes_is_sparse() -> None:
    taker = MotionTaker()
    assert offer_all(taker, film(8, size=(1280, 768), gop_s=4.0)) == [(0, True), (40, True)]
    assert taker.sparse


def test_a_decoder_that_is_behind_loses_whole_groups_and_recording_never_waits() -> None:
    taker = MotionTaker()
    packets = film(8, gop_s=4.0)
    for round_ in range(4):
        for number, item in enumerate(packets):
            taker.offer(item, at_us(round_ * 80 + number))
    taken = []
    while (offered := taker.take()) is not None:
        taken.append(offered)
    assert len(taken) <= QUEUED
    assert taken[0].item.packet.keyframe
    assert taker.lost + len(taken) == 320


def test_motion_is_told_when_it_begins_and_ends_and_is_found_afterwards(
    watching: MotionWatch, told: Told, tmp_path: Path
) -> None:
    watching.configure({"cam": WATCHING, "off": MotionSettings()})
    still, moving = film(4, moves=False), film(6)
    for number, item in enumerate([*still, *moving, *(still * 2)]):
        watching.offer("cam", item, at_us(number))
        watching.offer("off", item, at_us(number))
        watching.offer("unknown", item, at_us(number))
    told.wait(lambda report: is_motion(report, moving=True))
    with told.news:
        assert told.news.wait_for(lambda: [each.moving for each in told.motion()] == [False, True, False], 20)
    watching.close()
    assert {report.camera_id for report in told.motion()} == {"cam"}
    found = search_motion(tmp_path, "cam", WHOLE_PICTURE, BEGIN_US, at_us(1000))
    assert found
    assert at_us(40) - 1_000_000 <= found[0].start_us <= at_us(40) + 2_000_000
    assert search_motion(tmp_path, "off", WHOLE_PICTURE, BEGIN_US, at_us(1000)) == []


def test_pictures_that_cannot_be_decoded_are_told_and_the_next_ones_are_looked_at(
    watching: MotionWatch, told: Told
) -> None:
    watching.configure({"cam": WATCHING})
    packets = film(3)
    rubbish = [with_bytes(item, b"\0\0\0\1\x65" + b"\xff" * 200 if item.packet.keyframe else b"\0") for item in film(3)]
    for number, item in enumerate(rubbish):
        watching.offer("cam", item, at_us(number))
    told.wait(lambda report: isinstance(report, MotionReport) and report.state is MotionState.FAILED)
    for number, item in enumerate(packets):
        watching.offer("cam", item, at_us(100 + number))
    told.wait(lambda report: isinstance(report, MotionReport) and report.state is MotionState.WATCHING)


def with_bytes(item: SourcePacket, data: bytes) -> SourcePacket:
    """The packet with other bytes."""
    packet = item.packet
    return SourcePacket(type(packet)(data, packet.dts, packet.pts, packet.keyframe), item.template, item.jumped)


def test_what_looking_costs_is_measured(watching: MotionWatch, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "REPORT_S", 0.0)
    watching.configure({"cam": WATCHING})
    for number, item in enumerate(film(4)):
        watching.offer("cam", item, at_us(number))
    report = told.wait(lambda report: isinstance(report, MotionReport))
    assert isinstance(report, MotionReport)
    assert 0 < report.cpu_share < 1
    assert report.pictures_per_s > 0


def test_a_recorded_camera_is_watched_and_other_settings_do_not_interrupt_it(told: Told, tmp_path: Path) -> None:
    source = CameraSource("cam", "Camera", str(write_film(tmp_path / "film.mkv", 12)))
    recorder = Recorder(tmp_path / "video", told.note)
    try:
        recorder.obey(Configure([source]))
        told.wait(lambda report: isinstance(report, CameraReport) and report.state is CameraState.RECORDING)
        recorder.obey(Configure([msgspec.structs.replace(source, motion=WATCHING)]))
        told.wait(lambda report: is_motion(report, moving=True))
    finally:
        recorder.close()
    index = Index(tmp_path / "video")
    (file,) = index.files("cam")
    index.close()
    found = search_motion(tmp_path / "video", "cam", WHOLE_PICTURE, file.start_us, file.end_us + 1_000_000)
    assert found


def test_a_recorder_is_told_the_settings_and_one_that_is_older_is_understood() -> None:
    sent = Configure([CameraSource("cam", "Camera", "rtsp://camera", motion=MotionSettings(include=(WHOLE_PICTURE,)))])
    assert decode_command(encode_line(sent)) == sent
    old = decode_command(b'{"type":"configure","cameras":[{"id":"cam","name":"Camera","url":"rtsp://camera"}]}')
    assert old == Configure([CameraSource("cam", "Camera", "rtsp://camera")])
    said = MotionReport("cam", MotionState.WATCHING, "", True, 0.01, 2.0, from_us(BEGIN_US))
    assert decode_report(encode_line(said)) == said
