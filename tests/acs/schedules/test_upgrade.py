"""A database of the first version, with schedules in it, after the upgrade."""

import json

import pytest

from doorward.acs.database import open_database
from doorward.acs.decision.schedule import Interval
from doorward.acs.schedules.models import ScheduleKind, ScheduleRow
from doorward.acs.schedules.policy import schedules
from tests.first_version import first_version, insert

pytestmark = pytest.mark.anyio


async def test_schedules_of_the_first_version_apply_as_before(empty_database_url: str) -> None:
    weekly, overrides = json.dumps([[[480, 1020]], *[[]] * 6]), json.dumps({"2026-12-25": []})
    async with first_version(empty_database_url) as old:
        await insert(old, "schedule", id="old", name="Office", weekly=weekly, overrides=overrides)
    async with open_database(empty_database_url):
        row = await ScheduleRow.get()
        assert (row.kind, row.version, row.periods) == (ScheduleKind.WEEKLY, 1, None)
        schedule = (await schedules())[0]
        assert schedule.weekly[0] == (Interval(480, 1020),)
        assert schedule.overrides == {"2026-12-25": ()}
        assert (schedule.periods, schedule.first, schedule.last) == ((), None, None)
