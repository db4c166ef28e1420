"""`doorward recorder check`: what was changed, taken away or put there is found."""

import io
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from doorward import cli
from doorward.video.camera_log import CameraLog
from doorward.video.check import FindingKind
from doorward.video.check_command import run_check
from doorward.video.deletions import condemn_oldest, forget_deletions
from doorward.video.index import DATABASE_NAME, FileState, GapReason, Index
from doorward.video.index_schema import HOME_VOLUME
from doorward.video.retention import make_room
from doorward.video.session import SourcePacket
from doorward.video.store import VOLUME_MARKER
from doorward.video.store_lock import StoreLock
from doorward.video.volumes import claim_volume
from tests.video.shelf import DAY_US, FILE_BYTES, minutes_kept, record

Film = Callable[..., list[SourcePacket]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


def shelve(root: Path, minutes: int = 4) -> list[Path]:
    """A store of some files; returns them in order."""
    index = Index(root)
    record(index, root, minutes)
    paths = [root / row.path for row in index.files("cam")]
    index.close()
    return paths


def film_store(root: Path, film: Film) -> list[Path]:
    """A store of two files that hold pictures."""
    index = Index(root)
    log = CameraLog("cam", root, index)
    for item in film(62):
        log.write(item, item.packet.dts * 100 // 9)
    log.close(GapReason.RECORDER_STOPPED)
    paths = [root / row.path for row in index.files("cam")]
    index.close()
    return paths


def facts(index: Index) -> list[tuple[object, ...]]:
    rows = index.files("cam")
    return [(row.path, row.start_us, row.end_us, row.size, row.sha256, row.codec, row.fragments()) for row in rows]


def check(root: Path, *, repair: bool = False) -> tuple[int, list[str]]:
    output = io.StringIO()
    status = run_check(root, repair=repair, output=output, errors=io.StringIO())
    return status, output.getvalue().splitlines()


def kinds(lines: list[str]) -> list[str]:
    return [line.split(" ", 1)[0] for line in lines[:-1]]


def tamper(root: Path, statement: str) -> None:
    db = sqlite3.connect(root / DATABASE_NAME)
    db.execute(statement)
    db.commit()
    db.close()


def test_a_store_as_it_should_be_has_nothing_wrong(root: Path) -> None:
    shelve(root)
    assert check(root) == (0, ["Nothing is wrong."])
    assert check(root, repair=True) == (0, ["Nothing is wrong."])


def test_what_retention_deleted_leaves_the_chain_whole(root: Path) -> None:
    shelve(root, 6)
    index = Index(root)
    make_room(index, HOME_VOLUME, root, 2 * FILE_BYTES, DAY_US)
    assert check(root)[0] == 0
    forget_deletions(index, 500 * DAY_US)
    make_room(index, HOME_VOLUME, root, 2 * FILE_BYTES, 500 * DAY_US)
    index.close()
    assert check(root) == (0, ["Nothing is wrong."])


def test_a_file_whose_bytes_were_changed_is_found_and_stays_found(root: Path) -> None:
    path = shelve(root)[1]
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    path.write_bytes(data)
    assert kinds(check(root, repair=True)[1]) == [FindingKind.CHANGED]
    status, lines = check(root)
    assert (status, kinds(lines)) == (1, [FindingKind.CHANGED])


def test_a_file_cut_short_is_found(root: Path) -> None:
    shelve(root)[1].write_bytes(b"short")
    status, lines = check(root)
    assert status == 1
    assert "5 bytes instead of 1000" in lines[0]


def test_a_file_taken_away_is_found_and_repair_marks_it(root: Path) -> None:
    shelve(root)[1].unlink()
    status, lines = check(root)
    assert (status, kinds(lines)) == (1, [FindingKind.MISSING])
    status, lines = check(root, repair=True)
    assert (status, kinds(lines)) == (0, [FindingKind.MISSING])
    assert check(root)[0] == 0
    index = Index(root)
    assert minutes_kept(index, root) == [0, 2, 3]
    with index.reading() as db:
        assert db.execute("SELECT reason FROM deleted").fetchall() == [("missing",)]
    index.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE file SET start_us = start_us + 1 WHERE id = 2",
        "UPDATE file SET camera_id = 'other' WHERE id = 2",
        "DELETE FROM file WHERE id = 1",
        "DELETE FROM file WHERE id = 2",
        "DELETE FROM file WHERE id = 4",
        "UPDATE camera SET chain = x'00'",
    ],
)
def test_an_index_that_was_changed_by_hand_is_found(root: Path, statement: str) -> None:
    shelve(root)
    tamper(root, statement)
    status, lines = check(root)
    assert status == 1
    assert FindingKind.CHAIN in kinds(lines)


