"""Doors, readers, elevators and their wiring: what may be set, what is refused, and what controllers get."""

from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.decision.door import DoorAction
from doorward.acs.decision.policy import (
    DoorKind,
    DoubleSwipe,
    EmergencyAction,
    FirstPersonIn,
    RelockOn,
    Side,
    TwoPersonRule,
)
from doorward.acs.devices import DeviceRole, OsdpDevice
from doorward.acs.doors.changes import copy_door, delete_door, set_maintenance, update_door
from doorward.acs.doors.configuration import group_uses, list_ports, list_setups, page_elevators, schedule_uses
from doorward.acs.doors.elevators import NewFloor, add_floor, create_elevator, rename_elevator, rename_floor
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Elevator, Reader
from doorward.acs.doors.operations import (
    NewDevice,
    NewDoor,
    NewReader,
    command_door,
    create_device,
    create_door,
    create_reader,
)
from doorward.acs.doors.policy import controller_wiring, door_policies, reader_policies
from doorward.acs.doors.readers import delete_device, delete_reader, update_reader
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.settings import DoorChanges
from doorward.acs.doors.wiring import (
    Circuit,
    InputPurpose,
    InputWire,
    LedControl,
    LockRank,
    LockWire,
    ReaderType,
    RexAction,
    Supervision,
)
from doorward.acs.errors import Conflict, ControllerOffline, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.people.models import Group
from doorward.acs.people.operations import create_group
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.schedules.operations import create_schedule
from tests.world import World, make_site, only, open_world

pytestmark = pytest.mark.anyio

POSITION = InputWire(InputPurpose.POSITION, 1)
REX_B = InputWire(InputPurpose.REX, 2, Side.B, rex=RexAction.UNLOCK)


async def new_door(world: World, name: Any = "Door", **settings: Any) -> Door:
    return await create_door(world.domain, COMMAND_LINE, NewDoor(name, world.controller.id, **settings))


async def change(world: World, door: Door, expected: Any = None, **changes: Any) -> Door:
    return await update_door(world.domain, COMMAND_LINE, door.id, DoorChanges(**changes), expected)  # type: ignore[typeddict-item]


async def wire(world: World, door: Door, locks: list[LockWire], inputs: list[InputWire]) -> Door:
    return await set_wiring(world.domain, COMMAND_LINE, door.id, locks, inputs)


async def schedule_and_group(world: World) -> tuple[ScheduleRow, Group]:
    schedule = await create_schedule(world.domain, COMMAND_LINE, "Nights", [[(0, 360)]] * 7)
    return schedule, await create_group(world.domain, COMMAND_LINE, "Managers")


async def event(kind: EventType) -> Event:
    return await Event.filter(type=kind).order_by("-position").first()  # type: ignore[return-value]


async def test_everything_that_is_set_on_a_door_reaches_its_controller(database_url: str) -> None:
    async with open_world(database_url) as world:
        schedule, group = await schedule_and_group(world)
        door = await new_door(world)
        await change(
            world,
            door,
            access_time_ms=5_000,
            long_access_time_ms=40_000,
            held_after_ms=10_000,
            long_held_after_ms=90_000,
            pre_alarm_ms=3_000,
            relock_on=RelockOn.OPEN,
            relock_delay_ms=500,
            forced_alarm=False,
            held_alarm=False,
            profile_id="card-and-pin",
            two_person=TwoPersonRule((Side.B,), (schedule.id,), 20_000, (group.id,)),
            double_swipe=DoubleSwipe(4_000),
            escort_required=True,
            unlock_schedule_ids=(schedule.id,),
            first_person=FirstPersonIn((group.id,)),
        )
        (policy,) = await door_policies(world.controller.id)
        assert (policy.access_time_ms, policy.long_access_time_ms) == (5_000, 40_000)
        assert (policy.held_after_ms, policy.long_held_after_ms, policy.pre_alarm_ms) == (10_000, 90_000, 3_000)
        assert (policy.relock_on, policy.relock_delay_ms) == (RelockOn.OPEN, 500)
        assert (policy.forced_alarm, policy.held_alarm) == (False, False)
        assert policy.profile_id == "card-and-pin"
        assert policy.two_person == TwoPersonRule((Side.B,), (schedule.id,), 20_000, (group.id,))
        assert policy.double_swipe == DoubleSwipe(4_000)
        assert policy.escort_required
        assert policy.unlock_schedules == (schedule.id,)
        assert policy.first_person == FirstPersonIn((group.id,))
        assert await schedule_uses([schedule.id]) == [("door", door.id, "Door")]
        assert await group_uses([group.id]) == [("door", door.id, "Door")]
        told = await event(EventType.DOOR_UPDATED)
        assert told.data["before"]["access_time_ms"] == 7_000
        assert told.data["after"]["two_person"]["timeout_ms"] == 20_000
        await change(world, door, two_person=None, double_swipe=None, unlock_schedule_ids=(), first_person=None)
        (policy,) = await door_policies(world.controller.id, [door.id])
        assert (policy.two_person, policy.double_swipe, policy.first_person) == (None, None, None)
        assert await schedule_uses([schedule.id]) == []
        assert await group_uses([group.id]) == []


