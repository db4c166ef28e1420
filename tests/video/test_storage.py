"""Volumes: what state they are in, where cameras go, and that nothing promised is deleted."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.video.camera_log import CameraLog
from doorward.video.errors import StorageFull
from doorward.video.holds import NewHold, add_hold, release_hold
from doorward.video.index import FileState, GapReason, Index
from doorward.video.messages import (
    CameraStorage,
    CategoryRetention,
    Configure,
    StorageReport,
    VolumeReport,
    VolumeSettings,
    decode_command,
    decode_report,
    encode_line,
)
from doorward.video.recovery import recover_store
from doorward.video.retention import set_retention
from doorward.video.session import SourcePacket
from doorward.video.storage import Storage
from doorward.video.store import VOLUME_MARKER
from doorward.video.volume_status import Disk, VolumeStatus
from doorward.video.volumes import known_volumes
from tests.video.shelf import DAY_US, FILE_BYTES, MINUTE_US, minutes_kept, record

Film = Callable[..., list[SourcePacket]]


class Site:
    """A store whose volumes are directories on disks of any size."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.index = Index(self.home)
        self.disks: dict[str, Disk] = {}
        self.writing: set[int] = set()
        self.storage = self.open()

    def open(self) -> Storage:
        self.storage = Storage(self.index, self.home, 10**6, self.disk, lambda: self.writing)
        return self.storage

    def disk(self, path: Path) -> Disk:
        return self.disks.get(path.name, Disk(10**9, 10**9))

    def volume(self, name: str, **limits: float) -> VolumeSettings:
        path = self.root / name
        path.mkdir(exist_ok=True)
        return VolumeSettings(name, str(path), **limits)  # type: ignore[arg-type]

    def configure(self, *volumes: VolumeSettings, storage: tuple[CameraStorage, ...] = ()) -> None:
        self.storage.configure(Configure([], list(volumes), list(storage)))

    def id(self, name: str) -> int:
        return next(volume.id for volume in known_volumes(self.index, self.home) if volume.name == name)

    def place(self, camera_id: str) -> str | None:
        place = self.storage.place(camera_id)
        return None if place is None else place.root.name

    def state(self, name: str) -> VolumeReport:
        return next(volume for volume in self.storage.report(0).volumes if volume.id == name)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.index.close()


def test_without_volumes_everything_goes_to_the_recorders_own_directory(site: Site) -> None:
    site.configure()
    assert site.place("cam") == "home"
    (volume,) = site.storage.report(0).volumes
    assert (volume.status, volume.recording, volume.max_bytes) == (VolumeStatus.OK, True, 10**6)


def test_nothing_is_deleted_before_somebody_said_how_much_may_be_kept(site: Site) -> None:
    record(site.index, site.home, 2000)
    # What it was told last time does not count: it may be about to be told otherwise.
    set_retention(site.index, "cam", DAY_US)
    site.storage.tend(99 * DAY_US)
    assert len(minutes_kept(site.index, site.home)) == 2000
    site.configure(storage=(CameraStorage("cam", keep_days=None),))
    site.storage.tend(99 * DAY_US)
    assert len(minutes_kept(site.index, site.home)) == 1000


def test_cameras_are_spread_by_the_room_that_each_would_have(site: Site) -> None:
    site.configure(site.volume("large", max_bytes=300_000), site.volume("small", max_bytes=100_000))
    places = [site.place(f"cam{number}") for number in range(8)]
    assert places.count("large") == 6
    assert [site.place(f"cam{number}") for number in range(8)] == places
    site.open()
    site.configure(site.volume("large", max_bytes=300_000), site.volume("small", max_bytes=900_000))
    assert [site.place(f"cam{number}") for number in range(8)] == places


