"""What is used is not deleted: each refusal names its users, through the operations of every area that there is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.credentials.operations import NewCard, NewPin, create_card, create_pin
from doorward.acs.decision.card_format import BitField
from doorward.acs.decision.policy import DoorSide, FirstPersonIn, IdentificationType, Method, Side, TwoPersonRule
from doorward.acs.doors.changes import delete_door, update_door
from doorward.acs.doors.elevators import NewFloor, create_elevator
from doorward.acs.doors.models import Door
from doorward.acs.doors.operations import NewDoor, NewReader, create_door, create_reader
from doorward.acs.doors.readers import delete_reader, update_reader
from doorward.acs.errors import Conflict
from doorward.acs.events.models import Event
from doorward.acs.formats.operations import (
    CardFormatDraft,
    create_card_format,
    delete_card_format,
    set_card_format_active,
    set_reader_formats,
)
from doorward.acs.people.operations import (
    NewCardholder,
    create_cardholder,
    create_group,
    delete_cardholder,
    delete_group,
)
from doorward.acs.profiles.operations import NewProfile, create_profile, delete_profile, update_profile
from doorward.acs.rules.models import AccessRuleCardholder
from doorward.acs.rules.operations import create_access_rule
from doorward.acs.schedules.holiday import by_hand
from doorward.acs.schedules.holiday_operations import create_holiday_calendar, delete_holiday_calendar
from doorward.acs.schedules.operations import create_schedule, delete_schedule
from doorward.acs.schedules.override_operations import create_override_schedule, delete_override_schedule
from doorward.acs.zones.doors import GivenDoor
from doorward.acs.zones.interlock_operations import create_interlock
from doorward.acs.zones.models import AntiPassbackMode
from doorward.acs.zones.operations import create_zone, delete_zone, update_zone
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio

R = TypeVar("R")


@dataclass
class Scene:
    """A site, and what each case needs besides."""

    world: World
    site: Site

    async def do(self, run: Callable[..., Awaitable[R]], *args: object, **options: object) -> R:
        return await run(self.world.domain, COMMAND_LINE, *args, **options)


Delete = Callable[[], Awaitable[object]]
Case = Callable[[Scene], Awaitable[Delete]]


async def schedule_of_an_access_rule(scene: Scene) -> Delete:
    nights = await scene.do(create_schedule, "Nights", [[(0, 60)]] * 7)
    await scene.do(create_access_rule, "User", schedule_ids=[nights.id])
    return lambda: scene.do(delete_schedule, nights.id)


async def schedule_that_unlocks_a_door(scene: Scene) -> Delete:
    nights = await scene.do(create_schedule, "Nights", [[(0, 60)]] * 7)
    await scene.do(create_door, NewDoor("User", scene.world.controller.id, unlock_schedule_ids=(nights.id,)))
    return lambda: scene.do(delete_schedule, nights.id)


async def schedule_of_a_two_person_rule(scene: Scene) -> Delete:
    nights = await scene.do(create_schedule, "Nights", [[(0, 60)]] * 7)
    rule = TwoPersonRule(schedules=(nights.id,))
    await scene.do(create_door, NewDoor("User", scene.world.controller.id, two_person=rule))
    return lambda: scene.do(delete_schedule, nights.id)


async def schedule_of_a_profile(scene: Scene) -> Delete:
    nights = await scene.do(create_schedule, "Nights", [[(0, 60)]] * 7)
    card = (Method((IdentificationType.CARD,), (nights.id,)),)
    await scene.do(create_profile, NewProfile("User", card, card))
    return lambda: scene.do(delete_schedule, nights.id)


async def override_schedule_of_a_schedule(scene: Scene) -> Delete:
    closed = await scene.do(create_override_schedule, "Closed")
    await scene.do(create_schedule, "User", override_schedule_ids=[closed.id])
    return lambda: scene.do(delete_override_schedule, closed.id)


async def calendar_of_an_override_schedule(scene: Scene) -> Delete:
    calendar = await scene.do(create_holiday_calendar, "Holidays", by_hand([]))
    await scene.do(create_override_schedule, "User", calendar_ids=[calendar.id])
    return lambda: scene.do(delete_holiday_calendar, calendar.id)


async def group_of_an_access_rule(scene: Scene) -> Delete:
    group = await scene.do(create_group, "Managers")
    await scene.do(create_access_rule, "User", [group.id])
    return lambda: scene.do(delete_group, group.id)


async def group_of_a_two_person_rule(scene: Scene) -> Delete:
    group = await scene.do(create_group, "Managers")
    rule = TwoPersonRule(groups=(group.id,))
    await scene.do(create_door, NewDoor("User", scene.world.controller.id, two_person=rule))
    return lambda: scene.do(delete_group, group.id)


async def group_whose_members_come_first(scene: Scene) -> Delete:
    group = await scene.do(create_group, "Managers")
    nights = await scene.do(create_schedule, "Nights", [[(0, 60)]] * 7)
    first = {"unlock_schedule_ids": (nights.id,), "first_person": FirstPersonIn((group.id,))}
    await scene.do(create_door, NewDoor("User", scene.world.controller.id, **first))  # type: ignore[arg-type]
    return lambda: scene.do(delete_group, group.id)


async def door_of_an_access_rule(scene: Scene) -> Delete:
    door = await scene.do(create_door, NewDoor("Gate", scene.world.controller.id))
    await scene.do(create_access_rule, "User", door_sides=[DoorSide(door.id, Side.B)])
    return lambda: scene.do(delete_door, door.id)


async def door_of_a_zone(scene: Scene) -> Delete:
    door = await scene.do(create_door, NewDoor("Gate", scene.world.controller.id))
    await scene.do(create_zone, "User", None, [GivenDoor(door.id)])
    return lambda: scene.do(delete_door, door.id)


async def door_inside_a_zone(scene: Scene) -> Delete:
    door = await scene.do(create_door, NewDoor("Gate", scene.world.controller.id))
    await scene.do(create_zone, "User", None, [GivenDoor(door.id, None)])
    return lambda: scene.do(delete_door, door.id)


async def door_of_an_interlock(scene: Scene) -> Delete:
    door = await scene.do(create_door, NewDoor("Gate", scene.world.controller.id))
    await scene.do(create_interlock, "User", [door.id, scene.site.door.id])
    return lambda: scene.do(delete_door, door.id)


async def floor_of_an_elevator_in_an_access_rule(scene: Scene) -> Delete:
    lift = await scene.do(create_elevator, "Lift", scene.world.controller.id, [NewFloor("1")])
    floor = await Door.get(elevator_id=lift.id)
    await scene.do(create_access_rule, "User", door_sides=[DoorSide(floor.id, Side.A)])
    return lambda: scene.do(delete_door, floor.id)


async def zone_of_an_access_rule(scene: Scene) -> Delete:
    zone = await scene.do(create_zone, "Vault")
    await scene.do(create_access_rule, "User", zone_ids=[zone.id])
    return lambda: scene.do(delete_zone, zone.id)


async def zone_around_another(scene: Scene) -> Delete:
    zone = await scene.do(create_zone, "Hall")
    await scene.do(create_zone, "User", {"parent_id": zone.id})
    return lambda: scene.do(delete_zone, zone.id)


async def format_of_a_card(scene: Scene) -> Delete:
    own = await scene.do(create_card_format, CardFormatDraft("Own", 31, BitField(1, 20)))
    owner = await scene.do(create_cardholder, NewCardholder("E-9", "Card", "User"))
    await scene.do(create_card, NewCard(owner.id, None, 7, format=own.format.id))
    return lambda: scene.do(delete_card_format, own.format.id)


async def format_of_a_reader(scene: Scene) -> Delete:
    own = await scene.do(create_card_format, CardFormatDraft("Own", 31, BitField(1, 20)))
    await scene.do(set_card_format_active, own.format.id, True)
    reader = await scene.do(create_reader, NewReader(scene.site.door.id, Side.A, "User"))
    await scene.do(set_reader_formats, reader.id, [own.format.id])
    return lambda: scene.do(delete_card_format, own.format.id)


async def profile_of_a_door(scene: Scene) -> Delete:
    card = (Method((IdentificationType.CARD,), ()),)
    profile = await scene.do(create_profile, NewProfile("Plain", card, card))
    await scene.do(create_door, NewDoor("User", scene.world.controller.id, profile_id=profile.id))
    return lambda: scene.do(delete_profile, profile.id)


async def host_of_a_visitor(scene: Scene) -> Delete:
    ada = scene.site.ada.id
    await scene.do(create_cardholder, NewCardholder("V-1", "A", "User", visitor=True, host_id=ada))
    return lambda: scene.do(delete_cardholder, ada)


CASES: tuple[Case, ...] = (
    schedule_of_an_access_rule,
    schedule_that_unlocks_a_door,
    schedule_of_a_two_person_rule,
    schedule_of_a_profile,
    override_schedule_of_a_schedule,
    calendar_of_an_override_schedule,
    group_of_an_access_rule,
    group_of_a_two_person_rule,
    group_whose_members_come_first,
    door_of_an_access_rule,
    door_of_a_zone,
    door_inside_a_zone,
    door_of_an_interlock,
    floor_of_an_elevator_in_an_access_rule,
    zone_of_an_access_rule,
    zone_around_another,
    format_of_a_card,
    format_of_a_reader,
    profile_of_a_door,
    host_of_a_visitor,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_what_is_used_is_kept_and_its_user_is_named(database_url: str, case: Case) -> None:
    async with open_world(database_url) as world:
        delete = await case(Scene(world, await make_site(world)))
        events = await Event.all().count()
        with pytest.raises(Conflict, match="User") as refused:
            await delete()
        assert "at the same moment" not in refused.value.message
        assert await Event.all().count() == events


async def test_a_cardholder_who_is_deleted_leaves_the_rules_that_name_them(database_url: str) -> None:
    async with open_world(database_url) as world:
        scene = Scene(world, await make_site(world))
        await scene.do(create_access_rule, "Own", cardholder_ids=[scene.site.ada.id])
        await scene.do(delete_cardholder, scene.site.ada.id)
        assert not await AccessRuleCardholder.exists()


PIN_ALONE = Method((IdentificationType.PIN,), ())


async def two_people_with_one_pin(scene: Scene) -> None:
    for number, name in (("E-8", "Bob"), ("E-9", "Eve")):
        person = await scene.do(create_cardholder, NewCardholder(number, name, "Sharer"))
        await scene.do(create_pin, NewPin(person.id, "3917"))


@pytest.mark.parametrize("way", ["the door", "the profile", "the successor"])
async def test_a_pin_opens_no_door_alone_while_two_people_have_the_same(database_url: str, way: str) -> None:
    async with open_world(database_url) as world:
        scene = Scene(world, await make_site(world))
        await two_people_with_one_pin(scene)
        card = (Method((IdentificationType.CARD,), ()),)
        plain = await scene.do(create_profile, NewProfile("Plain", card, card))
        alone = await scene.do(create_profile, NewProfile("Alone", (PIN_ALONE,), card))
        door = scene.site.door.id
        ways: dict[str, Delete] = {
            "the door": lambda: scene.do(update_door, door, {"profile_id": alone.id}),
            "the profile": lambda: scene.do(update_profile, plain.id, {"side_a": (PIN_ALONE,)}),
            "the successor": lambda: scene.do(delete_profile, plain.id, alone.id),
        }
        await scene.do(update_door, door, {"profile_id": plain.id})
        with pytest.raises(Conflict, match="Bob Sharer, Eve Sharer"):
            await ways[way]()


async def test_where_a_pin_opens_alone_nobody_gets_one_that_is_taken(database_url: str) -> None:
    async with open_world(database_url) as world:
        scene = Scene(world, await make_site(world))
        card = (Method((IdentificationType.CARD,), ()),)
        alone = await scene.do(create_profile, NewProfile("Alone", (PIN_ALONE,), card))
        await scene.do(update_door, scene.site.door.id, {"profile_id": alone.id})
        with pytest.raises(Conflict, match="PIN is in use"):
            await two_people_with_one_pin(scene)


async def test_a_reader_that_hard_anti_passback_needs_neither_goes_nor_moves(database_url: str) -> None:
    async with open_world(database_url) as world:
        scene = Scene(world, await make_site(world))
        zone, leaving = scene.site.zones[0], scene.site.reader_b.id
        await scene.do(update_zone, zone, {"anti_passback": AntiPassbackMode.HARD})
        refused: tuple[Delete, ...] = (
            lambda: scene.do(delete_reader, leaving),
            lambda: scene.do(update_reader, leaving, {"side": Side.A}),
            lambda: scene.do(update_reader, leaving, {"muster": True}),
        )
        for change in refused:
            with pytest.raises(Conflict, match="Inside has hard anti-passback"):
                await change()
        await scene.do(create_reader, NewReader(scene.site.door.id, Side.B, "Second exit"))
        await scene.do(delete_reader, leaving)


async def test_a_reader_goes_once_the_zone_s_anti_passback_ends_by_itself(database_url: str) -> None:
    async with open_world(database_url) as world:
        scene = Scene(world, await make_site(world))
        settings = {"anti_passback": AntiPassbackMode.HARD, "timeout_s": 60}
        await scene.do(update_zone, scene.site.zones[0], settings)
        await scene.do(delete_reader, scene.site.reader_b.id)
