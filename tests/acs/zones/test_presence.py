"""Who is where: noted from entries, counted through nested zones, corrected by hand, and forgiven."""

from datetime import datetime, timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.policy import Side
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.events.operations import store_records
from doorward.acs.identity import new_id
from doorward.acs.messages import JournalRecord
from doorward.acs.paging import PageRequest
from doorward.acs.people.operations import NewCardholder, create_cardholder
from doorward.acs.people.policy import cardholder_policies
from doorward.acs.zones.models import Presence
from doorward.acs.zones.operations import create_zone
from doorward.acs.zones.policy import zone_policies
from doorward.acs.zones.presence_operations import forgive_cardholder, forgive_everybody, forgive_zone, set_presence
from doorward.acs.zones.queries import occupancy, page_occupants, where_is
from tests.world import START, World, make_site, open_world, user

pytestmark = pytest.mark.anyio


async def enter(world: World, cardholder_id: str, zone_id: str | None, at: datetime) -> None:
    """A controller reports that somebody went there."""
    sequence = 1 + (await Event.filter(controller_id=world.controller.id).count())
    record = JournalRecord(
        sequence=sequence,
        boot_id="boot",
        at=at,
        monotonic_ms=sequence,
        type=EventType.ACCESS_ENTERED,
        correlation=new_id(),
        door_id="door",
        side=Side.A,
        cardholder_id=cardholder_id,
        data={"zone": zone_id, "left": []},
    )
    await store_records(world.domain, world.controller.id, [record])


async def person(world: World, name: str) -> str:
    return (await create_cardholder(world.domain, COMMAND_LINE, NewCardholder(name, name, "Person"))).id


async def make_zone(world: World, name: str, parent_id: str | None = None) -> str:
    return (await create_zone(world.domain, COMMAND_LINE, name, {"parent_id": parent_id})).id


async def test_an_entry_moves_its_cardholder_and_names_door_and_event(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada, hall = await person(world, "Ada"), await make_zone(world, "Hall")
        assert await where_is(COMMAND_LINE, ada) is None
        await enter(world, ada, hall, START)
        found, event = await where_is(COMMAND_LINE, ada), await Event.get(type=EventType.ACCESS_ENTERED)
        assert found is not None
        assert (found.zone_id, found.since, found.door_id, found.event_id) == (hall, START, "door", event.id)
        assert event.zone_id == hall
        await enter(world, ada, None, START + timedelta(minutes=1))
        found = await where_is(COMMAND_LINE, ada)
        assert found is not None
        assert found.zone_id is None
        assert await Presence.all().count() == 1


async def test_an_entry_that_is_delivered_late_moves_nobody_back(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada, hall, lab = await person(world, "Ada"), await make_zone(world, "Hall"), await make_zone(world, "Lab")
        await enter(world, ada, lab, START)
        await enter(world, ada, hall, START - timedelta(minutes=5))
        assert (await Presence.get()).zone_id == lab
        await enter(world, ada, hall, START + timedelta(minutes=5))
        assert (await Presence.get()).zone_id == hall


async def test_an_entry_of_somebody_or_into_a_zone_that_is_gone_is_stored_and_moves_nobody(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada = await person(world, "Ada")
        await enter(world, ada, "gone", START)
        await enter(world, "gone", None, START)
        assert not await Presence.exists()
        assert await Event.filter(type=EventType.ACCESS_ENTERED).count() == 2


async def test_people_in_an_inner_zone_count_in_the_outer_ones(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_zone(world, "Site")
        hall = await make_zone(world, "Hall", site)
        lab = await make_zone(world, "Lab", hall)
        for name, zone in (("Ada", lab), ("Bob", hall), ("Cleo", hall), ("Dan", None)):
            await enter(world, await person(world, name), zone, START)
        assert await occupancy(COMMAND_LINE) == {site: 3, hall: 3, lab: 1}
        assert await occupancy(COMMAND_LINE, [lab, "nowhere"]) == {lab: 1}


async def test_occupants_come_by_name_in_pages_of_both_directions(database_url: str) -> None:
    async with open_world(database_url) as world:
        hall = await make_zone(world, "Hall")
        lab = await make_zone(world, "Lab", hall)
        for name, zone in (("Cleo", hall), ("Ada", lab), ("Bob", hall), ("Dan", None)):
            await enter(world, await person(world, name), zone, START)
        first = await page_occupants(COMMAND_LINE, hall, PageRequest(first=2))
        assert [row.cardholder.first_name for row in first.rows] == ["Ada", "Bob"]
        assert first.has_next
        after = first.cursors[-1]
        rest = await page_occupants(COMMAND_LINE, hall, PageRequest(first=2, after=after))
        assert [row.cardholder.first_name for row in rest.rows] == ["Cleo"]
        back = await page_occupants(COMMAND_LINE, hall, PageRequest(last=1, before=after))
        assert [row.cardholder.first_name for row in back.rows] == ["Ada"]
        assert (await page_occupants(COMMAND_LINE, lab, PageRequest(first=9))).rows[0].zone_id == lab


async def test_an_operator_says_where_somebody_is_with_a_reason_and_it_is_audited(database_url: str) -> None:
    async with open_world(database_url) as world:
        ada, hall = await person(world, "Ada"), await make_zone(world, "Hall")
        operator = user(Role.OPERATOR)
        await enter(world, ada, hall, START)
        world.clock.advance(timedelta(hours=1))
        with pytest.raises(ValidationFailed):
            await set_presence(world.domain, operator, ada, None, " ")
        with pytest.raises(NotFound):
            await set_presence(world.domain, operator, ada, "nowhere", "seen")
        await set_presence(world.domain, operator, ada, None, "Seen in the street")
        found = await Presence.get()
        assert (found.zone_id, found.since, found.door_id) == (None, world.clock(), None)
        event = await Event.get(type=EventType.PRESENCE_SET)
        assert (event.data["before"], event.data["after"]["reason"]) == (
            {"zone": "Hall", "reason": None},
            "Seen in the street",
        )
        assert event.cardholder_name == "Ada Person"
        await enter(world, ada, hall, START)
        assert (await Presence.get()).zone_id is None


async def test_one_cardholder_is_forgiven_again_and_again(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        for _ in range(2):
            world.clock.advance(timedelta(minutes=1))
            await forgive_cardholder(world.domain, user(Role.OPERATOR), site.ada.id, "Tailgated out")
        assert [one.forgiven_at for one in await cardholder_policies([site.ada.id])] == [world.clock()]
        event = await Event.filter(type=EventType.PASSBACK_FORGIVEN).first()
        assert event is not None
        assert event.data["after"] == {"whom": "cardholder", "reason": "Tailgated out"}
        assert event.cardholder_id == site.ada.id


async def test_a_zone_s_everybody_and_everybody_everywhere_are_forgiven(database_url: str) -> None:
    async with open_world(database_url) as world:
        hall, lab = await make_zone(world, "Hall"), await make_zone(world, "Lab")
        await forgive_zone(world.domain, COMMAND_LINE, hall, "Fire drill")
        assert {zone.id: zone.forgiven_at for zone in await zone_policies()} == {hall: START, lab: None}
        world.clock.advance(timedelta(minutes=1))
        await forgive_everybody(world.domain, COMMAND_LINE, "Fire drill")
        assert {zone.forgiven_at for zone in await zone_policies()} == {world.clock()}
        with pytest.raises(NotFound):
            await forgive_zone(world.domain, COMMAND_LINE, "nowhere", "")
