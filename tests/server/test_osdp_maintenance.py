"""From an operator's mutation to a simulated reader and back: keys, captures, and what the bus view shows."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import osdp_sys
import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.devices import OsdpDevice
from doorward.acs.doors.maintenance import MOST_FILE_BYTES
from doorward.acs.doors.models import Device
from doorward.acs.doors.osdp_devices import OsdpPlace, create_osdp_module
from doorward.acs.doors.osdp_keys import derived_key, set_main_key
from doorward.acs.doors.osdp_line import place_name
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.doors.rewiring import set_wiring
from doorward.acs.doors.wiring import InputPurpose, InputWire, LockWire
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.site.models import Site as SiteRow
from doorward.hardware.controller import Controller
from doorward.hardware.drivers import Drivers
from doorward.hardware.link import memory_link
from doorward.hardware.simulators.device import READER_CAPABILITIES, SimulatedDevice
from doorward.hardware.simulators.line import SerialLine
from doorward.server.controller_service import ControllerService
from tests.api import Api, serve_api
from tests.hardware.osdp.world import Power
from tests.world import DATA_KEY, Site, World, make_site, open_world

pytestmark = pytest.mark.anyio
Found = TypeVar("Found")

ERRORS = "errors { code message path }"
ORDER = f"order {{ id step ended detail done total }} {ERRORS}"
CREATE = (
    f"mutation($input: CreateOsdpDeviceInput!) {{ createOsdpDevice(input: $input) {{ device {{ id }} {ERRORS} }} }}"
)
PROVISION = f"mutation($input: ProvisionDeviceInput!) {{ provisionDevice(input: $input) {{ {ORDER} }} }}"
ROTATE = f"mutation($input: RotateDeviceKeyInput!) {{ rotateDeviceKey(input: $input) {{ {ORDER} }} }}"
CAPTURE = f"mutation($input: CaptureBusInput!) {{ captureBus(input: $input) {{ {ORDER} }} }}"
MOVE = f"mutation($input: MoveDeviceInput!) {{ moveDevice(input: $input) {{ {ORDER} }} }}"
DROP_MOVE = f"mutation($id: ID!) {{ dropDeviceMove(input: {{deviceId: $id}}) {{ deviceId {ERRORS} }} }}"
PLACES = "{ osdpDevices(first: 100) { nodes { id name port address baud nextAddress nextBaud keyPlanned } } }"
EDIT = f"mutation($input: UpdateOsdpDeviceInput!) {{ updateOsdpDevice(input: $input) {{ device {{ name port address readerId }} {ERRORS} }} }}"  # noqa: E501
STOP = f"mutation($id: ID!) {{ stopDeviceOrder(input: {{id: $id}}) {{ {ORDER} }} }}"
DOWNLOAD = f"mutation($id: ID!) {{ downloadBusCapture(input: {{id: $id}}) {{ pcap {ERRORS} }} }}"
HOW = "query($id: ID!) { deviceOrder(id: $id) { step ended detail done } }"
BUSES = """{ osdpBuses(first: 9) { nodes { controllerName problem buses { port devices {
  deviceId address online onlineSince installMode problem identity { vendor serial firmware } counters { replies latency { upToMs replies } } } } } } }"""  # noqa: E501


@dataclass
class Plant:
    """A world with a running controller and its API."""

    world: World
    site: Site
    api: Api
    device_id: str

    async def done(self, mutation: str, **variables: Any) -> dict[str, Any]:
        found: dict[str, Any] = next(iter((await self.api.data(mutation, **variables)).values()))
        assert found["errors"] == [], found
        return found

    async def ended(self, order: dict[str, Any]) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            found: dict[str, Any] = (await self.api.data(HOW, id=order["order"]["id"]))["deviceOrder"]
            return found if found["ended"] else None

        return await until(look)

    async def device(self, online: bool = False) -> dict[str, Any]:
        """The device as the bus view shows it, once it is driven (and online)."""

        async def look() -> dict[str, Any] | None:
            (controller,) = (await self.api.data(BUSES))["osdpBuses"]["nodes"]
            devices = [device for bus in controller["buses"] for device in bus["devices"]]
            found = next((one for one in devices if one["deviceId"] == self.device_id), None)
            return found if found is not None and (found["online"] or not online) else None

        return await until(look)

    async def row(self, fits: Callable[[Device], bool]) -> Device:
        async def look() -> Device | None:
            found = await Device.get(id=self.device_id)
            return found if fits(found) else None

        return await until(look)

    async def event(self, kind: EventType) -> Event:
        return await until(lambda: Event.get_or_none(type=kind))


async def until(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(15):
        while (found := await look()) is None:  # noqa: ASYNC110 - what is asked has no event to wait for
            await asyncio.sleep(0.02)
        return found


@asynccontextmanager
async def plant(database_url: str, folder: Path, line: SerialLine) -> AsyncIterator[Plant]:
    """A controller whose third device, without a key of its own yet, is on `line`."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        async with serve_api(world, folder, Role.ADMINISTRATOR, Role.OPERATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            given = {"doorId": site.door.id, "readerId": site.reader_b.id, "port": str(line.link), "address": 5}
            given["deriveKey"] = True
            made = await api.data(CREATE, input=given)
            device_id = made["createOsdpDevice"]["device"]["id"]
            controller_end, server_end = memory_link(asyncio.get_running_loop())
            service = ControllerService(world.domain, world.controller.id, server_end)
            world.domain.policy_changed = service.push_policy
            task = asyncio.create_task(service.run())
            controller = Controller(world.controller.id, folder / "journal.db", DATA_KEY, Drivers)
            await asyncio.to_thread(controller.start)
            controller.attach(controller_end)
            try:
                yield Plant(world, site, api, device_id)
            finally:
                await asyncio.to_thread(controller.stop)
                await task


