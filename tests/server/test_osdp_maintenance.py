"""From an operator's mutation to a simulated reader and back: keys, captures, and what the bus view shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osdp_sys
import pytest

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.doors.models import Device
from doorward.acs.doors.osdp_keys import derived_key, set_main_key
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

ERRORS = "errors { code message path }"
ORDER = f"order {{ id step ended detail done total }} {ERRORS}"
CREATE = f"mutation($input: OsdpDeviceInput!) {{ createOsdpDevice(input: $input) {{ deviceId {ERRORS} }} }}"
PROVISION = f"mutation($input: DeviceKeyInput!) {{ provisionDevice(input: $input) {{ {ORDER} }} }}"
ROTATE = f"mutation($input: DeviceKeyInput!) {{ rotateDeviceKey(input: $input) {{ {ORDER} }} }}"
CAPTURE = f"mutation($input: BusCaptureInput!) {{ captureBus(input: $input) {{ {ORDER} }} }}"
STOP = f"mutation($id: ID!) {{ stopDeviceOrder(id: $id) {{ {ORDER} }} }}"
DOWNLOAD = f"mutation($id: ID!) {{ downloadBusCapture(id: $id) {{ pcap {ERRORS} }} }}"
HOW = "query($id: ID!) { deviceOrder(id: $id) { step ended detail done } }"
BUSES = """{ osdpBuses { controllerName problem buses { port devices {
  deviceId address online onlineSince installMode problem identity { vendor serial firmware } counters { replies latency { upToMs replies } } } } } }"""  # noqa: E501


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
        async with asyncio.timeout(15):
            while True:
                found: dict[str, Any] = (await self.api.data(HOW, id=order["order"]["id"]))["deviceOrder"]
                if found["ended"]:
                    return found
                await asyncio.sleep(0.02)

    async def device(self) -> dict[str, Any]:
        (controller,) = (await self.api.data(BUSES))["osdpBuses"]
        return next(
            device for bus in controller["buses"] for device in bus["devices"] if device["deviceId"] == self.device_id
        )

    async def online(self) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while not (found := await self.device())["online"]:
                await asyncio.sleep(0.02)
            return found

    async def committed(self, number: int) -> Device:
        async with asyncio.timeout(15):
            while (row := await Device.get(id=self.device_id)).key_number != number:
                await asyncio.sleep(0.02)
            return row


@asynccontextmanager
async def plant(database_url: str, folder: Path, line: SerialLine) -> AsyncIterator[Plant]:
    """A controller whose third device, without a key of its own yet, is on `line`."""
    async with open_world(database_url) as world:
        site = await make_site(world)
        async with serve_api(world, folder, Role.ADMINISTRATOR, Role.OPERATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            given = {"doorId": site.door.id, "readerId": site.reader_b.id, "port": str(line.link), "address": 5}
            made = await api.data(CREATE, input=given)
            device_id = made["createOsdpDevice"]["deviceId"]
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
            async with asyncio.timeout(15):
                while not await Event.filter(type=EventType.READER_INSTALL_MODE).exists():
                    await asyncio.sleep(0.02)
            assert (await here.device())["installMode"]
            order = await here.done(PROVISION, input={"deviceId": here.device_id})
            assert (await here.ended(order))["step"] == "DONE"
            row = await here.committed(2)
            sealer = here.world.domain.sealer
            main = sealer.open((await SiteRow.get()).sealed_osdp_key or b"", "site:osdp_key")
            key = sealer.open(row.sealed_key or b"", f"device:{row.id}")
            assert key == derived_key(main, row.id, 2)
            assert row.sealed_next_key is None
            shown = await here.online()
            assert shown["identity"] == {"vendor": "00d00d", "serial": "00000005", "firmware": "0.0.1"}
            assert not shown["installMode"]
            assert sum(bucket["replies"] for bucket in shown["counters"]["latency"]) == shown["counters"]["replies"]

            await set_main_key(here.world.domain, COMMAND_LINE)
            order = await here.done(ROTATE, input={"deviceId": here.device_id})
            assert (await here.ended(order))["step"] == "DONE"
            rotated = await here.committed(3)
            assert sealer.open(rotated.sealed_key or b"", f"device:{row.id}") not in (key, derived_key(main, row.id, 3))
            assert (await here.online())["onlineSince"]
            offline = await Event.filter(type=EventType.READER_OFFLINE, reader_id=here.site.reader_b.id)
            assert len(offline) == 1  # in install mode, before it had a key
            told = [str(event.data) for event in await Event.all()]
            assert not [text for text in told if key.hex() in text or str(key) in text]


async def test_a_window_in_which_nothing_comes_leaves_no_key_behind(database_url: str, tmp_path: Path) -> None:
    line = SerialLine(tmp_path / "dev" / "reader")
    async with plant(database_url, tmp_path, line) as here:
        order = await here.done(PROVISION, input={"deviceId": here.device_id})
        again = (await here.api.data(PROVISION, input={"deviceId": here.device_id}))["provisionDevice"]["errors"]
        assert again[0]["code"] == "CONFLICT"
        await here.done(STOP, id=order["order"]["id"])
        assert (await here.ended(order))["step"] == "STOPPED"
        async with asyncio.timeout(15):
            while (await Device.get(id=here.device_id)).sealed_next_key is not None:
                await asyncio.sleep(0.02)
        assert await Event.filter(type=EventType.DEVICE_ORDER_ENDED).exists()
        await here.api.sign_in(Role.OPERATOR)
        refused = (await here.api.data(PROVISION, input={"deviceId": here.device_id}))["provisionDevice"]["errors"]
        assert refused[0]["code"] == "PERMISSION"
    line.close()


@pytest.mark.parametrize("key", ["30" + "".join(f"{byte:02x}" for byte in range(0x31, 0x40)), "00" * 16, "ab", "x"])
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
