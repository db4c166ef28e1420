"""A controller under changing policies: deltas rule at once, or are refused and a whole policy is asked for."""

import threading
from pathlib import Path

import msgspec
import pytest

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.live_policy import LivePolicy
from doorward.acs.decision.patch import PolicyChanges, PolicyStore
from doorward.acs.decision.policy import CardholderPolicy
from doorward.acs.decision.reason import Reason
from doorward.acs.devices import LockLine, OsdpDevice, Wiring
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import Health, Hello, PolicyApplied, PolicyDelta, PolicyRefused, PolicySnapshot
from doorward.acs.policy.content import content_after, content_of
from doorward.acs.sealing import Sealer
from doorward.hardware.driver import OutputState, SetOutput
from doorward.hardware.errors import PolicyUnkept
from doorward.hardware.journal import Journal
from doorward.hardware.policy_file import PolicyFile
from tests.hardware.site import DATA_KEY, DOOR, IO, WAIT_S, Site, policy, snapshot, wired

PULSE = SetOutput(IO, 0, OutputState.PULSE, 5_000)
SUSPENDED = PolicyChanges(cardholders=(CardholderPolicy("ann", suspended=True),))
SPARED = PolicyChanges(cardholders=(CardholderPolicy("ann"),))


def with_content(given: PolicySnapshot) -> PolicySnapshot:
    """As a server sends it."""
    content = content_of(given.policy, given.wiring)
    return msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, content=content))


class Sender:
    """The server's side: makes deltas one after the other."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.wiring = snapshot().wiring
        self.store = PolicyStore(policy())

    def whole(self, version: int = 1) -> None:
        given = with_content(snapshot(version))
        self.store, self.wiring = PolicyStore(given.policy), given.wiring
        self.site.server.send(given)
        self.site.server.message(PolicyApplied, lambda applied: applied.version == version)

    def delta(self, changes: PolicyChanges, wiring: Wiring | None = None) -> PolicyDelta:
        """The next one; it counts as sent."""
        content = content_after(self.store, self.wiring, changes, wiring)
        base, base_content = self.store.version, self.store.content
        self.store.apply(changes, base + 1, content)
        self.wiring = self.wiring if wiring is None else wiring
        return PolicyDelta(base, base_content, base + 1, content, changes, wiring)

    def send(self, changes: PolicyChanges, wiring: Wiring | None = None) -> PolicyDelta:
        delta = self.delta(changes, wiring)
        self.site.server.send(delta)
        return delta

    def applied(self, version: int) -> None:
        self.site.server.message(PolicyApplied, lambda applied: applied.version == version)


@pytest.fixture
def sender(bare_site: Site) -> Sender:
    """A server whose whole policy rules, as version 1 with its content; everything is online."""
    server = bare_site.attach_server()
    sender = Sender(bare_site)
    sender.whole()
    bare_site.power_up()
    server.event(EventType.DOOR_ONLINE)
    return sender


@pytest.fixture
def site(sender: Sender) -> Site:
    """The same server's site."""
    return sender.site


def test_a_delta_rules_as_soon_as_it_is_applied(site: Site, sender: Sender) -> None:
    sender.send(SUSPENDED)
    sender.applied(2)
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CARDHOLDER_SUSPENDED
    sender.send(SPARED)
    sender.applied(3)
    site.badge()
    site.driver.wait_for(PULSE)


def test_the_driver_is_left_alone_by_a_delta_without_wiring(site: Site, sender: Sender) -> None:
    first = site.driver
    sender.send(SUSPENDED)
    sender.applied(2)
    assert site.driver is first
    sender.send(PolicyChanges(), snapshot(1, "/dev/ttyUSB1").wiring)
    sender.applied(3)
    assert (first.running, site.driver.running) == (False, True)


