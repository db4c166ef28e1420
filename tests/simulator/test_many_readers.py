"""Many readers: the simulator as a process of its own, a real driver on its ports."""

import secrets
import threading
from pathlib import Path

import msgspec
import pytest

from doorward.acs.devices import OsdpDevice
from doorward.hardware.driver import CardRead, DriverEvent
from doorward.hardware.osdp.driver import OsdpDriver
from doorward.hardware.simulators.site_spec import DeviceSpec, SiteSpec
from doorward.simulator.report import Outcome, Report
from doorward.simulator.run import READY
from tests.demo.processes import running

MOST_SHARE = 0.9
"""Of one processor, for the largest site, on a machine that does other things too."""


def many(readers: int, ports: int) -> SiteSpec:
    return SiteSpec(
        name=f"{readers} readers",
        devices=tuple(
            DeviceSpec(
                name=f"Reader {number}",
                port=f"bus-{number % ports}",
                address=number // ports,
                key=secrets.token_hex(16),
                reader=True,
            )
            for number in range(readers)
        ),
    )


@pytest.mark.slow
@pytest.mark.parametrize("readers, ports", [(64, 16), (256, 64)])
def test_every_one_of_many_readers_is_reached_and_heard(tmp_path: Path, readers: int, ports: int) -> None:
    site, scenario = many(readers, ports), tmp_path / "scenario.yaml"
    (tmp_path / "site.yaml").write_bytes(msgspec.yaml.encode(site))
    scenario.write_text(f"""
name: Everybody at once
ready_within: 60
steps:
  - {{do: badge, reader: "*", card: 7, every: 0.02, times: {readers}}}
  - {{do: wait, after: 3, expect: [{{device: Reader 0, link: stays_online, within: 5}}]}}
""")
    heard: set[str] = set()
    all_heard = threading.Event()

    def hear(event: DriverEvent) -> None:
        if isinstance(event, CardRead) and event.fresh:
            heard.add(event.device_id)
            if len(heard) == readers:
                all_heard.set()

    driver = OsdpDriver(
        [
            OsdpDevice(
                device.name, str(tmp_path / "dev" / device.port), device.address, bytes.fromhex(device.key or "")
            )
            for device in site.devices
        ],
        hear,
    )
    options: list[str | Path] = ["--site", tmp_path / "site.yaml", "--scenario", scenario, "--ports", tmp_path / "dev"]
    with running("simulator", "run", *options, "--report", tmp_path / "report.json") as simulator:
        simulator.line(READY)
        driver.start()
        try:
            assert simulator.process.wait(110) == 0, simulator.errors()
        finally:
            driver.stop()
    report = msgspec.json.decode((tmp_path / "report.json").read_bytes(), type=Report)
    assert all_heard.is_set(), f"{readers - len(heard)} readers were not heard"
    assert report.outcome is Outcome.PASSED
    assert sum(device.went_offline for device in report.devices) == 0
    share = report.processor_s / report.duration_s
    sent = sum(device.tally.frames for device in report.devices) / report.duration_s
    assert share < MOST_SHARE, f"{share:.0%} of a processor for {sent:.0f} frames a second"
