"""Configuring doors, readers, elevators and profiles through the API, as the dashboard does."""

from pathlib import Path
from typing import Any

import pytest

from doorward.acs.actor import Role
from doorward.acs.devices import DeviceKind, OsdpDevice
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.doors.queries import page_devices
from doorward.acs.errors import NotPermitted
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from tests.api import Api, serve_api
from tests.world import World, make_site, open_world, user

pytestmark = pytest.mark.anyio

DOOR = """{
  id name kind accessTimeMs hasPosition profileId doubleSwipeTimeoutMs version warnings maintenance
  twoPerson { sides timeoutMs scheduleIds groupIds } firstPerson { groupIds } unlockScheduleIds
  locks { rank output deviceId } inputs { purpose side port activeWhen supervision resistorOhm rex emergency }
  readers { id name side type hasKeypad version }
}"""
ERRORS = "errors { code message path }"
CREATE = "mutation($input: CreateDoorInput!) { createDoor(input: $input) { door " + DOOR + " " + ERRORS + " } }"
UPDATE = "mutation($input: UpdateDoorInput!) { updateDoor(input: $input) { door " + DOOR + " " + ERRORS + " } }"


async def create(api: Api, world: World, **settings: Any) -> dict[str, Any]:
    settings = {"name": "Gate", "controllerId": world.controller.id, **settings}
    reply = (await api.data(CREATE, input=settings))["createDoor"]
    assert reply["errors"] == []
    door: dict[str, Any] = reply["door"]
    return door


