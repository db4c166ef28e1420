"""A populated database of the first version keeps its doors, and learns how they are wired."""

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from doorward.acs.database import open_database
from doorward.acs.decision.policy import DoorKind, Side
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.doors.policy import controller_wiring, door_policies, reader_policies
from doorward.acs.doors.wiring import Circuit, InputPurpose, LockRank, ReaderType, RexAction
from doorward.acs.sealing import Sealer
from tests.first_version import first_version, insert
from tests.world import DATA_KEY

pytestmark = pytest.mark.anyio

CONTROLLER, ZONE = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"
DOORS = ("01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b")
READER, RULE = "01900000-0000-7000-8000-00000000000c", "01900000-0000-7000-8000-00000000000d"
IO_OLD, IO, READER_DEVICE = (f"01900000-0000-7000-8000-0000000000{number}" for number in ("10", "11", "12"))


async def _populate(connection: BaseDBAsyncClient) -> None:
    await insert(connection, "controller", id=CONTROLLER, name="C", stored_sequence=7, applied_version=3)
    await insert(connection, "zone", id=ZONE, name="Inside")
    door = {"controller_id": CONTROLLER, "held_after_ms": 90_000, "relock_on": "open", "relock_delay_ms": 100}
    door |= {"forced_alarm": True, "held_alarm": False}
    await insert(connection, "door", id=DOORS[0], name="Gate", access_time_ms=45_000, rex_unlocks=True, **door)
    await insert(connection, "door", id=DOORS[1], name="Back", access_time_ms=5_000, rex_unlocks=False, **door)
    await insert(connection, "reader", id=READER, name="In", door_id=DOORS[0], side="A", enters_zone_id=ZONE)
    for address, device_id, role, reader_id, strike in (
        (1, IO_OLD, "door_io", None, 0),
        (2, IO, "door_io", None, 4),
        (3, READER_DEVICE, "reader", READER, 0),
    ):
        key = Sealer(DATA_KEY).seal(b"k" * 16, f"device:{device_id}")
        place = {"door_id": DOORS[0], "port": "/dev/x", "baud": 9_600, "address": address, "sealed_key": key}
        ports = {"strike_output": strike, "position_input": strike + 1, "rex_input": strike + 2}
        await insert(connection, "device", id=device_id, role=role, reader_id=reader_id, **place, **ports)
    await insert(connection, "access_rule", id=RULE, name="Staff")
    await insert(connection, "access_rule_side", rule_id=RULE, door_id=DOORS[0], side="A")


async def test_doors_of_the_first_version_work_as_before_after_the_upgrade(empty_database_url: str) -> None:
    async with first_version(empty_database_url) as old:
        await _populate(old)
    async with open_database(empty_database_url):
        back, gate = await Door.all().order_by("name")
        assert (gate.kind, gate.access_time_ms, gate.long_access_time_ms) == (DoorKind.DOOR, 45_000, 45_000)
        assert (gate.held_after_ms, gate.long_held_after_ms, back.long_access_time_ms) == (90_000, 90_000, 30_000)
        assert (gate.version, gate.has_position, gate.maintenance, gate.profile_id) == (1, True, False, None)
        lock = await DoorLock.get()
        assert (lock.door_id, lock.device_id, lock.rank, lock.output) == (gate.id, IO, LockRank.PRIMARY, 4)
        position, rex = await DoorInput.all().order_by("port")
        assert (position.purpose, position.port, position.active_when) == (InputPurpose.POSITION, 5, Circuit.CLOSED)
        assert (rex.purpose, rex.port, rex.side, rex.rex) == (InputPurpose.REX, 6, Side.B, RexAction.UNLOCK)
        reader = await Reader.get()
        assert (reader.type, reader.door_id, reader.version) == (ReaderType.OSDP, gate.id, 1)
        assert await Device.all().count() == 3
        wiring = await controller_wiring(Sealer(DATA_KEY), CONTROLLER)
        assert [(lock.device_id, lock.output) for lock in wiring.locks] == [(IO, 4)]
        assert {(line.device_id, line.purpose, line.number) for line in wiring.inputs} == {
            (IO, InputPurpose.POSITION, 5),
            (IO, InputPurpose.REX, 6),
        }
        assert [policy.rex_unlocks for policy in await door_policies(CONTROLLER)] == [True, False]
        assert [policy.id for policy in await reader_policies(CONTROLLER)] == [READER]
        sides = await get_connection("default").execute_query_dict("SELECT rule_id, door_id FROM access_rule_side")
        assert sides == [{"rule_id": RULE, "door_id": DOORS[0]}]
