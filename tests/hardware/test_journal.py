"""The journal: gap-free, ordered, durable, one controller's own, and clear about what is wrong."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.acs.decision.door import DoorSetting
from doorward.acs.decision.memory import Change, Swipe, Table
from doorward.acs.decision.policy import Side
from doorward.acs.decision.trace import TraceStep
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import CommandResult, CommandStatus, JournalRecord
from doorward.acs.sealing import SealBroken, Sealer
from doorward.hardware.errors import JournalUnavailable
from doorward.hardware.journal import FORGET_AT_ONCE, Entry, Journal
from tests.hardware.site import DATA_KEY, NOON, snapshot


def record(correlation: str = "c", boot_id: str = "boot") -> JournalRecord:
    return JournalRecord(0, boot_id, NOON, 5, EventType.DOOR_OPENED, correlation)


def entry(size: int, boot_id: str = "boot") -> Entry:
    return Entry([record(f"{number}", boot_id) for number in range(size)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=1, max_size=4), limit=st.integers(1, 9))
def test_sequences_have_no_gaps_and_keep_their_order_over_reopening(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[int]], limit: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.db"
    written: list[JournalRecord] = []
    for batches in runs:
        with Journal(path, DATA_KEY) as journal:
            assert journal.last_sequence == len(written)
            for size in batches:
                written += journal.append(entry(size))
    assert [one.sequence for one in written] == list(range(1, len(written) + 1))
    with Journal(path, DATA_KEY) as journal:
        read: list[JournalRecord] = []
        while batch := journal.read_after(len(read), limit):
            assert len(batch) <= limit
            read += batch
    assert read == written


def test_a_record_comes_back_whole(path: Path) -> None:
    full = JournalRecord(
        0,
        "boot",
        datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        9,
        EventType.ACCESS_DENIED,
        "c",
        reason="no_access_rule",
        door_id="d",
        side=Side.B,
        reader_id="r",
        cardholder_id="h",
        credential_id="k",
        rule_id="u",
        user_id="o",
        trace=(TraceStep("access_rule", False, "none"),),
        data={"bits": "01", "number": 7},
    )
    with Journal(path, DATA_KEY) as journal:
        (written,) = journal.append(Entry([full]))
        assert journal.read_after(0, 10) == [written]
        assert (written.sequence, written.at, written.trace, written.data) == (
            1,
            full.at,
            full.trace,
            full.data,
        )


CRASHING_WRITER = """
import os, sys
from pathlib import Path
from datetime import UTC, datetime
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord
from doorward.hardware.journal import FORGET_AT_ONCE, Entry, Journal
journal = Journal(Path(sys.argv[1]), bytes(range(32)))
while True:
    records = [JournalRecord(0, "b", datetime.now(UTC), 0, EventType.DOOR_REX, str(n)) for n in range(3)]
    last = journal.append(Entry(records))[-1].sequence
    os.write(1, b"%d\\n" % last)
