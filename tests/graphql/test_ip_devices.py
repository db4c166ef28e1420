"""Readers and cameras on the network through the API."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.devices import IpDevice, Region
from doorward.acs.doors.policy import controller_wiring
from tests.api import serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio

DEVICE = """{
  id name doorId readerName path hasStream region { left top right bottom } minConfidence unsignedPlates
}"""
REST = "errors { code message path }"
ADD_READER = "mutation($input: CreateReaderInput!) { createReader(input: $input) { reader { id } } }"
CREATE = "mutation($input: CreateIpDeviceInput!) { createIpDevice(input: $input) { key device " + DEVICE + REST + " } }"
UPDATE = "mutation($input: UpdateIpDeviceInput!) { updateIpDevice(input: $input) { key device " + DEVICE + REST + " } }"
SHOW = "mutation($id: ID!) { showIpDeviceKey(input: {id: $id}) { key pushSecret " + REST + " } }"
ROTATE = (
    "mutation($id: ID!, $grace: Duration!) { rotateIpDeviceKey(input: {id: $id, grace: $grace}) { key " + REST + " } }"
)
PLATES = (
    "mutation($id: ID!, $on: Boolean!) { allowUnsignedPlates(input: {id: $id, allowed: $on}) { pushSecret "
    + REST
    + " } }"
)
DELETE = "mutation($id: ID!) { deleteIpDevice(input: {id: $id}) { deletedId " + REST + " } }"
LIST = "query($c: ID) { ipDevices(first: 100, filter: {controllerId: $c}) { nodes " + DEVICE + " } }"


async def test_a_device_on_the_network_is_added_changed_keyed_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        site = await make_site(world)

        async def ask(document: str, **variables: Any) -> dict[str, Any]:
            [reply] = (await api.data(document, **variables)).values()
            return dict(reply)

        async def reader(type: str) -> str:
            given = {"name": type, "type": type, "address": "10.0.0.7"}
            return str((await ask(ADD_READER, input={"doorId": site.door.id, **given}))["reader"]["id"])

        given = {"readerId": await reader("BARCODE_CAMERA"), "name": "Gate", "streamUrl": "rtsp://a:b@10.0.0.7/1"}
        made = await ask(CREATE, input=given)
        device = made["device"]
        assert (made["errors"], device["path"]) == ([], f"/peripherals/{device['id']}")
        assert (device["hasStream"], device["unsignedPlates"], device["readerName"]) == (True, False, "BARCODE_CAMERA")
        part = {"left": 25, "right": 75}
        changed = await ask(UPDATE, input={"id": device["id"], "name": "Main gate", "region": part})
        assert changed["key"] is None
        assert changed["device"]["region"] == {"left": 25, "top": 0, "right": 75, "bottom": 100}
        assert (await api.data(LIST, c=world.controller.id))["ipDevices"]["nodes"] == [changed["device"]]
        assert (await api.data(LIST, c="another"))["ipDevices"]["nodes"] == []

        shown = await ask(SHOW, id=device["id"])
        assert (shown["key"], shown["pushSecret"]) == (made["key"], None)
        rotated = await ask(ROTATE, id=device["id"], grace="PT1M")
        wiring = await controller_wiring(world.domain.sealer, world.controller.id)
        [wired] = [one for one in wiring.devices if isinstance(one, IpDevice)]
        assert [key.secret.hex() for key in wired.keys] == [rotated["key"], made["key"]]
        assert (wired.stream_url, wired.region) == ("rtsp://a:b@10.0.0.7/1", Region(25, 0, 75, 100))
        assert (await ask(ROTATE, id=device["id"], grace="-PT1S"))["errors"][0]["path"] == ["grace"]
        assert (await ask(PLATES, id=device["id"], on=True))["errors"][0]["path"] == ["id"]

        camera = await ask(CREATE, input={"readerId": await reader("PLATE_CAMERA"), "name": "P", "minConfidence": 0.9})
        secret = (await ask(PLATES, id=camera["device"]["id"], on=True))["pushSecret"]
        assert (await ask(SHOW, id=camera["device"]["id"]))["pushSecret"] == secret != ""
        assert (await ask(DELETE, id=device["id"]))["deletedId"] == device["id"]
        for document, more in ((SHOW, {}), (DELETE, {}), (ROTATE, {"grace": "PT0S"})):
            assert (await ask(document, id=device["id"], **more))["errors"][0]["code"] == "NOT_FOUND"
        for wrong in ({"streamUrl": "file:///x"}, {"minConfidence": 2.0}, {"name": ""}):
            refused = await ask(CREATE, input={"readerId": await reader("BARCODE_CAMERA"), "name": "X", **wrong})
            assert refused["errors"][0]["path"] == [next(iter(wrong))]


async def test_only_who_may_change_the_configuration_sees_a_key(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        assert (await api.data(SHOW, id="x"))["showIpDeviceKey"]["errors"][0]["code"] == "PERMISSION"
