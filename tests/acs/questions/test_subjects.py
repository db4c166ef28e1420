"""What the steps of a decision name is found by its name, if it is there."""

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.questions.subjects import SubjectKind, subjects_of
from doorward.acs.questions.words import told
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import create_access_rule, update_access_rule
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.zones.models import Zone
from tests.world import make_site, only, open_world

pytestmark = pytest.mark.anyio


async def test_each_step_names_the_things_that_are_there(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        always, zone = await ScheduleRow.get(), await Zone.get(id=site.zones[0])
        place = DoorSide(site.door.id, Side.A)
        other = await create_access_rule(
            world.domain,
            COMMAND_LINE,
            "Staff, at night",
            [site.group.id],
            [always.id],
            [place],
        )
        steps = told(
            [
                ["reader", True, "Main entrance, side A"],
                ["access_rule", True, "Staff, at night"],
                ["access_rule", True, "Staff, Staff, at night"],
                ["access_rule", False, "none"],
                ["schedule", True, "Always"],
                ["schedule", False, "no rule applies now"],
                ["anti_passback", True, f"{zone.name}: inside"],
                ["anti_passback", False, f"{zone.name}, since 2026-11-24T12:00:00+00:00"],
                ["occupancy", False, zone.name],
                ["credential", True, "valid"],
            ]
        )
        found = await subjects_of(COMMAND_LINE, steps, site.door.id)
        staff = await AccessRule.get(name="Staff")
        assert [[one.id for one in subjects] for subjects in found] == [
            [site.door.id], [other.id], [staff.id, staff.id], [], [always.id], [], [zone.id], [zone.id], [zone.id], []
        ]  # fmt: skip
        assert found[0][0].kind is SubjectKind.DOOR
        await update_access_rule(world.domain, COMMAND_LINE, staff.id, {"name": "Workers"})
        assert (await subjects_of(COMMAND_LINE, told([["access_rule", True, "Staff"]]), None)) == [()]


async def test_who_may_not_see_the_configuration_is_led_nowhere(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        steps = told([["reader", True, "Main entrance, side A"], ["schedule", True, "Always"]])
        assert await subjects_of(only(Permission.EVENT_VIEW), steps, site.door.id) == [(), ()]
