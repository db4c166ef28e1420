"""The process that looks at a stream is kept going, ended, and believed only so far; and what it sees in a picture."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
import qrcode
from numpy.typing import NDArray

from doorward.acs.decision.read import QrCode
from doorward.acs.devices import IpDevice, PeripheralKey, ReadKind, Region
from doorward.hardware.driver import DeviceOffline, DeviceOnline, Presented
from doorward.hardware.ip import stream_reader
from doorward.hardware.ip.barcode import codes_in, watch
from doorward.hardware.ip.driver import IpDriver
from doorward.hardware.ip.stream_messages import Seen, Sighting, StreamJob
from doorward.hardware.ip.stream_reader import StreamReader
from tests.hardware.ip.world import Ear

URL = "rtsp://user:hunter2@127.0.0.1:1/door"
CAMERA = IpDevice("camera", (ReadKind.QR,), (PeripheralKey(b"k" * 32),), stream_url=URL, region=Region(10, 0, 90, 100))


def picture(text: str, place: tuple[int, int] = (50, 50)) -> NDArray[np.uint8]:
    code = np.array(qrcode.make(text, box_size=6).convert("L"), dtype=np.uint8)
    whole = np.full((480, 640), 255, dtype=np.uint8)
    top, left = place
    whole[top : top + code.shape[0], left : left + code.shape[1]] = code
    return whole


def test_codes_are_found_inside_the_region_only() -> None:
    shown = picture("hello", (50, 350))
    assert codes_in(shown) == {"hello"}
    assert codes_in(shown, Region(50, 0, 100, 100)) == {"hello"}
    assert codes_in(shown, Region(0, 0, 50, 100)) == set()


def test_a_picture_without_a_code_has_none() -> None:
    assert codes_in(np.random.default_rng(1).integers(0, 255, (480, 640), dtype=np.uint8)) == set()
    assert codes_in(np.zeros((1, 1), dtype=np.uint8), Region(99, 99, 100, 100)) == set()


def test_why_a_stream_cannot_be_read_does_not_tell_its_password() -> None:
    seen: list[Sighting] = []
    reason = watch(StreamJob(URL), seen.append)
    assert reason.startswith("The stream cannot be read: ")
    assert ("hunter2" in reason, seen) == (False, [])
    assert "hunter2" not in repr(StreamJob(URL)) + repr(CAMERA) + repr(Seen("secret", True))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_reader, "RETRY_FIRST_S", 0.05)
    monkeypatch.setattr(stream_reader, "RETRY_MOST_S", 0.1)


@pytest.fixture
def ear() -> Ear:
    return Ear()


class Play:
    """A stand-in for the process, that says what it is told to."""

    def __init__(self, folder: Path, ear: Ear) -> None:
        self._script, self._pids, self._ear = folder / "play.py", folder / "pids", ear
        self._readers: list[StreamReader] = []

    def begin(self, *lines: str, then: str = "sys.stdin.read()") -> StreamReader:
        body = [
            "import os, sys, time",
            f"open({str(self._pids)!r}, 'a').write(f'{{os.getpid()}}\\n')",
            "job = sys.stdin.readline()",
            *(f"print({line!r}, flush=True)" for line in lines),
            then,
        ]
        self._script.write_text("\n".join(body))
        reader = StreamReader(CAMERA, self._ear, (sys.executable, str(self._script)))
        self._readers.append(reader)
        reader.start()
        return reader

    def pids(self) -> list[int]:
        return [int(line) for line in self._pids.read_text().split()]

    def stop(self) -> None:
        for reader in self._readers:
            reader.stop()


@pytest.fixture
def play(tmp_path: Path, ear: Ear, quick: None) -> Iterator[Play]:
    play = Play(tmp_path, ear)
    yield play
    play.stop()


ALIVE, CODE = '{"type":"alive"}', '{"type":"seen","text":"hello","prompt":true}'


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_codes_are_presented_and_the_process_is_gone_after_stop(play: Play, ear: Ear) -> None:
    reader = play.begin(ALIVE, CODE, CODE.replace("true", "false"))
    shown = ear.heard(Presented, 2)
    assert shown == [Presented("camera", QrCode("hello")), Presented("camera", QrCode("hello"), fresh=False)]
    assert ear.of(DeviceOnline) == [DeviceOnline("camera")]
    reader.stop()
    assert not is_running(play.pids()[0])
    assert len(ear.of(DeviceOffline)) == 1


def test_a_process_that_ends_is_started_again_and_told(play: Play, ear: Ear) -> None:
    play.begin(ALIVE, '{"type":"lost","reason":"The stream has ended."}')
    assert len(ear.heard(DeviceOnline, 3)) >= 3
    assert {event.reason for event in ear.of(DeviceOffline)} == {"The stream has ended."}


@pytest.mark.parametrize("line", ["nonsense", '{"type":"seen","text":7,"prompt":true}', '{"type":"open_the_door"}', ""])
def test_a_process_that_says_what_it_should_not_is_ended(play: Play, ear: Ear, line: str) -> None:
    play.begin(ALIVE, line, CODE)
    ear.heard(DeviceOffline)
    assert ear.of(Presented) == []


def test_a_process_that_is_stuck_is_ended(play: Play, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_reader, "SILENCE_S", 0.5)
    play.begin(ALIVE, then="time.sleep(60)")
    assert "stuck" in ear.heard(DeviceOffline)[0].reason


def test_a_stop_does_not_wait_for_a_process_that_hangs(play: Play, ear: Ear) -> None:
    reader = play.begin(ALIVE, then="time.sleep(60)")
    ear.heard(DeviceOnline)
    began = monotonic()
    reader.stop()
    assert monotonic() - began < 5


def test_a_flood_of_codes_is_cut(play: Play, ear: Ear) -> None:
    play.begin(ALIVE, *[CODE.replace("hello", f"code {number}") for number in range(100)], ALIVE, then="pass")
    ear.heard(DeviceOffline)
    assert stream_reader.BURST <= len(ear.of(Presented)) <= 2 * stream_reader.BURST


def test_the_real_process_says_that_a_stream_cannot_be_reached(ear: Ear) -> None:
    driver = IpDriver([CAMERA], ear)
    driver.start()
    try:
        lost = ear.heard(DeviceOffline)[0]
        assert lost.reason.startswith("The stream cannot be read")
        assert "hunter2" not in lost.reason
    finally:
        driver.stop()
