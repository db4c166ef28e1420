"""Wiegand readers behind converters: what may be set, who is told, and what a controller gets."""

from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import Side
from doorward.acs.devices import DeviceKind, DeviceRole, WiegandDevice
from doorward.acs.doors.models import Device, Reader
from doorward.acs.doors.operations import NewDevice, NewDoor, NewReader, create_device, create_door, create_reader
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.doors.queries import page_devices
from doorward.acs.doors.readers import delete_reader, update_reader
from doorward.acs.doors.wiegand import FRAMINGS, Converter, KeypadMode, check_converter
from doorward.acs.doors.wiegand_devices import (
    create_wiegand_device,
    delete_wiegand_device,
    update_wiegand_device,
)
from doorward.acs.doors.wiring import Circuit, LedControl, ReaderType
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

PORT = "/dev/converter"
LINES = Converter("channel-lines", 1)


async def new_reader(world: World, number: int = 0, **settings: Any) -> Reader:
    door = await create_door(world.domain, COMMAND_LINE, NewDoor(f"Door {number}", controller_id=world.controller.id))
    given = NewReader(
        **{"door_id": door.id, "side": Side.A, "name": "In", "type": ReaderType.WIEGAND, "port": number, **settings}
    )
    return await create_reader(world.domain, COMMAND_LINE, given)


async def wire(world: World, reader: Reader, given: Converter = LINES, port: str = PORT) -> Device:
    return await create_wiegand_device(world.domain, COMMAND_LINE, reader.id, port, given)


async def sent(world: World) -> list[Any]:
    return list((await controller_wiring(world.domain.sealer, world.controller.id)).devices)


async def test_a_controller_gets_the_reader_s_and_the_converter_s_settings(database_url: str) -> None:
    async with open_world(database_url) as world:
        reader = await new_reader(
            world, led_control=LedControl.DUAL, tamper_when=Circuit.CLOSED, tamper_debounce_ms=250
        )
        given = Converter("channel-frames", 3, 19_200, KeypadMode.BUFFERED_26, 255, 5)
        device = await wire(world, reader, given)
        expected = WiegandDevice(
            device.id,
            PORT,
            "channel-frames",
            3,
            19_200,
            KeypadMode.BUFFERED_26,
            255,
            5,
            LedControl.DUAL,
            Circuit.CLOSED,
            250,
        )
        wiring = await controller_wiring(world.domain.sealer, world.controller.id)
        assert wiring.devices == (expected,)
        assert [(line.reader_id, line.device_id, line.number) for line in wiring.readers] == [(reader.id, device.id, 0)]
        created = (await events(EventType.DEVICE_CREATED))[-1]
        assert (created.reader_id, created.data["after"]["framing"]) == (reader.id, "channel-frames")


async def events(kind: EventType) -> list[Event]:
    return await Event.filter(type=kind).order_by("position")


async def test_changes_reach_the_controller_and_the_audit_says_only_what_changed(database_url: str) -> None:
    async with open_world(database_url) as world:
        device = await wire(world, await new_reader(world))
        changes = {"channel": 5, "keypad": KeypadMode.BURST_8}
        for _ in range(2):  # the second time nothing is changed
            await update_wiegand_device(world.domain, COMMAND_LINE, device.id, changes)  # type: ignore[arg-type]
        (audited,) = await events(EventType.WIEGAND_DEVICE_UPDATED)
        assert audited.data["before"] == {"channel": 1, "keypad": "none"}
        assert audited.data["after"] == {"channel": 5, "keypad": "burst_8"}
        (found,) = await sent(world)
        assert (found.channel, found.keypad, found.framing) == (5, KeypadMode.BURST_8, "channel-lines")
        await delete_wiegand_device(world.domain, COMMAND_LINE, device.id)
        assert await sent(world) == []
        assert len(await events(EventType.DEVICE_DELETED)) == 1
        assert await Reader.exists()


async def test_the_reader_s_own_settings_reach_its_device(database_url: str) -> None:
    async with open_world(database_url) as world:
        reader = await new_reader(world)
        await wire(world, reader)
        await update_reader(world.domain, COMMAND_LINE, reader.id, {"led_control": LedControl.DUAL})
        assert (await sent(world))[0].led_control is LedControl.DUAL
        with pytest.raises(Conflict, match="Delete that device first"):
            await update_reader(world.domain, COMMAND_LINE, reader.id, {"type": ReaderType.OSDP, "port": None})
        await delete_reader(world.domain, COMMAND_LINE, reader.id)
        assert await sent(world) == []


