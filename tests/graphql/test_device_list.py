"""Devices of every kind in one list, through the API."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE, Permission, Role
from doorward.acs.decision.door import DoorMode, Position
from doorward.acs.decision.policy import Side
from doorward.acs.devices import PinInput, PinOutput
from doorward.acs.doors.device_list import page_all_devices
from doorward.acs.doors.gpio_devices import GpioLines, NewGpioDevice, create_gpio_device
from doorward.acs.doors.ip_devices import create_ip_device
from doorward.acs.doors.ip_settings import IpSettings
from doorward.acs.doors.operations import NewDoor, NewReader, create_door, create_reader
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.wiegand import Converter
from doorward.acs.doors.wiegand_devices import create_wiegand_device
from doorward.acs.doors.wiring import InputPurpose, InputWire, LockWire, ReaderType
from doorward.acs.errors import NotPermitted
from doorward.acs.local_io.given import NewAuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.messages import DoorStatus
from doorward.acs.paging import PageRequest
from tests.api import Api, serve_api
from tests.world import World, only, open_world

pytestmark = pytest.mark.anyio

DEVICES = """query($controller: ID) { devices(first: 100, filter: {controllerId: $controller}) { nodes {
  id kind name controllerName port number doorName readerName readerType hasWires inputCount outputCount online
  uses { doorId name locks inputs }
} } }"""
PINS = GpioLines((PinInput(4),), (PinOutput(17), PinOutput(18)))


async def listed(api: Api, controller: str | None = None) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in (await api.data(DEVICES, controller=controller))["devices"]["nodes"]}


async def build(world: World) -> tuple[str, dict[str, str]]:
    """A door with a Wiegand and a network reader and with pins; its id, and the readers' by their type."""
    domain = world.domain
    door = await create_door(domain, COMMAND_LINE, NewDoor("Gate", controller_id=world.controller.id))
    given = NewReader(door.id, Side.A, "In", type=ReaderType.WIEGAND, port=0)
    wiegand = await create_reader(domain, COMMAND_LINE, given)
    given = NewReader(door.id, Side.B, "Out", type=ReaderType.IP, address="10.0.0.7")
    network = await create_reader(domain, COMMAND_LINE, given)
    await create_wiegand_device(domain, COMMAND_LINE, wiegand.id, "/dev/c", Converter("channel-lines", 3))
    await create_ip_device(domain, COMMAND_LINE, network.id, IpSettings("Intercom"))
    pins = NewGpioDevice(world.controller.id, "Pins", "/dev/gpiochip0", PINS)
    gpio = await create_gpio_device(domain, COMMAND_LINE, pins)
    wires = [LockWire(0, device_id=gpio.id)], [InputWire(InputPurpose.POSITION, 0, device_id=gpio.id)]
    await set_wiring(domain, COMMAND_LINE, door.id, *wires)
    await create_aux_output(domain, COMMAND_LINE, NewAuxOutput("Lamp", gpio.id, 1))
    return door.id, {"wiegand": wiegand.id, "network": network.id}


def status(door_id: str, online: bool, **readers: bool) -> DoorStatus:
    return DoorStatus(door_id, DoorMode.LOCKED, Position.CLOSED, online, False, False, False, readers)


async def test_devices_of_every_kind_are_listed_with_what_is_on_them(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        door_id, _ = await build(world)
        found = await listed(api)
        assert set(found) == {"WIEGAND", "IP", "GPIO"}
        gpio, wiegand, network = found["GPIO"], found["WIEGAND"], found["IP"]
        assert gpio["uses"] == [
            {"doorId": door_id, "name": "Gate", "locks": 1, "inputs": 1},
            {"doorId": None, "name": "Lamp", "locks": 1, "inputs": 0},
        ]
        assert (gpio["inputCount"], gpio["outputCount"], gpio["hasWires"], gpio["number"]) == (1, 2, True, None)
        assert (wiegand["port"], wiegand["number"], wiegand["hasWires"]) == ("/dev/c", 3, False)
        assert (wiegand["doorName"], wiegand["readerName"], wiegand["readerType"]) == ("Gate", "In", "WIEGAND")
        assert (network["name"], network["readerType"], network["port"], network["uses"]) == ("Intercom", "IP", "", [])
        assert {one["controllerName"] for one in found.values()} == {"This server"}
        assert (await listed(api, world.controller.id)).keys() == found.keys()
        assert await listed(api, "another") == {}


async def test_a_device_is_online_as_its_reader_or_its_door_is(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        door_id, readers = await build(world)

        async def states() -> tuple[bool | None, ...]:
            found = await listed(api)
            return tuple(found[kind]["online"] for kind in ("WIEGAND", "IP", "GPIO"))

        assert await states() == (None, None, None)
        world.domain.controllers.of(world.controller.id).connected = True
        world.domain.doors.update(
            world.controller.id, status(door_id, True, **{readers["wiegand"]: False, readers["network"]: True})
        )
        assert await states() == (False, True, True)
        world.domain.doors.update(world.controller.id, status(door_id, False))
        assert await states() == (None, None, False)
        world.domain.controllers.of(world.controller.id).connected = False
        assert await states() == (None, None, None)


async def test_devices_are_for_those_who_may_see_the_configuration(database_url: str) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(NotPermitted):
            await page_all_devices(
                world.domain, only(*(set(Permission) - {Permission.CONFIGURATION_VIEW})), PageRequest(1)
            )
        assert (await page_all_devices(world.domain, only(Permission.CONFIGURATION_VIEW), PageRequest(1))).rows == []