def test_what_deltas_came_to_is_what_a_restart_goes_by_and_tells(site: Site, sender: Sender) -> None:
    sender.send(SUSPENDED)
    sender.applied(2)
    site.restart()
    hello = site.attach_server(site.server.stored).message(Hello)
    assert (hello.policy_version, hello.policy_content) == (2, sender.store.content)
    site.power_up()
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CARDHOLDER_SUSPENDED


def test_a_delta_behind_a_lost_one_is_refused_once_and_the_whole_policy_mends_it(site: Site, sender: Sender) -> None:
    sender.delta(SUSPENDED)
    sender.send(SPARED)
    sender.send(SUSPENDED)
    refused = site.server.message(PolicyRefused)
    assert refused.version == 1
    sender.whole(5)
    assert len([one for one in site.server.heard if isinstance(one, PolicyRefused)]) == 1
    sender.send(SUSPENDED)
    sender.applied(6)


def test_a_delta_that_comes_to_another_content_changes_nothing(site: Site, sender: Sender) -> None:
    wrong = msgspec.structs.replace(sender.delta(SUSPENDED), content="0" * 32)
    site.server.send(wrong)
    refused = site.server.message(PolicyRefused)
    assert refused.version == 1
    site.badge()
    site.driver.wait_for(PULSE)


def test_a_repeated_delta_is_refused(site: Site, sender: Sender) -> None:
    delta = sender.send(SUSPENDED)
    sender.applied(2)
    site.server.send(delta)
    assert site.server.message(PolicyRefused).version == 2


def test_a_new_server_is_told_again_that_a_delta_does_not_fit(site: Site, sender: Sender) -> None:
    sender.delta(SUSPENDED)
    lost = sender.delta(SPARED)
    site.server.send(lost)
    site.server.message(PolicyRefused)
    site.attach_server(site.server.stored).send(lost)
    site.server.message(PolicyRefused)


