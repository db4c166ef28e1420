"""Cardholders: their traits, hosts and visitors, what is refused, and what going away takes with it."""

import asyncio
from datetime import timedelta
from typing import cast

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.credentials.models import Credential
from doorward.acs.decision.policy import CardholderPolicy
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.operation import Work
from doorward.acs.people.models import Cardholder, GroupMember
from doorward.acs.people.operations import (
    CardholderChanges,
    NewCardholder,
    create_cardholder,
    delete_cardholder,
    set_photo,
    update_cardholder,
)
from doorward.acs.people.photo import EncodedPhoto
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.people.uses import BEFORE_CARDHOLDER_DELETED
from doorward.acs.site.models import Site
from tests.world import START, World, make_site, open_world, user

pytestmark = pytest.mark.anyio


async def person(world: World, number: str, **details: object) -> Cardholder:
    given = NewCardholder(number, f"First{number}", f"Last{number}", **details)  # type: ignore[arg-type]
    return await create_cardholder(world.domain, COMMAND_LINE, given)


async def change(world: World, cardholder: Cardholder, **changes: object) -> Cardholder:
    return await update_cardholder(world.domain, COMMAND_LINE, cardholder.id, cast(CardholderChanges, changes))


async def policy_version() -> int:
    site: Site = await Site.get()
    return int(site.policy_version)


@pytest.mark.parametrize(
    "trait", ["long_access", "double_swipe", "exempt_lockdown", "exempt_antipassback", "escort_required", "visitor"]
)
async def test_each_trait_is_stored_audited_and_reaches_the_controllers(database_url: str, trait: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        version = await policy_version()
        await change(world, ada, **{trait: True})
        assert getattr(await Cardholder.get(id=ada.id), trait) is True
        (policy,) = await cardholder_policies()
        assert [name for name in CardholderPolicy.__struct_fields__ if getattr(policy, name) is True] == [trait]
        event = await Event.get(type=EventType.CARDHOLDER_UPDATED)
        assert (event.data["before"], event.data["after"]) == ({trait: False}, {trait: True})
        assert await policy_version() == version + 1


async def test_a_change_that_no_door_cares_about_leaves_the_policy_as_it_is(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        version = await policy_version()
        changed = await change(
            world, ada, email="ada@example.org", phone="+44 20 7946-0000", notes="a\r\nb", is_global=True
        )
        assert (changed.notes, changed.version) == ("a\nb", 2)
        assert await policy_version() == version
        event = await Event.get(type=EventType.CARDHOLDER_UPDATED)
        assert set(event.data["after"]) == {"email", "phone", "notes", "is_global"}


async def test_suspending_and_resuming_are_changes_by_somebody(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        for suspended in (True, False):
            await update_cardholder(world.domain, user(Role.OPERATOR), ada.id, {"suspended": suspended})
        events = await Event.filter(type=EventType.CARDHOLDER_UPDATED).order_by("position")
        assert [(event.user_name, event.data["after"]) for event in events] == [
            ("Operator", {"suspended": True}),
            ("Operator", {"suspended": False}),
        ]


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"phone": "call me"}, "phone"),
        ({"phone": "1" * 33}, "phone"),
        ({"notes": "x" * 2001}, "notes"),
        ({"notes": "bell \a"}, "notes"),
        ({"host_id": "anybody"}, "hostId"),
        ({"valid_from": START, "valid_to": START}, "validTo"),
        ({"valid_from": START.replace(tzinfo=None)}, "validFrom"),
    ],
)
async def test_bad_changes_are_refused_by_name_and_change_nothing(
    database_url: str, changes: dict[str, object], field: str
) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        with pytest.raises(ValidationFailed) as caught:
            await change(world, ada, last_name="Changed", **changes)
        assert caught.value.path == (field,)
        stored = await Cardholder.get(id=ada.id)
        assert (stored.last_name, stored.version) == ("Last1", 1)


async def test_the_number_of_a_cardholder_is_theirs_alone(database_url: str) -> None:
    async with open_world(database_url) as world:
        await person(world, "1")
        other = await person(world, "2")
        with pytest.raises(Conflict, match="has the id 1") as caught:
            await change(world, other, number=" 1 ")
        assert caught.value.path == ("number",)


async def test_a_visitor_has_a_host_whom_the_audit_names(database_url: str) -> None:
    async with open_world(database_url) as world:
        host = await person(world, "1")
        visitor = await person(world, "2", visitor=True, host_id=host.id, escort_required=True)
        policies = {policy.id: policy for policy in await cardholder_policies()}
        assert policies[visitor.id].host_id == host.id
        created = await Event.get(cardholder_id=visitor.id, type=EventType.CARDHOLDER_CREATED)
        assert created.data["after"]["host"] == "First1 Last1"
        no_visitor = await change(world, visitor, visitor=False)
        assert no_visitor.host_id is None


