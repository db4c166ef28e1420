"""The journal reaches every server in order, once, whatever happened to the link."""

from datetime import timedelta

import pytest

from doorward.acs.decision.door import DoorAction
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import DoorCommand, Hello, JournalBatch, PolicyApplied, Welcome
from doorward.hardware.driver import OutputState, SetOutput
from doorward.hardware.journal_flow import MOST_UNANSWERED
from tests.hardware.site import IO, Site, snapshot

PULSE = SetOutput(IO, 0, OutputState.PULSE, 5_000)


def gap_free(site: Site) -> bool:
    return sorted(site.server.stored) == list(range(1, len(site.server.stored) + 1))


def test_doors_work_without_a_server_and_their_records_follow(site: Site) -> None:
    before = site.server.stored
    site.server.close()
    site.badge()
    site.driver.wait_for(PULSE)
    server = site.attach_server(before)
    granted = server.event(EventType.ACCESS_GRANTED)
    assert gap_free(site)
    assert granted.sequence > max(before_restart for before_restart in before if before_restart < granted.sequence)
    resumed = server.message(JournalBatch)
    assert resumed.records[0].sequence == granted.sequence, "nothing stored is sent again"


def test_a_controller_starts_by_its_last_policy_without_a_server(site: Site) -> None:
    site.restart()
    site.power_up()
    site.badge()
    site.driver.wait_for(PULSE)


def test_hello_tells_the_last_sequence_and_the_policy_it_runs(site: Site) -> None:
    site.badge()
    last = site.server.event(EventType.ACCESS_GRANTED).sequence
    site.restart()
    hello = site.attach_server(site.server.stored).message(Hello)
    assert (hello.controller_id, hello.last_sequence, hello.policy_version) == ("controller-1", last + 1, 1)


def test_a_server_that_asks_again_is_sent_again(site: Site) -> None:
    site.server.acknowledges = False
    site.badge()
    lost = site.server.message(JournalBatch, lambda batch: batch.records[0].type is EventType.ACCESS_GRANTED).records[0]
    site.server.acknowledges = True
    site.server.send(Welcome(lost.sequence - 1))
    assert site.server.event(EventType.ACCESS_GRANTED) == lost


def test_so_many_batches_are_on_their_way_at_a_time(site: Site) -> None:
    site.server.acknowledges = False
    for number in range(8):
        site.command(DoorAction.LOCK, f"command-{number}")
        site.result(f"command-{number}")
    unanswered = [
        message
        for message in site.server.heard
        if isinstance(message, JournalBatch) and message.records[-1].sequence not in site.server.stored
    ]
    assert len(unanswered) == MOST_UNANSWERED


def test_a_backlog_arrives_in_batches_without_gaps(site: Site) -> None:
    before = site.server.stored
    site.server.close()
    for number in range(450):
        site.badge(number)
    server = site.attach_server(before)
    server.wait_for(lambda: server.events().count(EventType.ACCESS_DENIED) == 450 or None)
    assert gap_free(site)
    assert max(len(batch.records) for batch in server.heard if isinstance(batch, JournalBatch)) <= 200


def test_a_lost_journal_goes_on_behind_what_the_server_has(bare_site: Site) -> None:
    server = bare_site.attach_server()
    server.pretends_to_have = 500
    server.send(Welcome(500))
    started = server.event(EventType.CONTROLLER_STARTED, after=500)
    assert started.sequence == 501


def test_a_newer_link_replaces_the_older_one(site: Site) -> None:
    old = site.server
    new = site.attach_server(dict(old.stored))
    old.wait_for(lambda: old.closed or None)
    new.send(snapshot(version=7))
    new.message(PolicyApplied, lambda applied: applied.version == 7)


def test_what_the_older_server_said_too_late_is_not_heeded(site: Site) -> None:
    old = site.server
    new = site.attach_server(dict(old.stored))
    old.wait_for(lambda: old.closed or None)
    # A message may pass in the instant in which the link is closed.
    pass_on = old.controller_end._channel.on_message
    assert pass_on is not None
    expiry = site.clock.now() + timedelta(seconds=9)
    pass_on(DoorCommand("late", "door-1", DoorAction.UNLOCK, "user-1", "", expiry))
    site.command(DoorAction.LOCK)
    site.result()
    assert not new.results("late")
    assert OutputState.ON not in site.driver.strikes()


def test_stop_closes_the_link_and_the_driver(site: Site) -> None:
    site.controller.stop()
    site.server.wait_for(lambda: site.server.closed or None)
    assert not site.driver.running


@pytest.mark.parametrize("records", [1, 150])
def test_what_was_acknowledged_is_remembered(site: Site, records: int) -> None:
    for number in range(records):
        site.badge(number)
    server = site.server
    server.wait_for(lambda: server.events().count(EventType.ACCESS_DENIED) == records or None)
    site.restart()
    assert gap_free(site)
