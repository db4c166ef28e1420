"""Readers and cameras on the network: their keys, what a controller gets of them, and what is told of both."""

import json
from datetime import timedelta
from typing import Any

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import Side
from doorward.acs.devices import DeviceKind, IpDevice, ReadKind, Region
from doorward.acs.doors.ip_devices import (
    IpDeviceSecrets,
    allow_unsigned_plates,
    create_ip_device,
    rotate_ip_device_key,
    show_ip_device_key,
    update_ip_device,
)
from doorward.acs.doors.ip_settings import IpSettings
from doorward.acs.doors.models import Device
from doorward.acs.doors.operations import NewReader, create_reader
from doorward.acs.doors.policy import controller_wiring
from doorward.acs.doors.queries import page_devices
from doorward.acs.doors.readers import delete_device, update_reader
from doorward.acs.doors.wiring import ReaderType
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.paging import PageRequest
from tests.world import World, make_site, open_world

pytestmark = pytest.mark.anyio
STREAM = "rtsp://user:hunter2@10.0.0.7/1"


async def listed_devices(kind: DeviceKind, controller_id: str | None = None) -> list[Device]:
    return (await page_devices(COMMAND_LINE, PageRequest(100), kind, controller_id=controller_id)).rows


async def a_reader(world: World, door_id: str, type: ReaderType = ReaderType.IP) -> str:
    given = NewReader(door_id, Side.A, type.value, type=type, address="10.0.0.7")
    return (await create_reader(world.domain, COMMAND_LINE, given)).id


async def added(world: World, type: ReaderType = ReaderType.IP, **settings: Any) -> IpDeviceSecrets:
    site = await make_site(world)
    reader_id = await a_reader(world, site.door.id, type)
    return await create_ip_device(world.domain, COMMAND_LINE, reader_id, IpSettings("Intercom", **settings))


async def wired(world: World) -> IpDevice:
    wiring = await controller_wiring(world.domain.sealer, world.controller.id)
    [device] = [one for one in wiring.devices if isinstance(one, IpDevice)]
    assert [line.reader_id for line in wiring.readers if line.device_id == device.id]
    return device