async def test_one_line_has_one_converter_and_each_channel_one_reader(database_url: str) -> None:
    async with open_world(database_url) as world:
        first, second = [await new_reader(world, number) for number in range(2)]
        await wire(world, first)
        for given, words in (
            (LINES, "has another reader"),
            (Converter("hex-count"), "has the framing channel-lines at 9600 baud"),
            (Converter("channel-lines", 2, 19_200), "at 9600 baud"),
        ):
            with pytest.raises(Conflict, match=words):
                await wire(world, second, given)
        with pytest.raises(Conflict, match="wired already"):
            await wire(world, first, Converter("channel-lines", 2))
        await wire(world, second, Converter("channel-lines", 2))
        assert len((await page_devices(COMMAND_LINE, PageRequest(100), DeviceKind.WIEGAND)).rows) == 2


async def test_a_new_framing_or_baud_rate_is_for_all_on_the_line(database_url: str) -> None:
    async with open_world(database_url) as world:
        readers = [await new_reader(world, number) for number in range(3)]
        first = await wire(world, readers[0])
        await wire(world, readers[1], Converter("channel-lines", 2))
        await wire(world, readers[2], Converter("bits"), "/dev/another")
        changes = {"framing": "channel-frames", "baud": 38_400}
        await update_wiegand_device(world.domain, COMMAND_LINE, first.id, changes)  # type: ignore[arg-type]
        found = sorted((one.port, one.channel, one.framing, one.baud) for one in await sent(world))
        assert found == [
            ("/dev/another", 0, "bits", 9_600),
            (PORT, 1, "channel-frames", 38_400),
            (PORT, 2, "channel-frames", 38_400),
        ]
        assert len(await events(EventType.WIEGAND_DEVICE_UPDATED)) == 2
        with pytest.raises(ValidationFailed, match="channel 0 only"):
            await update_wiegand_device(world.domain, COMMAND_LINE, first.id, {"framing": "bits", "channel": 0})
        with pytest.raises(Conflict, match="framing"):
            await update_wiegand_device(world.domain, COMMAND_LINE, first.id, {"port": "/dev/another"})


async def test_a_line_of_osdp_devices_is_not_a_converter_s(database_url: str) -> None:
    async with open_world(database_url) as world:
        reader = await new_reader(world)
        given = NewDevice(DeviceRole.DOOR_IO, reader.door_id, PORT, 9, b"k" * 16)
        await create_device(world.domain, COMMAND_LINE, given)
        with pytest.raises(Conflict, match="no Wiegand reader"):
            await wire(world, reader)


async def test_only_a_wiegand_reader_is_wired_to_a_converter(database_url: str) -> None:
    async with open_world(database_url) as world:
        osdp = await new_reader(world, type=ReaderType.OSDP, port=None)
        with pytest.raises(ValidationFailed, match="not a Wiegand reader"):
            await wire(world, osdp)
        given = NewDevice(DeviceRole.READER, osdp.door_id, "/dev/bus", 1, b"k" * 16, reader_id=osdp.id)
        other = await create_device(world.domain, COMMAND_LINE, given)
        for attempt in (
            create_wiegand_device(world.domain, COMMAND_LINE, "nobody", PORT, LINES),
            update_wiegand_device(world.domain, COMMAND_LINE, other.id, {"channel": 1}),
            delete_wiegand_device(world.domain, COMMAND_LINE, other.id),
        ):
            with pytest.raises(NotFound):
                await attempt


@pytest.mark.parametrize(
    "given, path",
    [
        (Converter("of-tomorrow"), "framing"),
        (Converter("bits", 1), "channel"),
        (Converter("channel-lines", 16), "channel"),
        (Converter("channel-lines", -1), "channel"),
        (Converter("bits", baud=9_601), "baud"),
        (Converter("decimal", keypad=KeypadMode.BURST_4), "keypad"),
        (Converter("hex-xor", keypad=KeypadMode.BUFFERED_26, pin_facility=1), "keypad"),
        (Converter("bits", keypad=KeypadMode.BUFFERED_26), "pinFacility"),
        (Converter("bits", pin_facility=1), "pinFacility"),
        (Converter("bits", keypad=KeypadMode.BUFFERED_26, pin_facility=256), "pinFacility"),
        (Converter("bits", pin_digits=6), "pinDigits"),
    ],
)
def test_what_no_converter_can_do_is_refused_with_the_field_s_name(given: Converter, path: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_converter(given)
    assert refused.value.path == (path,)


def test_every_framing_may_be_used_as_it_comes() -> None:
    for name in FRAMINGS:
        check_converter(Converter(name))
    check_converter(Converter("decimal", keypad=KeypadMode.BUFFERED_26, pin_facility=0))
