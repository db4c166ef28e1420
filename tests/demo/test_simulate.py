"""`doorward simulate`: the process that plays the hardware, and the commands that act on it."""

import signal
import socket
import stat
from pathlib import Path

import httpx
import pytest

from doorward.demo.burnt_in import load_hardware, new_hardware, save_hardware
from doorward.demo.directory import DemoDirectory
from doorward.demo.simulate import READY
from tests.demo.processes import doorward, running

TS_PACKET = 188
TS_SYNC = 0x47


@pytest.fixture
def directory(tmp_path: Path) -> DemoDirectory:
    """A directory with the hardware of a demo site, and nothing else."""
    made = DemoDirectory.at(tmp_path / "site")
    made.root.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    save_hardware(made, new_hardware(made, port))
    return made


def watch(url: str, size: int) -> bytes:
    """The first bytes of a camera's stream."""
    with httpx.stream("GET", url, timeout=20) as response:
        data = b""
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) >= size:
                break
    return data[:size]


def test_every_device_is_up_when_it_says_so_and_gone_when_it_is_stopped(directory: DemoDirectory) -> None:
    site = load_hardware(directory)
    with running("simulate", "run", "--data", directory.root, "--no-traffic") as simulation:
        simulation.line(READY)
        for door in site.doors:
            for port in (door.port, *(reader.port for reader in door.readers)):
                assert (directory.ports / port).is_char_device()
        for camera in site.cameras:
            data = watch(site.camera_url(camera), TS_PACKET * 20)
            assert set(data[::TS_PACKET]) == {TS_SYNC}
        assert stat.S_IMODE(directory.control_file.stat().st_mode) == 0o600

        result = doorward("simulate", "force", "--data", directory.root, "--door", "office")
        assert (result.returncode, result.stdout) == (0, "Office is forced open.\n")

        assert simulation.stop() == 0
        assert not directory.control_file.exists()
        assert not any(directory.ports.iterdir())
        assert simulation.errors() == ""


def test_stopping_does_not_wait_for_those_who_watch_a_camera(directory: DemoDirectory) -> None:
    site = load_hardware(directory)
    with running("simulate", "run", "--data", directory.root, "--no-traffic") as simulation:
        simulation.line(READY)
        with httpx.stream("GET", site.camera_url(site.cameras[0]), timeout=20) as response:
            assert next(response.iter_bytes())
            assert simulation.stop(signal.SIGINT) == 0


def test_what_cannot_be_done_exits_with_a_status_and_words(directory: DemoDirectory) -> None:
    place = ("--data", directory.root)
    with running("simulate", "run", *place, "--no-traffic") as simulation:
        simulation.line(READY)
        unknown = doorward("simulate", "rex", *place, "--door", "Cellar")
        assert unknown.returncode == 1
        assert "The doors are: Main entrance, Office, Server room, Loading dock." in unknown.stderr
        no_reader = doorward("simulate", "badge", *place, "--door", "Office", "--side", "B", "--card", "1042")
        assert no_reader.returncode == 1
        assert "Office has no reader on side B" in no_reader.stderr
        second = doorward("simulate", "run", *place, "--no-traffic")
        assert second.returncode == 1
        assert "simulation is running" in second.stderr
    after = doorward("simulate", "rex", *place, "--door", "Office")
    assert after.returncode == 1
    assert "No simulation is running" in after.stderr


def test_a_taken_port_moves_the_cameras_to_another(directory: DemoDirectory) -> None:
    before = load_hardware(directory)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", before.http_port))
        taken.listen()
        with running("simulate", "run", "--data", directory.root, "--no-traffic") as simulation:
            simulation.line(READY)
            after = load_hardware(directory)
            assert after.http_port != before.http_port
            assert after.doors == before.doors
            assert watch(after.camera_url(after.cameras[0]), TS_PACKET)
            simulation.stop()


def test_without_a_site_there_is_nothing_to_simulate(tmp_path: Path) -> None:
    result = doorward("simulate", "run", "--data", tmp_path)
    assert result.returncode == 1
    assert "doorward demo --data" in result.stderr
