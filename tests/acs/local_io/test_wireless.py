"""Wireless doors reach their controller as lines on their hub."""

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import DoorKind
from doorward.acs.devices import DeviceRole, InputLine, LockLine
from doorward.acs.doors.changes import update_door
from doorward.acs.doors.models import Device, Door
from doorward.acs.doors.operations import NewDevice, NewDoor, create_device, create_door
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.wireless import lock_number
from doorward.acs.doors.wiring import InputPurpose
from doorward.acs.errors import Conflict
from doorward.acs.local_io.given import NewAuxOutput
from doorward.acs.local_io.outputs import create_aux_output
from doorward.acs.policy.parts import Scope, wiring_of
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio


async def hub_and_door(world: World, hub_address: str = "/dev/hub:5", lock_address: str = "3") -> tuple[Device, Door]:
    site = await make_site(world)
    hub = await create_device(
        world.domain, COMMAND_LINE, NewDevice(DeviceRole.DOOR_IO, site.door.id, "/dev/hub", 5, b"h" * 16)
    )
    await set_wiring(world.domain, COMMAND_LINE, site.door.id, [], [])
    given = NewDoor(
        "Meeting room", world.controller.id, kind=DoorKind.WIRELESS, hub_address=hub_address, lock_address=lock_address
    )
    return hub, await create_door(world.domain, COMMAND_LINE, given)


@pytest.mark.parametrize("by", ["place", "id"])
async def test_a_wireless_door_has_the_lock_and_the_sensor_that_its_addresses_name(database_url: str, by: str) -> None:
    async with open_world(database_url) as world:
        hub, door = await hub_and_door(world)
        if by == "id":
            await update_door(world.domain, COMMAND_LINE, door.id, {"hub_address": hub.id})
        wiring = await wiring_of(Scope(world.domain, world.controller.id))
        assert LockLine(door.id, hub.id, 3) in wiring.locks
        assert InputLine(door.id, InputPurpose.POSITION, hub.id, 3) in wiring.inputs


@pytest.mark.parametrize("hub_address, lock_address", [("/dev/hub:6", "3"), ("nowhere", "3"), ("/dev/hub:5", "three")])
async def test_a_wireless_door_whose_hub_or_lock_is_not_found_has_no_line(
    database_url: str, hub_address: str, lock_address: str
) -> None:
    async with open_world(database_url) as world:
        _, door = await hub_and_door(world, hub_address, lock_address)
        wiring = await wiring_of(Scope(world.domain, world.controller.id))
        assert door.id not in {line.door_id for line in wiring.locks} | {line.door_id for line in wiring.inputs}


async def test_a_wireless_lock_is_no_auxiliary_output(database_url: str) -> None:
    async with open_world(database_url) as world:
        hub, _ = await hub_and_door(world)
        with pytest.raises(Conflict, match="Meeting room"):
            await create_aux_output(world.domain, COMMAND_LINE, NewAuxOutput("Sneak", hub.id, 3))
        await create_aux_output(world.domain, COMMAND_LINE, NewAuxOutput("Siren", hub.id, 4))


def test_lock_numbers() -> None:
    assert [lock_number(text) for text in ("0", "15", "255", "256", "-1", "", "x", "²", "00000001")] == [
        0, 15, 255, None, None, None, None, None, None,
    ]  # fmt: skip
