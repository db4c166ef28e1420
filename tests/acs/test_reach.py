"""Who may something at some places only: rules of delegated managers, recordings that are too old, doors, what is
personal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Actor, Permission
from doorward.acs.cameras.bookmarks import bookmarks_of_events, sees_bookmark
from doorward.acs.cameras.models import Bookmark
from doorward.acs.cameras.operations import open_bookmark
from doorward.acs.cameras.queries import cameras_of_doors, page_bookmarks
from doorward.acs.credentials.operations import NewCard, NewPin, create_card, create_pin, delete_credential
from doorward.acs.credentials.queries import credential_by_id, credentials_by_id, credentials_of
from doorward.acs.decision.policy import DoorSide, Side
from doorward.acs.doors.changes import set_maintenance, update_door
from doorward.acs.doors.queries import list_doors
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.models import Event
from doorward.acs.operation import OPERATIONS, Work, operation
from doorward.acs.paging import PageRequest
from doorward.acs.people.models import Cardholder, CustomFieldKind
from doorward.acs.people.operations import (
    NewCardholder,
    NewCustomField,
    create_cardholder,
    create_custom_field,
    update_cardholder,
)
from doorward.acs.people.queries import custom_values_of, page_cardholders
from doorward.acs.reach import EVERYWHERE, PlaceKind, Reach
from doorward.acs.rules.members import Members
from doorward.acs.rules.models import AccessRule
from doorward.acs.rules.operations import (
    change_access_rule_members,
    create_access_rule,
    delete_access_rule,
    update_access_rule,
)
from doorward.acs.rules.queries import RuleFilter, access_rules_by_id, page_access_rules
from doorward.acs.zones.queries import list_interlocks
from tests.two_places import TwoPlaces, make_two_places, only_at
from tests.world import World, only, open_world

pytestmark = pytest.mark.anyio
ALL = PageRequest(first=50)


async def manager_of(two: TwoPlaces, *kinds: PlaceKind) -> Actor:
    return await only_at(two.near, Permission.ACCESS_ASSIGN, kinds=kinds or (PlaceKind.ZONE,))


async def test_a_delegated_manager_sees_and_changes_rules_that_lead_to_their_places_only(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        two = await make_two_places(world)
        manager = await manager_of(two)
        near, far = DoorSide(two.near.door.id, Side.A), DoorSide(two.far.door.id, Side.A)
        both = await create_access_rule(domain, COMMAND_LINE, "Both", door_sides=[near, far])
        nowhere = await create_access_rule(domain, COMMAND_LINE, "Nowhere")
        zone = await create_access_rule(domain, COMMAND_LINE, "Zone", zone_ids=[two.near.zone.id])
        page = await page_access_rules(domain, manager, ALL, RuleFilter())
        assert [parts.rule.name for parts in page.rows] == ["Near rule", "Zone"]
        assert await access_rules_by_id(manager, [both.id, nowhere.id, two.far.rule.id]) == []
        ada = two.site.ada.id
        await change_access_rule_members(domain, manager, two.near.rule.id, Members((ada,)), Members())
        await update_access_rule(domain, manager, zone.id, {"cardholder_ids": [ada], "name": "Our zone"})
        own = await create_access_rule(domain, manager, "Own", door_sides=[near], cardholder_ids=[ada])
        await delete_access_rule(domain, manager, own.id)
        before = [dict(row) for row in await AccessRule.all().order_by("id").values()], await Event.all().count()
        for attempt in (
            change_access_rule_members(domain, manager, two.far.rule.id, Members((ada,)), Members()),
            change_access_rule_members(domain, manager, both.id, Members((ada,)), Members()),
            change_access_rule_members(domain, manager, both.id, Members(), Members(door_sides=(far,))),
            change_access_rule_members(domain, manager, zone.id, Members(door_sides=(far,)), Members()),
            update_access_rule(domain, manager, zone.id, {"zone_ids": [two.far.zone.id]}),
            update_access_rule(domain, manager, nowhere.id, {"door_sides": [near]}),
            create_access_rule(domain, manager, "Wider", door_sides=[near, far]),
            delete_access_rule(domain, manager, both.id),
        ):
            with pytest.raises(NotFound):
                await attempt
        for emptied in (
            update_access_rule(domain, manager, zone.id, {"zone_ids": []}),
            create_access_rule(domain, manager, "Empty"),
        ):
            with pytest.raises(ValidationFailed):
                await emptied
        after = [dict(row) for row in await AccessRule.all().order_by("id").values()], await Event.all().count()
        assert after == before


async def test_a_scope_of_doors_does_not_reach_the_zone_that_they_are_in(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        manager = await manager_of(two, PlaceKind.DOOR)
        rule = await create_access_rule(world.domain, COMMAND_LINE, "Zone", zone_ids=[two.near.zone.id])
        assert await access_rules_by_id(manager, [rule.id]) == []
        assert len(await access_rules_by_id(manager, [two.near.rule.id])) == 1
        with pytest.raises(NotFound):
            await create_access_rule(world.domain, manager, "Mine", zone_ids=[two.near.zone.id])


async def test_the_settings_of_a_door_are_for_who_may_set_up_that_door(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        actor = await only_at(two.near, Permission.CONFIGURATION_WRITE, Permission.DOOR_VIEW)
        await update_door(world.domain, actor, two.near.door.id, {"name": "Renamed"})
        await set_maintenance(world.domain, actor, two.near.door.id, True, "paint")
        for attempt in (
            update_door(world.domain, actor, two.far.door.id, {"name": "Renamed too"}),
            set_maintenance(world.domain, actor, two.far.door.id, True, "paint"),
        ):
            with pytest.raises(NotFound, match="no such door"):
                await attempt
        assert [door.name for door in await list_doors(actor)] == ["Renamed"]
        assert await list_interlocks(actor) == []


async def test_an_operation_that_forgets_to_ask_where_is_undone(database_url: str) -> None:
    async def careless(work: Work) -> None:
        await AccessRule.all().using_db(work.connection).update(enabled=False)

    run = operation(Permission.ACCESS_ASSIGN, placed=True)(careless)
    OPERATIONS.pop(f"{careless.__module__}.{careless.__name__}")
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        with pytest.raises(RuntimeError, match="does not ask where"):
            await run(world.domain, await manager_of(two))
        assert not await AccessRule.filter(enabled=False).exists()
        await run(world.domain, COMMAND_LINE)
        assert not await AccessRule.filter(enabled=True).exists()


async def seen(world: World, actor: Actor) -> set[str]:
    """The bookmarks that an actor finds, whichever way they look."""
    found = {row.id for row in (await page_bookmarks(world.domain, actor, PageRequest(first=100))).rows}
    events = await bookmarks_of_events([row.event_id for row in await Bookmark.all()])
    of_events = [row for of_one in events.values() for row in of_one]
    assert {row.id for row in of_events if sees_bookmark(actor, row, world.clock())} == found
    for row in await Bookmark.all():
        if row.id in found:
            await open_bookmark(world.domain, actor, row.id)
        else:
            with pytest.raises(NotFound):
                await open_bookmark(world.domain, actor, row.id)
    return found


async def test_recordings_are_seen_as_far_back_as_the_longest_grant_that_applies(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        near, far = two.near.bookmark.id, two.far.bookmark.id
        everywhere = only(Permission.CLIP_VIEW, Permission.CAMERA_VIEW)
        here = Reach(cameras=frozenset({two.near.camera.id}))
        world.clock.advance(timedelta(minutes=30))
        assert await seen(world, everywhere) == {near, far}
        assert await seen(world, replace(everywhere, windows=((29, EVERYWHERE),))) == set()
        assert await seen(world, replace(everywhere, windows=((31, EVERYWHERE),))) == {near, far}
        assert await seen(world, replace(everywhere, windows=((29, EVERYWHERE), (31, here)))) == {near}
        assert await seen(world, replace(everywhere, windows=((29, EVERYWHERE), (None, here)))) == {near}
        assert await seen(world, await only_at(two.near, Permission.CLIP_VIEW)) == {near}
        doors = [two.near.door.id, two.far.door.id]
        assert await cameras_of_doors(only(Permission.DOOR_VIEW), doors) == {}
        assert list(await cameras_of_doors(await only_at(two.far, Permission.CAMERA_VIEW), doors)) == [doors[1]]


async def found(actor: Actor, words: str) -> list[Cardholder]:
    """The cardholders that a search finds."""
    return (await page_cardholders(actor, PageRequest(first=100, search=words))).rows


async def test_what_is_personal_is_neither_shown_nor_found_nor_set_without_its_permission(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        two = await make_two_places(world)
        ada = two.site.ada.id
        secret = await create_custom_field(
            domain, COMMAND_LINE, NewCustomField("Blood", CustomFieldKind.TEXT, personal=True)
        )
        plain = await create_custom_field(domain, COMMAND_LINE, NewCustomField("Desk", CustomFieldKind.TEXT))
        values = {secret.id: "zero", plain.id: "fourth"}
        await update_cardholder(domain, COMMAND_LINE, ada, {"phone": "123-456", "custom_fields": values})
        stranger = only(Permission.CARDHOLDER_VIEW, Permission.CARDHOLDER_WRITE)
        friend = only(Permission.CARDHOLDER_VIEW, Permission.CARDHOLDER_WRITE, Permission.PERSONAL_VIEW)
        for word, personal in (("example.org", True), ("123-456", True), ("zero", True), ("fourth", False)):
            assert len(await found(friend, word)) == 1
            assert len(await found(stranger, word)) == (0 if personal else 1)
        for word in ("love", "ada", "e-1"):
            assert len(await found(stranger, word)) == 1
        assert [row.value for row in (await custom_values_of(stranger, [ada]))[ada]] == ["fourth"]
        assert len((await custom_values_of(friend, [ada]))[ada]) == 2
        for change in ({"email": ""}, {"phone": "1"}, {"notes": "x"}, {"custom_fields": {secret.id: "A"}}):
            with pytest.raises(NotPermitted):
                await update_cardholder(domain, stranger, ada, change)  # type: ignore[arg-type]
        await update_cardholder(domain, stranger, ada, {"custom_fields": {plain.id: "fifth"}})
        await update_cardholder(domain, friend, ada, {"email": "", "custom_fields": {secret.id: "A"}})


async def test_who_may_not_manage_pins_does_not_learn_that_there_is_one(database_url: str) -> None:
    async with open_world(database_url) as world:
        two = await make_two_places(world)
        ada = two.site.ada.id
        pin = await create_pin(world.domain, COMMAND_LINE, NewPin(ada, "3917"))
        stranger = only(Permission.CARDHOLDER_VIEW, Permission.CREDENTIAL_WRITE)
        assert [row.kind.value for row in (await credentials_of(stranger, [ada]))[ada]] == ["card"]
        with pytest.raises(NotFound):
            await delete_credential(world.domain, stranger, pin.id)
        manager = only(Permission.CARDHOLDER_VIEW, Permission.CREDENTIAL_WRITE, Permission.PIN_MANAGE)
        assert len((await credentials_of(manager, [ada]))[ada]) == 2
        await delete_credential(world.domain, manager, pin.id)


async def test_a_pin_is_not_found_by_its_id_either(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = (await make_two_places(world)).site
        pin = await create_pin(world.domain, COMMAND_LINE, NewPin(site.ada.id, "3917"))
        stranger = only(Permission.CARDHOLDER_VIEW, Permission.CREDENTIAL_WRITE)
        by_id = PageRequest(first=2, ids=(pin.id, site.card.id))
        assert await credential_by_id(stranger, pin.id) is None
        assert [row.id for row in (await credentials_by_id(stranger, by_id)).rows] == [site.card.id]
        manager = only(Permission.CARDHOLDER_VIEW, Permission.PIN_MANAGE)
        assert len((await credentials_by_id(manager, by_id)).rows) == 2


async def test_whose_card_has_a_number_is_not_found_out_by_giving_it_to_others(database_url: str) -> None:
    """Nor by an import that is tried only, which would ask thousands of numbers at once."""
    async with open_world(database_url) as world:
        site = (await make_two_places(world)).site
        grace = await create_cardholder(world.domain, COMMAND_LINE, NewCardholder("E-9", "Grace", "Hopper"))
        sees = (Permission.CARDHOLDER_VIEW, Permission.CREDENTIAL_WRITE)
        with pytest.raises(Conflict, match="belongs to somebody else"):
            await create_card(world.domain, only(*sees), NewCard(grace.id, 17, 1042))
        with pytest.raises(Conflict, match=f"belongs to {site.ada.display_name}"):
            await create_card(world.domain, only(*sees, Permission.CARD_NUMBER_VIEW), NewCard(grace.id, 17, 1042))