async def test_a_reader_out_of_its_box_is_found_given_its_key_and_rotated(database_url: str, tmp_path: Path) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    reader = SimulatedDevice(line, 5, None, READER_CAPABILITIES, flags=osdp_sys.FLAG_INSTALL_MODE)
    with Power(reader):
        async with plant(database_url, tmp_path, line) as here:
            await here.event(EventType.READER_INSTALL_MODE)
            assert (await here.device())["installMode"]
            order = await here.done(PROVISION, input={"deviceId": here.device_id})
            assert (await here.ended(order))["step"] == "DONE"
            row = await here.row(lambda row: row.key_number == 2)
            sealer = here.world.domain.sealer
            main = sealer.open((await SiteRow.get()).sealed_osdp_key or b"", "site:osdp_key")
            key = sealer.open(row.sealed_key or b"", f"device:{row.id}")
            assert key == derived_key(main, row.id, 2)
            assert row.sealed_next_key is None
            shown = await here.device(online=True)
            assert shown["identity"] == {"vendor": "00d00d", "serial": "00000005", "firmware": "0.0.1"}
            assert not shown["installMode"]
            assert sum(bucket["replies"] for bucket in shown["counters"]["latency"]) == shown["counters"]["replies"]

            await set_main_key(here.world.domain, COMMAND_LINE, secrets.token_bytes(16))
            order = await here.done(ROTATE, input={"deviceId": here.device_id})
            assert (await here.ended(order))["step"] == "DONE"
            rotated = await here.row(lambda row: row.key_number == 3)
            assert sealer.open(rotated.sealed_key or b"", f"device:{row.id}") not in (key, derived_key(main, row.id, 3))
            assert (await here.device(online=True))["onlineSince"]
            offline = await Event.filter(type=EventType.READER_OFFLINE, reader_id=here.site.reader_b.id)
            assert len(offline) == 1  # in install mode, before it had a key
            told = [str(event.data) for event in await Event.all()]
            assert not [text for text in told if key.hex() in text or str(key) in text]


