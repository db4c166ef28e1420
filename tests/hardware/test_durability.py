"""No strike before its record is durable, and what the doors do while the journal cannot be written."""

import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from doorward.acs.decision.door import DoorAction, DoorMode
from doorward.acs.decision.policy import RelativeValidity, ValidityStart, ValidityUnit
from doorward.acs.decision.reason import Reason
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import CommandStatus, Health, JournalRecord, PolicyApplied, PolicySnapshot
from doorward.hardware.driver import DriverCommand, Feedback, OutputState, SetOutput
from doorward.hardware.journal import Entry, Journal
from tests.hardware.site import IO, LOCK, READER, WAIT_S, Site, snapshot

PULSE = SetOutput(IO, 0, OutputState.PULSE, 5_000)
RELEASE = SetOutput(IO, 0, OutputState.ON)
NO = Feedback(READER, False)
JOURNAL_RETRY_MS = 1_000


def types_on_disk(site: Site) -> list[EventType]:
    """What another process would find committed."""
    with sqlite3.connect(site.journal) as other:
        rows = other.execute("SELECT body FROM records ORDER BY sequence").fetchall()
    other.close()
    return [msgspec.msgpack.decode(body, type=JournalRecord).type for (body,) in rows]


def test_the_record_is_on_disk_before_the_strike_is_commanded(site: Site) -> None:
    seen: dict[DriverCommand, list[EventType]] = {}

    def look(command: DriverCommand) -> None:
        seen[command] = types_on_disk(site)

    site.driver.on_submit = look
    site.badge()
    site.driver.wait_for(PULSE)
    assert seen[PULSE][-1] is EventType.ACCESS_GRANTED


class Gate:
    """Holds every commit of the journal until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    append = Journal.append

    def slow_append(journal: Journal, entry: Entry) -> list[JournalRecord]:
        gate.reached.set()
        assert gate.opened.wait(WAIT_S)
        return append(journal, entry)

    monkeypatch.setattr(Journal, "append", slow_append)
    yield gate
    gate.opened.set()


def test_the_strike_waits_for_a_slow_disk(site: Site, gate: Gate) -> None:
    before = list(site.driver.commands)
    site.badge()
    assert gate.reached.wait(WAIT_S)
    assert site.driver.commands == before
    gate.opened.set()
    site.driver.wait_for(PULSE)


def test_reads_that_queue_up_behind_a_slow_disk_share_one_commit(
    site: Site, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.badge()
    assert gate.reached.wait(WAIT_S)
    for number in range(5):
        site.badge(number)
    commits: list[int] = []
    gated = Journal.append

    def counted(journal: Journal, entry: Entry) -> list[JournalRecord]:
        commits.append(len(entry.records))
        return gated(journal, entry)

    monkeypatch.setattr(Journal, "append", counted)
    gate.opened.set()
    site.driver.wait_for(NO, times=5)
    assert commits == [5]


def test_while_the_journal_is_locked_a_card_is_denied_and_the_fault_is_told(site: Site) -> None:
    with site.journal_taken():
        site.badge()
        site.driver.wait_for(NO)
        health = site.server.message(Health, lambda health: not health.journal_ok)
    assert "is locked by another program" in health.problem
    assert OutputState.PULSE not in site.driver.strikes()


def test_while_the_journal_is_locked_the_exit_button_still_releases(site: Site) -> None:
    with site.journal_taken():
        site.sense(rex=True)
        site.driver.wait_for(PULSE)


def test_while_the_journal_is_locked_operators_can_lock_but_not_release(site: Site) -> None:
    with site.journal_taken():
        site.command(DoorAction.GRANT_ACCESS, "grant")
        site.command(DoorAction.UNLOCK, "unlock")
        site.command(DoorAction.LOCKDOWN, "lockdown")
        for command in ("grant", "unlock"):
            result = site.result(command)
            assert result.status is CommandStatus.FAILED
            assert "journal" in result.detail
        assert site.result("lockdown").status is CommandStatus.CONFIRMED
        site.driver.wait_for(LOCK, times=2)
    assert site.driver.strikes() == [OutputState.OFF, OutputState.OFF]


def test_what_happened_meanwhile_is_written_when_the_journal_works_again(site: Site) -> None:
    with site.journal_taken():
        site.badge()
        site.driver.wait_for(NO)
        site.command(DoorAction.LOCKDOWN)
        site.result()
    site.pass_time(JOURNAL_RETRY_MS)
    recovered = site.server.event(EventType.JOURNAL_RECOVERED)
    assert recovered.data["lost_records"] == 0
    assert "is locked" in recovered.data["problem"]
    site.server.message(Health, lambda health: health.journal_ok)
    denied = site.server.event(EventType.ACCESS_DENIED)
    assert denied.reason == Reason.JOURNAL_UNAVAILABLE
    assert denied.trace[-1].check == "journal"
    assert denied.sequence < site.server.event(EventType.DOOR_LOCKDOWN).sequence < recovered.sequence
    assert EventType.ACCESS_GRANTED not in site.server.events()
    site.restart()
    site.attach_server(site.server.stored)
    site.status(lambda door: door.mode is DoorMode.LOCKDOWN)


def test_cards_open_again_after_the_journal_recovered(site: Site) -> None:
    with site.journal_taken():
        site.badge()
        site.driver.wait_for(NO)
    site.pass_time(JOURNAL_RETRY_MS)
    site.server.event(EventType.JOURNAL_RECOVERED)
    site.badge()
    site.driver.wait_for(PULSE)


def test_a_door_opened_meanwhile_is_not_taken_for_closed(site: Site) -> None:
    with site.journal_taken():
        site.sense(open=True)
        site.badge()
        site.driver.wait_for(NO)
    site.pass_time(JOURNAL_RETRY_MS)
    site.sense(open=False)
    site.server.event(EventType.DOOR_FORCED_CLEARED)


def test_a_new_policy_rules_at_once_and_is_kept_when_the_journal_works_again(site: Site) -> None:
    revoked = msgspec.structs.replace(snapshot(2), policy=msgspec.structs.replace(snapshot(2).policy, rules=()))
    with site.journal_taken():
        site.server.send(revoked)
        site.server.message(PolicyApplied, lambda applied: applied.version == 2)
        site.badge()
        site.driver.wait_for(NO)
    site.pass_time(JOURNAL_RETRY_MS)
    site.server.event(EventType.JOURNAL_RECOVERED)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.NO_ACCESS_RULE
    site.restart()
    site.power_up()
    site.badge()
    site.driver.wait_for(NO)


def test_an_input_that_cannot_be_processed_harms_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("doorward.hardware.admission.decide_floors", broken)
    site.badge()
    site.sense(rex=True)
    site.driver.wait_for(PULSE)
    assert "is passed over" in caplog.text
    assert EventType.ACCESS_GRANTED not in types_on_disk(site)


def test_while_the_journal_is_locked_a_card_may_still_start_a_lockdown(site: Site) -> None:
    given = snapshot(2)
    card = msgspec.structs.replace(given.policy.credentials[0], starts_lockdown=True)
    adopt(site, msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, credentials=(card,))))
    with site.journal_taken():
        site.badge()
        site.status(lambda door: door.mode is DoorMode.LOCKDOWN)


def test_a_card_that_was_denied_for_the_journal_s_sake_is_not_used_up(site: Site) -> None:
    given = snapshot(2)
    once = RelativeValidity(ValidityStart.FIRST_USE, 1, ValidityUnit.USES)
    card = msgspec.structs.replace(given.policy.credentials[0], relative=once)
    adopt(site, msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, credentials=(card,))))
    with site.journal_taken():
        site.badge()
        site.driver.wait_for(NO)
    site.pass_time(JOURNAL_RETRY_MS)
    site.server.event(EventType.JOURNAL_RECOVERED)
    site.badge()
    site.driver.wait_for(PULSE)


def unlocked_by_schedule(version: int, **door: Any) -> PolicySnapshot:
    """The site's policy, its door unlocked by schedule all day."""
    given = snapshot(version)
    changed = msgspec.structs.replace(given.policy.doors[0], unlock_schedules=("always",), **door)
    return msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, doors=(changed,)))