async def test_a_change_against_an_old_version_is_refused_and_nothing_changed_writes_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        changed = await change(world, door, 1, access_time_ms=8_000)
        assert changed.version == 2
        with pytest.raises(Conflict, match="Somebody else"):
            await change(world, door, 1, access_time_ms=9_000)
        again = await change(world, door, 2, access_time_ms=8_000)
        assert again.version == 2
        assert await Event.filter(type=EventType.DOOR_UPDATED).count() == 1


@pytest.mark.parametrize(
    "changes, path",
    [
        ({"access_time_ms": 99}, "accessTimeMs"),
        ({"held_after_ms": 86_400_001}, "heldAfterMs"),
        ({"access_time_ms": 31_000}, "longAccessTimeMs"),
        ({"held_after_ms": 61_000}, "longHeldAfterMs"),
        ({"pre_alarm_ms": 20_000}, "preAlarmMs"),
        ({"relock_delay_ms": 7_001}, "relockDelayMs"),
        ({"double_swipe": DoubleSwipe(100)}, "doubleSwipe"),
        ({"two_person": TwoPersonRule(timeout_ms=999)}, "twoPerson"),
        ({"two_person": TwoPersonRule(sides=())}, "twoPerson"),
        ({"two_person": TwoPersonRule(schedules=("nowhere",))}, "twoPerson"),
        ({"two_person": TwoPersonRule(groups=("nobody",))}, "twoPerson"),
        ({"first_person": FirstPersonIn()}, "firstPerson"),
        ({"unlock_schedule_ids": ("nowhere",)}, "unlockScheduleIds"),
        ({"profile_id": "nothing"}, "profileId"),
        ({"controller_id": None}, "controllerId"),
        ({"kind": DoorKind.WIRELESS}, "hubAddress"),
        ({"lock_address": "3"}, "lockAddress"),
        ({"kind": DoorKind.FLOOR}, "kind"),
        ({"kind": DoorKind.MONITORING, "escort_required": True}, "escortRequired"),
        ({"name": ""}, "name"),
    ],
)
async def test_what_a_door_cannot_have_is_refused_with_the_field_s_name(
    database_url: str, changes: dict[str, Any], path: str
) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        with pytest.raises((ValidationFailed, NotFound)) as refused:
            await change(world, door, **changes)
        assert refused.value.path == (path,)
        assert not await Event.filter(type=EventType.DOOR_UPDATED).exists()


@pytest.mark.parametrize("field, value", [("held_after_ms", 9_000), ("relock_on", RelockOn.OPEN), ("pre_alarm_ms", 5)])
async def test_without_a_position_sensor_nothing_that_needs_one_can_be_set(
    database_url: str, field: str, value: object
) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="position sensor"):
            await new_door(world, has_position=False, **{field: value})
        door = await new_door(world, has_position=False)
        with pytest.raises(ValidationFailed, match="position sensor"):
            await change(world, door, **{field: value})
        await wire(world, door, [], [POSITION])
        await change(world, door, **{field: value})


async def test_only_a_provisioned_door_waits_for_its_hardware_and_can_be_given_it_later(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="provisioned"):
            await create_door(world.domain, COMMAND_LINE, NewDoor("Nowhere"))
        door = await create_door(world.domain, COMMAND_LINE, NewDoor("Later", kind=DoorKind.PROVISIONED))
        assert await door_policies(world.controller.id) == ()
        for refused in (
            create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "In")),
            create_device(world.domain, COMMAND_LINE, NewDevice(DeviceRole.DOOR_IO, door.id, "/dev/x", 0, b"k" * 16)),
            wire(world, door, [LockWire(0)], []),
        ):
            with pytest.raises(ValidationFailed):
                await refused
        await change(world, door, kind=DoorKind.DOOR, controller_id=world.controller.id)
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "In"))
        assert [policy.kind for policy in await door_policies(world.controller.id)] == [DoorKind.DOOR]
        with pytest.raises(Conflict, match="Remove the door's readers"):
            await change(world, door, controller_id=None, kind=DoorKind.PROVISIONED)