async def test_a_reader_is_moved_over_the_wire_and_its_row_follows(database_url: str, tmp_path: Path) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    reader = SimulatedDevice(line, 5, None, READER_CAPABILITIES, flags=osdp_sys.FLAG_INSTALL_MODE)
    with Power(reader):
        async with plant(database_url, tmp_path, line) as here:
            await here.event(EventType.READER_INSTALL_MODE)
            given = await here.done(PROVISION, input={"deviceId": here.device_id})
            assert (await here.ended(given))["step"] == "DONE"
            await here.row(lambda row: row.key_number == 2)
            order = await here.done(MOVE, input={"deviceId": here.device_id, "address": 9, "baud": 38_400})
            assert (await here.ended(order))["step"] == "DONE"
            row = await here.row(lambda row: row.address == 9)
            assert (row.baud, row.next_address, row.next_baud) == (38_400, None, None)
            assert row.name == place_name(str(line.link), 9)
            assert (reader.address, reader.baud) == (9, 38_400)
            heard = await here.event(EventType.READER_MOVED)
            assert (heard.reader_id, heard.data["address"]) == (here.site.reader_b.id, 9)
            shown = await here.device(online=True)
            assert (shown["address"], shown["problem"]) == (9, "")
            refused = await here.api.data(MOVE, input={"deviceId": here.device_id, "address": 9, "baud": 38_400})
            assert refused["moveDevice"]["errors"][0]["path"] == ["address"]


async def test_a_reader_that_does_not_come_keeps_its_place_and_can_be_edited(database_url: str, tmp_path: Path) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    async with plant(database_url, tmp_path, line) as here:
        await here.device()
        order = await here.done(MOVE, input={"deviceId": here.device_id, "address": 9, "baud": 115_200})
        planned = next(
            one for one in (await here.api.data(PLACES))["osdpDevices"]["nodes"] if one["id"] == here.device_id
        )
        assert (planned["address"], planned["nextAddress"], planned["keyPlanned"]) == (5, 9, False)
        await here.done(STOP, id=order["order"]["id"])
        assert (await here.ended(order))["step"] == "STOPPED"
        await here.row(lambda row: row.next_address is None)
        await here.done(DROP_MOVE, id=here.device_id)
        edited = await here.done(EDIT, input={"id": here.device_id, "name": "Exit reader", "address": 6})
        assert (edited["device"]["name"], edited["device"]["address"]) == ("Exit reader", 6)
        assert edited["device"]["readerId"] == here.site.reader_b.id
        unread = await here.done(EDIT, input={"id": here.device_id, "readerId": None})
        assert unread["device"]["readerId"] is None
        await here.api.sign_in(Role.OPERATOR)
        for mutation, variables in (
            (EDIT, {"input": {"id": here.device_id, "name": "x"}}),
            (MOVE, {"input": {"deviceId": here.device_id, "address": 9, "baud": 115_200}}),
            (DROP_MOVE, {"id": here.device_id}),
        ):
            (found,) = (await here.api.data(mutation, **variables)).values()
            assert found["errors"][0]["code"] == "PERMISSION"
    line.close()


async def test_a_window_in_which_nothing_comes_leaves_no_key_behind(database_url: str, tmp_path: Path) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    async with plant(database_url, tmp_path, line) as here:
        await here.device()
        order = await here.done(PROVISION, input={"deviceId": here.device_id})
        again = (await here.api.data(PROVISION, input={"deviceId": here.device_id}))["provisionDevice"]["errors"]
        assert again[0]["code"] == "CONFLICT"
        await here.done(STOP, id=order["order"]["id"])
        assert (await here.ended(order))["step"] == "STOPPED"
        await here.row(lambda row: row.sealed_next_key is None)
        assert (await here.event(EventType.DEVICE_ORDER_ENDED)).data["after"]["step"] == "stopped"
        await here.api.sign_in(Role.OPERATOR)
        refused = (await here.api.data(PROVISION, input={"deviceId": here.device_id}))["provisionDevice"]["errors"]
        assert refused[0]["code"] == "PERMISSION"
    line.close()


