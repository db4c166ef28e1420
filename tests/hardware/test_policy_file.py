"""The policy on the controller's disk: whole, sealed, and either the old or the new one after whatever happened."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.acs.decision.patch import PolicyChanges, PolicyStore
from doorward.acs.decision.policy import CardholderPolicy, CredentialPolicy, Policy
from doorward.acs.devices import Wiring
from doorward.acs.policy_part import PolicyPart
from doorward.acs.sealing import SealBroken
from doorward.hardware.errors import PolicyUnkept
from doorward.hardware.policy_file import PolicyFile
from tests.acs.policy.random_policies import WIRINGS, difference, in_order, policies
from tests.hardware.site import DATA_KEY, snapshot


def many(people: int) -> PolicyStore:
    """So many people with a card each: enough for several buckets."""
    return PolicyStore(
        Policy(
            1,
            "UTC",
            cardholders=tuple(CardholderPolicy(f"p{number}") for number in range(people)),
            credentials=tuple(CredentialPolicy(f"c{number}", f"p{number}") for number in range(people)),
        )
    )


def suspend(person: str) -> PolicyChanges:
    return PolicyChanges(cardholders=(CardholderPolicy(person, suspended=True),))


def kept(path: Path) -> tuple[Policy, Wiring]:
    """What a start would find."""
    found = PolicyFile(path, DATA_KEY).load()
    assert found is not None
    return in_order(found[0].policy()), found[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.policy"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=policies(), new=policies(), wired=WIRINGS, rewired=WIRINGS, whole=st.booleans())
def test_what_was_saved_last_is_found_whole_or_as_changes(
    tmp_path_factory: pytest.TempPathFactory, old: Policy, new: Policy, wired: Wiring, rewired: Wiring, whole: bool
) -> None:
    path = tmp_path_factory.mktemp("policy") / "journal.policy"
    file, store = PolicyFile(path, DATA_KEY), PolicyStore(old)
    file.save(store, wired)
    assert kept(path) == (old, wired)
    changes = difference(old, new)
    store.apply(changes, new.version, "")
    if whole:
        file.save(store, rewired)
    else:
        file.save_changes(store, changes, rewired)
    assert kept(path) == (new, rewired)


def test_there_is_nothing_before_the_first_policy(path: Path) -> None:
    assert PolicyFile(path, DATA_KEY).load() is None
    assert not path.exists()


def test_it_is_unreadable_without_the_key_and_only_its_owner_may_open_it(path: Path) -> None:
    first = snapshot(4)
    PolicyFile(path, DATA_KEY).save(PolicyStore(first.policy), first.wiring)
    assert kept(path) == (first.policy, first.wiring)
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Main entrance" not in stored
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(SealBroken):
        PolicyFile(path, bytes(32)).load()


def test_a_change_of_one_person_rewrites_one_bucket(path: Path) -> None:
    file, store = PolicyFile(path, DATA_KEY), many(2_000)
    file.save(store, Wiring())

    def buckets() -> dict[tuple[str, int], bytes]:
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT part, number, value FROM buckets").fetchall()
        connection.close()
        return {(part, number): value for part, number, value in rows}

    before = buckets()
    assert len(before) > 60
    changes = suspend("p7")
    store.apply(changes, 2, "")
    file.save_changes(store, changes, Wiring())
    after = buckets()
    assert before.keys() == after.keys()
    assert len([name for name, value in after.items() if before[name] != value]) == 1


@pytest.mark.parametrize("damage", ["put back", "lost", "moved", "damaged"])
def test_a_bucket_that_was_put_back_lost_moved_or_damaged_is_noticed(path: Path, damage: str) -> None:
    file, store = PolicyFile(path, DATA_KEY), many(500)
    file.save(store, Wiring())
    with sqlite3.connect(path) as other:
        old = other.execute("SELECT part, number, value FROM buckets").fetchall()
        changes = suspend("p7")
        store.apply(changes, 2, "")
        file.save_changes(store, changes, Wiring())
        match damage:
            case "put back":
                other.executemany("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)", old)
            case "lost":
                other.execute("DELETE FROM buckets WHERE part = 'cardholder' AND number = 1")
            case "moved":
                other.execute("UPDATE buckets SET number = 1 - number + 1000000 WHERE part = 'cardholder'")
            case "damaged":
                other.execute("UPDATE buckets SET value = x'00' WHERE part = 'cardholder' AND number = 1")
    other.close()
    with pytest.raises(SealBroken):
        PolicyFile(path, DATA_KEY).load()


def test_a_file_that_is_no_database_says_so(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(PolicyUnkept, match=r"journal\.policy cannot be used"):
        PolicyFile(path, DATA_KEY).load()


def test_a_whole_policy_that_cannot_be_written_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PolicyFile(path, DATA_KEY)
    file.save(many(10), Wiring())

    def full(self: Path, target: Any) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(PolicyUnkept, match="No space left"):
            file.save(many(20), Wiring())
    assert len(kept(path)[0].cardholders) == 10
    file.save(many(30), Wiring())
    assert len(kept(path)[0].cardholders) == 30


def test_changes_that_cannot_be_written_leave_the_old_policy(path: Path) -> None:
    file, store = PolicyFile(path, DATA_KEY), many(10)
    file.save(store, Wiring())
    with sqlite3.connect(path) as other:
        other.execute("CREATE TRIGGER refuse BEFORE INSERT ON head BEGIN SELECT raise(ABORT, 'no'); END")
    changes = suspend("p7")
    store.apply(changes, 2, "")
    with pytest.raises(PolicyUnkept):
        file.save_changes(store, changes, Wiring())
    with sqlite3.connect(path) as other:
        other.execute("DROP TRIGGER refuse")
    other.close()
    policy, _ = kept(path)
    assert policy.version == 1
    assert not any(person.suspended for person in policy.cardholders)


CRASHING_WRITER = """
import os, sys
from pathlib import Path
from doorward.hardware.policy_file import PolicyFile
from tests.hardware.test_policy_file import DATA_KEY, many
from doorward.acs.decision.patch import PolicyChanges
from doorward.acs.decision.policy import CardholderPolicy
from doorward.acs.devices import Wiring
file, store = PolicyFile(Path(sys.argv[1]), DATA_KEY), many(300)
version = 1
file.save(store, Wiring())
os.write(1, b"begun\\n")
while True:
    version += 1
    people = tuple(CardholderPolicy(f"p{n}", (f"v{version}",)) for n in range(300))
    changes = PolicyChanges(cardholders=people)
    store.apply(changes, version, "")
    file.save(store, Wiring()) if version % 3 == 0 else file.save_changes(store, changes, Wiring())
    os.write(1, b"%d\\n" % version)
"""


@pytest.mark.parametrize("lines", [1, 4, 9])
def test_a_crash_in_the_middle_leaves_the_old_policy_or_the_new_one(path: Path, lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CRASHING_WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"
        told = [int(writer.stdout.readline()) for _ in range(lines)][-1]
        os.kill(writer.pid, signal.SIGKILL)
        told = max([told, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    policy, _ = kept(path)
    assert policy.version in (told, told + 1)
    assert {person.groups for person in policy.cardholders} == {(f"v{policy.version}",)}, "never a mixture"


def test_parts_that_were_empty_grow_from_changes(path: Path) -> None:
    file, store = PolicyFile(path, DATA_KEY), PolicyStore(Policy(1, "UTC"))
    file.save(store, Wiring())
    changes = PolicyChanges(cardholders=many(300).policy().cardholders)
    store.apply(changes, 2, "")
    file.save_changes(store, changes, Wiring())
    gone = PolicyChanges(removed={PolicyPart.CARDHOLDER: tuple(f"p{number}" for number in range(299))})
    store.apply(gone, 3, "")
    file.save_changes(store, gone, Wiring())
    assert [person.id for person in kept(path)[0].cardholders] == ["p299"]