async def test_hosts_are_other_cardholders_and_no_visitors(database_url: str) -> None:
    async with open_world(database_url) as world:
        host = await person(world, "1")
        visitor = await person(world, "2", visitor=True)
        await change(world, visitor, host_id=host.id)
        second = await person(world, "3", visitor=True)
        for host_id, error, words in (
            (second.id, ValidationFailed, "own host"),
            (visitor.id, ValidationFailed, "First2 Last2 is a visitor"),
            ("gone", NotFound, "no such cardholder"),
        ):
            with pytest.raises(error, match=words) as caught:
                await change(world, second, host_id=host_id)
            assert caught.value.path == ("hostId",)
        with pytest.raises(ValidationFailed, match="host of First2 Last2"):
            await change(world, host, visitor=True)
        with pytest.raises(ValidationFailed, match="Only a visitor"):
            await change(world, await person(world, "4"), host_id=host.id)


async def test_a_deleted_cardholder_takes_cards_and_memberships_along_but_not_the_past(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await delete_cardholder(world.domain, user(Role.OPERATOR), site.ada.id, 1)
        assert not await Cardholder.exists()
        assert not await Credential.exists()
        assert not await GroupMember.exists()
        event = await Event.get(type=EventType.CARDHOLDER_DELETED)
        assert (event.cardholder_name, event.data["before"]["credentials"]) == ("Ada Lovelace", ["Card"])
        assert event.data["before"]["groups"] == ["Staff"]
        past = await Event.get(type=EventType.CARDHOLDER_CREATED)
        assert (past.cardholder_id, past.cardholder_name) == (site.ada.id, "Ada Lovelace")
        assert await cardholder_policies() == ()


async def test_a_host_is_not_deleted_while_visitors_depend_on_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        host = await person(world, "1")
        visitors = [await person(world, str(number), visitor=True, host_id=host.id) for number in range(2, 9)]
        with pytest.raises(Conflict, match=r"First2 Last2, .* and 2 more"):
            await delete_cardholder(world.domain, COMMAND_LINE, host.id)
        for visitor in visitors:
            await delete_cardholder(world.domain, COMMAND_LINE, visitor.id)
        await delete_cardholder(world.domain, COMMAND_LINE, host.id)


async def test_an_outdated_version_deletes_nobody(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        await change(world, ada, notes="new")
        with pytest.raises(Conflict, match="Somebody else"):
            await delete_cardholder(world.domain, COMMAND_LINE, ada.id, 1)
        assert await Cardholder.exists()


async def test_other_areas_have_their_say_before_a_cardholder_goes(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(work: Work, cardholder_id: str) -> None:
        raise Conflict("The key cabinet still has their key.", "id")

    async with open_world(database_url) as world:
        site = await make_site(world)
        monkeypatch.setattr("doorward.acs.people.operations.BEFORE_CARDHOLDER_DELETED", [refuse])
        with pytest.raises(Conflict, match="key cabinet"):
            await delete_cardholder(world.domain, COMMAND_LINE, site.ada.id)
        assert await Credential.exists()
        assert refuse not in BEFORE_CARDHOLDER_DELETED


async def test_a_photo_is_set_replaced_and_removed_each_time_on_the_record(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        first, second = EncodedPhoto("a" * 64, b"one"), EncodedPhoto("b" * 64, b"two")
        for photo in (first, first, second, None):
            await set_photo(world.domain, COMMAND_LINE, ada.id, photo)
        events = await Event.filter(type=EventType.CARDHOLDER_PHOTO_CHANGED).order_by("position")
        assert [event.data["after"]["photo"] for event in events] == [first.id, second.id, None]
        stored = await Cardholder.get(id=ada.id)
        assert (stored.photo_id, stored.version) == (None, 4)
        with pytest.raises(Conflict):
            await set_photo(world.domain, COMMAND_LINE, ada.id, first, expected_version=3)


async def test_validity_reaches_the_controllers_in_utc(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1", valid_from=START, valid_to=START + timedelta(days=1))
        (policy,) = await cardholder_policies([ada.id])
        assert (policy.valid_from, policy.valid_to) == (START, START + timedelta(days=1))
        assert policy.valid_from is not None
        assert policy.valid_from.utcoffset() == timedelta(0)


async def test_of_two_who_take_the_same_number_at_once_one_is_told(database_url: str) -> None:
    async with open_world(database_url) as world:
        results = await asyncio.gather(*(person(world, "7") for _ in range(4)), return_exceptions=True)
        refused = [result for result in results if isinstance(result, Conflict)]
        assert [error.path for error in refused] == [("number",)] * 3
        assert await Cardholder.all().count() == 1


async def test_of_two_who_change_the_same_version_at_once_one_is_told(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "1")
        results = await asyncio.gather(
            *(
                update_cardholder(world.domain, COMMAND_LINE, ada.id, {"notes": notes}, expected_version=1)
                for notes in "abc"
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(result, Conflict) for result in results) == 2
        assert (await Cardholder.get(id=ada.id)).version == 2
