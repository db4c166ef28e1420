"""Threat levels: defining them, raising and releasing them, and what reaches the doors."""

from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.decision.policy import DoorSide, IdentificationType, Method, Side
from doorward.acs.doors.changes import delete_door
from doorward.acs.doors.models import Door
from doorward.acs.doors.operations import NewDoor, create_door
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType, Severity
from doorward.acs.events.models import Event
from doorward.acs.messages import PolicyDelta
from doorward.acs.operation import SITE_ID
from doorward.acs.policy_part import PolicyPart
from doorward.acs.profiles.models import Profile
from doorward.acs.profiles.operations import NewProfile, create_profile, delete_profile
from doorward.acs.profiles.pin_alone import pin_alone_in_use
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import create_access_rule, delete_access_rule
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.site.models import Site as SiteRow
from doorward.acs.threats.models import RuleSwitch, ThreatColour, ThreatLevel
from doorward.acs.threats.operations import (
    NewThreatLevel,
    create_threat_level,
    delete_threat_level,
    update_threat_level,
)
from doorward.acs.threats.posture import Place, PlaceProfile, Switches
from doorward.acs.threats.queries import list_threat_levels, threat_in_force
from doorward.acs.threats.setting import release_threat_level, set_threat_level
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.operations import delete_zone, set_zone_doors
from tests.acs.test_policy_pipeline import Follower
from tests.world import START, Site, World, make_site, only, open_world, user

pytestmark = pytest.mark.anyio

ADMINISTRATOR, OPERATOR, VIEWER = user(Role.ADMINISTRATOR), user(Role.OPERATOR), user(Role.VIEWER)


async def level(world: World, name: str = "Severe", rank: int = 3, release_rank: int = 100, **switches: Any) -> Any:
    given = NewThreatLevel(name, rank, ThreatColour.VERMILION, release_rank, Switches(**switches))
    return await create_threat_level(world.domain, ADMINISTRATOR, given)


async def card_profile(world: World, *types: IdentificationType) -> Profile:
    method = Method(types or (IdentificationType.CARD, IdentificationType.PIN), ())
    return await create_profile(world.domain, ADMINISTRATOR, NewProfile("Strict", (method,), (method,)))


async def everything(world: World, site: Site) -> ThreatLevel:
    """A level that switches all there is."""
    profile = await card_profile(world)
    return await level(  # type: ignore[no-any-return]
        world,
        rule_switch=RuleSwitch.ONLY,
        lockdowns=(Place(zone_id=site.zones[0]),),
        profiles=(PlaceProfile(Place(door_id=site.door.id), profile.id),),
    )


async def version() -> int:
    return int((await SiteRow.get(id=SITE_ID)).policy_version)


