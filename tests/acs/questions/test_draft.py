"""A draft is tried out and compared: who gains and who loses access; and nothing of it remains, whatever happens."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.decision.questions import Span
from doorward.acs.domain import Domain
from doorward.acs.doors.operations import create_door
from doorward.acs.doors.settings import NewDoor
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.models import Event
from doorward.acs.operation import Work
from doorward.acs.paging import PageRequest
from doorward.acs.people.group_operations import add_members, remove_members
from doorward.acs.people.models import Cardholder, GroupMember
from doorward.acs.people.operations import delete_cardholder, update_cardholder
from doorward.acs.policy.models import PolicyChange
from doorward.acs.questions import comparing
from doorward.acs.questions import draft as module
from doorward.acs.questions.comparing import Comparison, compare_draft
from doorward.acs.questions.draft import DRAFTABLE, MOST_CHANGES
from doorward.acs.questions.kept import SitePolicy
from doorward.acs.questions.site_policy import site_policy
from doorward.acs.rehearsal import Rehearsed, rehearsed
from doorward.acs.rules.members import Members
from doorward.acs.rules.models import AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide
from doorward.acs.rules.operations import (
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.schedules.operations import create_schedule, update_schedule
from doorward.acs.site.models import Site as SiteRow
from doorward.acs.threats.models import RuleSwitch, ThreatColour, ThreatLevel
from doorward.acs.threats.operations import NewThreatLevel, create_threat_level, update_threat_level
from doorward.acs.threats.posture import Place, Switches
from doorward.acs.threats.setting import release_threat_level, set_threat_level
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.models import ZoneDoor
from doorward.acs.zones.operations import set_zone_doors
from tests.acs.questions.scene import add_person
from tests.world import START, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

WEEK = Span(START, START + timedelta(days=7))
_TABLES = (
    AccessRule, AccessRuleGroup, AccessRuleSchedule, AccessRuleSide, Cardholder, Event, GroupMember, PolicyChange,
    ScheduleRow, SiteRow, ThreatLevel, ZoneDoor,
)  # fmt: skip


async def everything(world: World) -> list[Any]:
    """All that a change could leave behind."""
    rows: list[Any] = [world.domain.bus.announced]
    for table in _TABLES:
        rows += sorted(map(repr, await table.all().values()))
    return rows


async def compared(world: World, *draft: Rehearsed, size: int = 10, **given: Any) -> Comparison:
    """The comparison; that nothing remains of the draft is looked at each time."""
    told: list[int] = []
    world.domain.policy_changed = lambda: told.append(1)
    before = await everything(world)
    try:
        return await compare_draft(world.domain, COMMAND_LINE, draft, PageRequest(first=size), **given)
    finally:
        assert await everything(world) == before
        assert told == []


def differences(found: Comparison) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Who gains (first) and who loses, by first name and door side."""
    return {
        (one.cardholder.first_name, f"{one.door_name} {one.change.side}"): (bool(one.gained), bool(one.lost))
        for one in found.page.rows
    }


