"""Whatever is done to the audit trail behind Doorward's back is found, and nothing else is."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise import connections

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.events.catalogue import Category, EventType
from doorward.acs.events.chain import Fault, FaultKind, Head, Verified, _digest, _plain, verify
from doorward.acs.events.log import NewEvent
from doorward.acs.events.models import AuditLink, Event
from doorward.acs.events.operations import record_system_event
from doorward.acs.people.operations import create_group
from doorward.acs.sealing import Sealer
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

DATA = {
    "whole": 1e16, "half": 0.5, "big": 2**60, "tiny": 1e-9, "none": None, "yes": True, "text": "Žluťoučký kůň ✓",
    "z": {"b": [1, 2.0, {"x": []}], "a": -0.0}, "at": "2026-01-02T03:04:05.000006+00:00",
}  # fmt: skip


async def audited(world: World, count: int = 5) -> list[Event]:
    """Some audit events between others, the last with all that JSON can hold."""
    for number in range(count - 1):
        await create_group(world.domain, COMMAND_LINE, f"Group {number}")
        world.clock.advance(timedelta(microseconds=1_234_567))
    moment = datetime(2026, 5, 6, 7, 8, 9, 123_456, tzinfo=UTC)
    await record_system_event(world.domain, NewEvent(EventType.CLOCK_OFF, moment))
    failed = NewEvent(EventType.USER_SIGN_IN_FAILED, moment, user_name="x", data=DATA, trace=[("a", True, "b")])
    await record_system_event(world.domain, failed)
    return await Event.filter(category=Category.AUDIT).order_by("position")


async def found(world: World, expected: Head | None = None) -> tuple[list[Fault], Verified]:
    told = [one async for one in verify(world.domain.sealer, expected)]
    last = told[-1]
    assert isinstance(last, Verified)
    return [one for one in told if isinstance(one, Fault)], last


async def faults(world: World, expected: Head | None = None) -> list[tuple[FaultKind, int]]:
    return [(fault.kind, fault.number) for fault in (await found(world, expected))[0]]


async def execute(sql: str) -> None:
    await connections.get("default").execute_script(sql)


async def test_a_trail_that_nobody_touched_is_sound_and_every_audit_event_is_in_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        none, seen = await found(world)
        assert none == []
        assert seen.links == len(events) == await AuditLink.all().count()
        assert seen.older == 0
        assert await faults(world, seen.head) == []


@pytest.mark.parametrize(
    "change",
    [
        "user_name = 'somebody else'",
        "at = '2020-01-01 00:00:00+00:00'",
        "data = '{}'",
        "type = 'audit.user.created'",
        "type = 'no such type'",
        "door_id = 'elsewhere'",
        "trace = '[]'",
    ],
)
async def test_an_altered_event_is_found(database_url: str, change: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        await execute(f"UPDATE event SET {change} WHERE id = '{events[-1].id}'")  # noqa: S608
        assert await faults(world) == [(FaultKind.ALTERED, len(events))]


async def test_a_removed_event_is_found_with_and_without_its_link(database_url: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        await execute(f"DELETE FROM event WHERE id = '{events[1].id}'")  # noqa: S608
        assert await faults(world) == [(FaultKind.REMOVED, 2)]
        await execute(f"DELETE FROM audit_link WHERE event_id = '{events[1].id}'")  # noqa: S608
        assert (FaultKind.REMOVED, 2) in await faults(world)


async def test_an_event_that_was_slipped_in_is_found(database_url: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        copy = await Event.get(id=events[2].id)
        copy.id, copy._saved_in_db = "slipped-in", False
        await Event.bulk_create([copy])
        assert [kind for kind, _ in await faults(world)] == [FaultKind.UNLINKED]


async def test_events_that_changed_places_are_found(database_url: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        for number, event in ((-1, events[0]), (1, events[1]), (2, events[0])):
            await AuditLink.filter(event_id=event.id).update(number=number)
        assert {kind for kind, _ in await faults(world)} == {FaultKind.ALTERED}


async def test_a_chain_that_was_made_anew_under_another_key_is_found(database_url: str) -> None:
    """As by somebody who can write to the database and knows how it is done, but has no key."""
    async with open_world(database_url) as world:
        events = await audited(world)
        await Event.filter(id=events[0].id).update(user_name="nobody")
        key, before = Sealer(bytes(32)).derive("audit chain"), ""
        for link in await AuditLink.all().order_by("number"):
            link.digest = before = _digest(key, before, link.number, await Event.get(id=link.event_id))
            await link.save()
        assert await faults(world) == [(FaultKind.ALTERED, number) for number in range(1, len(events) + 1)]


async def test_an_end_that_was_cut_off_is_found_by_a_head_that_was_noted(database_url: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        head = (await found(world))[1].head
        await execute(f"DELETE FROM event WHERE id = '{events[-1].id}'")  # noqa: S608
        await execute(f"DELETE FROM audit_link WHERE event_id = '{events[-1].id}'")  # noqa: S608
        assert await faults(world) == [], "the chain alone cannot know"
        assert await faults(world, head) == [(FaultKind.CUT, len(events) - 1)]
        await create_group(world.domain, COMMAND_LINE, "Another in its place")
        assert (FaultKind.CUT, len(events)) in await faults(world, head)


async def test_events_from_before_there_was_a_chain_are_counted_and_no_fault(database_url: str) -> None:
    async with open_world(database_url) as world:
        events = await audited(world)
        await AuditLink.all().delete()
        await create_group(world.domain, COMMAND_LINE, "The first of the chain")
        none, seen = await found(world)
        assert (none, seen.links, seen.older) == ([], 1, len(events))


async def test_many_at_once_are_in_one_chain(database_url: str) -> None:
    async with open_world(database_url) as world:
        await asyncio.gather(*(create_group(world.domain, COMMAND_LINE, f"At once {number}") for number in range(12)))
        none, seen = await found(world)
        assert none == []
        assert seen.links >= 12


def test_a_head_is_read_as_it_is_printed() -> None:
    head = Head(7, "0" * 64)
    assert Head.parse(str(head)) == head
    for bad in ("", "7", "7:", "x:" + "0" * 64, "7:" + "g" * 64):
        with pytest.raises(ValueError, match="A head is a number"):
            Head.parse(bad)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_what_json_makes_of_a_value_is_bound_as_the_value(value: object) -> None:
    assert _plain(json.loads(json.dumps(value))) == _plain(value)
