"""What a controller does with lines: several devices at one door, contacts that bounce or break, locks in pairs."""

from dataclasses import dataclass, field

import msgspec

from doorward.acs.decision.door import Annunciation, DoorMode, Position, Sound
from doorward.acs.decision.policy import EmergencyAction
from doorward.acs.devices import InputLine, LockLine, OsdpDevice, ReaderLine, Wiring
from doorward.acs.doors.wiring import Circuit, InputPurpose, LockRank, Supervision
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import PolicyApplied, PolicySnapshot
from doorward.hardware.driver import (
    DeviceOffline,
    DeviceOnline,
    InputsChanged,
    OutputState,
    SetOutput,
    ShowDoor,
    SupplyChanged,
    TamperChanged,
)
from tests.hardware.site import DOOR, IO, LOCK, READER, Site, policy, snapshot

MODULE = "module"
POSITION = InputLine(DOOR, InputPurpose.POSITION, IO, 0)
REX = InputLine(DOOR, InputPurpose.REX, IO, 1)
FAR_OPEN_OHM, FAR_CLOSED_OHM = 26_700.0, 4_700.0
"""The parallel-first circuit's contact, open and closed."""


@dataclass(frozen=True)
class Wires:
    """The site's door with other lines."""

    inputs: tuple[InputLine, ...] = (POSITION, REX)
    locks: tuple[LockLine, ...] = (LockLine(DOOR, IO, 0),)
    readers: tuple[ReaderLine, ...] = (ReaderLine("reader-1", DOOR, READER),)
    door: dict[str, object] = field(default_factory=dict)


def rewire(site: Site, wires: Wires, version: int = 2) -> None:
    """The controller runs the site's policy with these lines and one more device; nothing is online yet."""
    plan = snapshot().wiring
    devices = (*plan.devices, OsdpDevice(MODULE, "/dev/module", 3, b"m" * 16))
    made = policy(version)
    doors = tuple(msgspec.structs.replace(door, **wires.door) for door in made.doors)
    wiring = Wiring(devices, wires.readers, wires.locks, wires.inputs)
    site.server.send(PolicySnapshot(msgspec.structs.replace(made, doors=doors), wiring))
    site.server.message(PolicyApplied, lambda applied: applied.version == version)


def last(site: Site) -> int:
    return max(site.server.stored, default=0)


def taken(site: Site) -> int:
    """Wait until the controller has taken everything told so far; returns its last record."""
    site.tell(TamperChanged(READER, True))
    return site.server.event(EventType.READER_TAMPER, last(site)).sequence


def test_a_door_is_online_only_with_the_devices_of_both_its_locks_and_moves_both(site: Site) -> None:
    rewire(site, Wires(locks=(LockLine(DOOR, IO, 0), LockLine(DOOR, MODULE, 4, LockRank.SECONDARY))))
    site.tell(DeviceOnline(READER), DeviceOnline(IO), InputsChanged(IO, (False, False)))
    site.badge()
    assert site.server.event(EventType.ACCESS_DENIED).reason == "door_offline"
    site.tell(DeviceOnline(MODULE))
    site.status(lambda status: status.online and status.position is Position.CLOSED)
    site.badge()
    for device_id, output in ((IO, 0), (MODULE, 4)):
        site.driver.wait_for(SetOutput(device_id, output, OutputState.PULSE, 5_000))
    site.tell(DeviceOffline(MODULE, "cut"))
    assert site.server.event(EventType.DOOR_OFFLINE, last(site)).data == {"reason": "cut"}


def test_a_contact_counts_once_it_has_lasted(site: Site) -> None:
    rewire(site, Wires(inputs=(msgspec.structs.replace(POSITION, debounce_ms=200), REX)))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (False, False)))
    taken(site)
    site.pass_time(200)
    site.status(lambda status: status.position is Position.CLOSED)
    start = taken(site)
    for is_open, lasts_ms in ((True, 199), (False, 200), (True, 200)):
        site.sense(open=is_open)
        taken(site)
        site.pass_time(lasts_ms)
        taken(site)
    opened = site.server.event(EventType.DOOR_OPENED, start)
    later = [record for sequence, record in site.server.stored.items() if sequence > start]
    assert [record.type for record in later].count(EventType.DOOR_OPENED) == 1
    assert opened.monotonic_ms - site.server.stored[start].monotonic_ms == 599


def test_a_normally_closed_contact_is_active_when_it_opens(site: Site) -> None:
    rewire(site, Wires(inputs=(msgspec.structs.replace(POSITION, active_when=Circuit.OPEN), REX)))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (True, False)))
    site.status(lambda status: status.position is Position.CLOSED)
    site.tell(InputsChanged(IO, (False, False)))
    site.status(lambda status: status.position is Position.OPEN)


def test_a_supervised_line_that_is_cut_is_a_fault_and_no_closed_door(site: Site) -> None:
    supervised = msgspec.structs.replace(POSITION, supervision=Supervision.PARALLEL, active_when=Circuit.OPEN)
    rewire(site, Wires(inputs=(supervised, REX)))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (FAR_CLOSED_OHM, False)))
    site.status(lambda status: status.position is Position.CLOSED)
    site.tell(InputsChanged(IO, (float("inf"), False)))
    assert site.server.event(EventType.DOOR_SENSOR_FAULT).data == {"state": "open"}
    site.status(lambda status: status.online and status.position is Position.UNKNOWN)
    site.tell(InputsChanged(IO, (FAR_OPEN_OHM, False)))
    site.server.event(EventType.DOOR_SENSOR_FAULT_CLEARED)
    site.status(lambda status: status.position is Position.OPEN)


