"""The examples of the guide, as a newcomer would try them."""

import asyncio
import re
from pathlib import Path

import msgspec
import pytest

from doorward.demo.burnt_in import new_hardware, save_hardware
from doorward.demo.directory import DemoDirectory
from doorward.demo.seeding import seed
from doorward.server.domain import open_domain
from doorward.server.settings import Settings
from doorward.simulator.awaited import Verdict
from doorward.simulator.report import Outcome, Report
from doorward.simulator.run import READY
from doorward.simulator.site_file import parse_site
from tests.demo.processes import doorward, running

GUIDE = (Path(__file__).parents[2] / "docs/guide/simulator.md").read_text()


def example(name: str) -> str:
    found = re.search(rf"<!-- {re.escape(name)} -->\n```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert found, f"the guide has no {name}"
    return found[1]


def make_demo_site(data: Path) -> None:
    """What `doorward demo` leaves behind."""
    directory = DemoDirectory.at(data)
    data.mkdir()
    hardware = new_hardware(directory, 4711)
    save_hardware(directory, hardware)

    async def make() -> None:
        async with open_domain(Settings(data)) as domain:
            await seed(domain, directory, hardware, "correct horse battery")

    asyncio.run(make())


def test_the_site_of_the_guide_can_be_played() -> None:
    site = parse_site(Path("site.yaml"), example("site.yaml").encode())
    assert (len(site.devices), len(site.doors)) == (2, 1)


@pytest.mark.slow
def test_the_complete_example_does_what_the_guide_says(tmp_path: Path) -> None:
    data, site, scenario = tmp_path / "demo-data", tmp_path / "site.yaml", tmp_path / "scenario.yaml"
    make_demo_site(data)
    scenario.write_text(example("scenario.yaml"))
    exported = doorward("simulator", "export", "--data", data, "--with-keys", "--out", site)
    assert (exported.returncode, exported.stdout) == (0, f"{site}: 9 devices, 4 doors.\n")
    assert "use that as --ports" in site.read_text()
    files = ("--site", site, "--scenario", scenario)
    checked = doorward("simulator", "check", *files)
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "A short morning: 5 steps in 7.5 s.")
    report_file = tmp_path / "report.json"
    with running("serve", "--data", data, "--port", "0") as server:
        server.line("Doorward is ready at ")
        options = (*files, "--ports", data / "dev", "--report", report_file)
        with running("simulator", "run", *options) as simulator:
            simulator.line(READY)
            simulator.line("A short morning: passed.")
            assert simulator.process.wait(30) == 0
        assert server.stop() == 0
    report = msgspec.json.decode(report_file.read_bytes(), type=Report)
    assert (report.outcome, report.count(Verdict.MET), report.count(Verdict.FAILED)) == (Outcome.PASSED, 7, 0)
