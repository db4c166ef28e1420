"""A server's hardware as a site that can be simulated."""

import stat
from pathlib import Path

import pytest

from doorward.acs.actor import COMMAND_LINE
from doorward.acs.decision.policy import Side
from doorward.acs.devices import DeviceRole
from doorward.acs.doors.models import Device, Reader
from doorward.acs.doors.wiegand import Converter
from doorward.acs.doors.wiegand_devices import create_wiegand_device
from doorward.acs.doors.wiring import Circuit, InputPurpose, ReaderType
from doorward.acs.local_io.given import NewAuxInput, NewAuxOutput
from doorward.acs.local_io.inputs import create_aux_input
from doorward.acs.local_io.outputs import create_aux_output
from doorward.server.settings import Settings
from doorward.simulator.errors import SimulatorError
from doorward.simulator.export import export_from, export_site, save_site
from doorward.simulator.site_file import read_site
from tests.demo.test_seeding import seeded_world
from tests.world import open_world

pytestmark = pytest.mark.anyio


async def test_everything_that_is_wired_is_in_the_site_with_its_key(database_url: str, tmp_path: Path) -> None:
    async with seeded_world(database_url, tmp_path) as (world, hardware):
        exported = await export_from(world.domain, None, with_keys=True)
    save_site(tmp_path / "site.yaml", exported, with_keys=True)
    assert stat.S_IMODE((tmp_path / "site.yaml").stat().st_mode) == 0o600
    site = read_site(tmp_path / "site.yaml")
    assert site == exported.site
    burnt_in = {(door.port, door.address, door.key.hex()) for door in hardware.doors}
    burnt_in |= {(part.port, part.address, part.key.hex()) for door in hardware.doors for part in door.readers}
    assert {(device.port, device.address, device.key) for device in site.devices} == burnt_in
    entrance = next(door for door in site.doors if door.name == hardware.doors[0].name)
    assert [reader.side for reader in entrance.readers] == [Side.A, Side.B]
    assert {contact.purpose for contact in entrance.contacts} == {InputPurpose.POSITION, InputPurpose.REX}
    assert len(entrance.locks) == 1
    assert exported.directories == (str(tmp_path / "dev"),)
    assert "use that as --ports" in (tmp_path / "site.yaml").read_text()


async def test_auxiliary_inputs_and_outputs_are_in_the_site_with_enough_ports(
    database_url: str, tmp_path: Path
) -> None:
    async with seeded_world(database_url, tmp_path) as (world, _):
        device = await Device.get(role=DeviceRole.DOOR_IO, door__name="Office")
        button = NewAuxInput("Panic button", device.id, 5, Circuit.OPEN)
        await create_aux_input(world.domain, COMMAND_LINE, button)
        await create_aux_output(world.domain, COMMAND_LINE, NewAuxOutput("Siren", device.id, 3))
        await create_aux_output(world.domain, COMMAND_LINE, NewAuxOutput("Office", device.id, 2))
        exported = await export_from(world.domain, None, with_keys=False)
    save_site(tmp_path / "site.yaml", exported, with_keys=False)
    site = read_site(tmp_path / "site.yaml")
    (contact,) = site.aux_inputs
    assert (contact.name, contact.input, contact.active_when) == ("Panic button", 5, Circuit.OPEN)
    assert [(line.name, line.output) for line in site.aux_outputs] == [("Office 2", 2), ("Siren", 3)]
    (office,) = [one for one in site.devices if one.name == contact.device]
    assert (office.inputs, office.outputs) == (6, 4)


async def test_wiegand_readers_are_in_the_site_with_their_line(database_url: str, tmp_path: Path) -> None:
    async with seeded_world(database_url, tmp_path) as (world, _):
        reader = await Reader.get(door__name="Office")
        await Device.filter(reader_id=reader.id).delete()
        await Reader.filter(id=reader.id).update(type=ReaderType.WIEGAND)
        line = str(tmp_path / "dev" / "converter")
        await create_wiegand_device(world.domain, COMMAND_LINE, reader.id, line, Converter("channel-lines", 3))
        exported = await export_from(world.domain, None, with_keys=False)
    save_site(tmp_path / "site.yaml", exported, with_keys=False)
    site = read_site(tmp_path / "site.yaml")
    (found,) = site.wiegand_readers
    assert (found.port, found.framing, found.channel) == ("converter", "channel-lines", 3)
    (office,) = [door for door in site.doors if door.name == "Office"]
    assert [one.device for one in office.readers] == [found.name]
    assert exported.left_out == 0


async def test_without_being_asked_for_the_keys_stay_in_the_server(database_url: str, tmp_path: Path) -> None:
    async with seeded_world(database_url, tmp_path) as (world, hardware):
        exported = await export_from(world.domain, None, with_keys=False)
    save_site(tmp_path / "site.yaml", exported, with_keys=False)
    text = (tmp_path / "site.yaml").read_text()
    keys = [door.key for door in hardware.doors] + [part.key for door in hardware.doors for part in door.readers]
    assert not any(key.hex() in text for key in keys)
    assert {device.key for device in exported.site.devices} == {None}


async def test_an_existing_file_is_left_alone(database_url: str, tmp_path: Path) -> None:
    async with seeded_world(database_url, tmp_path) as (world, _):
        exported = await export_from(world.domain, None, with_keys=False)
    (tmp_path / "site.yaml").write_text("mine")
    with pytest.raises(SimulatorError, match="exists already"):
        save_site(tmp_path / "site.yaml", exported, with_keys=False)
    assert (tmp_path / "site.yaml").read_text() == "mine"


async def test_what_cannot_be_exported_is_told(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        with pytest.raises(SimulatorError, match="nothing to simulate"):
            await export_from(world.domain, None, with_keys=False)
        with pytest.raises(SimulatorError, match="The controllers are: "):
            await export_from(world.domain, "Nobody's", with_keys=False)
    with pytest.raises(SimulatorError, match="no data directory"):
        await export_site(Settings(tmp_path / "none"), None, with_keys=False)
    assert not (tmp_path / "none").exists()