def adopt(site: Site, given: PolicySnapshot) -> None:
    site.server.send(given)
    site.server.message(PolicyApplied, lambda applied: applied.version == given.policy.version)


def test_while_the_journal_is_locked_a_new_policy_unlocks_no_door_until_it_can_be_written_down(site: Site) -> None:
    adopt(site, unlocked_by_schedule(2, lockdown=True))
    with site.journal_taken():
        adopt(site, unlocked_by_schedule(3))
        site.badge()
        site.driver.wait_for(NO)
        assert RELEASE not in site.driver.commands
    site.pass_time(JOURNAL_RETRY_MS)
    site.driver.wait_for(RELEASE)
    unlocked = site.server.event(EventType.DOOR_UNLOCKED_BY_SCHEDULE)
    assert unlocked.sequence > site.server.event(EventType.JOURNAL_RECOVERED).sequence


def test_while_the_journal_is_locked_a_reset_gives_no_door_to_its_schedule(site: Site) -> None:
    site.command(DoorAction.LOCKDOWN, "lockdown")
    site.result("lockdown")
    adopt(site, unlocked_by_schedule(2))
    with site.journal_taken():
        site.command(DoorAction.RESET, "reset")
        assert site.result("reset").status is CommandStatus.CONFIRMED
        site.badge()
        site.driver.wait_for(NO)
        assert RELEASE not in site.driver.commands
    site.pass_time(JOURNAL_RETRY_MS)
    site.driver.wait_for(RELEASE)


def test_a_door_that_stood_unlocked_stays_so_while_the_journal_is_locked(site: Site) -> None:
    adopt(site, unlocked_by_schedule(2))
    site.driver.wait_for(RELEASE)
    with site.journal_taken():
        site.badge()
        site.driver.wait_for(NO)
    site.pass_time(JOURNAL_RETRY_MS)
    site.server.event(EventType.JOURNAL_RECOVERED)
    assert site.driver.strikes()[-1] is OutputState.ON