class Gate:
    """Holds the building of every policy until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

        compiled = LivePolicy.compiled

        def slowly(live: LivePolicy) -> CompiledPolicy:
            self.reached.set()
            assert self.opened.wait(WAIT_S)
            return compiled(live)

        monkeypatch.setattr(LivePolicy, "compiled", slowly)


def test_cards_are_decided_by_the_old_policy_while_the_new_one_is_built(
    site: Site, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    sender.send(SUSPENDED)
    assert gate.reached.wait(WAIT_S)
    site.badge()
    site.driver.wait_for(PULSE)
    gate.opened.set()
    sender.applied(2)
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CARDHOLDER_SUSPENDED


def test_deltas_that_come_while_one_is_built_are_built_together(
    site: Site, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    sender.send(SUSPENDED)
    assert gate.reached.wait(WAIT_S)
    for changes in (SPARED, SUSPENDED, SPARED):
        sender.send(changes)
    gate.opened.set()
    sender.applied(5)
    versions = [one.version for one in site.server.heard if isinstance(one, PolicyApplied)]
    assert versions[-2:] == [2, 5]


def test_a_policy_that_cannot_be_built_leaves_the_old_one_and_all_of_it_is_asked_for(
    site: Site, sender: Sender, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: LivePolicy) -> CompiledPolicy:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(LivePolicy, "compiled", broken)
        sender.send(SUSPENDED)
        site.server.message(PolicyRefused)
    assert "the one before still rules" in caplog.text
    site.badge()
    site.driver.wait_for(PULSE)
    sender.whole(7)


def test_a_policy_that_cannot_be_kept_rules_and_is_told_and_kept_later(
    site: Site, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise PolicyUnkept("The policy file cannot be used: the disk is full.")

    monkeypatch.setattr("doorward.hardware.policy_worker.SAVE_RETRY_S", 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(PolicyFile, "save", full)
        patch.setattr(PolicyFile, "save_changes", full)
        sender.send(SUSPENDED)
        sender.applied(2)
        assert "disk is full" in site.server.message(Health, lambda health: not health.journal_ok).problem
        site.badge()
        assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.CARDHOLDER_SUSPENDED
        told = len(site.server.heard)
    site.server.wait_for(
        lambda: next((one for one in site.server.heard[told:] if isinstance(one, Health) and one.journal_ok), None)
    )
    site.restart()
    assert site.attach_server(site.server.stored).message(Hello).policy_version == 2


def test_a_policy_that_an_older_version_kept_in_the_journal_is_taken_over_once(tmp_path: Path) -> None:
    site = Site(tmp_path)
    sealed = Sealer(DATA_KEY).seal(msgspec.msgpack.encode(snapshot(4)), "controller policy")
    with Journal(site.journal, DATA_KEY) as journal, journal._transaction() as connection:
        connection.execute("INSERT INTO kept VALUES ('policy', ?)", (sealed,))
    try:
        site.controller.start()
        site.power_up()
        site.restart()
        assert site.attach_server().message(Hello).policy_version == 4
        site.power_up()
        site.controller.stop()
        with Journal(site.journal, DATA_KEY) as journal:
            assert journal.policy() is None
    finally:
        site.close()


def unlocked(site: Site) -> PolicySnapshot:
    """A policy whose schedule unlocks the door, which is open and held."""
    given = snapshot(2)
    door = msgspec.structs.replace(given.policy.doors[0], unlock_schedules=("always",))
    whole = msgspec.structs.replace(given, policy=msgspec.structs.replace(given.policy, doors=(door,)))
    site.server.send(whole)
    site.driver.wait_for(SetOutput(IO, 0, OutputState.ON))
    return whole


def test_a_door_that_a_policy_leaves_out_is_locked_and_its_alarms_end(site: Site) -> None:
    site.sense(open=True)
    site.server.event(EventType.DOOR_FORCED)
    whole = unlocked(site)
    first = site.driver
    none = msgspec.structs.replace(whole.policy, version=3, doors=(), readers=(), rules=())
    site.server.send(PolicySnapshot(none, Wiring()))
    site.server.message(PolicyApplied, lambda applied: applied.version == 3)
    assert first.strikes()[-1] is OutputState.OFF
    assert not first.running
    site.server.event(EventType.DOOR_FORCED_CLEARED)


def test_the_output_of_a_device_that_a_policy_leaves_out_is_locked(site: Site) -> None:
    whole = unlocked(site)
    first = site.driver
    reader, io = (device for device in whole.wiring.devices if isinstance(device, OsdpDevice))
    other = wired(reader, msgspec.structs.replace(io, id="another-io", address=9))
    site.server.send(PolicySnapshot(msgspec.structs.replace(whole.policy, version=3), other))
    site.server.message(PolicyApplied, lambda applied: applied.version == 3)
    assert first.strikes()[-1] is OutputState.OFF


def test_a_lock_that_moves_to_another_output_is_as_it_was_and_the_old_output_locks(site: Site) -> None:
    whole = unlocked(site)
    moved = msgspec.structs.replace(whole.wiring, locks=(LockLine(DOOR, IO, 3),))
    site.server.send(PolicySnapshot(msgspec.structs.replace(whole.policy, version=3), moved))
    site.driver.wait_for(SetOutput(IO, 3, OutputState.ON))
    last = [command for command in site.driver.commands if isinstance(command, SetOutput) and command.output == 0][-1]
    assert last.state is OutputState.OFF


def test_a_door_that_comes_back_begins_locked(site: Site) -> None:
    whole = snapshot(2)
    site.badge()
    site.driver.wait_for(PULSE)
    none = msgspec.structs.replace(whole.policy, doors=(), readers=(), rules=())
    site.server.send(PolicySnapshot(none, whole.wiring))
    site.driver.wait_for(SetOutput(IO, 0, OutputState.OFF), times=2)
    site.server.send(PolicySnapshot(msgspec.structs.replace(whole.policy, version=3), whole.wiring))
    site.server.message(PolicyApplied, lambda applied: applied.version == 3)
    assert site.driver.strikes()[-1] is OutputState.OFF
