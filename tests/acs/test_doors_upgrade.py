"""A populated database of the first version keeps its doors, and learns how they are wired."""

from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.transactions import in_transaction

from doorward.acs.database import database_config, open_database
from doorward.acs.decision.policy import DoorKind, Side
from doorward.acs.doors.models import Device, Door, DoorInput, DoorLock, Reader
from doorward.acs.doors.policy import door_policies, osdp_devices, reader_policies
from doorward.acs.doors.wiring import Circuit, InputPurpose, LockRank, ReaderType, RexAction
from doorward.acs.sealing import Sealer
from doorward.acs.upgrade import _apply_step
from tests.world import DATA_KEY

pytestmark = pytest.mark.anyio

CONTROLLER, ZONE = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"
DOORS = ("01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b")
READER, RULE = "01900000-0000-7000-8000-00000000000c", "01900000-0000-7000-8000-00000000000d"
IO_OLD, IO, READER_DEVICE = (f"01900000-0000-7000-8000-0000000000{number}" for number in ("10", "11", "12"))


async def _first_version(url: str) -> None:
    """A database as the first migration made it."""
    config: dict[str, Any] = database_config(url)
    await Tortoise.init(config=config)
    executor = MigrationExecutor(get_connection("default"), config["apps"])
    await executor.loader.build_graph()
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    (first, *_) = await executor.plan()
    assert first.migration.name == "0001_initial"
    async with in_transaction("default") as transaction:
        await _apply_step(executor, transaction, MigrationRecorder(transaction), set(), first)
        await _populate(transaction)
    await Tortoise.close_connections()
    EXECUTOR_CACHE.clear()


async def _populate(connection: BaseDBAsyncClient) -> None:
    sealer = Sealer(DATA_KEY)

    def blob(device_id: str) -> str:
        sealed = sealer.seal(b"k" * 16, f"device:{device_id}").hex()
        return f"X'{sealed}'" if connection.capabilities.dialect == "sqlite" else f"decode('{sealed}', 'hex')"

    for statement in (
        f"INSERT INTO controller (id, name, stored_sequence, applied_version) VALUES ('{CONTROLLER}', 'C', 7, 3)",
        f"INSERT INTO zone (id, name) VALUES ('{ZONE}', 'Inside')",
        *(
            "INSERT INTO door (id, name, controller_id, access_time_ms, held_after_ms, relock_on, relock_delay_ms, "
            "forced_alarm, held_alarm, rex_unlocks) "
            f"VALUES ('{door_id}', '{name}', '{CONTROLLER}', {access}, 90000, 'open', 100, TRUE, FALSE, {rex})"
            for door_id, name, access, rex in ((DOORS[0], "Gate", 45_000, "TRUE"), (DOORS[1], "Back", 5_000, "FALSE"))
        ),
        "INSERT INTO reader (id, name, door_id, side, enters_zone_id) "
        f"VALUES ('{READER}', 'In', '{DOORS[0]}', 'A', '{ZONE}')",
        *(
            "INSERT INTO device (id, role, door_id, reader_id, port, baud, address, sealed_key, strike_output, "
            f"position_input, rex_input) VALUES ('{device_id}', '{role}', '{door_id}', {reader}, '/dev/x', 9600, "
            f"{address}, {blob(device_id)}, {strike}, {strike + 1}, {strike + 2})"
            for device_id, role, door_id, reader, address, strike in (
                (IO_OLD, "door_io", DOORS[0], "NULL", 1, 0),
                (IO, "door_io", DOORS[0], "NULL", 2, 4),
                (READER_DEVICE, "reader", DOORS[0], f"'{READER}'", 3, 0),
            )
        ),
        f"INSERT INTO access_rule (id, name) VALUES ('{RULE}', 'Staff')",
        f"INSERT INTO access_rule_side (rule_id, door_id, side) VALUES ('{RULE}', '{DOORS[0]}', 'A')",
    ):
        await connection.execute_query(statement)


async def test_doors_of_the_first_version_work_as_before_after_the_upgrade(empty_database_url: str) -> None:
    await _first_version(empty_database_url)
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
        assert (reader.type, reader.enters_zone_id, reader.version) == (ReaderType.OSDP, ZONE, 1)
        assert await Device.all().count() == 3
        devices = {device.id: device for device in await osdp_devices(Sealer(DATA_KEY), CONTROLLER)}
        assert (devices[IO].strike_output, devices[IO].position_input, devices[IO].rex_input) == (4, 5, 6)
        assert [policy.rex_unlocks for policy in await door_policies(CONTROLLER)] == [True, False]
        assert [policy.id for policy in await reader_policies(CONTROLLER)] == [READER]
        sides = await get_connection("default").execute_query_dict("SELECT rule_id, door_id FROM access_rule_side")
        assert sides == [{"rule_id": RULE, "door_id": DOORS[0]}]