async def test_a_controller_gets_the_key_and_the_settings(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await added(world, ReaderType.BARCODE_CAMERA, stream_url=STREAM, region=Region(10, 20, 60, 80))
        device = await wired(world)
    assert [key.secret.hex() for key in device.keys] == [made.key]
    assert (device.stream_url, device.region) == (STREAM, Region(10, 20, 60, 80))
    assert (device.accepts, device.push_secret) == ((ReadKind.QR,), "")


async def test_no_secret_is_stored_as_it_is_or_told_in_an_event(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await added(world, stream_url=STREAM)
        keys = [made.key]
        keys.append((await rotate_ip_device_key(world.domain, COMMAND_LINE, made.device.id, 60)).key)
        await update_ip_device(world.domain, COMMAND_LINE, made.device.id, {"stream_url": STREAM + "?token=tiger"})
        await show_ip_device_key(world.domain, COMMAND_LINE, made.device.id)
        row = await Device.get(id=made.device.id)
        events = json.dumps([event.data for event in await Event.all()])
        assert isinstance(row.sealed_key, bytes)
        for secret in (*keys, "hunter2", "tiger"):
            assert secret not in events
            assert secret not in json.dumps(row.settings)
            assert secret not in repr(made)
            assert secret not in repr(await wired(world))
        assert all(bytes.fromhex(key) not in row.sealed_key for key in keys)


async def test_the_key_can_be_shown_again_and_that_is_told(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await added(world)
        assert (await show_ip_device_key(world.domain, COMMAND_LINE, made.device.id)).key == made.key
        assert await Event.filter(type=EventType.DEVICE_KEY_SHOWN).count() == 1


async def test_a_rotated_key_is_good_for_its_grace_and_no_older_one_is(database_url: str) -> None:
    async with open_world(database_url) as world:
        first = await added(world)

        async def rotate(grace_s: int) -> str:
            return (await rotate_ip_device_key(world.domain, COMMAND_LINE, first.device.id, grace_s)).key

        second = await rotate(3600)
        device = await wired(world)
        assert [(key.secret.hex(), key.until) for key in device.keys] == [
            (second, None),
            (first.key, world.clock() + timedelta(hours=1)),
        ]
        third = await rotate(60)
        assert [key.secret.hex() for key in (await wired(world)).keys] == [third, second]
        fourth = await rotate(0)
        assert [key.secret.hex() for key in (await wired(world)).keys] == [fourth]
        for grace_s in (-1, 10**9):
            with pytest.raises(ValidationFailed):
                await rotate(grace_s)


async def test_plates_without_a_signature_are_off_unless_allowed(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await added(world, ReaderType.PLATE_CAMERA, min_confidence=0.8)
        assert made.push_secret == (await wired(world)).push_secret == ""
        secrets = []
        for _ in range(2):
            allowed = await allow_unsigned_plates(world.domain, COMMAND_LINE, made.device.id, True)
            assert (await wired(world)).push_secret == allowed.push_secret
            secrets.append(allowed.push_secret)
        assert len({*secrets, ""}) == 3
        await allow_unsigned_plates(world.domain, COMMAND_LINE, made.device.id, False)
        assert (await wired(world)).push_secret == ""
        assert (await wired(world)).min_confidence == 0.8


async def test_only_what_fits_the_reader_is_taken(database_url: str) -> None:
    async with open_world(database_url) as world:
        domain = world.domain
        site = await make_site(world)
        plates = await a_reader(world, site.door.id, ReaderType.PLATE_CAMERA)
        intercom = await a_reader(world, site.door.id)
        for reader_id, given in (
            (site.reader_a.id, IpSettings("OSDP reader")),
            (plates, IpSettings("")),
            (plates, IpSettings("QR", STREAM)),
            (plates, IpSettings("Sure", min_confidence=1.5)),
            (plates, IpSettings("Sure", min_confidence=float("nan"))),
            (intercom, IpSettings("Sure", min_confidence=0.5)),
            (intercom, IpSettings("File", "file:///etc/passwd")),
            (intercom, IpSettings("No host", "rtsp:///1")),
            (intercom, IpSettings("Region", STREAM, Region(50, 0, 50, 100))),
        ):
            with pytest.raises(ValidationFailed):
                await create_ip_device(domain, COMMAND_LINE, reader_id, given)
        with pytest.raises(NotFound):
            await create_ip_device(domain, COMMAND_LINE, "nobody", IpSettings("x"))
        made = await create_ip_device(domain, COMMAND_LINE, intercom, IpSettings("Intercom"))
        with pytest.raises(Conflict, match="already"):
            await create_ip_device(domain, COMMAND_LINE, intercom, IpSettings("Another"))
        with pytest.raises(Conflict, match="Delete that device first"):
            await update_reader(domain, COMMAND_LINE, intercom, {"type": ReaderType.PLATE_CAMERA})
        with pytest.raises(ValidationFailed):
            await allow_unsigned_plates(domain, COMMAND_LINE, made.device.id, True)
        osdp = (await Device.filter(reader_id=site.reader_a.id))[0]
        for call in (show_ip_device_key, rotate_ip_device_key):
            with pytest.raises(NotFound):
                await call(domain, COMMAND_LINE, osdp.id)


async def test_devices_of_each_kind_are_listed_apart_and_can_be_deleted(database_url: str) -> None:
    async with open_world(database_url) as world:
        made = await added(world)
        [listed] = await listed_devices(DeviceKind.IP, world.controller.id)
        assert listed.id == made.device.id
        assert made.device.id not in {device.id for device in await listed_devices(DeviceKind.OSDP)}
        await delete_device(world.domain, COMMAND_LINE, made.device.id)
        assert await listed_devices(DeviceKind.IP) == []