async def test_a_door_without_a_controller_cannot_be_commanded(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await create_door(world.domain, COMMAND_LINE, NewDoor("Later", kind=DoorKind.PROVISIONED))
        with pytest.raises(ControllerOffline, match="no controller"):
            await command_door(world.domain, COMMAND_LINE, door.id, DoorAction.GRANT_ACCESS)


async def test_a_monitoring_door_is_a_sensor_and_nothing_else(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world, kind=DoorKind.MONITORING)
        await wire(world, door, [], [POSITION])
        for locks, inputs in (([LockWire(0)], [POSITION]), ([], [POSITION, REX_B]), ([], [])):
            with pytest.raises(ValidationFailed, match="onitoring door"):
                await wire(world, door, locks, inputs)
        with pytest.raises(ValidationFailed, match="no reader"):
            await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "In"))


async def test_a_wireless_lock_belongs_to_one_door_and_needs_no_output(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world, kind=DoorKind.WIRELESS, hub_address="hub-1", lock_address="7")
        with pytest.raises(ValidationFailed, match="no primary lock"):
            await wire(world, door, [LockWire(0)], [])
        await wire(world, door, [], [])
        assert (await Door.get(id=door.id)).has_position
        with pytest.raises(Conflict, match="lock 7 of hub hub-1"):
            await new_door(world, "Other", kind=DoorKind.WIRELESS, hub_address="hub-1", lock_address="7")


