"""Life safety with everything else gone: no server, no network, a journal that cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import EmergencyAction
from doorward.acs.devices import InputLine
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import PolicyApplied, PolicySnapshot
from doorward.hardware.driver import DeviceOffline, DeviceOnline, InputsChanged, OutputState, SetOutput
from tests.hardware.site import DOOR, IO, LOCK, READER, Site, snapshot

RELEASE = SetOutput(IO, 0, OutputState.ON)
PULSE = SetOutput(IO, 0, OutputState.PULSE, 5_000)


def with_emergency(site: Site, action: EmergencyAction = EmergencyAction.UNLOCK) -> None:
    """The site's door with an emergency input, everything online."""
    made = snapshot(2)
    door = msgspec.structs.replace(made.policy.doors[0], emergency=action)
    wiring = msgspec.structs.replace(
        made.wiring, inputs=(*made.wiring.inputs, InputLine(DOOR, InputPurpose.EMERGENCY, IO, 2))
    )
    site.server.send(PolicySnapshot(msgspec.structs.replace(made.policy, doors=(door,)), wiring))
    site.server.message(PolicyApplied, lambda applied: applied.version == 2)
    site.tell(DeviceOnline(READER), DeviceOnline(IO))
    tell(site)


def tell(site: Site, opened: bool = False, rex: bool = False, emergency: bool = False) -> None:
    site.tell(InputsChanged(IO, (opened, rex, emergency)))


@contextmanager
def all_alone(site: Site) -> Iterator[None]:
    """No server, and a journal that another program holds."""
    site.server.close()
    with site.journal_taken():
        yield


def test_an_emergency_unlocks_with_the_server_gone_and_the_journal_unwritable(site: Site) -> None:
    with_emergency(site)
    with all_alone(site):
        tell(site, emergency=True)
        site.driver.wait_for(RELEASE)
        before = site.driver.commands.count(LOCK)
        tell(site)
        site.driver.wait_for(LOCK, times=before + 1)


def test_an_emergency_and_an_exit_are_in_the_log_once_the_journal_can_be_written(site: Site) -> None:
    with_emergency(site)
    stored = site.server.stored
    with all_alone(site):
        tell(site, rex=True)
        site.driver.wait_for(PULSE)
        tell(site, emergency=True)
        site.driver.wait_for(RELEASE)
    site.pass_time(1_000)
    server = site.attach_server(stored)
    rex, emergency = server.event(EventType.DOOR_REX), server.event(EventType.DOOR_EMERGENCY)
    assert rex.sequence < emergency.sequence


@pytest.mark.parametrize("action", [DoorAction.LOCK, DoorAction.LOCKDOWN])
def test_an_emergency_unlocks_a_door_that_was_kept_locked(site: Site, action: DoorAction) -> None:
    with_emergency(site)
    site.command(action)
    site.result()
    with all_alone(site):
        tell(site, emergency=True)
        site.driver.wait_for(RELEASE)


def test_an_emergency_that_began_before_a_restart_unlocks_after_it_without_server_or_journal(site: Site) -> None:
    with_emergency(site)
    site.server.close()
    site.restart()
    with site.journal_taken():
        site.tell(DeviceOnline(IO))
        tell(site, emergency=True)
        site.driver.wait_for(RELEASE)


def test_a_device_that_comes_back_in_an_emergency_is_told_to_release(site: Site) -> None:
    with_emergency(site)
    with all_alone(site):
        tell(site, emergency=True)
        site.driver.wait_for(RELEASE)
        site.tell(DeviceOffline(IO, "cut"), DeviceOnline(IO))
        tell(site, emergency=True)
        site.driver.wait_for(RELEASE, times=2)


def test_a_card_is_granted_neither_by_an_emergency_that_locks_nor_with_the_journal_unwritable(site: Site) -> None:
    with_emergency(site, EmergencyAction.LOCK)
    with all_alone(site):
        site.badge()
        tell(site, emergency=True)
        site.badge()
        tell(site)
        before = site.driver.commands.count(PULSE)
        assert before == 0
        tell(site, rex=True)
        site.driver.wait_for(PULSE)
