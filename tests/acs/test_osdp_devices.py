"""OSDP devices: what may be changed of them, who shares a line with them, and where they are to go."""

from datetime import UTC, datetime
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import Side
from doorward.acs.devices import DeviceRole, OsdpDevice
from doorward.acs.doors.maintenance import finish_order, move
from doorward.acs.doors.models import Device
from doorward.acs.doors.operations import NewDevice, NewReader, create_device, create_reader
from doorward.acs.doors.osdp_devices import OsdpPlace, create_osdp_module
from doorward.acs.doors.osdp_edit import update_osdp_device
from doorward.acs.doors.osdp_moves import commit_places, drop_next_place, plan_move
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.doors.readers import delete_device
from doorward.acs.doors.wiegand import Converter
from doorward.acs.doors.wiegand_devices import create_wiegand_device, update_wiegand_device
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import AcsError, Conflict, ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import JournalRecord, OrderProgress, OrderStep
from tests.world import Site, World, make_site, open_world

pytestmark = pytest.mark.anyio


async def module(world: World, port: str, address: int, name: str = "Cabinet", baud: int = 115_200) -> Device:
    place = OsdpPlace(port, address, baud=baud)
    return await create_osdp_module(world.domain, COMMAND_LINE, world.controller.id, name, place)


async def change(world: World, device: Device, **changes: Any) -> Device:
    return await update_osdp_device(world.domain, COMMAND_LINE, device.id, changes)  # type: ignore[arg-type]


async def sent(world: World, device: Device) -> OsdpDevice:
    wiring = await controller_wiring(world.domain.sealer, world.controller.id)
    (found,) = [one for one in wiring.devices if one.id == device.id]
    assert isinstance(found, OsdpDevice)
    return found


async def last(kind: EventType) -> Event:
    return (await Event.filter(type=kind).order_by("-position"))[0]


async def refused(work: Any, kind: type[AcsError], path: str, words: str = "") -> None:
    with pytest.raises(kind) as caught:
        await work
    assert caught.value.path == (path,)
    assert words in str(caught.value)


async def test_a_device_gets_another_name_and_place_and_the_audit_says_only_what_changed(database_url: str) -> None:
    async with open_world(database_url) as world:
        device = await module(world, "/dev/a", 1)
        await change(world, device, name="Cellar", port="/dev/b", address=4, baud=38_400)
        found = await sent(world, device)
        assert (found.port, found.address, found.baud) == ("/dev/b", 4, 38_400)
        event = await last(EventType.DEVICE_UPDATED)
        assert event.data["subject"]["name"] == "Cellar"
        assert event.data["before"] == {"name": "Cabinet", "port": "/dev/a", "address": 1, "baud": 115_200}
        before = await Event.all().count()
        await change(world, device, name="Cellar", address=4)
        assert await Event.all().count() == before


async def test_a_line_has_one_speed_which_changes_for_all_on_it(database_url: str) -> None:
    async with open_world(database_url) as world:
        first, second = await module(world, "/dev/a", 1), await module(world, "/dev/a", 2, "Other")
        await change(world, first, baud=9_600)
        assert (await sent(world, second)).baud == 9_600
        assert [event.data["subject"]["name"] for event in await Event.filter(type=EventType.DEVICE_UPDATED)] == [
            "Cabinet",
            "Other",
        ]
        await refused(module(world, "/dev/a", 3, "Third"), Conflict, "baud", "9600 baud for Cabinet")
        third = await module(world, "/dev/b", 3, "Third")
        await refused(change(world, third, port="/dev/a"), Conflict, "baud", "Cabinet")
        await change(world, third, port="/dev/a", baud=9_600)