async def test_a_door_is_created_changed_wired_and_read_back(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        site = await make_site(world)
        door = await create(api, world, accessTimeMs=5_000)
        assert (door["kind"], door["accessTimeMs"], door["profileId"]) == ("DOOR", 5_000, None)
        changes = {
            "profileId": "card-and-pin",
            "twoPerson": {"sides": ["A"], "timeoutMs": 15_000, "groupIds": [site.group.id]},
            "doubleSwipeTimeoutMs": 3_000,
        }
        reply = (await api.data(UPDATE, input={"id": door["id"], "expectedVersion": 1, **changes}))["updateDoor"]
        assert reply["errors"] == []
        assert reply["door"]["twoPerson"] == {
            "sides": ["A"],
            "timeoutMs": 15_000,
            "scheduleIds": [],
            "groupIds": [site.group.id],
        }
        assert reply["door"]["accessTimeMs"] == 5_000
        off = {"twoPerson": None, "doubleSwipeTimeoutMs": None, "accessTimeMs": None}
        reply = (await api.data(UPDATE, input={"id": door["id"], "expectedVersion": 2, **off}))["updateDoor"]
        assert (reply["door"]["twoPerson"], reply["door"]["doubleSwipeTimeoutMs"]) == (None, None)
        assert reply["door"]["accessTimeMs"] == 5_000
        stale = (await api.data(UPDATE, input={"id": door["id"], "expectedVersion": 2, "name": "X"}))["updateDoor"]
        assert stale["errors"][0]["code"] == "CONFLICT"
        wired = await api.data(
            "mutation($id: ID!) { setDoorWiring(input: {id: $id, locks: [{output: 1}], inputs: ["
            "{purpose: POSITION, port: 2, supervision: SERIAL, resistorOhm: 1000},"
            "{purpose: REX, port: 3, side: B, rex: UNLOCK}]}) { door " + DOOR + " " + ERRORS + " } }",
            id=door["id"],
        )
        assert wired["setDoorWiring"]["errors"] == []
        assert [one["purpose"] for one in wired["setDoorWiring"]["door"]["inputs"]] == ["POSITION", "REX"]
        ports = await api.data("query($id: ID!) { doorPorts(doorId: $id) { kind number what } }", id=door["id"])
        assert ports["doorPorts"][0] == {"kind": "OUTPUT", "number": "1", "what": "primary lock"}
        shown = await api.data("query($id: ID!) { doorConfiguration(id: $id) " + DOOR + " }", id=door["id"])
        assert shown["doorConfiguration"]["version"] == 4
        everyone = await api.data("{ doorConfigurations(first: 100) { nodes { name } } }")
        assert [one["name"] for one in everyone["doorConfigurations"]["nodes"]] == ["Gate", "Main entrance"]
        found = await api.data("{ controllers(first: 100) { nodes { id name } } }")
        assert found["controllers"]["nodes"] == [{"id": world.controller.id, "name": world.controller.name}]


async def test_readers_are_added_changed_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        door = await create(api, world, profileId="card-and-pin")
        added = await api.data(
            'mutation($id: ID!) { createReader(input: {doorId: $id, name: "In", side: B, type: WIEGAND, port: 2, '
            "hasKeypad: false, ledControl: DUAL}) { reader { id side ledControl } " + ERRORS + " } }",
            id=door["id"],
        )
        reader = added["createReader"]["reader"]
        assert (reader["side"], reader["ledControl"]) == ("B", "DUAL")
        shown = await api.data("query($id: ID!) { doorConfiguration(id: $id) { warnings } }", id=door["id"])
        assert shown["doorConfiguration"]["warnings"] == [
            "No reader on side B can take a PIN, which Card and PIN accepts there."
        ]
        changed = await api.data(
            "mutation($id: ID!) { updateReader(input: {id: $id, expectedVersion: 1, hasKeypad: null}) "
            "{ reader { hasKeypad version } " + ERRORS + " } }",
            id=reader["id"],
        )
        assert changed["updateReader"]["reader"] == {"hasKeypad": None, "version": 2}
        gone = await api.data(
            "mutation($id: ID!) { deleteReader(input: {id: $id}) { deletedId " + ERRORS + " } }", id=reader["id"]
        )
        assert gone["deleteReader"]["deletedId"] == reader["id"]


DEVICE = "id role doorId doorName readerId readerName port address baud"
ADD_DEVICE = (
    "mutation($input: CreateOsdpDeviceInput!) { createOsdpDevice(input: $input) { key device { " + DEVICE + " } "
    "errors { code message path } } }"
)
DELETE_DEVICE = "mutation($id: ID!) { deleteOsdpDevice(input: {id: $id}) { deletedId errors { code message path } } }"


async def test_osdp_devices_are_added_with_a_key_made_or_entered_listed_and_deleted(
    database_url: str, tmp_path: Path
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        door = await create(api, world)
        made = await api.data(
            'mutation($id: ID!) { createReader(input: {doorId: $id, name: "In"}) { reader { id doorId } } }',
            id=door["id"],
        )
        reader = made["createReader"]["reader"]
        assert reader["doorId"] == door["id"]
        given = {"doorId": door["id"], "port": "/dev/bus", "address": 1, "baud": 9_600}

        async def add(**more: Any) -> dict[str, Any]:
            reply: dict[str, Any] = (await api.data(ADD_DEVICE, input={**given, **more}))["createOsdpDevice"]
            return reply

        read = await add(readerId=reader["id"])
        assert (read["device"]["role"], read["device"]["readerName"]) == ("READER", "In")
        assert (read["device"]["baud"], read["device"]["doorName"]) == (9_600, "Gate")
        made_key = bytes.fromhex(read["key"])
        assert len(made_key) == 16
        io = await add(address=2, key="00112233445566778899aabbccddeeff", strikeOutput=3, positionInput=4, rexInput=5)
        assert (io["device"]["role"], io["key"]) == ("DOOR_IO", None)
        wiring = await controller_wiring(world.domain.sealer, world.controller.id)
        keys = [device.key for device in wiring.devices if isinstance(device, OsdpDevice)]
        assert sorted(keys) == sorted([made_key, bytes.fromhex("00112233445566778899aabbccddeeff")])
        for wrong in ({"key": "0011"}, {"key": "no key at all"}):
            assert (await add(address=3, **wrong))["errors"][0]["path"] == ["key"]
        assert (await add())["errors"][0]["path"] == ["address"]
        assert (await add(address=3, baud=38_400))["errors"][0]["path"] == ["baud"]
        listed = "query($c: ID) { osdpDevices(first: 100, filter: {controllerId: $c}) { nodes { " + DEVICE + " } } }"
        assert (await api.data(listed, c=world.controller.id))["osdpDevices"]["nodes"] == [read["device"], io["device"]]
        assert (await api.data(listed))["osdpDevices"]["nodes"] == [read["device"], io["device"]]
        assert (await api.data(listed, c="another"))["osdpDevices"]["nodes"] == []
        refused = (await api.data(DELETE_DEVICE, id=io["device"]["id"]))["deleteOsdpDevice"]
        assert (refused["errors"][0]["code"], refused["errors"][0]["path"]) == ("CONFLICT", ["id"])
        gone = (await api.data(DELETE_DEVICE, id=read["device"]["id"]))["deleteOsdpDevice"]
        assert gone["deletedId"] == read["device"]["id"]
        events = await Event.filter(type__in=[EventType.DEVICE_CREATED, EventType.DEVICE_DELETED])
        assert not any(read["key"] in str(event.data) for event in events)
        assert EventType.DEVICE_DELETED in {event.type for event in events}


async def test_an_operator_sees_osdp_devices_and_cannot_add_or_delete_one(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        site = await make_site(world)
        found = (await api.data("{ osdpDevices(first: 100) { nodes { id role } } }"))["osdpDevices"]["nodes"]
        assert [device["role"] for device in found] == ["DOOR_IO", "READER"]
        added = await api.data(ADD_DEVICE, input={"doorId": site.door.id, "port": "/dev/x", "address": 1})
        assert added["createOsdpDevice"]["errors"][0]["code"] == "PERMISSION"
        gone = (await api.data(DELETE_DEVICE, id=found[0]["id"]))["deleteOsdpDevice"]
        assert gone["errors"][0]["code"] == "PERMISSION"
        with pytest.raises(NotPermitted):
            await page_devices(user(Role.VIEWER), PageRequest(1), DeviceKind.OSDP)


async def test_an_elevator_is_made_and_goes_with_its_last_floor(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        made = await api.data(
            'mutation($c: ID!) { createElevator(input: {name: "West", controllerId: $c, floors: [{name: "1", '
            "relayOutput: 1}]}) { elevator { id floors { doorId name } } " + ERRORS + " } }",
            c=world.controller.id,
        )
        elevator = made["createElevator"]["elevator"]
        first = elevator["floors"][0]["doorId"]
        refused = await api.data(
            'mutation($c: ID!) { createElevator(input: {name: "East", controllerId: $c, floors: [{name: "0"}, '
            '{name: "1", relayOutput: 1}]}) { ' + ERRORS + " } }",
            c=world.controller.id,
        )
        assert refused["createElevator"]["errors"][0]["path"] == ["floors", "1", "locks", "0", "output"]
        await api.data(
            'mutation($id: ID!) { createReader(input: {doorId: $id, name: "Cab"}) { ' + ERRORS + " } }", id=first
        )
        await api.data(
            'mutation($id: ID!) { addFloor(input: {elevatorId: $id, name: "2"}) { ' + ERRORS + " } }",
            id=elevator["id"],
        )
        shown = (
            await api.data("{ elevators(first: 100) { nodes { name floors { doorId name } readers { name } } } }")
        )["elevators"]["nodes"]
        assert [floor["name"] for floor in shown[0]["floors"]] == ["1", "2"]
        assert shown[0]["readers"] == [{"name": "Cab"}]
        for floor in shown[0]["floors"]:
            await api.data("mutation($id: ID!) { deleteDoor(input: {id: $id}) { " + ERRORS + " } }", id=floor["doorId"])
        assert (await api.data("{ elevators(first: 100) { nodes { name } } }"))["elevators"]["nodes"] == []


async def test_doors_are_copied_maintained_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        site = await make_site(world)
        copied = await api.data(
            'mutation($id: ID!, $c: ID!) { copyDoor(input: {id: $id, name: "Copy", controllerId: $c}) '
            "{ door { id name readers { id } } " + ERRORS + " } }",
            id=site.door.id,
            c=world.controller.id,
        )
        copy = copied["copyDoor"]["door"]
        assert (copy["name"], copy["readers"]) == ("Copy", [])
        kept = await api.data(
            'mutation($id: ID!) { setDoorMaintenance(input: {id: $id, on: true, reason: "Paint"}) '
            "{ door { maintenance } " + ERRORS + " } }",
            id=copy["id"],
        )
        assert kept["setDoorMaintenance"]["door"]["maintenance"]
        delete = "mutation($id: ID!) { deleteDoor(input: {id: $id}) { deletedId " + ERRORS + " } }"
        refused = (await api.data(delete, id=site.door.id))["deleteDoor"]
        assert refused["errors"][0]["message"].startswith("Main entrance is used by access rule Staff")
        assert (await api.data(delete, id=copy["id"]))["deleteDoor"]["deletedId"] == copy["id"]


async def test_profiles_are_made_changed_and_replaced(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
        await api.sign_in(Role.ADMINISTRATOR)
        made = await api.data(
            'mutation { createIdentificationProfile(input: {name: "Two ways", sideA: [{types: [PIN, CARD]}], '
            "sideB: [{types: [REX]}], facilityCode: false}) { profile { id facilityCode sideA { types scheduleIds } } "
            + ERRORS
            + " } }"
        )
        profile = made["createIdentificationProfile"]["profile"]
        assert profile["sideA"] == [{"types": ["CARD", "PIN"], "scheduleIds": []}]
        changed = await api.data(
            "mutation($id: ID!) { updateIdentificationProfile(input: {id: $id, sideB: [], expectedVersion: 1}) "
            "{ profile { name sideA { types } sideB { types } version } " + ERRORS + " } }",
            id=profile["id"],
        )
        assert changed["updateIdentificationProfile"]["profile"] == {
            "name": "Two ways",
            "sideA": [{"types": ["CARD", "PIN"]}],
            "sideB": [],
            "version": 2,
        }
        door = await create(api, world, profileId=profile["id"])
        delete = (
            "mutation($id: ID!, $to: ID) { deleteIdentificationProfile(input: {id: $id, successorId: $to}) { deletedId "
            + ERRORS
            + " } }"
        )
        refused = (await api.data(delete, id=profile["id"]))["deleteIdentificationProfile"]
        assert (refused["errors"][0]["code"], refused["errors"][0]["path"]) == ("CONFLICT", ["successorId"])
        gone = (await api.data(delete, id=profile["id"], to="card"))["deleteIdentificationProfile"]
        assert gone["deletedId"] == profile["id"]
        found = (await api.data("{ identificationProfiles(first: 100) { nodes { id doorIds } } }"))[
            "identificationProfiles"
        ]["nodes"]
        assert {"id": "card", "doorIds": [door["id"]]} in found


async def test_an_operator_sees_the_configuration_and_cannot_change_it(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        await api.sign_in(Role.OPERATOR)
        reply = (await api.data(CREATE, input={"name": "Gate", "controllerId": world.controller.id}))["createDoor"]
        assert reply["errors"][0]["code"] == "PERMISSION"
        assert (await api.data("{ doorConfigurations(first: 100) { nodes { id } } }"))["doorConfigurations"][
            "nodes"
        ] == []
