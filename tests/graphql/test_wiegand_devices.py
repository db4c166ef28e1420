"""Wiegand readers behind converters through the API."""

from pathlib import Path

import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.decision.policy import Side
from doorward.acs.doors.operations import NewDoor, NewReader, create_door, create_reader
from doorward.acs.doors.wiegand import FRAMINGS
from doorward.acs.doors.wiring import ReaderType
from tests.api import serve_api
from tests.world import open_world

pytestmark = pytest.mark.anyio

DEVICE = "device { id readerId port baud framing channel keypad pinFacility pinDigits } errors { code message path }"
CREATE = "mutation($input: CreateWiegandDeviceInput!) { createWiegandDevice(input: $input) { " + DEVICE + " } }"
UPDATE = "mutation($input: UpdateWiegandDeviceInput!) { updateWiegandDevice(input: $input) { " + DEVICE + " } }"
DELETE = "mutation($id: ID!) { deleteWiegandDevice(input: {id: $id}) { deletedId errors { message } } }"


async def test_a_reader_is_wired_changed_listed_and_unwired(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        door = await create_door(world.domain, COMMAND_LINE, NewDoor("Gate", controller_id=world.controller.id))
        given = NewReader(door.id, Side.A, "In", type=ReaderType.WIEGAND, port=0)
        reader = await create_reader(world.domain, COMMAND_LINE, given)
        wanted = {"port": "/dev/c", "framing": "bits", "keypad": "BUFFERED_26", "pinFacility": 255}
        reply = (await api.data(CREATE, input={"readerId": reader.id, **wanted}))["createWiegandDevice"]
        assert reply["errors"] == []
        device = reply["device"]
        assert device | wanted == device
        assert (device["readerId"], device["baud"], device["channel"], device["pinDigits"]) == (reader.id, 9_600, 0, 4)
        changes = {"keypad": "BURST_4", "pinFacility": None, "framing": "channel-lines", "channel": 3}
        reply = (await api.data(UPDATE, input={"id": device["id"], **changes}))["updateWiegandDevice"]
        assert reply["device"] == {**device, **changes}
        refused = (await api.data(UPDATE, input={"id": device["id"], "framing": "bits"}))["updateWiegandDevice"]
        assert (refused["device"], refused["errors"][0]["path"]) == (None, ["channel"])
        listed = (await api.data("{ wiegandDevices(first: 100) { nodes { id channel } } }"))["wiegandDevices"]["nodes"]
        assert listed == [{"id": device["id"], "channel": 3}]
        reply = (await api.data(DELETE, id=device["id"]))["deleteWiegandDevice"]
        assert reply == {"deletedId": device["id"], "errors": []}
        assert (await api.data("{ wiegandDevices(first: 100) { nodes { id } } }"))["wiegandDevices"]["nodes"] == []


async def test_a_device_without_port_or_framing_is_refused(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        for given, path in (({}, ["port"]), ({"port": "/dev/c"}, ["framing"])):
            reply = (await api.data(CREATE, input={"readerId": "x", **given}))["createWiegandDevice"]
            assert reply["errors"][0]["path"] == path


async def test_the_framings_are_shown_with_an_example_that_can_be_read(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        found = (await api.data("{ wiegandFramings { name example channels tamper heartbeat } }"))["wiegandFramings"]
        assert [one["name"] for one in found] == list(FRAMINGS)
        assert found[0]["example"] == r"26:00220824\r\n"
        assert found[-1]["example"].startswith(r"\x02\x07\x02W")