async def test_a_deleted_rule_takes_its_access(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        rule = await AccessRule.get()
        found = await compared(world, rehearsed(delete_access_rule, rule.id))
        assert (found.gaining, found.losing, found.differences) == (0, 1, 1)
        assert differences(found) == {("Ada", "Main entrance A"): (False, True)}
        assert (found.start, found.end) == (WEEK.start, WEEK.end)
        assert found.page.rows[0].lost == (WEEK,)
        disabled = rehearsed(update_access_rule, rule.id, {"enabled": False})
        assert differences(await compared(world, disabled)) == differences(found)


async def test_a_new_rule_gives_access_from_its_first_day(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        always, tomorrow = await ScheduleRow.get(), START + timedelta(days=1)
        place = DoorSide(site.door.id, Side.B)
        draft = rehearsed(
            create_access_rule, "Out", [site.group.id], [always.id], [place], valid_from=tomorrow, enabled=True
        )
        found = await compared(world, draft)
        assert differences(found) == {("Ada", "Main entrance B"): (True, False)}
        assert found.page.rows[0].gained == (Span(tomorrow, WEEK.end),)
        short = await compared(world, draft, length=timedelta(days=1))
        assert short.differences == 0


async def test_a_changed_schedule_is_compared_hour_by_hour(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        week = [[(13 * 60, 14 * 60)]] + [[]] * 6
        found = await compared(world, rehearsed(update_schedule, (await ScheduleRow.get()).id, {"weekly": week}))
        change = found.page.rows[0]
        kept = Span(START + timedelta(hours=1), START + timedelta(hours=2))
        assert change.change.after == (kept,)
        assert change.lost == (Span(START, kept.start), Span(kept.end, WEEK.end))
        assert change.gained == ()


async def test_members_groups_and_dates_of_people_count(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        bob = await add_person(world, site, "Bob", groups=())
        swap = [
            rehearsed(add_members, site.group.id, [bob]),
            rehearsed(remove_members, site.group.id, [site.ada.id]),
        ]
        both = {("Ada", "Main entrance A"): (False, True), ("Bob", "Main entrance A"): (True, False)}
        found = await compared(world, *swap)
        assert (differences(found), found.gaining, found.losing) == (both, 1, 1)
        loses = {("Ada", "Main entrance A"): (False, True)}
        for draft in (
            rehearsed(update_cardholder, site.ada.id, {"suspended": True}),
            rehearsed(update_cardholder, site.ada.id, {"group_ids": []}),
            rehearsed(update_cardholder, site.ada.id, {"valid_to": START + timedelta(days=2)}),
            rehearsed(delete_cardholder, site.ada.id),
        ):
            assert differences(await compared(world, draft)) == loses
        rule = await AccessRule.get()
        named = rehearsed(change_access_rule_members, rule.id, Members(cardholder_ids=(bob,)), Members())
        assert differences(await compared(world, named)) == {("Bob", "Main entrance A"): (True, False)}


async def test_a_door_put_into_a_zone_is_reached_by_the_zone_s_rules(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        store = await create_door(world.domain, COMMAND_LINE, NewDoor("Store", world.controller.id))
        always = await ScheduleRow.get()
        await create_access_rule(
            world.domain, COMMAND_LINE, "Zone", [site.group.id], [always.id], zone_ids=[site.zones[0]]
        )
        doors = [GivenDoor(site.door.id), GivenDoor(store.id, None)]
        found = await compared(world, rehearsed(set_zone_doors, site.zones[0], doors))
        assert differences(found) == {("Ada", "Store A"): (True, False), ("Ada", "Store B"): (True, False)}


async def test_a_threat_level_is_drafted_with_what_it_switches(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        exempt = await add_person(world, site, "Eve")
        await update_cardholder(world.domain, COMMAND_LINE, exempt, {"exempt_lockdown": True})
        rule = await AccessRule.get()

        async def level(name: str, rank: int, **switches: Any) -> ThreatLevel:
            given = NewThreatLevel(name, rank, ThreatColour.ORANGE, 0, Switches(**switches))
            return await create_threat_level(world.domain, COMMAND_LINE, given)

        rules_off = await level("Few", 1, rule_switch=RuleSwitch.DISABLE, rule_ids=(rule.id,))
        locked = await level("Locked", 2, lockdowns=(Place(door_id=site.door.id),))
        idle = await level("Idle", 3)
        ada, eve = ("Ada", "Main entrance A"), ("Eve", "Main entrance A")
        lost, gained = (False, True), (True, False)
        assert differences(await compared(world, rehearsed(set_threat_level, rules_off.id, ""))) == {
            ada: lost, eve: lost,
        }  # fmt: skip
        assert differences(await compared(world, rehearsed(set_threat_level, locked.id, ""))) == {ada: lost}
        put = rehearsed(update_threat_level, idle.id, {"switches": Switches(lockdowns=(Place(door_id=site.door.id),))})
        assert differences(await compared(world, put)) == {}
        assert differences(await compared(world, put, rehearsed(set_threat_level, idle.id, ""))) == {ada: lost}
        await set_threat_level(world.domain, COMMAND_LINE, locked.id, "drill")
        assert differences(await compared(world, rehearsed(release_threat_level, ""))) == {ada: gained}
        weak = replace(user(Role.OPERATOR), clearance=0)
        await update_level_clearance(locked.id)
        with pytest.raises(NotPermitted, match="clearance of 60"):
            await compare_draft(world.domain, weak, [rehearsed(release_threat_level, "")], PageRequest(first=1))


async def update_level_clearance(level_id: str) -> None:
    await ThreatLevel.filter(id=level_id).update(release_rank=60)


async def test_later_changes_see_earlier_ones_and_may_cancel_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        rule = await AccessRule.get()
        off, on = (rehearsed(update_access_rule, rule.id, {"enabled": enabled}) for enabled in (False, True))
        assert (await compared(world, off, on)).differences == 0


async def test_a_draft_that_fails_in_the_middle_leaves_nothing_either(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        rule = await AccessRule.get()
        delete, again = rehearsed(delete_access_rule, rule.id), rehearsed(delete_access_rule, rule.id)
        suspend = rehearsed(update_cardholder, site.ada.id, {"suspended": True})
        with pytest.raises(NotFound, match="Change 3 of the draft: There is no such access rule") as caught:
            await compared(world, suspend, delete, again)
        assert caught.value.path == ("draft", "2", "id")

        async def broken(work: Work) -> None:
            await AccessRule.all().using_db(work.connection).update(enabled=False)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await compared(world, suspend, Rehearsed(Permission.CONFIGURATION_WRITE, broken))
        assert (await compared(world, delete)).losing == 1


async def test_a_draft_that_is_given_up_leaves_nothing_either(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        reached = asyncio.Event()

        async def endless(work: Work) -> None:
            reached.set()
            await asyncio.Event().wait()

        before = await everything(world)
        suspend = rehearsed(update_cardholder, site.ada.id, {"suspended": True})
        draft = (suspend, Rehearsed(Permission.CARDHOLDER_WRITE, endless))
        asked = asyncio.create_task(compare_draft(world.domain, COMMAND_LINE, draft, PageRequest(first=1)))
        await reached.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await everything(world) == before


async def test_every_change_of_a_draft_takes_its_own_permission(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        draft = (
            rehearsed(delete_access_rule, (await AccessRule.get()).id),
            rehearsed(remove_members, site.group.id, [site.ada.id]),
        )
        needed = {
            Permission.CONFIGURATION_VIEW,
            Permission.CARDHOLDER_VIEW,
            Permission.ACCESS_ASSIGN,
            Permission.CARDHOLDER_WRITE,
        }
        await compare_draft(world.domain, only(*needed), draft, PageRequest(first=1))
        for missing in needed:
            with pytest.raises(NotPermitted, match=missing.value):
                await compare_draft(world.domain, only(*needed - {missing}), draft, PageRequest(first=1))
        with pytest.raises(NotPermitted):
            await Rehearsed(Permission.USER_WRITE, draft[0].body).run(
                Work(world.domain, only(), START, None)  # type: ignore[arg-type]
            )


async def test_a_draft_has_its_limits(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        delete = rehearsed(delete_access_rule, (await AccessRule.get()).id)
        with pytest.raises(ValidationFailed, match="1 to 50 changes"):
            await compared(world)
        with pytest.raises(ValidationFailed, match="1 to 50 changes"):
            await compared(world, *[delete] * (MOST_CHANGES + 1))
        with pytest.raises(ValidationFailed, match="31 days"):
            await compared(world, delete, length=timedelta(days=32))
        await add_person(world, site, "Bob", 1)
        monkeypatch.setattr(comparing, "MOST_DIFFERENCES", 1)
        with pytest.raises(ValidationFailed, match="Divide it"):
            await compared(world, delete)
        monkeypatch.setattr(module, "MOST_AT_ONCE", 0)
        with pytest.raises(ValidationFailed, match="Divide it"):
            await compared(world, delete)


async def test_the_differences_come_in_pages_by_name(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        for name in ("Bob", "Cid"):
            await add_person(world, site, name)
        delete = rehearsed(delete_access_rule, (await AccessRule.get()).id)
        first = await compared(world, delete, size=2)
        request = PageRequest(first=2, after=first.page.cursors[-1])
        second = await compare_draft(world.domain, COMMAND_LINE, (delete,), request)
        seen = [one.cardholder.first_name for page in (first, second) for one in page.page.rows]
        assert (seen, first.page.has_next, second.page.has_next) == (["Ada", "Bob", "Cid"], True, False)
        assert (first.losing, second.losing) == (3, 3)


async def test_a_change_that_does_not_say_what_it_changed_is_compared_whole(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)

        async def silent(work: Work) -> None:
            await AccessRule.all().using_db(work.connection).update(enabled=False)
            work.policy_changed = True

        found = await compared(world, Rehearsed(Permission.CONFIGURATION_WRITE, silent))
        assert found.losing == 1


async def test_a_draft_is_compared_with_the_policy_of_its_own_moment(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the configuration between the reading of the policy and the rehearsal: it is read again."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        late = ["Late"]

        async def overtaken(domain: Domain) -> SitePolicy:
            found = await site_policy(domain)
            if late:
                await create_schedule(world.domain, COMMAND_LINE, late.pop(), [[]] * 7)
            return found

        monkeypatch.setattr(module, "site_policy", overtaken)
        draft = (rehearsed(remove_members, site.group.id, [site.ada.id]),)
        assert (await compare_draft(world.domain, COMMAND_LINE, draft, PageRequest(first=1))).losing == 1
        assert late == []
        late += ["Later", "Latest", "Last"]
        with pytest.raises(Conflict, match="keeps changing"):
            await compare_draft(world.domain, COMMAND_LINE, draft, PageRequest(first=1))


async def test_a_draft_gives_way_to_a_real_change(database_url: str) -> None:
    """Where changes run side by side. With SQLite they wait for each other, a moment each."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        draft = (rehearsed(update_cardholder, site.ada.id, {"suspended": True}),)
        begun = asyncio.Event()

        async def ask() -> Comparison:
            await begun.wait()
            return await compare_draft(world.domain, COMMAND_LINE, draft, PageRequest(first=1))

        asked = asyncio.create_task(ask())
        async with in_transaction("default") as connection:
            await Cardholder.select_for_update().using_db(connection).get(id=site.ada.id)
            begun.set()
            if connection.capabilities.dialect == "postgres":
                with pytest.raises(Conflict, match="being changed at this moment"):
                    await asked
        if not asked.done():
            assert (await asked).losing == 1


def test_what_can_be_drafted_are_operations() -> None:
    assert all(rehearsed(operation, *[None] * 2).permission for operation in DRAFTABLE)  # type: ignore[arg-type]
