"""Identification profiles: the combinations they take, the defaults, and what happens to doors that use one."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.acs.actor import COMMAND_LINE, Permission
from doorward.acs.decision.policy import IdentificationType, Method, Side
from doorward.acs.doors.changes import copy_door, update_door
from doorward.acs.doors.configuration import list_setups
from doorward.acs.doors.models import Door
from doorward.acs.doors.operations import NewDoor, NewReader, create_door, create_reader
from doorward.acs.doors.policy import door_policies
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import Conflict, NotFound, NotPermitted, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.operation import Work
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.profiles.methods import check_methods
from doorward.acs.profiles.models import Profile, ProfileMethod
from doorward.acs.profiles.operations import NewProfile, create_profile, delete_profile, update_profile
from doorward.acs.profiles.pin_alone import BEFORE_PIN_ALONE, pin_alone_in_use
from doorward.acs.profiles.policy import profile_policies
from doorward.acs.profiles.queries import list_profiles, schedule_uses
from doorward.acs.schedules.operations import create_schedule
from tests.world import World, only, open_world

T = IdentificationType
CARD, PIN, REX = Method((T.CARD,), ()), Method((T.PIN,), ()), Method((T.REX,), ())
storage = pytest.mark.anyio


async def door_with(world: World, profile_id: str | None, name: str = "Door") -> Door:
    return await create_door(world.domain, COMMAND_LINE, NewDoor(name, world.controller.id, profile_id=profile_id))


@given(st.lists(st.sampled_from(IdentificationType), min_size=1, max_size=4, unique=True))
def test_a_combination_is_accepted_exactly_when_the_rules_of_combinations_allow_it(types: list[T]) -> None:
    allowed = (
        len(types) <= 3 and (T.DYNAMIC_QR not in types or T.PIN in types) and (T.REX not in types or len(types) == 1)
    )
    try:
        check_methods((Method(tuple(types), ()),), ())
    except ValidationFailed:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    "side_a, side_b, words",
    [
        ((), (), "one side at least"),
        ((Method((), ()),), (), "one identification type at least"),
        ((Method((T.CARD, T.CARD), ()),), (), "each identification type once"),
        ((Method((T.CARD, T.PIN), ()), Method((T.PIN, T.CARD), ("s",))), (), "card and pin is there twice"),
        ((), (Method((T.CARD,), ("s", "s")),), "each schedule once"),
        ((), (Method((T.DYNAMIC_QR,), ()),), "together with a PIN"),
        (tuple(Method((T.CARD,), (str(n),)) for n in range(17)), (), "16 combinations"),
    ],
)
def test_what_a_side_cannot_accept_is_refused(
    side_a: tuple[Method, ...], side_b: tuple[Method, ...], words: str
) -> None:
    with pytest.raises(ValidationFailed, match=words):
        check_methods(side_a, side_b)


@storage
async def test_every_site_begins_with_eight_profiles_that_can_be_edited(database_url: str) -> None:
    async with open_world(database_url) as world:
        found = {profile.id: profile for profile in await profile_policies()}
        assert {profile_id: [method.types for method in profile.side_a] for profile_id, profile in found.items()} == {
            "card": [(T.CARD,), (T.REX,)],
            "card-and-pin": [(T.CARD, T.PIN), (T.REX,)],
            "pin": [(T.PIN,), (T.REX,)],
            "card-or-pin": [(T.CARD,), (T.PIN,), (T.REX,)],
            "qr": [(T.QR,), (T.PIN, T.DYNAMIC_QR), (T.REX,)],
            "plate": [(T.PLATE,), (T.REX,)],
            "tap-in-app": [(T.MOBILE_TAP,), (T.REX,)],
            "touch-reader": [(T.MOBILE_TOUCH,), (T.REX,)],
        }
        for profile in found.values():
            assert profile.side_a == profile.side_b
            assert profile.facility
            assert all(method.schedules == () for method in profile.side_a)
            check_methods(profile.side_a, profile.side_b)
        await update_profile(world.domain, COMMAND_LINE, "plate", {"name": "Number plate", "facility": False}, 1)
        (plate,) = await profile_policies(["plate"])
        assert (plate.name, plate.facility, plate.side_a) == ("Number plate", False, found["plate"].side_a)


@storage
async def test_a_profile_of_one_s_own_reaches_the_controllers_and_knows_its_doors(database_url: str) -> None:
    async with open_world(database_url) as world:
        nights = await create_schedule(world.domain, COMMAND_LINE, "Nights", [[(0, 360)]] * 7)
        given = NewProfile("Nights two ways", (CARD, Method((T.PIN, T.CARD), (nights.id,))), (REX,), facility=False)
        row = await create_profile(world.domain, COMMAND_LINE, given)
        door = await door_with(world, row.id)
        policy = (await compile_policy(world.domain, world.controller.id)).policy
        (profile,) = (profile for profile in policy.profiles if profile.id == row.id)
        assert profile.side_a == (CARD, Method((T.CARD, T.PIN), (nights.id,)))
        assert (profile.side_b, profile.facility) == ((REX,), False)
        assert policy.doors[0].profile_id == row.id
        (parts,) = await list_profiles(COMMAND_LINE, [row.id])
        assert [one.id for one in parts.doors] == [door.id]
        assert await schedule_uses([nights.id]) == [("profile", row.id, "Nights two ways")]
        told = await Event.get(type=EventType.PROFILE_CREATED)
        assert told.data["after"]["side_b"] == [{"types": ["rex"], "schedule_ids": []}]


@storage
async def test_a_change_is_audited_and_needs_the_present_version(database_url: str) -> None:
    async with open_world(database_url) as world:
        changed = await update_profile(world.domain, COMMAND_LINE, "card", {"side_b": (REX,)}, 1)
        assert changed.version == 2
        with pytest.raises(Conflict, match="Somebody else"):
            await update_profile(world.domain, COMMAND_LINE, "card", {"facility": False}, 1)
        with pytest.raises(Conflict, match="called PIN"):
            await update_profile(world.domain, COMMAND_LINE, "card", {"name": "PIN"})
        with pytest.raises(NotFound, match="sideA"):
            await update_profile(world.domain, COMMAND_LINE, "card", {"side_a": (Method((T.CARD,), ("none",)),)})
        told = await Event.get(type=EventType.PROFILE_UPDATED)
        assert told.data["subject"] == {"id": "card", "name": "Card"}
        assert list(told.data["after"]) == ["side_b"]


@storage
async def test_deleting_a_profile_in_use_asks_for_its_successor_and_moves_the_doors(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await door_with(world, "qr", "Gate")
        with pytest.raises(Conflict, match="Used by Gate"):
            await delete_profile(world.domain, COMMAND_LINE, "qr")
        with pytest.raises(ValidationFailed, match="another profile"):
            await delete_profile(world.domain, COMMAND_LINE, "qr", "qr")
        with pytest.raises(NotFound):
            await delete_profile(world.domain, COMMAND_LINE, "qr", "nothing")
        await delete_profile(world.domain, COMMAND_LINE, "qr", "plate")
        moved = await Door.get(id=door.id)
        assert (moved.profile_id, moved.version) == ("plate", 2)
        assert not await Profile.filter(id="qr").exists()
        assert not await ProfileMethod.filter(profile_id="qr").exists()
        told = await Event.get(type=EventType.DOOR_UPDATED)
        assert (told.data["before"], told.data["after"]) == ({"profile_id": "qr"}, {"profile_id": "plate"})
        await delete_profile(world.domain, COMMAND_LINE, "touch-reader")


@pytest.fixture
def pins_are_shared() -> Iterator[None]:
    """A site where two people have the same PIN."""

    async def refuse(work: Work) -> None:
        raise Conflict("Two people have the same PIN.")

    BEFORE_PIN_ALONE.append(refuse)
    yield
    BEFORE_PIN_ALONE.remove(refuse)


@storage
@pytest.mark.usefixtures("pins_are_shared")
async def test_no_way_leads_to_a_door_that_a_pin_alone_opens_while_pins_are_shared(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await door_with(world, "card-and-pin")
        for attempt in (
            door_with(world, "pin", "Other"),
            update_door(world.domain, COMMAND_LINE, door.id, {"profile_id": "card-or-pin"}),
            update_profile(world.domain, COMMAND_LINE, "card-and-pin", {"side_b": (PIN,)}),
            delete_profile(world.domain, COMMAND_LINE, "card-and-pin", "pin"),
        ):
            with pytest.raises(Conflict, match="same PIN"):
                await attempt
        assert not await pin_alone_in_use()
        await update_profile(world.domain, COMMAND_LINE, "card", {"side_a": (PIN,)})
        assert not await pin_alone_in_use()


@storage
async def test_a_pin_alone_is_in_use_once_a_door_has_such_a_profile(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await door_with(world, None)
        assert not await pin_alone_in_use()
        await update_door(world.domain, COMMAND_LINE, door.id, {"profile_id": "card-or-pin"})
        assert await pin_alone_in_use()
        await copy_door(world.domain, COMMAND_LINE, door.id, "Copy", world.controller.id)
        assert [policy.profile_id for policy in await door_policies(world.controller.id)] == ["card-or-pin"] * 2


@storage
async def test_a_profile_that_no_reader_can_serve_is_a_warning_and_no_refusal(database_url: str) -> None:
    async with open_world(database_url) as world:
        door = await door_with(world, "card-and-pin")

        async def warnings() -> tuple[str, ...]:
            return (await list_setups(COMMAND_LINE, [door.id]))[0].warnings

        assert await warnings() == ()
        reader = NewReader(door.id, Side.A, "In", has_keypad=False)
        await create_reader(world.domain, COMMAND_LINE, reader)
        assert await warnings() == ("No reader on side A can take a PIN, which Card and PIN accepts there.",)
        await update_door(world.domain, COMMAND_LINE, door.id, {"profile_id": "plate"})
        assert await warnings() == ("No reader on side A can take a plate, which Licence plate accepts there.",)
        camera = NewReader(door.id, Side.A, "Camera", type=ReaderType.PLATE_CAMERA, address="cam-1")
        await create_reader(world.domain, COMMAND_LINE, camera)
        assert await warnings() == ()


@storage
async def test_profiles_are_for_those_who_may_see_the_configuration(database_url: str) -> None:
    async with open_world(database_url):
        with pytest.raises(NotPermitted):
            await list_profiles(only(Permission.DOOR_VIEW))
