"""Access rules: incomplete ones are kept, changes are told by name, and controllers get what applies to their doors."""

from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import AccessRulePolicy, DoorSide, Side
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.operation import Work
from doorward.acs.paging import PageRequest
from doorward.acs.people.operations import NewCardholder, create_cardholder
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules import uses
from doorward.acs.rules.marking import forget_cardholder
from doorward.acs.rules.members import Members, Missing
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import (
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.rules.queries import RuleFilter, access_rules_by_id, page_access_rules
from doorward.acs.rules.rule_policy import rule_policies
from doorward.acs.schedules.models import ScheduleRow
from tests.world import START, Site, World, make_site, open_world

pytestmark = pytest.mark.anyio


async def parts(world: World) -> tuple[Site, str, str]:
    """The site, its schedule and its zone."""
    site = await make_site(world)
    return site, (await ScheduleRow.get()).id, site.zones[0]


async def make_rule(world: World, name: str, **given: Any) -> AccessRule:
    return await create_access_rule(world.domain, COMMAND_LINE, name, **given)


async def names(world: World, **wanted: Any) -> list[str]:
    page = await page_access_rules(
        world.domain, COMMAND_LINE, PageRequest(first=50, search=wanted.pop("search", None)), RuleFilter(**wanted)
    )
    return [found.rule.name for found in page.rows]


async def test_an_incomplete_rule_is_kept_says_what_it_lacks_and_reaches_no_controller(database_url: str) -> None:
    async with open_world(database_url) as world:
        site, always, zone = await parts(world)
        who, where, when = Missing.WHO, Missing.WHERE, Missing.WHEN
        cases: tuple[tuple[dict[str, Any], tuple[Missing, ...]], ...] = (
            ({}, (who, where, when)),
            ({"group_ids": [site.group.id]}, (where, when)),
            ({"cardholder_ids": [site.ada.id], "zone_ids": [zone]}, (when,)),
            ({"schedule_ids": [always], "door_sides": [DoorSide(site.door.id, Side.A)]}, (who,)),
            ({"schedule_ids": [always], "group_ids": [site.group.id]}, (where,)),
        )
        for number, (given, missing) in enumerate(cases):
            rule = await make_rule(world, f"Rule {number}", **given)
            assert (await access_rules_by_id(COMMAND_LINE, [rule.id]))[0].missing == missing
            assert await rule_policies([site.door.id], [rule.id]) == ()
        assert await names(world, incomplete=True) == [f"Rule {number}" for number in range(5)]
        assert await names(world, incomplete=False) == ["Staff"]


async def test_a_controller_gets_the_sides_of_its_own_doors_with_zones_resolved(database_url: str) -> None:
    async with open_world(database_url) as world:
        site, always, zone = await parts(world)
        end = START + timedelta(days=1)
        rule = await make_rule(
            world,
            "Visitors",
            cardholder_ids=[site.ada.id],
            zone_ids=[zone],
            schedule_ids=[always],
            valid_from=START,
            valid_to=end,
        )
        assert await rule_policies([site.door.id, "other"], [rule.id, "gone"]) == (
            AccessRulePolicy(
                id=rule.id,
                name="Visitors",
                groups=(),
                cardholders=(site.ada.id,),
                schedules=(always,),
                door_sides=(DoorSide(site.door.id, Side.A), DoorSide(site.door.id, Side.B)),
                valid_from=START,
                valid_to=end,
            ),
        )
        assert len(await rule_policies([site.door.id])) == 2
        assert await rule_policies(["other"]) == ()
        await update_access_rule(world.domain, COMMAND_LINE, rule.id, {"enabled": False})
        assert await rule_policies([site.door.id], [rule.id]) == ()


async def test_members_are_added_and_removed_and_the_audit_names_only_those(database_url: str) -> None:
    async with open_world(database_url) as world:
        site, always, zone = await parts(world)
        side_a, side_b = DoorSide(site.door.id, Side.A), DoorSide(site.door.id, Side.B)
        rule = await make_rule(world, "Rule", group_ids=[site.group.id], door_sides=[side_a])
        changed = await change_access_rule_members(
            world.domain,
            COMMAND_LINE,
            rule.id,
            Members((site.ada.id,), (site.group.id,), (zone,), (always,), (side_b,)),
            Members(door_sides=(side_a,), schedule_ids=("not in it",)),
        )
        assert changed.version == 2
        found = (await access_rules_by_id(COMMAND_LINE, [rule.id]))[0]
        assert (found.cardholders, found.groups, found.door_sides) == ([site.ada], [site.group], [side_b])
        event = await Event.get(type=EventType.ACCESS_RULE_UPDATED)
        assert event.data["subject"] == {"id": rule.id, "name": "Rule"}
        assert event.data["before"]["door_sides"] == {f"{site.door.id}/A": "Main entrance, side A"}
        assert event.data["after"] == {
            "cardholders": {site.ada.id: "Ada Lovelace"},
            "zones": {zone: "Inside"},
            "schedules": {always: "Always"},
            "door_sides": {f"{site.door.id}/B": "Main entrance, side B"},
        }


async def test_an_update_replaces_lists_leaves_the_rest_and_is_guarded_by_the_version(database_url: str) -> None:
    async with open_world(database_url) as world:
        site, always, zone = await parts(world)
        rule = await AccessRule.get(name="Staff")
        run = world.domain, COMMAND_LINE, rule.id
        await update_access_rule(*run, {"zone_ids": [zone], "door_sides": [], "name": "Everybody"}, 1)
        found = (await access_rules_by_id(COMMAND_LINE, [rule.id]))[0]
        assert (found.rule.name, found.door_sides, found.groups) == ("Everybody", [], [site.group])
        assert [row.id for row in found.schedules] == [always]
        with pytest.raises(Conflict, match="Load it again"):
            await update_access_rule(*run, {"enabled": False}, 1)
        with pytest.raises(NotFound, match="groupIds"):
            await update_access_rule(*run, {"group_ids": ["nobody"]})
        with pytest.raises(ValidationFailed, match="later than the beginning"):
            await update_access_rule(*run, {"valid_from": START, "valid_to": START})
        await update_access_rule(*run, {"name": "Everybody"})
        assert await Event.filter(type=EventType.ACCESS_RULE_UPDATED).count() == 1


async def test_a_deleted_rule_leaves_nothing_behind_and_frees_what_it_named(database_url: str) -> None:
    async with open_world(database_url) as world:
        site, always, _ = await parts(world)
        rule = await AccessRule.get()
        asked = (
            (uses.schedule_uses, always),
            (uses.group_uses, site.group.id),
            (uses.door_uses, site.door.id),
        )
        for ask, subject in asked:
            assert await ask([subject]) == [("access rule", rule.id, "Staff")]
        await delete_access_rule(world.domain, COMMAND_LINE, rule.id, 1)
        for ask, subject in asked:
            assert await ask([subject]) == []
        told = (await Event.get(type=EventType.ACCESS_RULE_DELETED)).data["before"]
        assert (told["name"], told["groups"]) == ("Staff", {site.group.id: "Staff"})
        assert await rule_policies([site.door.id]) == ()


async def test_rules_are_found_by_name_state_and_period_and_paged_both_ways(database_url: str) -> None:
    async with open_world(database_url) as world:
        day = timedelta(days=1)
        await make_rule(world, "Cleaners early", valid_to=START)
        await make_rule(world, "Cleaners late", valid_to=START + day, enabled=False)
        await make_rule(world, "Guards")
        assert await names(world, search="CLEAN late") == ["Cleaners late"]
        assert await names(world, expired=True) == ["Cleaners early"]
        assert await names(world, expired=False) == ["Cleaners late", "Guards"]
        assert await names(world, enabled=False) == ["Cleaners late"]
        page = await page_access_rules(world.domain, COMMAND_LINE, PageRequest(first=2), RuleFilter())
        assert ([row.rule.name for row in page.rows], page.has_next) == (["Cleaners early", "Cleaners late"], True)
        page = await page_access_rules(world.domain, COMMAND_LINE, PageRequest(3), RuleFilter())
        page = await page_access_rules(
            world.domain, COMMAND_LINE, PageRequest(last=1, before=page.cursors[2]), RuleFilter()
        )
        assert ([row.rule.name for row in page.rows], page.has_previous) == (["Cleaners late"], True)


async def test_a_cardholder_who_is_deleted_leaves_their_rules(database_url: str) -> None:
    async with open_world(database_url) as world:
        site, _, _ = await parts(world)
        rule = await make_rule(world, "Ada alone", cardholder_ids=[site.ada.id])
        async with in_transaction("default") as connection:
            work = Work(world.domain, COMMAND_LINE, START, connection)
            await forget_cardholder(work, site.ada.id)
        assert work.policy_parts == {(PolicyPart.RULE, rule.id)}
        assert (await access_rules_by_id(COMMAND_LINE, [rule.id]))[0].cardholders == []


async def test_a_rule_names_no_more_than_fits_into_a_query(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.acs.rules.members.MOST_MEMBERS", 1)
    async with open_world(database_url) as world:
        ada, bob = [
            await create_cardholder(world.domain, COMMAND_LINE, NewCardholder(f"E-{name}", name, "X"))
            for name in ("Ada", "Bob")
        ]
        rule = await create_access_rule(world.domain, COMMAND_LINE, "Few", cardholder_ids=[ada.id])
        with pytest.raises(ValidationFailed, match="Name groups") as refused:
            await change_access_rule_members(
                world.domain, COMMAND_LINE, rule.id, Members(cardholder_ids=(bob.id,)), Members()
            )
        assert refused.value.path == ("cardholderIds",)
