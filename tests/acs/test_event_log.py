"""The event log: exactly-once storage, order, names of the moment, bookmarks, and who may read what."""

from datetime import timedelta

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.cameras.live import Wanted
from doorward.acs.cameras.models import Bookmark
from doorward.acs.decision.policy import Side
from doorward.acs.events.catalogue import CATALOGUE, Category, EventType
from doorward.acs.events.models import Event
from doorward.acs.events.operations import JournalGap, store_records, stored_sequence
from doorward.acs.events.queries import EventFilter, event_by_id, events_between, newest_position
from doorward.acs.identity import new_id
from doorward.acs.messages import JournalRecord
from doorward.acs.people.operations import update_cardholder
from tests.world import START, Site, World, make_site, open_world, user

pytestmark = pytest.mark.anyio


def granted(site: Site, sequence: int, event_type: EventType = EventType.ACCESS_GRANTED) -> JournalRecord:
    return JournalRecord(
        sequence=sequence,
        boot_id="boot",
        at=START + timedelta(seconds=sequence),
        monotonic_ms=sequence,
        type=event_type,
        correlation=new_id(),
        reason="granted",
        door_id=site.door.id,
        side=Side.A,
        reader_id=site.reader_a.id,
        cardholder_id=site.ada.id,
        credential_id=site.card.id,
    )


async def stored(world: World) -> list[int | None]:
    rows = await Event.filter(controller_id=world.controller.id).order_by("position")
    return [row.sequence for row in rows]


async def test_a_batch_sent_again_is_stored_once(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        batch = [granted(site, number) for number in (1, 2, 3)]
        assert (await store_records(world.domain, world.controller.id, batch)).upto == 3
        assert (await store_records(world.domain, world.controller.id, batch)).upto == 3
        overlap = [granted(site, number) for number in (3, 4)]
        assert (await store_records(world.domain, world.controller.id, overlap)).upto == 4
        assert await stored(world) == [1, 2, 3, 4]
        assert await stored_sequence(world.controller.id) == 4


@pytest.mark.parametrize("numbers", [[2], [1, 3], [2, 1]])
async def test_a_batch_with_a_gap_is_refused_whole(database_url: str, numbers: list[int]) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        with pytest.raises(JournalGap):
            await store_records(world.domain, world.controller.id, [granted(site, number) for number in numbers])
        assert await stored(world) == []


async def test_an_old_event_keeps_the_name_of_its_moment(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await store_records(world.domain, world.controller.id, [granted(site, 1)])
        await update_cardholder(world.domain, COMMAND_LINE, site.ada.id, {"last_name": "King"})
        await store_records(world.domain, world.controller.id, [granted(site, 2)])
        rows = await Event.filter(type=EventType.ACCESS_GRANTED).order_by("position")
        assert [row.cardholder_name for row in rows] == ["Ada Lovelace", "Ada King"]
        assert rows[0].door_name == "Main entrance"
        assert rows[0].zone_id == site.zones[0]


async def test_an_access_event_bookmarks_the_cameras_of_its_side_once(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        held: list[Wanted] = []
        world.domain.cameras.hold = held.append
        batch = [granted(site, 1)]
        await store_records(world.domain, world.controller.id, batch)
        await store_records(world.domain, world.controller.id, batch)
        bookmark = await Bookmark.get()
        at = batch[0].at
        assert bookmark.camera_id == site.camera.id
        assert (bookmark.starts_at, bookmark.ends_at) == (
            at - timedelta(seconds=5),
            at + timedelta(seconds=10),
        )
        assert held == [Wanted(site.camera.id, bookmark.starts_at, bookmark.ends_at)]


async def test_the_other_side_has_no_camera_and_a_forced_door_has_every_camera(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        other = JournalRecord(1, "boot", START, 1, EventType.ACCESS_DENIED, new_id(), door_id=site.door.id, side=Side.B)
        forced = JournalRecord(2, "boot", START, 2, EventType.DOOR_FORCED, new_id(), door_id=site.door.id)
        await store_records(world.domain, world.controller.id, [other, forced])
        event = await Event.get(type=EventType.DOOR_FORCED)
        assert [bookmark.event_id for bookmark in await Bookmark.all()] == [event.id]


async def test_readers_of_the_log_wake_only_after_the_commit(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        seen = world.domain.bus.announced
        await store_records(world.domain, world.controller.id, [granted(site, 1)])
        await world.domain.bus.wait(seen)
        assert await newest_position() == (await Event.get(type=EventType.ACCESS_GRANTED)).position


async def test_pages_follow_the_order_of_storage_in_both_directions(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        await store_records(world.domain, world.controller.id, [granted(site, number) for number in range(1, 8)])
        wanted = EventFilter(types=(EventType.ACCESS_GRANTED,))
        first = await events_between(COMMAND_LINE, wanted, limit=3)
        rest = await events_between(COMMAND_LINE, wanted, after=first[-1].position, limit=10)
        newest = await events_between(COMMAND_LINE, wanted, limit=2, newest=True)
        assert [row.sequence for row in first + rest] == list(range(1, 8))
        assert [row.sequence for row in newest] == [6, 7]


async def test_audit_events_are_for_those_who_may_see_the_audit(database_url: str) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        audit = await Event.filter(category=Category.AUDIT).first()
        assert audit is not None
        administrator, viewer = user(Role.ADMINISTRATOR), user(Role.OPERATOR)
        assert await event_by_id(administrator, audit.id) is not None
        assert await event_by_id(viewer, audit.id) is None
        wanted = EventFilter(categories=(Category.AUDIT,))
        assert await events_between(administrator, wanted, limit=1)
        assert not await events_between(viewer, wanted, limit=1)


def test_every_event_that_is_cleared_names_a_declared_type() -> None:
    assert set(CATALOGUE) == set(EventType)
    for event_type, declared in CATALOGUE.items():
        assert (declared.category is Category.AUDIT) == event_type.value.startswith("audit.")