@pytest.mark.parametrize("key", ["30" + "".join(f"{byte:02x}" for byte in range(0x31, 0x40)), "00" * 16, "ab", "zz"])
async def test_keys_that_everybody_knows_or_that_are_none_are_refused(
    key: str, database_url: str, tmp_path: Path
) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    async with open_world(database_url) as world:
        site = await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            given = {"doorId": site.door.id, "port": "/dev/x", "address": 5, "key": key}
            (error,) = (await api.data(CREATE, input=given))["createOsdpDevice"]["errors"]
            assert (error["code"], error["path"]) == ("VALIDATION", ["key"])
            assert key not in error["message"]
    line.close()


async def test_the_largest_file_gets_through_the_api(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            device = (await Device.filter(port="/dev/reader"))[0]
            file = f"mutation($input: SendDeviceFileInput!) {{ sendDeviceFile(input: $input) {{ {ERRORS} }} }}"
            for size, code in ((MOST_FILE_BYTES, "CONTROLLER_OFFLINE"), (MOST_FILE_BYTES + 1, "VALIDATION")):
                given = {"deviceId": device.id, "fileType": 1, "data": base64.b64encode(bytes(size)).decode()}
                (error,) = (await api.data(file, input=given))["sendDeviceFile"]["errors"]
                assert error["code"] == code


async def test_a_capture_is_taken_stopped_and_downloaded_by_those_who_may(database_url: str, tmp_path: Path) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    reader = SimulatedDevice(line, 5, None, READER_CAPABILITIES, flags=osdp_sys.FLAG_INSTALL_MODE)
    with Power(reader):
        async with plant(database_url, tmp_path, line) as here:
            await here.device()
            capture = await here.done(CAPTURE, input={"deviceId": here.device_id, "seconds": 60})
            early = await here.api.data(DOWNLOAD, id=capture["order"]["id"])
            assert early["downloadBusCapture"]["errors"][0]["code"] in {"CONFLICT", "NOT_FOUND"}
            await here.event(EventType.READER_INSTALL_MODE)
            await here.done(STOP, id=capture["order"]["id"])
            assert (await here.ended(capture))["step"] == "DONE"
            found = await here.done(DOWNLOAD, id=capture["order"]["id"])
            assert base64.b64decode(found["pcap"])[:4] == bytes.fromhex("d4c3b2a1")
            assert (await here.event(EventType.BUS_CAPTURE_DOWNLOADED)).user_name == "administrator"
            await here.api.sign_in(Role.OPERATOR)
            refused = await here.api.data(DOWNLOAD, id=capture["order"]["id"])
            assert refused["downloadBusCapture"]["errors"][0]["code"] == "PERMISSION"


async def test_signals_are_set_for_the_site_and_reach_the_devices(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            shown = "colour blinks tones text"
            before = (await api.data(f"{{ readerSignals {{ granted {{ {shown} }} }} }}"))["readerSignals"]
            assert before["granted"] == {"colour": "GREEN", "blinks": False, "tones": 1, "text": ""}
            setting = f"mutation($input: SetReaderSignalsInput!) {{ setReaderSignals(input: $input) {{ signals {{ denied {{ {shown} }} }} {ERRORS} }} }}"  # noqa: E501
            given: dict[str, Any] = {name: {"colour": "RED"} for name in ("granted", "denied", "waiting", "lockdown")}
            given["denied"]["text"] = "No "
            done = (await api.data(setting, input=given))["setReaderSignals"]
            assert done["signals"]["denied"] == {"colour": "RED", "blinks": False, "tones": 0, "text": "No"}
            wiring = await controller_wiring(world.domain.sealer, world.controller.id)
            signals = {one.signals for one in wiring.devices if isinstance(one, OsdpDevice)}
            assert {one.denied.text for one in signals} == {"No"}
            given["denied"]["tones"] = 99
            (error,) = (await api.data(setting, input=given))["setReaderSignals"]["errors"]
            assert error["path"] == ["denied", "tones"]


async def test_a_set_of_signals_is_made_chosen_changed_and_deleted(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            given: dict[str, Any] = {name: {"colour": "RED"} for name in ("granted", "denied", "waiting", "lockdown")}
            changed = f"signalSet {{ id name version signals {{ granted {{ colour }} }} }} {ERRORS}"
            create = f"mutation($name: String!, $signals: ReaderSignalsInput!) {{ createSignalSet(input: {{name: $name, signals: $signals}}) {{ {changed} }} }}"  # noqa: E501
            update = f"mutation($id: ID!, $name: String, $signals: ReaderSignalsInput) {{ updateSignalSet(input: {{id: $id, name: $name, signals: $signals}}) {{ {changed} }} }}"  # noqa: E501
            choose = f"mutation($reader: ID!, $set: ID) {{ chooseReaderSignals(input: {{readerId: $reader, signalSetId: $set}}) {{ readerId {ERRORS} }} }}"  # noqa: E501
            delete = f"mutation($id: ID!) {{ deleteSignalSet(input: {{id: $id}}) {{ deletedId {ERRORS} }} }}"
            made = (await api.data(create, name="Loud", signals=given))["createSignalSet"]["signalSet"]
            assert (made["name"], made["version"]) == ("Loud", 1)
            chosen = (await api.data(choose, reader=site.reader_a.id, set=made["id"]))["chooseReaderSignals"]
            assert chosen == {"readerId": site.reader_a.id, "errors": []}
            given["granted"]["colour"] = "CYAN"
            told = (await api.data(update, id=made["id"], signals=given))["updateSignalSet"]["signalSet"]
            assert (told["name"], told["signals"]["granted"]["colour"]) == ("Loud", "CYAN")
            given["granted"]["tones"] = 11
            bad = (await api.data(update, id=made["id"], signals=given))["updateSignalSet"]["errors"]
            assert bad[0]["path"] == ["granted", "tones"]
            (listed,) = (await api.data("{ signalSets(first: 100) { nodes { name readers { name } } } }"))[
                "signalSets"
            ]["nodes"]
            assert listed == {"name": "Loud", "readers": [{"name": "Entry"}]}
            used = (await api.data(delete, id=made["id"]))["deleteSignalSet"]["errors"]
            assert used[0]["code"] == "CONFLICT"
            await api.data(choose, reader=site.reader_a.id, set=None)
            assert (await api.data(delete, id=made["id"]))["deleteSignalSet"]["deletedId"] == made["id"]


async def test_a_module_at_no_door_lends_its_inputs_and_outputs_to_doors(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        site = await make_site(world)
        place = OsdpPlace("socket://192.0.2.10:4001", 7)
        module = await create_osdp_module(world.domain, COMMAND_LINE, world.controller.id, "Cabinet", place)
        await set_wiring(
            world.domain,
            COMMAND_LINE,
            site.door.id,
            [LockWire(3, device_id=module.id)],
            [InputWire(InputPurpose.POSITION, 2, device_id=module.id)],
        )
        wiring = await controller_wiring(world.domain.sealer, world.controller.id)
        assert module.id in {device.id for device in wiring.devices}
        assert [(lock.device_id, lock.output) for lock in wiring.locks] == [(module.id, 3)]
        bad = OsdpPlace("rfc2217://192.0.2.10:4001", 8)
        with pytest.raises(ValidationFailed, match="socket://"):
            await create_osdp_module(world.domain, COMMAND_LINE, world.controller.id, "Other", bad)
        with pytest.raises(NotFound):
            await create_osdp_module(world.domain, COMMAND_LINE, "nowhere", "Other", OsdpPlace("/dev/x", 8))
