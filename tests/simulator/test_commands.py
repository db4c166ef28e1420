"""`doorward simulator` as a person uses it: what it says, its exit status, what it leaves behind."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from doorward.simulator.ports import LOCK
from doorward.simulator.run import READY
from tests.demo.processes import doorward, running
from tests.simulator.world import site_text


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(site_text())
    return path


def typed(site: Path, text: str) -> list[str]:
    """What the console answers to some lines; it ends well."""
    done = subprocess.run(
        [sys.executable, "-m", "doorward.cli", "simulator", "run", "--site", site, "--ports", site.parent / "dev"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()[1:]


def test_the_ports_are_there_while_it_runs_and_nothing_is_left_when_it_is_stopped(site: Path) -> None:
    ports = site.parent / "dev"
    with running("simulator", "run", "--site", site, "--ports", ports) as simulator:
        assert simulator.line(READY) == f": 2 devices in {ports}. Type help, or quit."
        assert (ports / "door").is_char_device()
        second = doorward("simulator", "run", "--site", site, "--ports", ports)
        assert second.returncode == 1
        assert "Another simulator plays in" in second.stderr
        assert (ports / "door").is_char_device(), "the first one goes on"
        assert simulator.stop(signal.SIGTERM) == 0
    assert [left.name for left in ports.iterdir()] == [LOCK]
    assert stat.S_IMODE(ports.stat().st_mode) == 0o700


def test_a_file_that_is_no_link_is_left_alone(site: Path) -> None:
    ports = site.parent / "dev"
    ports.mkdir()
    (ports / "door").write_text("mine")
    refused = doorward("simulator", "run", "--site", site, "--ports", ports)
    assert refused.returncode == 1
    assert "is not a link that a simulator made" in refused.stderr
    assert (ports / "door").read_text() == "mine"
    assert not (ports / "reader").exists()


def test_a_stopped_scenario_has_not_passed(site: Path) -> None:
    scenario, report = site.parent / "scenario.yaml", site.parent / "report.json"
    scenario.write_text("{name: Long, steps: [{do: wait, at: 600}]}")
    options = ("--site", site, "--scenario", scenario, "--ports", site.parent / "dev", "--report", report)
    with running("simulator", "run", *options) as simulator:
        simulator.line("Waiting for a controller")
        assert simulator.stop(signal.SIGINT) == 1
    assert '"outcome": "stopped"' in report.read_text()


def test_the_console_does_what_is_typed_and_says_what_it_cannot_do(site: Path) -> None:
    said = typed(
        site,
        'badge "Main entrance A" 1042 17\nstatus\nbadge Reader\nbadge Reader 70000\ndance\nrex "Main entrance\n'
        'keys Reader 2468#\nfault reader drop=0.01 seconds=2\nrex Cellar\nrex "Main entrance" at=5\nhelp\nquit\nno\n',
    )
    assert said[:3] == [
        "card 17/1042 shown at Reader.",
        "I/O: offline (door, address 2)",
        "Reader: offline (reader, address 1)",
    ]
    text = "\n".join(said)
    assert "Say the card's number" in text
    assert "badge cannot be done: Expected `int` <= 65535" in text
    assert "There is no command dance" in text
    assert "No closing quotation" in text
    assert "keys pressed at Reader." in text
    assert "2468" not in text
    assert "reader has drop 0.01 for 2 s." in text
    assert "There is no door called Cellar. The doors are: Main entrance." in text
    assert "here everything is done at once" in text
    assert said[-1].strip() == "help, quit"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("check", "--site", "none.yaml"), "none.yaml cannot be read"),
        (("run", "--site", "SITE", "--ports", "/proc/none"), "Choose another directory with --ports"),
        (("run", "--site", "SITE", "--ports", "dev", "--report", "r.json"), "--report goes with --scenario"),
        (("export", "--data", "none", "--out", "x.yaml"), "no data directory"),
    ],
)
def test_what_cannot_be_done_ends_with_status_1_and_words(site: Path, arguments: tuple[str, ...], words: str) -> None:
    failed = doorward("simulator", *(str(site) if word == "SITE" else word for word in arguments))
    assert failed.returncode == 1
    assert failed.stderr.startswith("doorward: ")
    assert words in failed.stderr


def test_devices_without_keys_are_named_before_anything_runs(site: Path) -> None:
    site.write_text("name: x\ndevices:\n  - {name: New, port: p, address: 1, reader: true}\n")
    checked = doorward("simulator", "check", "--site", site)
    assert checked.returncode == 0
    assert "Without a key, so in install mode and never online: New." in checked.stdout
