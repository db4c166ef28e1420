"""Keeping the store within its size."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.video.index import Index
from doorward.video.retention import StoreUse, enforce_retention

MINUTE_US = 60_000_000
FILE_BYTES = 1_000


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


def record(index: Index, root: Path, minutes: int) -> None:
    """So many closed files of one minute and 1,000 bytes each, from minute 0 on."""
    for minute in range(minutes):
        path = root / f"{minute}.mp4"
        path.write_bytes(bytes(FILE_BYTES))
        start_us = minute * MINUTE_US
        file_id = index.open_file("cam", path.name, start_us, "avc1.42c016")
        index.close_file(file_id, start_us, start_us + MINUTE_US, FILE_BYTES, [], b"")


def kept(index: Index, root: Path) -> list[str]:
    rows = [row.path for row in index.files("cam")]
    assert sorted(rows) == sorted(path.name for path in root.glob("*.mp4"))
    return rows


def test_the_oldest_files_go_first_and_no_more_than_needed(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    assert enforce_retention(index, tmp_path, 3_500) == StoreUse(3_000, full=False)
    assert kept(index, tmp_path) == ["3.mp4", "4.mp4", "5.mp4"]


def test_files_that_a_hold_overlaps_are_never_deleted(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    index.add_hold("cam", MINUTE_US + 59_000_000, 2 * MINUTE_US + 1)
    index.add_hold("another", 0, 6 * MINUTE_US)
    assert enforce_retention(index, tmp_path, 3_000) == StoreUse(3_000, full=False)
    assert kept(index, tmp_path) == ["1.mp4", "2.mp4", "5.mp4"]


def test_a_store_of_held_files_only_is_full(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 3)
    index.add_hold("cam", 0, 3 * MINUTE_US)
    assert enforce_retention(index, tmp_path, 1_000) == StoreUse(3_000, full=True)
    assert len(kept(index, tmp_path)) == 3


def test_the_same_hold_twice_is_one(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 1)
    index.add_hold("cam", 0, MINUTE_US)
    index.add_hold("cam", 0, MINUTE_US)
    assert enforce_retention(index, tmp_path, 0).full


def test_the_file_being_written_is_never_deleted(index: Index, tmp_path: Path) -> None:
    (tmp_path / "open.mp4").write_bytes(bytes(FILE_BYTES))
    file_id = index.open_file("cam", "open.mp4", 0, "avc1.42c016")
    index.advance_file(file_id, 0, MINUTE_US, FILE_BYTES)
    assert enforce_retention(index, tmp_path, 100) == StoreUse(FILE_BYTES, full=True)
    assert (tmp_path / "open.mp4").exists()
