"""Zones: what may be made of them, what is refused and why, and what controllers learn of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import AntiPassback, BorderPolicy, Side, WhenIsolated, ZonePolicy
from doorward.acs.doors.models import Controller, Door
from doorward.acs.doors.operations import NewDoor, NewReader, create_door, create_reader
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.identity import new_id
from doorward.acs.operation import Work
from doorward.acs.policy_part import PolicyPart
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.zones import queries
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.models import AntiPassbackMode, Presence, ZoneDoor
from doorward.acs.zones.operations import create_zone, delete_zone, set_zone_doors, update_zone
from doorward.acs.zones.policy import border_policies, zone_policies
from doorward.acs.zones.queries import door_uses, list_zones, zones_entered
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> set[tuple[PolicyPart, str]]:
    """What operations tell the policy; clear it to begin anew."""
    told: set[tuple[PolicyPart, str]] = set()
    original = Work.changed

    def note(work: Work, part: PolicyPart, *ids: str) -> None:
        told.update((part, entity_id) for entity_id in ids)
        original(work, part, *ids)

    monkeypatch.setattr(Work, "changed", note)
    return told


async def make_door(world: World, name: str, *readers: Side, controller_id: str | None = None) -> Door:
    door = await create_door(world.domain, COMMAND_LINE, NewDoor(name, controller_id or world.controller.id))
    for side in readers:
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, side, f"{name} {side}"))
    return door


async def make_zone(world: World, name: str, *doors: GivenDoor, **settings: Any) -> str:
    zone = await create_zone(world.domain, COMMAND_LINE, name, settings, doors)  # type: ignore[arg-type]
    return zone.id


async def last(event_type: EventType) -> Event:
    found = await Event.filter(type=event_type).order_by("-position").first()
    assert found is not None
    return found


async def test_a_zone_keeps_its_settings_and_controllers_get_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        gate = await make_door(world, "Gate", Side.A, Side.B)
        building = await make_zone(world, "Building")
        lab = await make_zone(
            world,
            "Lab",
            GivenDoor(gate.id, Side.B),
            parent_id=building,
            anti_passback=AntiPassbackMode.HARD,
            timeout_s=600,
            check_exit=True,
            forgive_at="03:30",
            min_occupancy=2,
            max_occupancy=12,
            muster=True,
            when_isolated=WhenIsolated.DENY,
        )
        assert await zone_policies([lab]) == (
            ZonePolicy(
                id=lab,
                name="Lab",
                parent=building,
                anti_passback=AntiPassback(True, 600, True, 210),
                min_occupancy=2,
                max_occupancy=12,
                muster=True,
                when_isolated=WhenIsolated.DENY,
            ),
        )
        assert [zone.name for zone in await zone_policies()] == ["Building", "Lab"]
        assert (await zone_policies([building]))[0].anti_passback is None
        assert await border_policies([f"{lab}/{gate.id}"]) == (BorderPolicy(lab, gate.id, Side.B),)
        assert await border_policies() == await border_policies([f"{lab}/{gate.id}", "no/such"])
        assert await border_policies([f"{lab}/other"]) == ()


@pytest.mark.parametrize(
    "settings, path, words",
    [
        ({"timeout_s": -1}, "timeout", "between 0 and"),
        ({"forgive_at": "24:00"}, "forgiveAt", "HH:MM"),
        ({"min_occupancy": 3, "max_occupancy": 2}, "maxOccupancy", "nobody could ever enter"),
        ({"max_occupancy": 0}, "maxOccupancy", "between 1"),
        ({"parent_id": "nowhere"}, "parentId", "no such parentId"),
    ],
)
async def test_impossible_settings_are_refused_with_what_would_do(
    database_url: str, settings: dict[str, Any], path: str, words: str
) -> None:
    async with open_world(database_url) as world:
        with pytest.raises((ValidationFailed, NotFound), match=words) as caught:
            await make_zone(world, "Lab", **settings)
        assert caught.value.path == (path,)


async def test_a_zone_cannot_be_put_into_itself_by_a_detour(database_url: str) -> None:
    async with open_world(database_url) as world:
        outer = await make_zone(world, "Outer")
        inner = await make_zone(world, "Inner", parent_id=outer)
        with pytest.raises(ValidationFailed, match="within itself"):
            await update_zone(world.domain, COMMAND_LINE, outer, {"parent_id": inner})


async def test_a_door_that_cannot_lie_so_is_refused_by_name_and_nothing_changes(database_url: str) -> None:
    async with open_world(database_url) as world:
        gate = await make_door(world, "Gate")
        hall = await make_zone(world, "Hall", GivenDoor(gate.id))
        for name, door, words in (
            ("Twin", GivenDoor(gate.id), "Gate: From side A this door would enter Hall and Twin"),
            ("Inner", GivenDoor(gate.id, None), "Gate: An internal door belongs to one zone only"),
        ):
            with pytest.raises(Conflict, match=words):
                await make_zone(world, name, door)
        yard = await make_zone(world, "Yard", GivenDoor(gate.id, Side.B))
        with pytest.raises(Conflict, match="borders two zones at most"):
            await make_zone(world, "Third", GivenDoor(gate.id))
        with pytest.raises(NotFound):
            await set_zone_doors(world.domain, COMMAND_LINE, hall, [GivenDoor("nowhere")])
        with pytest.raises(ValidationFailed, match="once only"):
            await set_zone_doors(world.domain, COMMAND_LINE, hall, [GivenDoor(gate.id), GivenDoor(gate.id)])
        assert {(row.zone_id, row.enter_side) for row in await ZoneDoor.all()} == {(hall, Side.A), (yard, Side.B)}


async def test_hard_anti_passback_without_timeout_needs_readers_on_both_sides_and_names_where_not(
    database_url: str,
) -> None:
    async with open_world(database_url) as world:
        gate = await make_door(world, "Gate", Side.A, Side.B)
        dock = await make_door(world, "Dock", Side.A)
        store = await make_door(world, "Store", Side.A)
        zone = await make_zone(
            world, "Hall", GivenDoor(gate.id), GivenDoor(store.id, None), anti_passback=AntiPassbackMode.HARD
        )
        change = world.domain, COMMAND_LINE, zone
        with pytest.raises(ValidationFailed, match="missing at: Dock"):
            await set_zone_doors(*change, [GivenDoor(gate.id), GivenDoor(dock.id)])
        await update_zone(*change, {"timeout_s": 60}, [GivenDoor(gate.id), GivenDoor(dock.id)])
        with pytest.raises(ValidationFailed, match="missing at: Dock"):
            await update_zone(*change, {"timeout_s": 0})
        await update_zone(*change, {"timeout_s": 0, "anti_passback": AntiPassbackMode.SOFT})
        await create_reader(world.domain, COMMAND_LINE, NewReader(dock.id, Side.B, "Dock out"))
        await update_zone(*change, {"anti_passback": AntiPassbackMode.HARD})


async def test_anti_passback_warns_of_perimeter_doors_without_a_position_sensor(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_world(database_url) as world:
        gate, store = await make_door(world, "Gate"), await make_door(world, "Store")
        zone = await make_zone(world, "Hall", GivenDoor(gate.id), GivenDoor(store.id, None))

        async def none_of_them(_: object) -> frozenset[str]:
            return frozenset()

        monkeypatch.setattr(queries, "doors_with_position", none_of_them)
        assert (await list_zones(COMMAND_LINE))[0].without_position == frozenset()
        await update_zone(world.domain, COMMAND_LINE, zone, {"anti_passback": AntiPassbackMode.SOFT})
        assert (await list_zones(COMMAND_LINE))[0].without_position == {gate.id}


async def test_a_zone_is_shared_when_its_perimeter_hangs_on_several_controllers(database_url: str) -> None:
    async with open_world(database_url) as world:
        far = await Controller.create(id=new_id(), name="Far")
        gate = await make_door(world, "Gate")
        dock = await make_door(world, "Dock", controller_id=far.id)
        zone = await make_zone(world, "Hall", GivenDoor(gate.id), GivenDoor(dock.id, None))
        assert not (await zone_policies())[0].shared
        await set_zone_doors(world.domain, COMMAND_LINE, zone, [GivenDoor(gate.id), GivenDoor(dock.id)])
        assert (await zone_policies())[0].shared
        assert (await list_zones(COMMAND_LINE))[0].shared


async def test_a_change_is_audited_with_before_and_after_and_versions_count(database_url: str) -> None:
    async with open_world(database_url) as world:
        gate = await make_door(world, "Gate")
        zone = await make_zone(world, "Hall")
        changes = {"name": "Main hall", "max_occupancy": 9}
        row = await update_zone(world.domain, COMMAND_LINE, zone, changes, [GivenDoor(gate.id)], 1)  # type: ignore[arg-type]
        assert row.version == 2
        event = await last(EventType.ZONE_UPDATED)
        assert event.zone_id == zone
        assert event.data["before"] == {"name": "Hall", "max_occupancy": None, "doors": {}}
        assert event.data["after"] == {"name": "Main hall", "max_occupancy": 9, "doors": {"Gate": "entered from A"}}
        with pytest.raises(Conflict, match="Load it again"):
            await update_zone(world.domain, COMMAND_LINE, zone, {"muster": True}, expected_version=1)
        await update_zone(world.domain, COMMAND_LINE, zone, {"name": "Main hall"})
        assert await Event.filter(type=EventType.ZONE_UPDATED).count() == 1


async def test_a_zone_in_use_is_not_deleted_and_says_by_what(database_url: str) -> None:
    async with open_world(database_url) as world:
        gate = await make_door(world, "Gate")
        outer = await make_zone(world, "Outer")
        inner = await make_zone(world, "Inner", GivenDoor(gate.id), parent_id=outer)
        with pytest.raises(Conflict, match="Outer contains Inner"):
            await delete_zone(world.domain, COMMAND_LINE, outer)
        await create_access_rule(world.domain, COMMAND_LINE, "Night shift", zone_ids=[inner])
        with pytest.raises(Conflict, match="Night shift"):
            await delete_zone(world.domain, COMMAND_LINE, inner)
        assert [use.name for use in await door_uses([gate.id])] == ["Inner"]


async def test_deleting_a_zone_frees_its_doors_and_leaves_its_people_in_the_zone_around_it(
    database_url: str, changed: set[tuple[PolicyPart, str]]
) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        outer = await make_zone(world, "Outer")
        gate = await make_door(world, "Gate")
        inner = await make_zone(world, "Inner", GivenDoor(gate.id), parent_id=outer)
        await Presence.create(cardholder_id=site.ada.id, zone_id=inner, since=world.clock() - timedelta(hours=1))
        changed.clear()
        await delete_zone(world.domain, COMMAND_LINE, inner)
        assert (await Presence.get()).zone_id == outer
        assert not await ZoneDoor.filter(door_id=gate.id).exists()
        assert {(PolicyPart.ZONE, inner), (PolicyPart.BORDER, f"{inner}/{gate.id}")} <= changed
        assert (await last(EventType.ZONE_DELETED)).data["before"]["name"] == "Inner"


async def test_rules_that_name_a_zone_change_with_its_doors_and_with_what_contains_it(
    database_url: str, changed: set[tuple[PolicyPart, str]]
) -> None:
    async with open_world(database_url) as world:
        gate = await make_door(world, "Gate")
        hall = await make_zone(world, "Hall")
        lab = await make_zone(world, "Lab", GivenDoor(gate.id))
        rules = {
            zone: (await create_access_rule(world.domain, COMMAND_LINE, f"Into {zone}", zone_ids=[zone])).id
            for zone in (hall, lab)
        }
        run = world.domain, COMMAND_LINE

        def marked() -> set[str]:
            found = {entity for part, entity in changed if part is PolicyPart.RULE}
            changed.clear()
            return found

        marked()
        # The door gets a neighbour: whoever may be in the lab may no longer leave by it.
        await set_zone_doors(*run, hall, [GivenDoor(gate.id, Side.B)])
        assert marked() == {rules[hall], rules[lab]}
        # The neighbour contains the lab: they may again.
        await update_zone(*run, lab, {"parent_id": hall})
        assert marked() == {rules[lab]}
        await update_zone(*run, lab, {"muster": True})
        assert marked() == set()


async def test_a_reader_that_enters_a_zone_makes_the_door_border_it(
    database_url: str, changed: set[tuple[PolicyPart, str]]
) -> None:
    async with open_world(database_url) as world:
        zone = await make_zone(world, "Hall")
        rule = await create_access_rule(world.domain, COMMAND_LINE, "Into the hall", zone_ids=[zone])
        door = await make_door(world, "Gate")
        changed.clear()
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.B, "In", zone))
        assert {place: row.id for place, row in (await zones_entered([door.id])).items()} == {(door.id, Side.B): zone}
        assert {
            (PolicyPart.ZONE, zone),
            (PolicyPart.BORDER, f"{zone}/{door.id}"),
            (PolicyPart.RULE, rule.id),
        } <= changed
        other = await make_zone(world, "Yard")
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "Out", other))
        assert (await zones_entered([door.id]))[(door.id, Side.A)].id == other


async def test_a_first_reader_cannot_open_a_way_into_a_zone_that_needs_two(database_url: str) -> None:
    async with open_world(database_url) as world:
        zone = await make_zone(world, "Vault", anti_passback=AntiPassbackMode.HARD)
        door = await make_door(world, "Gate")
        with pytest.raises(ValidationFailed, match="missing at: Gate"):
            await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "In", zone))
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.B, "Out"))
        await create_reader(world.domain, COMMAND_LINE, NewReader(door.id, Side.A, "In", zone))


async def test_two_who_put_one_door_into_zones_at_once_do_not_break_the_rule(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await make_door(world, "Gate")
        results = await asyncio.gather(
            *(make_zone(world, name, GivenDoor(door.id)) for name in ("One", "Two", "Three")), return_exceptions=True
        )
        assert sorted(isinstance(result, Conflict) for result in results) == [False, True, True]
        assert await ZoneDoor.all().count() == 1