def test_an_input_that_the_device_does_not_have_is_a_fault(site: Site) -> None:
    rewire(site, Wires(inputs=(msgspec.structs.replace(POSITION, number=9), REX)))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (False, False)))
    assert site.server.event(EventType.DOOR_SENSOR_FAULT).data == {"state": "fault"}


def test_of_two_rex_devices_only_the_one_that_unlocks_does(site: Site) -> None:
    shunting = InputLine(DOOR, InputPurpose.REX, IO, 2, rex_unlocks=False)
    rewire(site, Wires(inputs=(POSITION, REX, shunting)))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (False, False, False)), InputsChanged(IO, (False, False, True)))
    site.server.event(EventType.DOOR_REX)
    site.tell(InputsChanged(IO, (True, False, True)))
    opened = site.server.event(EventType.DOOR_OPENED)
    assert OutputState.PULSE not in site.driver.strikes()
    assert EventType.DOOR_FORCED not in site.server.events()
    site.tell(InputsChanged(IO, (False, False, False)), InputsChanged(IO, (False, True, False)))
    site.server.event(EventType.DOOR_REX, opened.sequence)
    site.driver.wait_for(SetOutput(IO, 0, OutputState.PULSE, 5_000))


def test_an_emergency_input_on_a_device_of_its_own_acts_and_its_loss_is_a_fault_that_changes_nothing(
    site: Site,
) -> None:
    emergency = InputLine(DOOR, InputPurpose.EMERGENCY, MODULE, 0)
    rewire(site, Wires(inputs=(POSITION, REX, emergency), door={"emergency": EmergencyAction.UNLOCK}))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (False, False)), DeviceOnline(MODULE))
    site.tell(InputsChanged(MODULE, (True,)))
    site.driver.wait_for(SetOutput(IO, 0, OutputState.ON))
    site.server.event(EventType.DOOR_EMERGENCY)
    site.tell(DeviceOffline(MODULE, "cut"))
    site.server.event(EventType.DOOR_EMERGENCY_FAULT)
    site.status(lambda status: status.online and status.mode is DoorMode.UNLOCKED)
    site.tell(DeviceOnline(MODULE), InputsChanged(MODULE, (False,)))
    site.server.event(EventType.DOOR_EMERGENCY_CLEARED)
    site.server.event(EventType.DOOR_EMERGENCY_FAULT_CLEARED)
    site.driver.wait_for(LOCK, times=2)


def test_a_device_that_serves_no_door_tells_of_itself(site: Site) -> None:
    rewire(site, Wires())
    site.tell(DeviceOnline(MODULE), DeviceOffline(MODULE, "cut"))
    assert site.server.event(EventType.DEVICE_ONLINE).data == {"device": MODULE}
    assert site.server.event(EventType.DEVICE_OFFLINE).data == {"device": MODULE, "reason": "cut"}


def test_one_device_may_be_reader_and_door_hardware(site: Site) -> None:
    rewire(site, Wires(readers=(ReaderLine("reader-1", DOOR, IO),)))
    site.tell(DeviceOnline(IO), InputsChanged(IO, (False, False)))
    site.server.event(EventType.READER_ONLINE)
    site.status(lambda status: status.online and status.readers_online == {"reader-1": True})
    site.tell(TamperChanged(IO, True), SupplyChanged(IO, False), SupplyChanged(IO, True))
    assert site.server.event(EventType.READER_TAMPER).reader_id == "reader-1"
    for kind in (EventType.READER_POWER_LOST, EventType.DOOR_POWER_LOST, EventType.DOOR_POWER_RESTORED):
        site.server.event(kind)


def test_tamper_of_a_device_without_a_reader_is_its_doors(site: Site) -> None:
    site.tell(TamperChanged(IO, True), TamperChanged(IO, False))
    assert site.server.event(EventType.DOOR_TAMPER).door_id == DOOR
    site.server.event(EventType.DOOR_TAMPER_CLEARED)


def test_a_line_that_moves_to_another_input_goes_by_what_that_was_last_heard_to_be(site: Site) -> None:
    rewire(site, Wires())
    site.tell(DeviceOnline(READER), DeviceOnline(IO), InputsChanged(IO, (False, False, True)))
    site.status(lambda status: status.position is Position.CLOSED)
    drivers = len(site.drivers)
    rewire(site, Wires(inputs=(msgspec.structs.replace(POSITION, number=2), REX)), version=3)
    site.status(lambda status: status.position is Position.OPEN)
    assert len(site.drivers) == drivers, "the devices are the same, so nothing was connected anew"


def test_readers_sound_while_the_door_is_held_and_fall_silent_when_it_closes(site: Site) -> None:
    site.badge()
    site.sense(open=True)
    site.server.event(EventType.DOOR_OPENED)
    site.pass_time(20_000)
    site.server.event(EventType.DOOR_HELD)
    site.driver.wait_for(ShowDoor(READER, Annunciation(Sound.HELD, DoorMode.LOCKED)))
    site.sense(open=False)
    site.driver.wait_for(ShowDoor(READER, Annunciation(Sound.QUIET, DoorMode.LOCKED)), times=2)
