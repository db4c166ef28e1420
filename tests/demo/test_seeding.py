"""The demo's site in the database, and who may pass where."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from doorward.acs.cameras.models import Camera, CameraView
from doorward.acs.cameras.queries import streams
from doorward.acs.decision.card_format import encode_h10301
from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.decision import Conditions, DoorCondition
from doorward.acs.decision.policy import Side
from doorward.acs.decision.read import Read
from doorward.acs.decision.reason import Reason
from doorward.acs.devices import OsdpDevice
from doorward.acs.doors.models import Door
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.models import Event
from doorward.acs.messages import PolicySnapshot
from doorward.acs.people.models import Cardholder, Group
from doorward.acs.policy.snapshot import compile_policy
from doorward.acs.schedules.models import ScheduleRow
from doorward.acs.users.sessions import Caller
from doorward.acs.users.sign_in import sign_in
from doorward.acs.zones.models import Zone
from doorward.demo.burnt_in import DOCK, ENTRANCE, OFFICE, SERVER_ROOM, SiteHardware, new_hardware
from doorward.demo.cast import CAST, FACILITY
from doorward.demo.directory import DemoDirectory
from doorward.demo.seeding import follow_cameras, is_seeded, next_christmas, seed
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SUNDAY_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FRIDAY_CHRISTMAS_NOON = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)

Judge = Callable[[str, Side, int, datetime], Reason]


@asynccontextmanager
async def seeded_world(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[World, SiteHardware]]:
    directory = DemoDirectory.at(tmp_path)
    hardware = new_hardware(directory, 4711)
    async with open_world(database_url) as world:
        await seed(world.domain, directory, hardware, PASSWORD)
        yield world, hardware


def judge_of(snapshot: PolicySnapshot) -> Judge:
    policy = CompiledPolicy(snapshot.policy)
    doors = {door.name: door.id for door in snapshot.policy.doors}
    readers = {(reader.door_id, reader.side): reader.id for reader in snapshot.policy.readers}

    def judge(door: str, side: Side, card: int, now: datetime) -> Reason:
        read = Read.card(readers[doors[door], side], encode_h10301(FACILITY, card))
        return decide(policy, Conditions(doors={doors[door]: DoorCondition()}), read, now).reason

    return judge


async def test_the_whole_site_is_there(database_url: str, tmp_path: Path) -> None:
    async with seeded_world(database_url, tmp_path) as (world, _):
        assert await is_seeded()
        assert {door.name for door in await Door.all()} == {ENTRANCE, OFFICE, SERVER_ROOM, DOCK}
        assert [await Zone.all().count(), await Group.all().count()] == [3, 3]
        schedules = await ScheduleRow.all()
        assert sorted(len(schedule.overrides) for schedule in schedules) == [0, 1]
        people = await Cardholder.all()
        assert len(people) == 25
        assert len({person.photo_id for person in people} - {None}) == 25
        views = {(await view.camera, await view.door, view.side) for view in await CameraView.all()}
        assert {(camera.name, door.name, side) for camera, door, side in views} == {
            ("Entrance camera", ENTRANCE, Side.A),
            ("Entrance camera", ENTRANCE, Side.B),
            ("Entrance camera", OFFICE, Side.A),
            ("Dock camera", DOCK, Side.A),
            ("Dock camera", SERVER_ROOM, Side.A),
        }
        assert (await sign_in(world.domain, "admin", PASSWORD, Caller())).user.name == "admin"


async def test_each_case_that_a_visitor_will_try_is_decided_as_the_guide_says(
    database_url: str, tmp_path: Path
) -> None:
    async with seeded_world(database_url, tmp_path) as (world, _):
        judge = judge_of(await compile_policy(world.domain, world.controller.id))
    for moment in (MONDAY_NOON, SUNDAY_NOON, FRIDAY_CHRISTMAS_NOON):
        assert judge(ENTRANCE, Side.A, 1042, moment) is Reason.GRANTED
        assert judge(ENTRANCE, Side.B, 1042, moment) is Reason.GRANTED
        assert judge(OFFICE, Side.A, 1042, moment) is Reason.GRANTED
        assert judge(SERVER_ROOM, Side.A, 1042, moment) is Reason.NO_ACCESS_RULE
        assert judge(SERVER_ROOM, Side.A, 1003, moment) is Reason.GRANTED
        assert judge(ENTRANCE, Side.A, 1024, moment) is Reason.CARDHOLDER_SUSPENDED
        assert judge(ENTRANCE, Side.A, 1023, moment) is Reason.CREDENTIAL_EXPIRED
        assert judge(ENTRANCE, Side.A, 1025, moment) is Reason.NO_ACCESS_RULE
        assert judge(ENTRANCE, Side.A, 1900, moment) is Reason.CARD_UNKNOWN
    assert judge(DOCK, Side.A, 1007, MONDAY_NOON) is Reason.GRANTED
    assert judge(DOCK, Side.A, 1007, SUNDAY_NOON) is Reason.OUTSIDE_SCHEDULE
    assert judge(DOCK, Side.A, 1007, FRIDAY_CHRISTMAS_NOON) is Reason.OUTSIDE_SCHEDULE


async def test_the_controller_is_wired_to_what_the_hardware_has_burnt_in(database_url: str, tmp_path: Path) -> None:
    async with seeded_world(database_url, tmp_path) as (world, hardware):
        snapshot = await compile_policy(world.domain, world.controller.id)
    devices = [device for device in snapshot.wiring.devices if isinstance(device, OsdpDevice)]
    wired = {(device.port, device.address, device.key) for device in devices}
    ports = DemoDirectory.at(tmp_path).ports
    burnt_in = {(str(ports / door.port), door.address, door.key) for door in hardware.doors}
    burnt_in |= {
        (str(ports / reader.port), reader.address, reader.key) for door in hardware.doors for reader in door.readers
    }
    assert wired == burnt_in
    assert len(wired) == 9


async def test_a_seeding_that_fails_leaves_nothing_behind(database_url: str, tmp_path: Path) -> None:
    directory = DemoDirectory.at(tmp_path)
    async with open_world(database_url) as world:
        with pytest.raises(ValidationFailed, match="at least 10 characters"):
            await seed(world.domain, directory, new_hardware(directory, 4711), "short")
        assert not await is_seeded()
        assert await Cardholder.all().count() == 0
        assert await Event.all().count() == 0
        await seed(world.domain, directory, new_hardware(directory, 4711), PASSWORD)
        assert await is_seeded()


async def test_cameras_follow_the_simulation_to_another_port_and_are_else_left_alone(
    database_url: str, tmp_path: Path
) -> None:
    async with seeded_world(database_url, tmp_path) as (world, hardware):
        sealed = {camera.name: camera.sealed_url for camera in await Camera.all()}
        await follow_cameras(world.domain, hardware)
        assert {camera.name: camera.sealed_url for camera in await Camera.all()} == sealed

        moved = SiteHardware(hardware.directory, 4712, hardware.doors, hardware.cameras)
        await follow_cameras(world.domain, moved)
        assert {stream.url for stream in await streams(world.domain)} == {
            "http://127.0.0.1:4712/cameras/entrance-camera.ts",
            "http://127.0.0.1:4712/cameras/dock-camera.ts",
        }


@pytest.mark.parametrize(
    "today,closed",
    [
        (date(2026, 11, 21), date(2026, 12, 25)),
        (date(2026, 12, 25), date(2026, 12, 25)),
        (date(2026, 12, 26), date(2027, 12, 25)),
    ],
)
def test_the_override_day_lies_ahead(today: date, closed: date) -> None:
    assert next_christmas(today) == closed


def test_the_cast_has_25_people_with_cards_of_their_own() -> None:
    assert len({person.card for person in CAST}) == 25
    assert len({person.email for person in CAST}) == 25
    assert all(person.email.isascii() for person in CAST)
