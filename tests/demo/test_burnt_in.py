"""What the hardware has burnt in, kept between starts."""

import stat
from pathlib import Path

import pytest

from doorward.demo.burnt_in import SiteHardware, load_hardware, new_hardware, save_hardware
from doorward.demo.directory import DemoDirectory
from doorward.demo.errors import DemoError, SiteMissing


def devices_of(site: SiteHardware) -> list[tuple[str, int, bytes]]:
    devices = [(door.port, door.address, door.key) for door in site.doors]
    return devices + [(reader.port, reader.address, reader.key) for door in site.doors for reader in door.readers]


def test_what_is_saved_is_loaded_again_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    directory = DemoDirectory.at(tmp_path)
    site = new_hardware(directory, 4711)
    save_hardware(directory, site)
    assert load_hardware(directory) == site
    assert stat.S_IMODE(directory.site_file.stat().st_mode) == 0o600


def test_every_device_has_a_port_an_address_and_a_random_key_of_its_own(tmp_path: Path) -> None:
    directory = DemoDirectory.at(tmp_path)
    ports, addresses, keys = zip(*devices_of(new_hardware(directory, 4711)), strict=True)
    for values in (ports, addresses, keys):
        assert len(set(values)) == len(values) == 9
    assert {len(key) for key in keys} == {16}
    other_keys = {key for _, _, key in devices_of(new_hardware(directory, 4711))}
    assert not other_keys & set(keys)


def test_without_a_site_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SiteMissing, match="doorward demo --data"):
        load_hardware(DemoDirectory.at(tmp_path))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    directory = DemoDirectory.at(tmp_path)
    directory.site_file.write_text('{"directory": 1}')
    with pytest.raises(SiteMissing, match="cannot be read"):
        load_hardware(directory)


def test_a_site_that_was_moved_says_where_its_ports_are(tmp_path: Path) -> None:
    old, new = DemoDirectory.at(tmp_path / "old"), DemoDirectory.at(tmp_path / "new")
    old.root.mkdir()
    save_hardware(old, new_hardware(old, 4711))
    old.root.rename(new.root)
    with pytest.raises(SiteMissing, match=f"made in {old.root}"):
        load_hardware(new)


def test_a_directory_serves_one_at_a_time(tmp_path: Path) -> None:
    directory = DemoDirectory.at(tmp_path)
    with directory.lock("simulation"):
        with pytest.raises(DemoError, match=r"running in .* already"), directory.lock("simulation"):
            pass
        with directory.lock("demo"):
            pass
    with directory.lock("simulation"):
        pass
