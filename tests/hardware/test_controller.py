"""What a controller does with a card, a door and an operator; the rules themselves are tested with `acs`."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from doorward.acs.decision.card_format import CardBits, encode_h10301
from doorward.acs.decision.door import DoorAction, DoorMode, Position
from doorward.acs.decision.policy import Side
from doorward.acs.decision.reason import Reason
from doorward.acs.devices import OsdpDevice, Wiring
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import CommandStatus, DoorCommand, PolicyApplied, PolicySnapshot, TimeCheck
from doorward.hardware.driver import (
    CardRead,
    DeviceOffline,
    DeviceOnline,
    Feedback,
    KeysPressed,
    OutputState,
    SetOutput,
    TamperChanged,
)
from doorward.hardware.turn import LATE_MS
from tests.hardware.site import DOOR, IO, LOCK, READER, Site, snapshot

PULSE = SetOutput(IO, 0, OutputState.PULSE, 5_000)
RELEASE = SetOutput(IO, 0, OutputState.ON)
YES, NO = Feedback(READER, True), Feedback(READER, False)


def test_a_valid_card_releases_the_strike_and_shows_green(site: Site) -> None:
    site.badge()
    site.driver.wait_for(PULSE)
    site.driver.wait_for(YES)
    granted = site.server.event(EventType.ACCESS_GRANTED)
    assert (granted.door_id, granted.side, granted.reader_id) == (DOOR, Side.A, "reader-1")
    assert (granted.cardholder_id, granted.credential_id, granted.rule_id) == ("ann", "card-1", "rule-1")
    assert granted.reason == Reason.GRANTED
    assert [step.check for step in granted.trace][-1] == "door_online"
    assert granted.data == {}, "the card's bits stay secret"


def test_a_passage_shares_the_correlation_of_its_card(site: Site) -> None:
    site.badge()
    site.sense(open=True)
    site.sense(open=False)
    closed = site.server.event(EventType.DOOR_CLOSED)
    granted = site.server.event(EventType.ACCESS_GRANTED)
    opened = site.server.event(EventType.DOOR_OPENED)
    assert granted.correlation == opened.correlation == closed.correlation
    site.driver.wait_for(LOCK, times=2)


@pytest.mark.parametrize(
    "bits, reason, data",
    [
        (encode_h10301(17, 9), Reason.CARD_UNKNOWN, {"facility": 17, "number": 9}),
        (CardBits.from_int(0b1011, 4), Reason.CARD_LENGTH_UNKNOWN, {}),
    ],
)
def test_a_card_of_nobody_is_denied_with_its_bits(
    site: Site, bits: CardBits, reason: Reason, data: dict[str, int]
) -> None:
    site.tell(CardRead(READER, bits, fresh=True))
    denied = site.server.event(EventType.ACCESS_DENIED)
    assert denied.reason == reason
    assert denied.data == {"bits": bits.as_text(), **data}
    site.driver.wait_for(NO)
    assert OutputState.PULSE not in site.driver.strikes()


def test_a_card_that_waited_in_the_reader_is_denied(site: Site) -> None:
    site.badge(fresh=False)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.READER_WAS_OFFLINE
    assert OutputState.PULSE not in site.driver.strikes()


def test_a_card_at_a_door_whose_device_is_offline_is_denied(site: Site) -> None:
    site.tell(DeviceOffline(IO, "The port is gone."))
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_OFFLINE
    assert EventType.ACCESS_GRANTED not in site.server.events()


def test_a_door_device_lost_in_the_same_turn_is_not_recorded_as_granted(site: Site) -> None:
    site.tell(DeviceOffline(IO, "The port is gone."), CardRead(READER, encode_h10301(17, 1042), fresh=True))
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_OFFLINE


def test_no_entry_names_who_did_not_enter(site: Site) -> None:
    site.badge()
    site.driver.wait_for(PULSE)
    site.pass_time(5_000)
    missed = site.server.event(EventType.ACCESS_NO_ENTRY)
    granted = site.server.event(EventType.ACCESS_GRANTED)
    assert missed.correlation == granted.correlation
    assert (missed.cardholder_id, missed.side, missed.reader_id) == ("ann", Side.A, "reader-1")
    assert missed.monotonic_ms == granted.monotonic_ms + 5_000
    assert missed.at == granted.at + timedelta(seconds=5)


def test_a_forced_door_and_one_held_open_are_told_and_cleared(site: Site) -> None:
    site.sense(open=True)
    site.server.event(EventType.DOOR_FORCED)
    site.pass_time(20_000)
    site.server.event(EventType.DOOR_HELD)
    site.status(lambda door: door.forced and door.held and door.position is Position.OPEN)
    site.sense(open=False)
    site.server.event(EventType.DOOR_HELD_CLEARED)
    site.server.event(EventType.DOOR_FORCED_CLEARED)


def test_the_exit_button_releases_the_door_without_any_card(site: Site) -> None:
    site.sense(rex=True)
    site.driver.wait_for(PULSE)
    site.server.event(EventType.DOOR_REX)


def test_lockdown_stops_cards_until_it_is_reset(site: Site) -> None:
    site.command(DoorAction.LOCKDOWN, "down")
    assert site.result("down").status is CommandStatus.CONFIRMED
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_LOCKDOWN
    site.command(DoorAction.GRANT_ACCESS, "let-in")
    refused = site.result("let-in")
    assert refused.status is CommandStatus.FAILED
    assert "lockdown" in refused.detail
    site.command(DoorAction.RESET, "reset")
    assert site.result("reset").status is CommandStatus.CONFIRMED
    site.badge()
    site.driver.wait_for(PULSE)


def test_a_command_is_recorded_with_its_user_and_reason(site: Site) -> None:
    site.command(DoorAction.GRANT_ACCESS)
    assert site.result().status is CommandStatus.CONFIRMED
    site.sense(open=True)
    for kind in (EventType.DOOR_ACCESS_BY_OPERATOR, EventType.DOOR_OPENED):
        record = site.server.event(kind)
        assert (record.correlation, record.user_id) == ("command-1", "user-1")
    assert site.server.event(EventType.DOOR_ACCESS_BY_OPERATOR).data == {"reason": "a test"}


def test_an_unlocked_door_stays_released_over_a_restart(site: Site) -> None:
    site.command(DoorAction.UNLOCK)
    site.driver.wait_for(RELEASE)
    site.restart()
    site.tell(DeviceOnline(IO))
    site.driver.wait_for(RELEASE)
    site.attach_server(site.server.stored)
    site.status(lambda door: door.mode is DoorMode.UNLOCKED and door.online)


def test_lockdown_is_kept_over_a_restart_without_a_server(site: Site) -> None:
    site.command(DoorAction.LOCKDOWN)
    site.result()
    site.restart()
    site.power_up()
    site.badge()
    site.driver.wait_for(Feedback(READER, False, lockdown=True))
    site.attach_server(site.server.stored)
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_LOCKDOWN


def test_an_expired_command_is_answered_and_never_done(site: Site) -> None:
    site.command(DoorAction.UNLOCK, expires_in_s=0)
    assert site.result().status is CommandStatus.EXPIRED
    assert RELEASE not in site.driver.commands


@pytest.mark.parametrize(
    "ahead_s, lifetime_s, status",
    [(3600, 10, CommandStatus.CONFIRMED), (-3600, -1, CommandStatus.EXPIRED), (0, 10, CommandStatus.CONFIRMED)],
    ids=["ahead", "behind", "right"],
)
def test_a_command_expires_by_the_servers_clock_however_far_the_controllers_is_off(
    ahead_s: int, lifetime_s: int, status: CommandStatus, site: Site
) -> None:
    site.server.send(TimeCheck(1, offset_ms=ahead_s * 1000))
    site.command(DoorAction.UNLOCK, expires_in_s=lifetime_s - ahead_s)
    assert site.result().status is status


def test_a_card_that_waited_for_a_controller_at_a_standstill_opens_nothing(site: Site) -> None:
    with site.busy():
        site.badge()
        site.tell(KeysPressed(READER, "1#"))
        site.clock.ms += LATE_MS + 1
    unknown = site.server.event(EventType.ACCESS_DENIED)
    late = site.server.event(EventType.ACCESS_DENIED, after=unknown.sequence)
    assert late.reason == Reason.READER_WAS_OFFLINE
    assert PULSE not in site.driver.commands
    with site.busy():
        site.badge()
        site.clock.ms += LATE_MS
    site.driver.wait_for(PULSE)


def test_a_repeated_command_is_answered_again_but_done_once(site: Site) -> None:
    command = site.command(DoorAction.GRANT_ACCESS)
    site.result()
    site.server.send(command)
    site.command(DoorAction.LOCK, "next")
    site.result("next")
    assert [result.status for result in site.server.results("command-1")] == [CommandStatus.CONFIRMED] * 2
    assert site.driver.strikes().count(OutputState.PULSE) == 1


@pytest.mark.parametrize("online_first", [True, False], ids=["confirmed", "failed"])
def test_an_answer_outlives_a_restart(site: Site, online_first: bool) -> None:
    if not online_first:
        site.tell(DeviceOffline(IO, "The port is gone."))
    command = site.command(DoorAction.UNLOCK)
    before = site.result()
    site.restart()
    site.power_up() if not online_first else site.tell(DeviceOnline(IO))
    site.attach_server(site.server.stored)
    site.status(lambda door: door.online)
    site.server.send(command)
    assert site.result() == before
    assert site.driver.commands.count(RELEASE) == (1 if online_first else 0), "only as the mode it came back with"


def test_a_command_for_an_unknown_door_fails_in_words(site: Site) -> None:
    site.server.send(
        DoorCommand("lost", "door-9", DoorAction.UNLOCK, "user-1", "", site.clock.now() + timedelta(seconds=9))
    )
    result = site.result("lost")
    assert result.status is CommandStatus.FAILED
    assert "does not have this door" in result.detail


def test_a_command_whose_device_is_lost_this_instant_fails(site: Site) -> None:
    site.driver.offline.add(IO)
    site.command(DoorAction.GRANT_ACCESS)
    result = site.result()
    assert (result.status, result.detail) == (CommandStatus.FAILED, "The device is offline.")


def test_a_door_device_that_returns_is_told_what_its_strike_should_do(site: Site) -> None:
    site.command(DoorAction.UNLOCK)
    site.driver.wait_for(RELEASE)
    site.tell(DeviceOffline(IO, "The cable is cut."), DeviceOnline(IO))
    site.driver.wait_for(RELEASE, times=2)
    assert site.server.event(EventType.DOOR_OFFLINE).data == {"reason": "The cable is cut."}


def test_a_reader_is_told_lost_once_with_the_reason(site: Site) -> None:
    site.tell(DeviceOffline(READER, "The port is gone."), DeviceOffline(READER, "Still gone."))
    site.tell(DeviceOnline(READER), TamperChanged(READER, True))
    tampered = site.server.event(EventType.READER_TAMPER)
    assert site.server.events().count(EventType.READER_OFFLINE) == 1
    lost = site.server.event(EventType.READER_OFFLINE)
    assert (lost.data, lost.door_id, lost.side) == ({"reason": "The port is gone."}, DOOR, Side.A)
    assert tampered.reader_id == "reader-1"
    site.status(lambda door: door.readers_online == {"reader-1": False})


def test_a_device_missing_from_the_start_is_told_with_the_reason(bare_site: Site) -> None:
    server = bare_site.attach_server()
    server.send(snapshot())
    bare_site.tell(DeviceOffline(IO, "There is no /dev/ttyUSB0."))
    assert server.event(EventType.DOOR_OFFLINE).data == {"reason": "There is no /dev/ttyUSB0."}


def test_a_new_policy_leaves_the_driver_alone_unless_the_wiring_changed(site: Site) -> None:
    first = site.driver
    site.server.send(snapshot(version=2, access_time_ms=3_000))
    site.server.message(PolicyApplied, lambda applied: applied.version == 2)
    assert site.driver is first
    site.badge()
    first.wait_for(SetOutput(IO, 0, OutputState.PULSE, 3_000))
    site.server.send(snapshot(version=3, port="/dev/ttyUSB1"))
    site.server.message(PolicyApplied, lambda applied: applied.version == 3)
    assert (first.running, site.driver.running) == (False, True)
    assert {device.port for device in site.driver.devices if isinstance(device, OsdpDevice)} == {"/dev/ttyUSB1"}
    site.power_up()


def test_a_driver_that_was_replaced_is_not_listened_to(site: Site) -> None:
    first = site.driver
    site.server.send(snapshot(version=2, port="/dev/ttyUSB1"))
    site.server.message(PolicyApplied, lambda applied: applied.version == 2)
    site.power_up()
    first.sink(CardRead(READER, encode_h10301(17, 1042), fresh=True))
    site.badge(9)
    site.driver.wait_for(NO)
    assert OutputState.PULSE not in site.driver.strikes()


def test_a_policy_that_takes_a_door_away_takes_its_devices_too(site: Site) -> None:
    site.server.send(type(snapshot())(policy=type(snapshot().policy)(2, "UTC"), wiring=Wiring()))
    site.server.message(PolicyApplied, lambda applied: applied.version == 2)
    assert not site.driver.running
    site.command(DoorAction.UNLOCK)
    assert site.result().status is CommandStatus.FAILED


def test_a_policy_that_brings_a_lockdown_locks_the_door_and_the_next_one_gives_it_back(site: Site) -> None:
    site.command(DoorAction.UNLOCK)
    site.driver.wait_for(RELEASE)
    site.server.send(_locked_down(2))
    site.server.event(EventType.DOOR_THREAT_LOCKDOWN)
    site.driver.wait_for(LOCK, times=2)
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == Reason.DOOR_LOCKDOWN
    site.command(DoorAction.UNLOCK, "again")
    assert "threat level" in site.result("again").detail
    site.server.send(snapshot(version=3))
    site.server.event(EventType.DOOR_THREAT_LOCKDOWN_ENDED)
    site.driver.wait_for(RELEASE, times=2)


def test_a_lockdown_by_policy_is_not_what_an_operator_set(site: Site) -> None:
    site.server.send(_locked_down(2))
    site.server.event(EventType.DOOR_THREAT_LOCKDOWN)
    site.restart()
    site.attach_server(site.server.stored)
    site.status(lambda door: door.mode is DoorMode.LOCKDOWN)
    site.server.send(snapshot(version=3))
    site.status(lambda door: door.mode is DoorMode.LOCKED)


def _locked_down(version: int) -> PolicySnapshot:
    usual = snapshot(version)
    doors = tuple(replace(door, lockdown=True) for door in usual.policy.doors)
    return replace(usual, policy=replace(usual.policy, doors=doors))


def test_an_alarm_that_a_restart_forgets_is_cleared_by_it(site: Site) -> None:
    site.sense(open=True)
    forced = site.server.event(EventType.DOOR_FORCED)
    stored = dict(site.server.stored)
    site.restart()
    site.attach_server(stored)
    cleared = site.server.event(EventType.DOOR_FORCED_CLEARED)
    assert (cleared.correlation, cleared.door_id) == (forced.correlation, DOOR)
    again = dict(site.server.stored)
    site.restart()
    site.attach_server(again)
    site.server.wait_for(lambda: True if site.server.events().count(EventType.CONTROLLER_STARTED) == 3 else None)
    assert site.server.events().count(EventType.DOOR_FORCED_CLEARED) == 1