def test_a_deletion_that_is_struck_from_the_index_is_found(root: Path) -> None:
    shelve(root)
    index = Index(root)
    make_room(index, HOME_VOLUME, root, FILE_BYTES, DAY_US)
    index.close()
    tamper(root, "DELETE FROM deleted")
    assert kinds(check(root)[1]) == [FindingKind.CHAIN]


def test_recordings_that_an_index_lost_are_taken_in_and_play(root: Path, film: Film) -> None:
    paths = film_store(root, film)
    index = Index(root)
    before = facts(index)
    index.close()
    for name in root.glob("index.db*"):
        name.unlink()
    Index(root).close()
    with paths[1].open("ab") as file:
        file.write(b"half a fragm")

    status, lines = check(root)
    assert (status, kinds(lines)) == (1, [FindingKind.NOT_INDEXED] * 2)
    assert check(root, repair=True)[0] == 0
    assert check(root) == (0, ["Nothing is wrong."])
    index = Index(root)
    assert facts(index) == before
    index.close()


def test_files_that_are_not_recordings_are_told_and_left_alone(root: Path) -> None:
    path = shelve(root)[0]
    strangers = [root / "holiday.jpg", path.with_name("000001-000000.mp4"), root / "cam" / "20261399" / "1.mp4"]
    for stranger in strangers:
        stranger.parent.mkdir(exist_ok=True)
        stranger.write_bytes(b"not a recording")
    (root / ".thumbnails").mkdir()
    (root / ".thumbnails" / "1.jpg").write_bytes(b"ours")
    assert kinds(check(root)[1]) == [FindingKind.FOREIGN] * 3
    assert check(root, repair=True)[0] == 1
    assert all(stranger.exists() for stranger in strangers)


def test_a_deleted_file_that_came_back_is_removed_again(root: Path) -> None:
    path = shelve(root)[0]
    data = path.read_bytes()
    index = Index(root)
    make_room(index, HOME_VOLUME, root, FILE_BYTES, DAY_US)
    index.close()
    path.write_bytes(data)
    assert kinds(check(root)[1]) == [FindingKind.LEFTOVER]
    assert path.exists()
    assert check(root, repair=True)[0] == 0
    assert not path.exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the crash leaves the file open
def test_what_a_recorder_left_undone_is_told_and_finished(root: Path, film: Film) -> None:
    paths = shelve(root)
    index = Index(root)
    condemn_oldest(index, HOME_VOLUME, FILE_BYTES, DAY_US, 1)
    log = CameraLog("other", root, index)
    for item in film(5):
        log.write(item, item.packet.dts * 100 // 9)
    index.close()
    assert kinds(check(root)[1]) == [FindingKind.UNFINISHED] * 2
    assert check(root, repair=True)[0] == 0
    assert check(root)[0] == 0
    assert not paths[0].exists()
    index = Index(root)
    assert [row.state for row in index.files("other")] == [FileState.CLOSED]
    index.close()


def test_the_recordings_of_a_volume_that_is_away_are_not_missing(root: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    index = Index(root)
    volume_id = claim_volume(index, root, "share", share)
    record(index, share, 2, volume_id=volume_id)
    index.close()
    assert check(root)[0] == 0
    shutil.move(share, tmp_path / "elsewhere")
    share.mkdir()
    status, lines = check(root, repair=True)
    assert (status, kinds(lines)) == (1, [FindingKind.UNAVAILABLE])
    assert VOLUME_MARKER in lines[0]
    index = Index(root)
    assert len(index.files("cam")) == 2
    index.close()


def test_beside_a_recorder_a_check_looks_but_does_not_repair(root: Path) -> None:
    shelve(root)
    index = Index(root)
    index.open_file("cam", "cam/19700101/000400-000000.mp4", 240_000_000, "avc1.42c016")
    recorder = StoreLock(root, alone=False)
    another = StoreLock(root, alone=False)
    errors = io.StringIO()
    assert run_check(root, repair=True, output=io.StringIO(), errors=errors) == 1
    assert "a recorder is running" in errors.getvalue()
    assert check(root) == (0, ["Nothing is wrong."])
    recorder.close()
    another.close()
    index.close()


def test_the_command_checks_the_store_that_it_is_given(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["recorder", "check", "--root", str(root)]) == 1
    assert "has no index" in capsys.readouterr().err
    shelve(root)[0].unlink()
    assert cli.main(["recorder", "check", "--root", str(root)]) == 1
    assert "missing" in capsys.readouterr().out
    assert cli.main(["recorder", "check", "--repair", "--root", str(root)]) == 0
    with pytest.raises(SystemExit):
        cli.main(["recorder"])
