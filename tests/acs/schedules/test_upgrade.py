"""A database of the first version, with schedules in it, after the upgrade."""

import json

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from doorward.acs.database import database_config, open_database
from doorward.acs.decision.schedule import Interval
from doorward.acs.schedules.models import ScheduleKind, ScheduleRow
from doorward.acs.schedules.policy import schedules

pytestmark = pytest.mark.anyio


async def first_version(url: str) -> None:
    config = database_config(url)
    await Tortoise.init(config=config)
    connection = get_connection("default")
    await MigrationExecutor(connection, config["apps"]).migrate([MigrationTarget("acs", "0001_initial")])
    weekly, overrides = json.dumps([[[480, 1020]], *[[]] * 6]), json.dumps({"2026-12-25": []})
    await connection.execute_script(
        f"INSERT INTO schedule (id, name, weekly, overrides) VALUES ('old', 'Office', '{weekly}', '{overrides}')"  # noqa: S608 - all of it is above
    )
    await Tortoise.close_connections()


async def test_schedules_of_the_first_version_apply_as_before(empty_database_url: str) -> None:
    await first_version(empty_database_url)
    async with open_database(empty_database_url):
        row = await ScheduleRow.get()
        assert (row.kind, row.version, row.periods) == (ScheduleKind.WEEKLY, 1, None)
        schedule = (await schedules())[0]
        assert schedule.weekly[0] == (Interval(480, 1020),)
        assert schedule.overrides == {"2026-12-25": ()}
        assert (schedule.periods, schedule.first, schedule.last) == ((), None, None)
