"""Groups: names, members in bulk, and what keeps a group from going."""

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from doorward.acs.people import group_operations
from doorward.acs.people.models import Cardholder, Group, GroupMember
from doorward.acs.people.operations import (
    NewCardholder,
    add_members,
    create_cardholder,
    create_group,
    delete_group,
    remove_members,
    update_group,
)
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.people.queries import CardholderFilter, member_counts, page_cardholders
from doorward.acs.site.models import Site
from tests.world import World, make_site, only, open_world

pytestmark = pytest.mark.anyio


async def policy_version() -> int:
    site: Site = await Site.get()
    return int(site.policy_version)


async def people(world: World, count: int) -> list[str]:
    made = [
        await create_cardholder(world.domain, COMMAND_LINE, NewCardholder(str(number), f"P{number}", "X"))
        for number in range(count)
    ]
    return [cardholder.id for cardholder in made]


async def test_members_come_and_go_in_bulk_with_one_event_each_time(database_url: str) -> None:
    async with open_world(database_url) as world:
        ids = await people(world, 4)
        group = await create_group(world.domain, COMMAND_LINE, "Staff", "ST")
        versions = [await policy_version()]
        await add_members(world.domain, COMMAND_LINE, group.id, [ids[0]])
        versions.append(await policy_version())
        await add_members(world.domain, COMMAND_LINE, group.id, [*ids[:3], ids[1]])
        assert await member_counts([group.id]) == {group.id: 3}
        assert [policy.groups for policy in await cardholder_policies(ids[:3])] == [(group.id,)] * 3
        versions.append(await policy_version())
        await remove_members(world.domain, COMMAND_LINE, group.id, [ids[0], ids[3], "unknown"])
        versions.append(await policy_version())
        assert versions == list(range(versions[0], versions[0] + 4))
        added = await Event.filter(type=EventType.GROUP_MEMBERS_ADDED).order_by("position")
        assert [event.data["after"]["cardholder_ids"] for event in added] == [[ids[0]], ids[1:3]]
        removed = await Event.get(type=EventType.GROUP_MEMBERS_REMOVED)
        assert removed.data["before"] == {"id": group.id, "name": "Staff", "cardholder_ids": [ids[0]]}
        assert {row.id: row.version for row in await Cardholder.all()} == dict(zip(ids, (3, 2, 2, 1), strict=True))


async def test_members_that_are_there_already_leave_no_trace(database_url: str) -> None:
    async with open_world(database_url) as world:
        ids = await people(world, 1)
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        await remove_members(world.domain, COMMAND_LINE, group.id, ids)
        await add_members(world.domain, COMMAND_LINE, group.id, ids)
        await add_members(world.domain, COMMAND_LINE, group.id, ids)
        assert await Event.filter(type__startswith="audit.group.members").count() == 1


async def test_unknown_and_too_many_members_are_refused_whole(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url) as world:
        ids = await people(world, 3)
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        with pytest.raises(NotFound, match="gone"):
            await add_members(world.domain, COMMAND_LINE, group.id, [ids[0], "gone"])
        monkeypatch.setattr(group_operations, "MAX_MEMBERS_PER_CALL", 2)
        with pytest.raises(ValidationFailed, match="at most 2"):
            await add_members(world.domain, COMMAND_LINE, group.id, ids)
        assert not await GroupMember.exists()


async def test_members_are_listed_a_page_at_a_time(database_url: str) -> None:
    async with open_world(database_url) as world:
        ids = await people(world, 5)
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        await add_members(world.domain, COMMAND_LINE, group.id, ids[1:4])
        wanted = CardholderFilter(group_id=group.id)
        page = await page_cardholders(COMMAND_LINE, PageRequest(first=2), wanted)
        assert ([row.id for row in page.rows], page.has_next) == (ids[1:3], True)


async def test_a_group_changes_its_name_and_initials(database_url: str) -> None:
    async with open_world(database_url) as world:
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        await create_group(world.domain, COMMAND_LINE, "Guests")
        changed = await update_group(
            world.domain, COMMAND_LINE, group.id, {"name": "Crew", "initials": "CRW", "is_global": True}, 1
        )
        assert (changed.name, changed.initials, changed.is_global, changed.version) == ("Crew", "CRW", True, 2)
        event = await Event.get(type=EventType.GROUP_UPDATED)
        assert event.data["before"]["name"] == "Staff"
        assert event.data["after"] == {"name": "Crew", "initials": "CRW", "is_global": True}
        with pytest.raises(Conflict, match="Somebody else"):
            await update_group(world.domain, COMMAND_LINE, group.id, {"name": "Other"}, 1)
        with pytest.raises(Conflict, match="called Guests already"):
            await update_group(world.domain, COMMAND_LINE, group.id, {"name": "Guests"})
        with pytest.raises(ValidationFailed, match="3 are the most"):
            await update_group(world.domain, COMMAND_LINE, group.id, {"initials": "CREW"})


async def test_a_group_that_rules_use_is_not_deleted_and_they_are_named(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(Conflict, match="used by access rule Staff"):
            await delete_group(world.domain, COMMAND_LINE, site.group.id)
        assert await Group.exists()


async def test_a_deleted_group_leaves_its_members_without_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        ids = await people(world, 2)
        group = await create_group(world.domain, COMMAND_LINE, "Staff")
        await add_members(world.domain, COMMAND_LINE, group.id, ids)
        await delete_group(world.domain, COMMAND_LINE, group.id, 2)
        assert not await Group.exists()
        assert [policy.groups for policy in await cardholder_policies()] == [(), ()]
        event = await Event.get(type=EventType.GROUP_DELETED)
        assert (event.data["before"]["name"], event.data["before"]["cardholder_ids"]) == ("Staff", ids)


async def test_members_need_no_right_to_configure_but_groups_do(database_url: str) -> None:
    async with open_world(database_url) as world:
        ids = await people(world, 1)
        group = await create_group(world.domain, only(Permission.CONFIGURATION_WRITE), "Staff")
        await add_members(world.domain, only(Permission.CARDHOLDER_WRITE), group.id, ids)
