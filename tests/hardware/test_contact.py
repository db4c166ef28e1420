"""Contact with the server, and which clock is believed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord
from doorward.hardware.contact import MOST_APART, MOST_BACKWARD, OLDEST, WRITE_EVERY, ContactKeeper
from doorward.hardware.journal import Entry, Journal
from doorward.hardware.situation import Contact
from tests.hardware.site import DATA_KEY, NOON

LITTLE = timedelta(milliseconds=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.db", DATA_KEY) as journal:
        yield journal


def is_ok(keeper: ContactKeeper, at: datetime) -> bool:
    return keeper.now(at).clock_ok


def test_a_clock_from_before_this_program_is_not_believed(journal: Journal) -> None:
    keeper = ContactKeeper(journal, NOON)
    assert not is_ok(keeper, OLDEST - LITTLE)
    assert is_ok(keeper, OLDEST)


def test_a_clock_behind_the_newest_record_is_believed_only_as_far_as_it_may_be_corrected(journal: Journal) -> None:
    journal.append(Entry([JournalRecord(0, "boot", NOON, 5, EventType.DOOR_OPENED, "c")]))
    keeper = ContactKeeper(journal, NOON)
    assert is_ok(keeper, NOON - MOST_BACKWARD)
    assert not is_ok(keeper, NOON - MOST_BACKWARD - LITTLE)
    assert timedelta(minutes=15) == MOST_BACKWARD


def test_a_running_clock_may_go_back_no_further_than_from_where_it_has_been(journal: Journal) -> None:
    keeper = ContactKeeper(journal, NOON)
    later = NOON + timedelta(hours=2)
    keeper.note(False, later)
    assert is_ok(keeper, later - MOST_BACKWARD)
    assert not is_ok(keeper, later - MOST_BACKWARD - LITTLE)


def test_a_clock_that_is_not_believed_moves_no_mark(journal: Journal) -> None:
    keeper = ContactKeeper(journal, NOON)
    keeper.note(True, NOON)
    wrong = NOON - timedelta(days=1)
    assert keeper.note(True, wrong) == Contact(True, NOON, False)
    assert is_ok(keeper, NOON)


@pytest.mark.parametrize("apart, believed", [(MOST_APART, True), (-MOST_APART, True), (MOST_APART + LITTLE, False)])
def test_a_clock_that_was_set_back_is_believed_once_the_server_agrees(
    journal: Journal, apart: timedelta, believed: bool
) -> None:
    keeper = ContactKeeper(journal, NOON)
    keeper.note(True, NOON)
    back = NOON - timedelta(hours=3)
    keeper.heard(None, back)
    assert not is_ok(keeper, back)
    keeper.heard(back + apart, back)
    assert is_ok(keeper, back) is believed
    assert timedelta(minutes=5) == MOST_APART


@pytest.mark.parametrize("way", [1, -1])
def test_a_clock_that_the_server_found_wrong_is_not_believed_until_it_is_set_or_found_right(
    journal: Journal, way: int
) -> None:
    keeper = ContactKeeper(journal, NOON)
    apart_ms = way * round(MOST_APART.total_seconds() * 1000)
    keeper.measured(apart_ms, NOON)
    assert is_ok(keeper, NOON)
    keeper.measured(apart_ms + way, NOON)
    assert not is_ok(keeper, NOON)
    assert not keeper.note(False, NOON + timedelta(hours=2)).clock_ok, "alone it is as wrong"
    keeper.was_set()
    assert is_ok(keeper, NOON)
    keeper.measured(apart_ms + way, NOON)
    keeper.measured(apart_ms, NOON)
    assert is_ok(keeper, NOON)


def test_a_clock_that_the_site_trusts_counts_though_the_server_found_it_wrong(journal: Journal) -> None:
    keeper = ContactKeeper(journal, NOON)
    keeper.trusts_clock = True
    keeper.measured(3_600_000, NOON)
    assert is_ok(keeper, NOON)


def test_a_server_without_a_clock_of_its_own_makes_no_dead_clock_right(journal: Journal) -> None:
    dead = datetime(2000, 1, 1, tzinfo=UTC)
    keeper = ContactKeeper(journal, dead)
    keeper.heard(dead, dead)
    assert not is_ok(keeper, dead)


def test_contact_is_counted_from_when_it_was_lost(journal: Journal) -> None:
    keeper = ContactKeeper(journal, NOON)
    assert keeper.note(False, NOON).age_s(NOON) == float("inf")
    keeper.note(True, NOON)
    lost = NOON + timedelta(hours=1)
    assert keeper.note(True, lost).age_s(lost) == 0
    keeper.note(False, lost)
    contact = keeper.note(False, lost + timedelta(minutes=1))
    assert contact.age_s(lost + timedelta(minutes=1)) == 60
    assert contact.age_s(lost - timedelta(minutes=1)) == 0


def test_the_last_contact_is_written_down_every_minute_for_the_next_start(journal: Journal) -> None:
    keeper = ContactKeeper(journal, NOON)
    keeper.note(True, NOON)
    keeper.note(True, NOON + WRITE_EVERY - LITTLE)
    assert journal.last_contact() == NOON
    keeper.note(True, NOON + WRITE_EVERY)
    assert journal.last_contact() == NOON + WRITE_EVERY
    assert ContactKeeper(journal, NOON).now(NOON).last_at == NOON + WRITE_EVERY