async def test_a_level_switches_rules_profiles_and_lockdowns_in_one_act_and_release_undoes_all_of_it(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        severe = await everything(world, site)
        follower = Follower(world)
        await follower.follow()
        before, number = follower.policy, await version()
        assert (before.threat_level, before.doors[0].lockdown, len(before.rules)) == ("", False, 1)

        await set_threat_level(world.domain, OPERATOR, severe.id, "intruder")
        assert await version() == number + 1
        assert isinstance(await follower.follow(), PolicyDelta)
        (door,) = follower.policy.doors
        assert (follower.policy.threat_level, door.lockdown, follower.policy.rules) == ("Severe", True, ())
        assert door.profile_id == (await Profile.get(name="Strict")).id

        await release_threat_level(world.domain, ADMINISTRATOR, "caught")
        assert await version() == number + 2
        assert isinstance(await follower.follow(), PolicyDelta)
        assert follower.policy.content == before.content
        assert (follower.policy.doors, follower.policy.rules) == (before.doors, before.rules)


async def test_only_what_a_level_touches_is_sent_to_controllers(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await create_door(world.domain, COMMAND_LINE, NewDoor("Other", world.controller.id))
        first = await level(world, lockdowns=(Place(door_id=site.door.id),))
        follower = Follower(world)
        await follower.follow()
        await set_threat_level(world.domain, OPERATOR, first.id, "alarm")
        delta = await follower.follow()
        assert isinstance(delta, PolicyDelta)
        assert [door.id for door in delta.changes.doors] == [site.door.id]
        assert delta.changes.removed == {}


async def test_a_level_that_disables_rules_alone_takes_them_and_gives_them_back_as_a_delta(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        rule = await AccessRule.get()
        quiet = await level(world, rule_switch=RuleSwitch.DISABLE, rule_ids=(rule.id,))
        follower = Follower(world)
        await follower.follow()
        await set_threat_level(world.domain, OPERATOR, quiet.id, "alarm")
        delta = await follower.follow()
        assert isinstance(delta, PolicyDelta)
        assert delta.changes.removed == {PolicyPart.RULE: (rule.id,)}
        await release_threat_level(world.domain, ADMINISTRATOR, "over")
        assert isinstance(await follower.follow(), PolicyDelta)
        assert [one.id for one in follower.policy.rules] == [rule.id]


async def test_changes_made_while_a_level_is_in_force_obey_it(database_url: str) -> None:
    """A new rule stays disabled, a door put into the zone is locked down, and one taken out of it is not."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        severe = await everything(world, site)
        other = await create_door(world.domain, COMMAND_LINE, NewDoor("Other", world.controller.id))
        await set_threat_level(world.domain, OPERATOR, severe.id, "alarm")
        follower = Follower(world)
        await follower.follow()
        group, schedule = [site.group.id], [(await ScheduleRow.get()).id]
        await create_access_rule(world.domain, COMMAND_LINE, "New", group, schedule, [DoorSide(site.door.id, Side.B)])
        await follower.follow()
        assert {one.id for one in follower.policy.rules} == set()
        await set_zone_doors(world.domain, COMMAND_LINE, site.zones[0], [GivenDoor(other.id)])
        await follower.follow()
        assert {door.name: door.lockdown for door in follower.policy.doors} == {"Main entrance": False, "Other": True}
        await release_threat_level(world.domain, ADMINISTRATOR, "over")
        await follower.follow()
        assert [one.name for one in follower.policy.rules] == ["Staff", "New"]


async def test_raising_is_told_as_an_alarm_and_audited_with_before_and_after(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        severe = await everything(world, site)
        high = await level(world, "High", 2)
        await set_threat_level(world.domain, OPERATOR, high.id, "rumour")
        await set_threat_level(world.domain, OPERATOR, severe.id, " intruder ")
        await set_threat_level(world.domain, ADMINISTRATOR, high.id, "cornered")
        await release_threat_level(world.domain, ADMINISTRATOR, "caught")
        kinds = (EventType.THREAT_RAISED, EventType.THREAT_LOWERED, EventType.THREAT_RELEASED)
        told = await Event.filter(type__in=kinds).order_by("position")
        audits = await Event.filter(type=EventType.THREAT_SET).order_by("position")
        assert [event.type for event in told] == [kinds[0], kinds[0], kinds[1], kinds[2]]
        assert [event.correlation for event in told] == [event.correlation for event in audits]
        assert (told[0].severity, told[0].user_name) == (Severity.ALARM, "Operator")
        for event in (told[1], audits[1]):
            assert event.data["before"]["level"] == {"id": high.id, "name": "High", "rank": 2}
            assert event.data["after"] == {
                "level": {"id": severe.id, "name": "Severe", "rank": 3},
                "reason": "intruder",
                "doors": 1,
                "rules": 1,
            }
        assert audits[3].data["after"]["level"] is None


async def test_the_level_in_force_is_shown_with_who_set_it_when_and_why(database_url: str) -> None:
    async with open_world(database_url) as world:
        severe = await level(world)
        assert await threat_in_force(VIEWER) is None
        await set_threat_level(world.domain, OPERATOR, severe.id, "intruder")
        found = await threat_in_force(VIEWER)
        assert found is not None
        assert (found.level.name, found.since, found.user_name, found.reason) == (
            "Severe",
            START,
            "Operator",
            "intruder",
        )
        await release_threat_level(world.domain, ADMINISTRATOR, "over")
        assert await threat_in_force(VIEWER) is None


async def test_setting_the_level_in_force_again_and_releasing_none_do_nothing(database_url: str) -> None:
    async with open_world(database_url) as world:
        severe = await level(world)
        await release_threat_level(world.domain, ADMINISTRATOR, "over")
        await set_threat_level(world.domain, OPERATOR, severe.id, "intruder")
        number, events = await version(), await Event.all().count()
        await set_threat_level(world.domain, ADMINISTRATOR, severe.id, "again")
        assert (await version(), await Event.all().count()) == (number, events)
        with pytest.raises(NotFound):
            await set_threat_level(world.domain, OPERATOR, "nothing", "alarm")


@pytest.mark.parametrize("lower", [True, False])
async def test_only_a_sufficient_clearance_lowers_a_level(database_url: str, lower: bool) -> None:
    async with open_world(database_url) as world:
        high, severe = await level(world, "High", 2, 50), await level(world, release_rank=100)
        for one in (high, severe):
            await set_threat_level(world.domain, OPERATOR, one.id, "alarm")

        async def down(actor: Any) -> None:
            if lower:
                await set_threat_level(world.domain, actor, high.id, "alarm")
            else:
                await release_threat_level(world.domain, actor, "over")

        with pytest.raises(NotPermitted, match="clearance of 100"):
            await down(OPERATOR)
        assert (await SiteRow.get(id=SITE_ID)).threat_level_id == severe.id
        await down(ADMINISTRATOR)
        if lower:
            await release_threat_level(world.domain, OPERATOR, "over")
        assert (await SiteRow.get(id=SITE_ID)).threat_level_id is None


async def test_who_may_only_raise_lowers_nothing_and_viewers_do_neither(database_url: str) -> None:
    async with open_world(database_url) as world:
        high, severe = await level(world, "High", 2, 0), await level(world, release_rank=0)
        raiser = only(Permission.THREAT_RAISE)
        await set_threat_level(world.domain, raiser, severe.id, "alarm")
        with pytest.raises(NotPermitted, match=r"threat\.release"):
            await set_threat_level(world.domain, raiser, high.id, "alarm")
        with pytest.raises(NotPermitted, match=r"threat\.raise"):
            await set_threat_level(world.domain, VIEWER, high.id, "alarm")
        with pytest.raises(NotPermitted, match=r"threat\.release"):
            await release_threat_level(world.domain, VIEWER, "over")


async def test_a_higher_level_is_never_easier_to_release_than_a_lower_one(database_url: str) -> None:
    """Else one would raise it to be rid of the lower one."""
    async with open_world(database_url) as world:
        await level(world, "High", 2, 50)
        for name, rank, release_rank in (("Higher", 3, 49), ("Lower", 1, 51)):
            with pytest.raises(ValidationFailed, match="easier to release") as caught:
                await level(world, name, rank, release_rank)
            assert caught.value.path == ("releaseRank",)
        await level(world, "Higher", 3, 50)
        lowest = await level(world, "Lower", 1, 0)
        with pytest.raises(ValidationFailed, match="easier to release"):
            await update_threat_level(world.domain, ADMINISTRATOR, lowest.id, {"rank": 9})


async def test_a_level_in_force_is_neither_changed_nor_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        severe = await level(world)
        await set_threat_level(world.domain, OPERATOR, severe.id, "alarm")
        with pytest.raises(Conflict, match="in force"):
            await update_threat_level(world.domain, ADMINISTRATOR, severe.id, {"release_rank": 0})
        with pytest.raises(Conflict, match="in force"):
            await delete_threat_level(world.domain, ADMINISTRATOR, severe.id)
        await release_threat_level(world.domain, ADMINISTRATOR, "over")
        await delete_threat_level(world.domain, ADMINISTRATOR, severe.id)
        assert await list_threat_levels(ADMINISTRATOR) == []


async def test_a_change_is_audited_by_names_with_before_and_after(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        severe = await everything(world, site)
        changes = Switches(RuleSwitch.DISABLE, ((await AccessRule.get()).id,), (Place(door_id=site.door.id),))
        await update_threat_level(world.domain, ADMINISTRATOR, severe.id, {"name": "Worst", "switches": changes}, 1)
        (event,) = await Event.filter(type=EventType.THREAT_LEVEL_UPDATED)
        assert event.data["before"] == {
            "name": "Severe",
            "rule_switch": "only",
            "rules": [],
            "lockdowns": ["Inside"],
            "profiles": [["Main entrance", "Strict"]],
        }
        assert event.data["after"] == {
            "name": "Worst",
            "rule_switch": "disable",
            "rules": ["Staff"],
            "lockdowns": ["Main entrance"],
            "profiles": [],
        }
        (parts,) = await list_threat_levels(ADMINISTRATOR)
        assert (parts.switches, parts.level.version) == (changes, 2)
        await update_threat_level(world.domain, ADMINISTRATOR, severe.id, {"name": "Worst"})
        assert (await ThreatLevel.get()).version == 2
        with pytest.raises(Conflict, match="Somebody else"):
            await update_threat_level(world.domain, ADMINISTRATOR, severe.id, {"name": "Best"}, 1)


@pytest.mark.parametrize(
    "given, path",
    [
        ({"name": ""}, "name"),
        ({"rank": 0}, "rank"),
        ({"rank": 101}, "rank"),
        ({"release_rank": -1}, "releaseRank"),
        ({"release_rank": 101}, "releaseRank"),
        ({"rule_ids": ("x",)}, "ruleSwitch"),
        ({"rule_switch": RuleSwitch.DISABLE}, "ruleIds"),
        ({"rule_switch": RuleSwitch.ONLY, "rule_ids": ("x", "x")}, "ruleIds"),
        ({"rule_switch": RuleSwitch.ONLY, "rule_ids": ("x",)}, "ruleIds"),
        ({"lockdowns": (Place(),)}, "lockdowns"),
        ({"lockdowns": (Place("d", "z"),)}, "lockdowns"),
        ({"lockdowns": (Place("d"), Place("d"))}, "lockdowns"),
        ({"lockdowns": (Place("d"),)}, "lockdowns"),
        ({"profiles": (PlaceProfile(Place(zone_id="z"), "p"),)}, "profiles"),
    ],
)
async def test_a_senseless_level_is_refused(database_url: str, given: dict[str, Any], path: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises((ValidationFailed, NotFound)) as caught:
            await level(world, **given)
        assert caught.value.path == (path,)
        assert not await ThreatLevel.exists()


async def test_name_and_rank_are_each_one_level_s(database_url: str) -> None:
    async with open_world(database_url) as world:
        await level(world)
        for name, rank, path in (("Severe", 4, "name"), ("Other", 3, "rank")):
            with pytest.raises(Conflict) as caught:
                await level(world, name, rank)
            assert caught.value.path == (path,)


async def test_what_a_level_names_is_not_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        door = await create_door(world.domain, COMMAND_LINE, NewDoor("Gate", world.controller.id))
        profile, rule = await card_profile(world), await AccessRule.get()
        await level(
            world,
            rule_switch=RuleSwitch.DISABLE,
            rule_ids=(rule.id,),
            lockdowns=(Place(door_id=door.id), Place(zone_id=site.zones[0])),
            profiles=(PlaceProfile(Place(door_id=site.door.id), profile.id),),
        )
        for refused in (
            delete_access_rule(world.domain, ADMINISTRATOR, rule.id),
            delete_door(world.domain, ADMINISTRATOR, door.id),
            delete_profile(world.domain, ADMINISTRATOR, profile.id),
        ):
            with pytest.raises(Conflict, match="threat level Severe"):
                await refused
        with pytest.raises(Conflict, match="threat level Severe"):
            await delete_zone(world.domain, ADMINISTRATOR, site.zones[0])
        assert await Door.filter(id=door.id).exists()


async def test_a_level_that_lets_a_pin_open_alone_counts_as_a_door_that_does(database_url: str) -> None:
    """Else two people with one PIN would be found out only when the level is raised."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        profile = await card_profile(world, IdentificationType.PIN)
        assert not await pin_alone_in_use()
        await level(world, profiles=(PlaceProfile(Place(door_id=site.door.id), profile.id),))
        assert await pin_alone_in_use()


async def test_viewers_see_no_levels_and_operators_change_none(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(NotPermitted):
            await list_threat_levels(VIEWER)
        with pytest.raises(NotPermitted):
            await create_threat_level(world.domain, OPERATOR, NewThreatLevel("X", 1, ThreatColour.BLUE, 0))