async def test_locks_and_inputs_are_set_whole_and_shown_as_a_wiring_list(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        supervised = InputWire(
            InputPurpose.POSITION, 1, None, None, Circuit.OPEN, 200, Supervision.SERIAL, resistor_ohm=2_200
        )
        fire = InputWire(InputPurpose.EMERGENCY, 9, emergency=EmergencyAction.UNLOCK)
        locks = [LockWire(1), LockWire(2, LockRank.SECONDARY)]
        wired = await wire(world, door, locks, [supervised, REX_B, fire])
        assert wired.version == 2
        (policy,) = await door_policies(world.controller.id)
        assert policy.emergency is EmergencyAction.UNLOCK
        assert policy.has_position
        (setup,) = await list_setups(COMMAND_LINE, [door.id])
        assert setup.locks == tuple(locks)
        assert set(setup.inputs) == {supervised, REX_B, fire}
        ports = {(port.kind.value, port.number, port.what) for port in await list_ports(COMMAND_LINE, door.id)}
        assert ports == {
            ("output", "1", "primary lock"),
            ("output", "2", "secondary lock"),
            ("input", "1", "position, active when open"),
            ("input", "2", "rex, side B, active when closed"),
            ("input", "9", "emergency, active when closed"),
        }
        told = await event(EventType.DOOR_WIRED)
        assert told.data["before"]["locks"] == []
        assert [lock["output"] for lock in told.data["after"]["locks"]] == [1, 2]
        await wire(world, door, [LockWire(1)], [])
        (policy,) = await door_policies(world.controller.id)
        assert not policy.has_position
        assert policy.emergency is None


@pytest.mark.parametrize(
    "locks, inputs, words, path",
    [
        ([LockWire(256)], [], "between 0 and 255", "locks.0.output"),
        ([LockWire(1, LockRank.SECONDARY)], [], "after a primary", "locks.0.rank"),
        ([LockWire(1), LockWire(2)], [], "one primary lock", "locks.1.rank"),
        ([LockWire(1), LockWire(1, LockRank.SECONDARY)], [], "share output 1", "locks.1.output"),
        ([], [POSITION, InputWire(InputPurpose.POSITION, 3)], "one position input", "inputs.1.purpose"),
        ([], [POSITION, InputWire(InputPurpose.TAMPER, 1)], "share input port 1", "inputs.1.port"),
        ([], [InputWire(InputPurpose.REX, 2, rex=RexAction.NONE)], "side A or B", "inputs.0.side"),
        ([], [InputWire(InputPurpose.REX, 2, Side.A)], "whether the REX", "inputs.0.rex"),
        ([], [POSITION, InputWire(InputPurpose.EMERGENCY, 2)], "whether the emergency", "inputs.1.emergency"),
        ([], [InputWire(InputPurpose.POSITION, 2, debounce_ms=401)], "debounce", "inputs.0.debounceMs"),
        (
            [],
            [InputWire(InputPurpose.POSITION, 2, supervision=Supervision.SERIAL)],
            "1000 to 10000 ohm",
            "inputs.0.resistorOhm",
        ),
        (
            [],
            [InputWire(InputPurpose.POSITION, 2, supervision=Supervision.SERIAL, resistor_ohm=999)],
            "1000 to 10000 ohm",
            "inputs.0.resistorOhm",
        ),
        (
            [],
            [InputWire(InputPurpose.POSITION, 2, supervision=Supervision.PARALLEL, resistor_ohm=22_000)],
            "serial",
            "inputs.0.resistorOhm",
        ),
        ([LockWire(1, device_id="nothing")], [], "no such device", "locks.0.deviceId"),
        ([], [POSITION, InputWire(InputPurpose.TAMPER, 1, device_id="x")], "no such device", "inputs.1.deviceId"),
    ],
)
async def test_wiring_that_cannot_be_is_refused_with_the_place_of_the_wire(
    database_url: str, locks: list[LockWire], inputs: list[InputWire], words: str, path: str
) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        with pytest.raises((ValidationFailed, NotFound), match=words) as refused:
            await wire(world, door, locks, inputs)
        assert refused.value.path == tuple(path.split("."))


async def test_a_port_serves_one_door_except_an_emergency_contact(database_url: str) -> None:
    async with open_world(database_url) as world:
        first, second = await new_door(world, "First"), await new_door(world, "Second")
        fire = InputWire(InputPurpose.EMERGENCY, 5, emergency=EmergencyAction.UNLOCK)
        await wire(world, first, [LockWire(1)], [POSITION, fire])
        with pytest.raises(Conflict, match="primary lock of First"):
            await wire(world, second, [LockWire(1)], [])
        with pytest.raises(Conflict, match="position contact of First") as refused:
            await wire(world, second, [], [InputWire(InputPurpose.TAMPER, 1)])
        assert refused.value.path == ("inputs", "0", "port")
        await wire(world, second, [LockWire(2)], [fire])


async def test_a_door_s_io_device_wires_the_door_and_is_sent_with_what_is_wired(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        given = NewDevice(
            DeviceRole.DOOR_IO, door.id, "/dev/io", 3, b"k" * 16, strike_output=2, position_input=4, rex_input=6
        )
        device = await create_device(world.domain, COMMAND_LINE, given)
        assert (await Door.get(id=door.id)).version == door.version + 1

        async def sent() -> tuple[list[int], dict[tuple[InputPurpose, int], bool]]:
            wiring = await controller_wiring(world.domain.sealer, world.controller.id)
            assert [(one.id, one.key) for one in wiring.devices if isinstance(one, OsdpDevice)] == [
                (device.id, b"k" * 16)
            ]
            inputs = {(line.purpose, line.number): line.rex_unlocks for line in wiring.inputs}
            return [lock.output for lock in wiring.locks], inputs

        position, rex = InputPurpose.POSITION, InputPurpose.REX
        assert await sent() == ([2], {(position, 4): True, (rex, 6): True})
        shunting = InputWire(InputPurpose.REX, 1, Side.A, device.id, rex=RexAction.NONE)
        unlocking = InputWire(InputPurpose.REX, 7, Side.B, device.id, rex=RexAction.UNLOCK)
        await wire(world, door, [LockWire(3, device_id=device.id)], [shunting, unlocking])
        assert await sent() == ([3], {(rex, 1): False, (rex, 7): True})
        with pytest.raises(Conflict, match="is on this device"):
            await delete_device(world.domain, COMMAND_LINE, device.id)
        await wire(world, door, [], [])
        await delete_device(world.domain, COMMAND_LINE, device.id)
        assert not await Device.exists()


async def test_a_side_has_several_readers_each_with_what_its_type_needs(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        wiegand = NewReader(
            door.id,
            Side.A,
            "Card",
            type=ReaderType.WIEGAND,
            port=1,
            led_control=LedControl.DUAL,
            tamper_when=Circuit.CLOSED,
            tamper_debounce_ms=100,
            supervision=Supervision.PARALLEL,
        )
        await create_reader(world.domain, COMMAND_LINE, wiegand)
        phone = NewReader(
            door.id, Side.A, "Phone", type=ReaderType.BLUETOOTH, address="ble-1", pairs_mobile=True, muster=True
        )
        reader = await create_reader(world.domain, COMMAND_LINE, phone)
        policies = await reader_policies(world.controller.id)
        assert [(policy.side, policy.muster) for policy in policies] == [(Side.A, False), (Side.A, True)]
        assert await reader_policies(world.controller.id, [reader.id]) == (policies[1],)
        with pytest.raises(Conflict, match="reader port 1"):
            await create_reader(
                world.domain, COMMAND_LINE, NewReader(door.id, Side.B, "Out", type=ReaderType.WIEGAND, port=1)
            )
        changed = await update_reader(world.domain, COMMAND_LINE, reader.id, {"side": Side.B, "muster": False}, 1)
        assert (changed.side, changed.muster, changed.version) == (Side.B, False, 2)
        with pytest.raises(Conflict, match="Somebody else"):
            await update_reader(world.domain, COMMAND_LINE, reader.id, {"name": "Mobile"}, 1)
        await delete_reader(world.domain, COMMAND_LINE, reader.id, 2)
        assert await Reader.all().count() == 1


@pytest.mark.parametrize(
    "settings, path",
    [
        ({"type": ReaderType.WIEGAND}, "port"),
        ({"type": ReaderType.WIEGAND, "port": 1, "tamper_debounce_ms": -1}, "tamperDebounceMs"),
        ({"type": ReaderType.WIEGAND, "port": 1, "supervision": Supervision.SERIAL}, "resistorOhm"),
        ({"port": 1}, "port"),
        ({"address": "10.0.0.9"}, "address"),
        ({"led_control": LedControl.DUAL}, "ledControl"),
        ({"supervision": Supervision.PARALLEL}, "supervision"),
        ({"type": ReaderType.IP}, "address"),
        ({"type": ReaderType.PLATE_CAMERA, "address": "cam", "has_keypad": True}, "hasKeypad"),
        ({"pairs_mobile": True}, "pairsMobile"),
        ({"name": " "}, "name"),
    ],
)
async def test_a_reader_has_only_what_its_type_has(database_url: str, settings: dict[str, Any], path: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        given = NewReader(**{"door_id": door.id, "side": Side.A, "name": "In", **settings})
        with pytest.raises(ValidationFailed) as refused:
            await create_reader(world.domain, COMMAND_LINE, given)
        assert refused.value.path == (path,)


async def test_a_copy_has_the_settings_and_none_of_the_hardware(database_url: str) -> None:
    async with open_world(database_url) as world:
        schedule, _ = await schedule_and_group(world)
        door = await new_door(world, access_time_ms=9_000, unlock_schedule_ids=(schedule.id,), profile_id="pin")
        await wire(world, door, [LockWire(1)], [POSITION])
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "In"))
        copy = await copy_door(world.domain, COMMAND_LINE, door.id, "Copy", world.controller.id)
        original, copied = await door_policies(world.controller.id)
        assert copied.id == copy.id
        assert (copied.access_time_ms, copied.unlock_schedules, copied.profile_id) == (9_000, (schedule.id,), "pin")
        assert original.unlock_schedules == copied.unlock_schedules
        assert not await DoorLock.filter(door_id=copy.id).exists()
        assert not await Reader.filter(door_id=copy.id).exists()
        with pytest.raises(Conflict, match="called Copy"):
            await copy_door(world.domain, COMMAND_LINE, door.id, "Copy", world.controller.id)


async def test_maintenance_begins_and_ends_once_with_its_reason(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await new_door(world)
        with pytest.raises(ValidationFailed):
            await set_maintenance(world.domain, COMMAND_LINE, door.id, True, " ")
        await set_maintenance(world.domain, COMMAND_LINE, door.id, True, "New closer")
        (policy,) = await door_policies(world.controller.id)
        assert policy.maintenance
        with pytest.raises(Conflict, match="already"):
            await set_maintenance(world.domain, COMMAND_LINE, door.id, True, "Again")
        await set_maintenance(world.domain, COMMAND_LINE, door.id, False, "Done")
        told = await event(EventType.DOOR_MAINTENANCE_SET)
        assert told.data["after"] == {"maintenance": False, "reason": "Done"}


async def test_a_used_door_stays_and_a_deleted_one_takes_its_hardware_along(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(Conflict, match="access rule Staff"):
            await delete_door(world.domain, COMMAND_LINE, site.door.id)
        assert await Device.all().count() == 2
        other = await new_door(world, "Other")
        await create_reader(world.domain, COMMAND_LINE, NewReader(other.id, Side.A, "In"))
        await create_device(world.domain, COMMAND_LINE, NewDevice(DeviceRole.DOOR_IO, other.id, "/dev/o", 9, b"k" * 16))
        await delete_door(world.domain, COMMAND_LINE, other.id)
        assert not await Door.filter(id=other.id).exists()
        assert await Reader.all().count() == 2
        assert await Device.all().count() == 2
        assert not await DoorInput.filter(door_id=other.id).exists()
        assert (await event(EventType.DOOR_DELETED)).door_name == "Other"
        assert await Event.filter(door_id=other.id, type=EventType.DOOR_CREATED).exists()


async def test_a_device_that_serves_another_door_keeps_its_own_door(database_url: str) -> None:
    async with open_world(database_url) as world:
        first, second = await new_door(world, "First"), await new_door(world, "Second")
        device = await create_device(
            world.domain, COMMAND_LINE, NewDevice(DeviceRole.DOOR_IO, first.id, "/dev/io", 0, b"k" * 16)
        )
        await wire(world, second, [LockWire(5, device_id=device.id)], [])
        with pytest.raises(Conflict, match="also serves Second"):
            await delete_door(world.domain, COMMAND_LINE, first.id)


async def test_the_floors_of_an_elevator_share_the_reader_in_its_cab(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain, controller = world.domain, world.controller.id
        elevator = await create_elevator(domain, COMMAND_LINE, "West", controller, [NewFloor("1", LockWire(1))])
        ground = await Door.get()
        assert (ground.name, ground.kind, ground.has_position) == ("West - 1", DoorKind.FLOOR, False)
        reader = await create_reader(domain, COMMAND_LINE, NewReader(ground.id, Side.A, "Cab"))
        second = await add_floor(domain, COMMAND_LINE, elevator.id, NewFloor("2", LockWire(2)))
        (policy,) = await reader_policies(controller)
        assert (policy.door_id, policy.side, policy.floors) == (ground.id, Side.A, (ground.id, second.id))
        setups = await list_setups(COMMAND_LINE)
        assert [[one.id for one in setup.readers] for setup in setups] == [[reader.id], [reader.id]]
        with pytest.raises(ValidationFailed, match="side A"):
            await create_reader(domain, COMMAND_LINE, NewReader(second.id, Side.B, "Back"))
        with pytest.raises(Conflict, match="primary lock of West - 1"):
            await add_floor(domain, COMMAND_LINE, elevator.id, NewFloor("3", LockWire(1)))
        await rename_elevator(domain, COMMAND_LINE, elevator.id, "East")
        await rename_floor(domain, COMMAND_LINE, second.id, "Attic")
        assert sorted([door.name for door in await Door.all()]) == ["East - 1", "East - Attic"]
        with pytest.raises(ValidationFailed, match="after its elevator"):
            await change(world, second, name="Roof")
        await delete_door(domain, COMMAND_LINE, ground.id)
        (policy,) = await reader_policies(controller)
        assert (policy.door_id, policy.floors) == (second.id, (second.id,))
        await delete_door(domain, COMMAND_LINE, second.id)
        assert not await Elevator.exists()
        assert not await Reader.exists()
        assert (await page_elevators(COMMAND_LINE, PageRequest(100))).rows == []


async def test_an_elevator_has_between_one_and_sixty_four_floors(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="one floor at least"):
            await create_elevator(world.domain, COMMAND_LINE, "West", world.controller.id, [])
        floors = [NewFloor(str(number)) for number in range(64)]
        elevator = await create_elevator(world.domain, COMMAND_LINE, "West", world.controller.id, floors)
        with pytest.raises(ValidationFailed, match="64"):
            await add_floor(world.domain, COMMAND_LINE, elevator.id, NewFloor("64"))


async def test_the_setup_is_for_those_who_may_see_the_configuration(database_url: str) -> None:
    async with open_world(database_url):
        with pytest.raises(NotPermitted):
            await list_setups(only(Permission.DOOR_VIEW))
        with pytest.raises(NotPermitted):
            await page_elevators(only(Permission.DOOR_VIEW), PageRequest(100))