"""


@pytest.mark.parametrize("lines", [1, 7, 40])
def test_what_was_appended_survives_the_death_of_its_process(path: Path, lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CRASHING_WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(lines)][-1]
        os.kill(writer.pid, signal.SIGKILL)
        told = max([told, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    with Journal(path, DATA_KEY) as journal:
        assert journal.last_sequence >= told
        assert journal.last_sequence % 3 == 0, "a batch is there as a whole or not at all"
        sequences = [one.sequence for one in journal.read_after(0, 10_000)]
    assert sequences == list(range(1, len(sequences) + 1))


def test_two_controllers_cannot_share_a_journal(path: Path) -> None:
    with Journal(path, DATA_KEY):
        opener = "import sys; from pathlib import Path; from doorward.hardware.journal import Journal;"
        opener += "Journal(Path(sys.argv[1]), bytes(range(32)))"
        second = subprocess.run([sys.executable, "-c", opener, str(path)], capture_output=True, text=True, check=False)
        assert "is in use by another controller" in second.stderr
        with pytest.raises(JournalUnavailable, match="is in use by another controller"):
            Journal(path, DATA_KEY)
    Journal(path, DATA_KEY).close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailable, match=r"gone.* cannot be used"):
        Journal(tmp_path / "gone" / "journal.db", DATA_KEY)


def test_a_damaged_file_is_told_from_a_full_disk(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(JournalUnavailable, match=r"is damaged\. Move it away"):
        Journal(path, DATA_KEY)


def test_a_full_disk_is_told_and_writing_goes_on_once_there_is_room(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        journal.append(entry(1))
        connection = journal._connect()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalUnavailable, match=r"the disk is full\. Make room"):
            journal.append(entry(500))
        assert [one.sequence for one in journal.append(entry(2))] == [2, 3]


def test_a_journal_locked_by_another_program_fails_and_recovers(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnavailable, match="locked by another program"):
            journal.append(entry(1))
        other.close()
        assert journal.append(entry(1))[0].sequence == 1


def test_only_its_owner_may_read_it(path: Path) -> None:
    Journal(path, DATA_KEY).close()
    assert path.stat().st_mode & 0o077 == 0


def test_acknowledged_records_beyond_the_limit_are_forgotten_and_no_number_is_given_twice(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        journal.append(entry(10))
        journal.acknowledge(8, keep=3)
        assert [one.sequence for one in journal.read_after(0, 100)] == [8, 9, 10]
        journal.acknowledge(5, keep=0)
        assert journal.acknowledged() == 8, "an older acknowledgement takes nothing back"
        journal.acknowledge(10, keep=0)
        assert journal.read_after(0, 100) == []
    with Journal(path, DATA_KEY) as journal:
        assert journal.append(entry(1))[0].sequence == 11


def test_what_is_not_acknowledged_is_never_forgotten(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        journal.append(entry(10))
        journal.acknowledge(4, keep=0)
        assert [one.sequence for one in journal.read_after(0, 100)] == [5, 6, 7, 8, 9, 10]


def test_a_journal_that_was_lost_goes_on_behind_the_servers_last_sequence(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        journal.append(entry(2, "boot-2"))
        journal.renumber_after(500, "boot-2")
        assert [one.sequence for one in journal.read_after(0, 10)] == [501, 502]
        assert journal.last_sequence == 502
        assert journal.append(entry(1, "boot-2"))[0].sequence == 503


def test_modes_and_answers_are_kept_with_the_records(path: Path) -> None:
    done = CommandResult("done", CommandStatus.CONFIRMED)
    with Journal(path, DATA_KEY) as journal:
        journal.append(Entry([record()], {"d1": DoorSetting.UNLOCKED}, [(done, NOON)]))
        journal.append(Entry(modes={"d2": DoorSetting.LOCKDOWN}))
    with Journal(path, DATA_KEY) as journal:
        assert journal.modes() == {"d1": DoorSetting.UNLOCKED, "d2": DoorSetting.LOCKDOWN}
        assert journal.answers(NOON + timedelta(hours=23)) == {"done": done}
        assert journal.answers(NOON + timedelta(hours=25)) == {}


def test_the_word_of_older_journals_for_a_door_that_is_not_unlocked_means_its_rules(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        journal.append(Entry(modes={"d1": DoorSetting.LOCKED}))
        other = sqlite3.connect(path)
        with other:
            other.execute("INSERT INTO modes VALUES ('d2', 'locked')")
        other.close()
        assert journal.modes() == {"d1": DoorSetting.LOCKED, "d2": DoorSetting.RULES}


def test_an_entry_is_kept_whole_or_not_at_all(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        other = sqlite3.connect(path)
        other.execute("CREATE TRIGGER refuse BEFORE INSERT ON modes BEGIN SELECT raise(ABORT, 'no'); END")
        other.close()
        with pytest.raises(JournalUnavailable):
            journal.append(Entry([record()], {"d1": DoorSetting.UNLOCKED}))
        assert journal.read_after(0, 10) == []
        assert journal.append(entry(1))[0].sequence == 1


def test_a_policy_that_an_older_version_kept_here_is_read_until_it_is_forgotten(path: Path) -> None:
    sealed = Sealer(DATA_KEY).seal(msgspec.msgpack.encode(snapshot(4)), "controller policy")
    with Journal(path, DATA_KEY) as journal:
        assert journal.policy() is None
        with sqlite3.connect(path) as other:
            other.execute("INSERT INTO kept VALUES ('policy', ?)", (sealed,))
        other.close()
        assert journal.policy() == snapshot(4)
    with Journal(path, bytes(32)) as journal, pytest.raises(SealBroken):
        journal.policy()
    with Journal(path, DATA_KEY) as journal:
        journal.forget_policy()
        assert journal.policy() is None


def test_of_several_changes_of_one_memory_the_last_is_kept(path: Path) -> None:
    swipe, key = Swipe("ann", NOON), "door"
    with Journal(path, DATA_KEY) as journal:
        journal.append(Entry(memory=[Change(Table.SWIPE, key, None), Change(Table.SWIPE, key, swipe)]))
        assert journal.memory() == [Change(Table.SWIPE, key, swipe)]
        journal.append(Entry(memory=[Change(Table.SWIPE, key, swipe), Change(Table.SWIPE, key, None)]))
        assert journal.memory() == []


def test_what_was_acknowledged_is_forgotten_by_age_too_and_never_much_at_once(path: Path) -> None:
    old = msgspec.structs.replace(record(), at=NOON - timedelta(days=200))
    with Journal(path, DATA_KEY) as journal:
        journal.append(Entry([old for _ in range(FORGET_AT_ONCE + 50)]))
        journal.append(Entry([record() for _ in range(10)]))
        last = journal.last_sequence
        journal.acknowledge(last - 5, keep=10**6, not_before=NOON - timedelta(days=120))
        assert journal.oldest_sequence() == FORGET_AT_ONCE + 1
        journal.acknowledge(last - 5, keep=10**6, not_before=NOON - timedelta(days=120))
        assert journal.oldest_sequence() == FORGET_AT_ONCE + 51


def test_what_is_given_up_goes_with_the_entry_that_says_so(path: Path) -> None:
    with Journal(path, DATA_KEY) as journal:
        journal.append(Entry([record() for _ in range(10)]))
        journal.append(Entry([record()], give_up_to=4))
        assert [one.sequence for one in journal.read_after(0, 20)] == list(range(5, 12))
