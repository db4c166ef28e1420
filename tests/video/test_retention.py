"""What is deleted, in which order, and what never is."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.video.deletions import condemn_aged, condemn_oldest, forget_deletions, has_free_files
from doorward.video.holds import HoldKind, NewHold, add_hold, expire_holds, release_hold, set_categories
from doorward.video.index import DATABASE_NAME, Index
from doorward.video.index_schema import HOME_VOLUME
from doorward.video.retention import delete_aged, finish_deletions, make_room, set_retention
from tests.video.shelf import DAY_US, FILE_BYTES, MINUTE_US, minutes_kept, record


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.close()


def hold(name: str, start: float, end: float, camera_id: str = "cam", **more: object) -> NewHold:
    return NewHold(name, camera_id, round(start * MINUTE_US), round(end * MINUTE_US), **more)  # type: ignore[arg-type]


def free(index: Index, root: Path, size: int) -> int:
    return make_room(index, HOME_VOLUME, root, size, now_us=DAY_US)


def test_the_oldest_files_go_first_and_no_more_than_needed(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    assert free(index, tmp_path, 2_500) == 3 * FILE_BYTES
    assert minutes_kept(index, tmp_path) == [3, 4, 5]
    assert index.used_bytes() == 3 * FILE_BYTES


def test_files_that_a_hold_overlaps_are_never_deleted(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    add_hold(index, hold("a", 1.99, 2.01))
    add_hold(index, hold("b", 0, 6, camera_id="another"))
    assert free(index, tmp_path, 10**6) == 4 * FILE_BYTES
    assert minutes_kept(index, tmp_path) == [1, 2]
    assert not has_free_files(index, HOME_VOLUME)


def test_what_is_recorded_after_its_hold_was_asked_for_is_held(index: Index, tmp_path: Path) -> None:
    add_hold(index, hold("a", 1.5, 2.5))
    record(index, tmp_path, 4)
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == [1, 2]


def test_a_lock_keeps_two_and_a_half_minutes_either_side(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 20)
    add_hold(index, hold("a", 10, 11, kind=HoldKind.LOCK))
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == [7, 8, 9, 10, 11, 12, 13]


def test_a_released_hold_keeps_nothing_but_what_another_keeps(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    add_hold(index, hold("a", 0, 3))
    add_hold(index, hold("b", 2, 5))
    release_hold(index, "a")
    release_hold(index, "never heard of")
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == [2, 3, 4]


def test_a_hold_of_the_same_id_takes_the_place_of_the_first(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    add_hold(index, hold("a", 0, 3))
    add_hold(index, hold("a", 4, 5))
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == [4]


def test_a_hold_lasts_until_its_moment(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 2)
    add_hold(index, hold("a", 0, 1, until_us=DAY_US))
    expire_holds(index, DAY_US - 1)
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == [0]
    expire_holds(index, DAY_US)
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == []


def test_a_category_keeps_its_events_as_long_as_it_says_now(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 4)
    set_categories(index, {"theft": 10 * DAY_US, "other": None})
    add_hold(index, hold("a", 0, 1, category="theft"))
    add_hold(index, hold("b", 1, 2, category="other"))
    add_hold(index, hold("c", 2, 3, category="not named yet"))
    set_categories(index, {"theft": 20 * DAY_US})
    expire_holds(index, 15 * DAY_US)
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == [0, 2]
    set_categories(index, {"theft": 5 * DAY_US, "not named yet": None})
    expire_holds(index, 15 * DAY_US)
    free(index, tmp_path, 10**6)
    assert minutes_kept(index, tmp_path) == []


def test_a_hold_without_a_length_is_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="before it begins"):
        add_hold(index, hold("a", 1, 1))


def test_recordings_go_when_they_are_older_than_their_cameras_retention(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 6)
    record(index, tmp_path, 6, camera_id="unlimited")
    add_hold(index, hold("a", 0, 0.5))
    set_retention(index, "cam", DAY_US)
    delete_aged(index, HOME_VOLUME, tmp_path, DAY_US + 4 * MINUTE_US)
    assert minutes_kept(index, tmp_path) == [0, 4, 5]
    assert len(minutes_kept(index, tmp_path, "unlimited")) == 6
    set_retention(index, "cam", None)
    delete_aged(index, HOME_VOLUME, tmp_path, 99 * DAY_US)
    assert minutes_kept(index, tmp_path) == [0, 4, 5]


def test_the_file_being_written_is_never_deleted(index: Index, tmp_path: Path) -> None:
    (tmp_path / "open.mp4").write_bytes(bytes(FILE_BYTES))
    file_id = index.open_file("cam", "open.mp4", 0, "avc1.42c016")
    index.advance_file(file_id, 0, MINUTE_US, FILE_BYTES)
    set_retention(index, "cam", MINUTE_US)
    assert free(index, tmp_path, 100) == 0
    delete_aged(index, HOME_VOLUME, tmp_path, 99 * DAY_US)
    assert (tmp_path / "open.mp4").exists()
    assert index.used_bytes() == FILE_BYTES


def test_a_deletion_that_was_begun_is_finished_whatever_is_held_since(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 3)
    condemned = condemn_oldest(index, HOME_VOLUME, FILE_BYTES, DAY_US, 10)
    (tmp_path / condemned[0].path).unlink()
    index.close()

    again = Index(tmp_path)
    add_hold(again, hold("late", 0, 1))
    finish_deletions(again, HOME_VOLUME, tmp_path, DAY_US)
    assert minutes_kept(again, tmp_path) == [1, 2]
    again.close()


def test_the_directory_of_a_day_goes_with_its_last_file(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 2)
    make_room(index, HOME_VOLUME, tmp_path, 10**6, now_us=10 * DAY_US)
    assert list((tmp_path / "cam").iterdir()) == []


def test_deletions_are_remembered_and_forgotten_only_from_the_beginning_of_a_chain(
    index: Index, tmp_path: Path
) -> None:
    record(index, tmp_path, 4)
    add_hold(index, hold("a", 1, 2))
    free(index, tmp_path, 2 * FILE_BYTES)
    forget_deletions(index, 500 * DAY_US)
    with index.reading() as db:
        rows = db.execute("SELECT start_us, reason, deleted_us FROM deleted ORDER BY id").fetchall()
    assert rows == [(2 * MINUTE_US, "space", DAY_US)]


def test_an_old_deletion_behind_a_younger_one_is_remembered(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 3)
    add_hold(index, hold("a", 0, 1))
    free(index, tmp_path, FILE_BYTES)
    release_hold(index, "a")
    make_room(index, HOME_VOLUME, tmp_path, FILE_BYTES, now_us=450 * DAY_US)
    forget_deletions(index, 500 * DAY_US)
    with index.reading() as db:
        assert db.execute("SELECT start_us FROM deleted ORDER BY id").fetchall() == [(0,), (MINUTE_US,)]


def test_finding_what_may_be_deleted_never_passes_over_what_is_held(index: Index, tmp_path: Path) -> None:
    record(index, tmp_path, 1)
    statements: list[str] = []
    with index.reading() as db:
        db.set_trace_callback(statements.append)
    condemn_oldest(index, HOME_VOLUME, 1, 0, 64)
    condemn_aged(index, HOME_VOLUME, "cam", 1, 0, 64)
    has_free_files(index, HOME_VOLUME)
    other = sqlite3.connect(tmp_path / DATABASE_NAME)
    selects = [statement for statement in statements if statement.startswith("SELECT")]
    plans = [row[3] for query in selects for row in other.execute(f"EXPLAIN QUERY PLAN {query}")]
    other.close()
    assert len(plans) == 3
    assert all(plan.startswith("SEARCH file USING") and "file_free_" in plan for plan in plans)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_exactly_the_files_that_some_hold_touches_are_held(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("held")
    index = Index(root)
    holds: dict[str, tuple[float, float]] = {}
    next_minute = 0
    for _ in range(data.draw(st.integers(1, 12))):
        deed = data.draw(st.sampled_from(["record", "hold", "release"]))
        name = data.draw(st.sampled_from("abc"))
        if deed == "record":
            record(index, root, 2, begins=next_minute)
            next_minute += 2
        elif deed == "hold":
            start = data.draw(st.integers(0, 40)) / 4
            holds[name] = (start, start + data.draw(st.integers(1, 20)) / 4)
            add_hold(index, hold(name, *holds[name]))
        else:
            holds.pop(name, None)
            release_hold(index, name)
    free(index, root, 10**6)
    held = [
        minute
        for minute in range(next_minute)
        if any(start < minute + 1 and end > minute for start, end in holds.values())
    ]
    assert minutes_kept(index, root) == held
    index.close()