async def test_what_no_device_can_have_is_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        device, other = await module(world, "/dev/a", 1), await module(world, "/dev/a", 2, "Other")
        for changes, kind, path in (
            ({"name": " "}, ValidationFailed, "name"),
            ({"port": ""}, ValidationFailed, "port"),
            ({"port": "rfc2217://192.0.2.1:1"}, ValidationFailed, "port"),
            ({"address": 127}, ValidationFailed, "address"),
            ({"address": -1}, ValidationFailed, "address"),
            ({"address": 2}, Conflict, "address"),
            ({"baud": 300}, ValidationFailed, "baud"),
            ({"reader_id": "none"}, NotFound, "readerId"),
        ):
            await refused(change(world, device, **changes), kind, path)
        assert (await sent(world, device)).address == 1
        await delete_device(world.domain, COMMAND_LINE, other.id)
        await refused(change(world, other, name="Gone"), NotFound, "deviceId")


async def test_a_device_becomes_a_reader_and_no_reader_again(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        device = await module(world, "/dev/a", 1)
        wrong = NewReader(site.door.id, Side.B, "Wiegand", type=ReaderType.WIEGAND, port=1)
        wiegand = await create_reader(world.domain, COMMAND_LINE, wrong)
        await refused(change(world, device, reader_id=wiegand.id), ValidationFailed, "readerId")
        await refused(change(world, device, reader_id=site.reader_a.id), Conflict, "readerId", "/dev/reader")
        changed = await change(world, device, reader_id=site.reader_b.id)
        assert (changed.role, changed.door_id) == (DeviceRole.READER, site.door.id)
        wiring = await controller_wiring(world.domain.sealer, world.controller.id)
        assert (site.reader_b.id, device.id) in [(line.reader_id, line.device_id) for line in wiring.readers]
        assert (await change(world, device, reader_id=None)).role is DeviceRole.DOOR_IO
        wiring = await controller_wiring(world.domain.sealer, world.controller.id)
        assert device.id not in [line.device_id for line in wiring.readers]


async def wiegand_reader(world: World, site: Site, number: int) -> str:
    given = NewReader(site.door.id, Side.A, f"Wiegand {number}", type=ReaderType.WIEGAND, port=number)
    return (await create_reader(world.domain, COMMAND_LINE, given)).id


async def test_osdp_and_wiegand_devices_do_not_share_a_line(database_url: str) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        one, two = await wiegand_reader(world, site, 1), await wiegand_reader(world, site, 2)
        wire = Converter("channel-lines", 1)
        converter = await create_wiegand_device(world.domain, COMMAND_LINE, one, "/dev/c", wire)
        await refused(module(world, "/dev/c", 3), Conflict, "port", "the line of Wiegand 1")
        given = NewDevice(DeviceRole.DOOR_IO, site.door.id, "/dev/c", 3, b"k" * 15 + b"l")
        await refused(create_device(world.domain, COMMAND_LINE, given), Conflict, "port", "the line of Wiegand 1")
        device = await module(world, "/dev/d", 3)
        await refused(change(world, device, port="/dev/c"), Conflict, "port", "the line of Wiegand 1")
        made = create_wiegand_device(world.domain, COMMAND_LINE, two, "/dev/d", wire)
        await refused(made, Conflict, "port", "the line of Cabinet")
        moved = update_wiegand_device(world.domain, COMMAND_LINE, converter.id, {"port": "/dev/d"})
        await refused(moved, Conflict, "port", "the line of Cabinet")


def moved(device: Device, address: int, baud: int) -> JournalRecord:
    told = {"device": device.id, "address": address, "baud": baud}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return JournalRecord(1, "boot", at, 0, EventType.DEVICE_MOVED, "x", data=told)


async def test_a_place_is_planned_and_counts_once_the_device_was_heard_there(database_url: str) -> None:
    async with open_world(database_url) as world:
        device, here = await module(world, "/dev/a", 1), world.controller.id
        controller_id, order = await plan_move(world.domain, COMMAND_LINE, device.id, 5, 38_400)
        assert (controller_id, order.address, order.baud) == (here, 5, 38_400)
        found = await sent(world, device)
        assert (found.address, found.baud, found.next_address, found.next_baud) == (1, 115_200, 5, 38_400)
        ordered = await last(EventType.DEVICE_MOVE_ORDERED)
        assert ordered.data["after"] == {"next_address": 5, "next_baud": 38_400}
        assert ordered.correlation == order.id
        await refused(module(world, "/dev/a", 5, "Other", 38_400), Conflict, "address", "being moved")
        for elsewhere in (moved(device, 6, 38_400), moved(device, 5, 9_600)):
            await commit_places(world.domain, here, [elsewhere])
        await commit_places(world.domain, "another controller", [moved(device, 5, 38_400)])
        assert (await sent(world, device)).address == 1
        for _ in range(2):  # a controller may tell twice
            await commit_places(world.domain, here, [moved(device, 5, 38_400)])
        found = await sent(world, device)
        assert (found.address, found.baud, found.next_address, found.next_baud) == (5, 38_400, None, None)
        assert await Event.filter(type=EventType.DEVICE_MOVE_COMMITTED).count() == 1
        await delete_device(world.domain, COMMAND_LINE, device.id)
        await commit_places(world.domain, here, [moved(device, 5, 38_400)])


async def test_moves_that_could_not_end_well_are_refused(database_url: str) -> None:
    async with open_world(database_url) as world:
        device = await module(world, "/dev/a", 1)
        other = await module(world, "/dev/a", 2, "Other")
        over_ip = await module(world, "socket://192.0.2.1:4001", 1, "Far")

        async def plan(which: Device, address: int, baud: int, seconds: float = 60) -> None:
            await plan_move(world.domain, COMMAND_LINE, which.id, address, baud, seconds)

        await refused(plan(device, 1, 115_200), ValidationFailed, "address", "there already")
        await refused(plan(device, 2, 115_200), Conflict, "address", "Other has address 2")
        await refused(plan(device, 127, 115_200), ValidationFailed, "address")
        await refused(plan(device, 3, 300), ValidationFailed, "baud")
        await refused(plan(device, 3, 9_600), Conflict, "baud", "Other is on /dev/a too")
        await refused(plan(over_ip, 3, 9_600), ValidationFailed, "baud", "converter")
        await refused(plan(device, 3, 115_200, 4), ValidationFailed, "window")
        await plan(device, 3, 115_200)
        await refused(plan(other, 3, 115_200), Conflict, "address", "being moved")
        await refused(change(world, other, address=3), Conflict, "address", "being moved")
        await drop_next_place(world.domain, COMMAND_LINE, device.id)
        await plan(other, 3, 115_200)


async def test_what_somebody_set_by_hand_ends_the_search_for_another_place(database_url: str) -> None:
    async with open_world(database_url) as world:
        device = await module(world, "/dev/a", 1)
        await plan_move(world.domain, COMMAND_LINE, device.id, 5, 38_400)
        await change(world, device, address=9)
        found = await sent(world, device)
        assert (found.address, found.next_address, found.next_baud) == (9, None, None)


async def test_without_its_controller_nothing_is_planned(database_url: str) -> None:
    async with open_world(database_url) as world:
        device = await module(world, "/dev/a", 1)
        with pytest.raises(ControllerOffline):
            await move(world.domain, COMMAND_LINE, device.id, 5, 38_400)
        assert (await sent(world, device)).next_address is None


@pytest.mark.parametrize("told", [True, False])
async def test_a_place_is_kept_only_if_the_device_may_have_gone_there(told: bool, database_url: str) -> None:
    async with open_world(database_url) as world:
        device, here = await module(world, "/dev/a", 1), world.controller.id
        _, order = await plan_move(world.domain, COMMAND_LINE, device.id, 5, 38_400)
        world.domain.orders.begin(here, order, lambda _to, _message: True)
        await refused(change(world, device, name="New"), Conflict, "id", "already")
        if told:
            world.domain.orders.note(here, OrderProgress(order.id, OrderStep.RUNNING))
        ended = world.domain.orders.note(here, OrderProgress(order.id, OrderStep.EXPIRED, "Too late."))
        assert ended is not None
        await finish_order(world.domain, ended)
        assert (await sent(world, device)).next_address == (5 if told else None)