def test_a_camera_is_moved_to_another_volume_while_it_records(site: Site, film: Film) -> None:
    volumes = (site.volume("a"), site.volume("b"))
    site.configure(*volumes, storage=(CameraStorage("cam", volume="a"),))
    log = CameraLog("cam", site.home, site.index, place=lambda: site.storage.place("cam"))
    items = film(122)
    moment = 0
    for item in items:
        if moment == 0 and item.packet.dts > 30 * 90_000:
            site.configure(*volumes, storage=(CameraStorage("cam", volume="b"),))
            moment = 1
        log.write(item, item.packet.dts * 100 // 9)
    log.close(GapReason.RECORDER_STOPPED)

    files = site.index.files("cam")
    assert [Path(row.path).parts[-4] for row in files] == ["a", "b", "b"]
    assert all((site.home / row.path).stat().st_size == row.size for row in files)
    assert files[0].end_us == files[1].start_us
    assert {volume.name: volume.used_bytes for volume in known_volumes(site.index, site.home)} == {
        "": 0,
        "a": files[0].size,
        "b": files[1].size + files[2].size,
    }


def test_a_share_that_is_not_mounted_is_not_written_to_and_its_recordings_are_not_lost(site: Site) -> None:
    share = site.volume("share", max_bytes=2_000)
    site.configure(share, site.volume("local"), storage=(CameraStorage("cam", keep_days=1, volume="share"),))
    record(site.index, site.root / "share", 5, volume_id=site.id("share"))
    (site.root / "share").rename(site.root / "elsewhere")
    (site.root / "share").mkdir()

    site.storage.tend(99 * DAY_US)
    assert site.state("share").status is VolumeStatus.UNAVAILABLE
    assert "Mount the share" in site.state("share").detail
    assert site.place("cam") == "local"
    assert len(site.index.files("cam")) == 5

    (site.root / "share").rmdir()
    (site.root / "elsewhere").rename(site.root / "share")
    site.storage.tend(5 * MINUTE_US)
    assert site.place("cam") == "share"
    assert minutes_kept(site.index, site.root / "share") == [3, 4]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the crash leaves the file open
def test_what_was_being_written_on_a_share_is_completed_when_it_is_back(site: Site, film: Film) -> None:
    site.configure(site.volume("share"))
    share = site.root / "share"
    log = CameraLog("cam", site.home, site.index, place=lambda: site.storage.place("cam"))
    for item in film(5):
        log.write(item, item.packet.dts * 100 // 9)
    assert log.file_id is not None
    site.index.close()
    share.rename(site.root / "elsewhere")

    site.index = Index(site.home)
    assert recover_store(site.index, site.home) == 0
    site.open()
    (site.root / "elsewhere").rename(share)
    site.configure(site.volume("share"))
    site.writing = {log.file_id}
    site.storage.tend(0)
    assert [row.state for row in site.index.files("cam")] == [FileState.OPEN]

    share.rename(site.root / "elsewhere")
    site.storage.tend(0)
    (site.root / "elsewhere").rename(share)
    site.writing = set()
    site.storage.tend(0)
    (row,) = site.index.files("cam")
    assert row.state is FileState.CLOSED
    assert (site.home / row.path).stat().st_size == row.size


def test_another_volume_in_the_place_of_one_is_not_written_to(site: Site) -> None:
    site.configure(site.volume("a"))
    (site.root / "a" / VOLUME_MARKER).write_text("another\n")
    site.storage.tend(0)
    assert site.state("a").status is VolumeStatus.UNAVAILABLE
    assert "another volume" in site.state("a").detail
    assert site.place("cam") is None


def test_a_volume_may_move_to_another_directory_with_its_marker(site: Site) -> None:
    site.configure(site.volume("a"))
    record(site.index, site.root / "a", 2, volume_id=site.id("a"))
    (site.root / "a").rename(site.root / "b")
    site.configure(VolumeSettings("a", str(site.root / "b")))
    assert site.state("a").status is VolumeStatus.OK
    assert minutes_kept(site.index, site.root / "b") == [0, 1]


def test_a_new_volume_that_is_not_there_yet_is_taken_into_use_when_it_is(site: Site) -> None:
    wanted = VolumeSettings("late", str(site.root / "late"))
    site.configure(wanted)
    assert site.state("late").status is VolumeStatus.UNAVAILABLE
    assert site.place("cam") is None
    (site.root / "late").mkdir()
    site.storage.tend(0)
    assert site.place("cam") == "late"


def test_a_directory_without_permission_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as root, whom no permission of a directory keeps out.
    site.configure(site.volume("a"))
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    site.storage.tend(0)
    assert site.state("a").status is VolumeStatus.NO_PERMISSION
    assert site.place("cam") is None


def test_a_volume_of_held_recordings_only_stops_and_begins_again_by_itself(site: Site) -> None:
    site.configure(site.volume("a", max_bytes=3 * FILE_BYTES))
    record(site.index, site.root / "a", 5, volume_id=site.id("a"))
    add_hold(site.index, NewHold("a", "cam", 0, 5 * MINUTE_US))
    assert site.place("cam") == "a"
    site.storage.tend(DAY_US)
    report = site.storage.report(0)
    assert report.full
    assert "held recordings" in report.volumes[0].detail
    assert (report.volumes[0].status, report.volumes[0].recording) == (VolumeStatus.FULL, False)
    assert not site.storage.has_room("cam")
    assert site.place("cam") is None
    assert len(minutes_kept(site.index, site.root / "a")) == 5

    release_hold(site.index, "a")
    site.storage.tend(DAY_US)
    assert site.place("cam") == "a"
    assert minutes_kept(site.index, site.root / "a") == [2, 3, 4]
    assert site.state("a").status is VolumeStatus.FULL
    assert site.state("a").recording


def test_a_camera_of_a_full_volume_records_to_another_and_comes_back(site: Site) -> None:
    volumes = (site.volume("a", max_bytes=3 * FILE_BYTES), site.volume("b", max_bytes=1))
    site.configure(*volumes)
    assert site.place("cam") == "a"
    record(site.index, site.root / "a", 5, volume_id=site.id("a"))
    add_hold(site.index, NewHold("a", "cam", 0, 5 * MINUTE_US))
    site.storage.tend(DAY_US)
    assert site.place("cam") == "b"
    release_hold(site.index, "a")
    site.storage.tend(DAY_US)
    assert site.place("cam") == "a"


def test_a_disk_with_little_space_left_is_freed_and_at_last_not_recorded_to(site: Site) -> None:
    site.configure(site.volume("a", min_free_bytes=10_000))
    record(site.index, site.root / "a", 10, volume_id=site.id("a"))
    site.disks["a"] = Disk(100_000, 7_500)
    site.storage.tend(DAY_US)
    assert minutes_kept(site.index, site.root / "a") == [3, 4, 5, 6, 7, 8, 9]
    assert site.state("a").status is VolumeStatus.LOW_SPACE
    assert site.state("a").recording
    site.disks["a"] = Disk(100_000, 1)
    site.storage.tend(DAY_US)
    site.storage.tend(DAY_US)
    assert site.state("a").status is VolumeStatus.LOW_SPACE
    assert not site.state("a").recording
    site.disks["a"] = Disk(100_000, 90_000)
    site.storage.tend(DAY_US)
    assert site.state("a").status is VolumeStatus.OK


def test_other_data_in_the_space_meant_for_recordings_is_told(site: Site) -> None:
    site.disks["a"] = Disk(100_000_000, 30_000_000)
    site.configure(site.volume("a", max_percent=50))
    state = site.state("a")
    assert state.status is VolumeStatus.INTRUDING_DATA
    assert "20 MB" in state.detail
    assert (state.max_bytes, state.other_bytes, state.recording) == (50_000_000, 70_000_000, True)


def test_a_disk_that_breaks_while_it_is_tended_does_not_stop_the_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.configure(site.volume("bad", max_bytes=1), site.volume("good", max_bytes=1))
    for camera_id, name in (("one", "bad"), ("two", "good")):
        record(site.index, site.root / name, 2, camera_id, volume_id=site.id(name))
    unlink = Path.unlink

    def broken(path: Path, missing_ok: bool = False) -> None:
        if "bad" in path.parts:
            raise OSError(5, "Input/output error")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", broken)
    site.storage.tend(DAY_US)
    assert len(minutes_kept(site.index, site.root / "bad", "one")) == 2
    assert minutes_kept(site.index, site.root / "good", "two") == []
    monkeypatch.undo()
    site.storage.tend(DAY_US)
    assert minutes_kept(site.index, site.root / "bad", "one") == []


def test_a_camera_without_a_volume_says_what_to_do(site: Site, film: Film) -> None:
    log = CameraLog("cam", site.home, site.index, place=lambda: None)
    with pytest.raises(StorageFull, match="Release holds"):
        log.write(film(1)[0], 0)


def test_messages_of_before_volumes_are_understood() -> None:
    configure = decode_command(b'{"type":"configure","cameras":[]}')
    assert configure == Configure([])
    hold = decode_command(
        b'{"type":"hold","camera_id":"a","start":"2026-01-02T03:04:05Z","end":"2026-01-02T03:04:06Z"}'
    )
    assert getattr(hold, "until", "") is None
    report = decode_report(b'{"type":"storage","used_bytes":1,"max_bytes":2,"full":false,"at":"2026-01-02T03:04:05Z"}')
    assert report == StorageReport(1, 2, False, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def test_volumes_and_retention_survive_the_way_to_the_recorder() -> None:
    wanted = Configure(
        [],
        [VolumeSettings("a", "/mnt/a", max_percent=95.0, min_free_bytes=15)],
        [CameraStorage("cam", 30.0, "a")],
        [CategoryRetention("theft", 365.0)],
    )
    assert decode_command(encode_line(wanted)) == wanted
