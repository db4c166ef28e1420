"""Wireless locks behind a hub: doors that work over radio, and what the hub says of batteries, jams and reach."""

import msgspec
import pytest

from doorward.acs.decision.policy import DoorKind
from doorward.acs.devices import InputLine, LockLine
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import PolicyApplied, PolicySnapshot
from doorward.hardware.driver import (
    BatteryChanged,
    BatteryLevel,
    DeviceOffline,
    DeviceOnline,
    InputsChanged,
    LockJammed,
    OutputState,
    RadioChanged,
    SetOutput,
)
from doorward.hardware.wireless import RADIO_LOST
from tests.hardware.site import DOOR, IO, READER, Site, snapshot

LOCK = 3
PULSE = SetOutput(IO, LOCK, OutputState.PULSE, 5_000)


@pytest.fixture
def radio(site: Site) -> Site:
    """The site's door is wireless now: lock 3 of the hub."""
    made = snapshot(2)
    door = msgspec.structs.replace(made.policy.doors[0], kind=DoorKind.WIRELESS)
    wiring = msgspec.structs.replace(
        made.wiring,
        locks=(LockLine(DOOR, IO, LOCK),),
        inputs=(InputLine(DOOR, InputPurpose.POSITION, IO, LOCK),),
    )
    site.server.send(PolicySnapshot(msgspec.structs.replace(made.policy, doors=(door,)), wiring))
    site.server.message(PolicyApplied, lambda applied: applied.version == 2)
    site.tell(DeviceOnline(READER), DeviceOnline(IO), InputsChanged(IO, (False,) * 4))
    return site


def told(site: Site, *kinds: EventType) -> list[EventType]:
    return [kind for kind in site.server.events() if kind in kinds]


def test_a_card_releases_the_lock_by_its_number(radio: Site) -> None:
    radio.badge()
    radio.driver.wait_for(PULSE)


def test_a_battery_is_told_once_for_each_step_down_and_when_it_is_good_again(radio: Site) -> None:
    for level, percent in (
        (BatteryLevel.GOOD, 90),
        (BatteryLevel.LOW, 20),
        (BatteryLevel.LOW, 19),
        (BatteryLevel.CRITICAL, None),
        (BatteryLevel.GOOD, 100),
    ):
        radio.tell(BatteryChanged(IO, LOCK, level, percent))
    radio.server.event(EventType.DOOR_BATTERY_CRITICAL_CLEARED)
    low = radio.server.event(EventType.DOOR_BATTERY_LOW)
    assert (low.door_id, low.data) == (DOOR, {"percent": 20})
    kinds = (
        EventType.DOOR_BATTERY_LOW,
        EventType.DOOR_BATTERY_LOW_CLEARED,
        EventType.DOOR_BATTERY_CRITICAL,
        EventType.DOOR_BATTERY_CRITICAL_CLEARED,
    )
    assert told(radio, *kinds) == list(kinds)


def test_a_jam_is_told_and_its_end(radio: Site) -> None:
    radio.tell(LockJammed(IO, LOCK, True), LockJammed(IO, LOCK, True), LockJammed(IO, LOCK, False))
    radio.server.event(EventType.DOOR_LOCK_JAM_CLEARED)
    assert len(told(radio, EventType.DOOR_LOCK_JAMMED)) == 1


def test_a_lock_out_of_reach_makes_its_door_offline_though_the_hub_answers(radio: Site) -> None:
    radio.tell(RadioChanged(IO, LOCK, False))
    assert radio.server.event(EventType.DOOR_OFFLINE).data == {"reason": RADIO_LOST}
    radio.badge()
    assert radio.server.event(EventType.ACCESS_DENIED).reason == "door_offline"
    assert PULSE not in radio.driver.commands
    before = max(radio.server.stored)
    radio.tell(RadioChanged(IO, LOCK, True))
    radio.server.event(EventType.DOOR_ONLINE, before)
    radio.badge()
    radio.driver.wait_for(PULSE)


def test_a_hub_that_comes_back_says_anew_what_it_does_not_reach(radio: Site) -> None:
    radio.tell(RadioChanged(IO, LOCK, False))
    radio.server.event(EventType.DOOR_OFFLINE)
    radio.tell(DeviceOffline(IO, "cut"), DeviceOnline(IO))
    radio.status(lambda status: status.online)
    before = max(radio.server.stored)
    radio.tell(RadioChanged(IO, LOCK, False))
    radio.server.event(EventType.DOOR_OFFLINE, before)


def test_what_a_hub_says_of_a_lock_that_no_door_has_is_passed_over(radio: Site) -> None:
    radio.tell(LockJammed(IO, 9, True), RadioChanged(IO, 9, False), BatteryChanged(IO, 9, BatteryLevel.LOW))
    radio.badge()
    radio.driver.wait_for(PULSE)
    assert not told(radio, EventType.DOOR_LOCK_JAMMED, EventType.DOOR_BATTERY_LOW)


def test_a_jam_that_a_restart_forgot_gets_its_clear(radio: Site) -> None:
    radio.tell(LockJammed(IO, LOCK, True))
    raised = radio.server.event(EventType.DOOR_LOCK_JAMMED)
    radio.restart()
    server = radio.attach_server(radio.server.stored)
    assert server.event(EventType.DOOR_LOCK_JAM_CLEARED, raised.sequence).door_id == DOOR
