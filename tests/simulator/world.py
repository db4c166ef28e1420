"""A site in a file, played to a real controller over its ports."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from doorward.acs.devices import OsdpDevice, Wiring
from doorward.acs.messages import DoorStatus, PolicySnapshot
from doorward.hardware.controller import Controller
from doorward.hardware.drivers import Drivers
from doorward.hardware.simulators.site import SimulatedSite
from doorward.hardware.simulators.site_spec import SiteSpec
from doorward.simulator.inbox import Inbox
from doorward.simulator.performance import Performance
from doorward.simulator.report import Report
from doorward.simulator.site_file import parse_site
from doorward.simulator.site_names import SiteNames
from doorward.simulator.timeline import parse_timeline
from tests.hardware.site import DATA_KEY, FACILITY, NUMBER, FakeServer, policy, wired

PATIENCE_S = 20.0
GOOD_CARD = f"card: {NUMBER}, facility: {FACILITY}"
SITE_FILE, SCENARIO_FILE = Path("site.yaml"), Path("scenario.yaml")


def site_text(reader_port: str = "reader", faults: str = "{}") -> str:
    """One door: its reader, and its input and output device, each with a key of its own."""
    return f"""\
name: A small site
devices:
  - {{name: I/O, port: door, address: 2, key: "{secrets.token_hex(16)}", outputs: 1, inputs: 2}}
  - {{name: Reader, port: {reader_port}, address: 1, key: "{secrets.token_hex(16)}", reader: true, faults: {faults}}}
doors:
  - name: Main entrance
    locks: [{{device: I/O, output: 0}}]
    contacts:
      - {{purpose: position, device: I/O, input: 0}}
      - {{purpose: rex, device: I/O, input: 1}}
    readers: [{{side: A, device: Reader}}]
"""


@dataclass
class Stage:
    """A started site with its controller and the server behind it."""

    site: SimulatedSite
    inbox: Inbox
    server: FakeServer
    said: list[str] = field(default_factory=list)

    def play(self, scenario: str, seed: int = 0) -> Report:
        """Play a scenario to its end."""
        timeline = parse_timeline(SCENARIO_FILE, scenario.encode(), SiteNames(self.site.spec))
        return Performance(self.site, timeline, seed, self.inbox, self.said.append).play()


def wired_device(spec: SiteSpec, name: str, ports: Path) -> OsdpDevice:
    """The controller's side of a device."""
    device = next(device for device in spec.devices if device.name == name)
    return OsdpDevice(name, str(ports / device.port), device.address, bytes.fromhex(device.key or ""))


@contextmanager
def stage(
    ports: Path,
    text: str | None = None,
    access_time_ms: int = 1_000,
    more: Wiring = Wiring(),  # noqa: B008 - frozen
) -> Iterator[Stage]:
    """The small site, started, with a controller that knows it; `more` is what else hangs on its devices."""
    spec = parse_site(SITE_FILE, (text or site_text()).encode())
    server = FakeServer(PATIENCE_S)
    with Inbox() as inbox:
        site = SimulatedSite(spec, ports, inbox.put)
        site.start()
        try:
            with Controller("controller-1", ports / "journal.db", DATA_KEY, Drivers) as controller:
                server.attach(controller)
                devices = wired_device(spec, "Reader", ports), wired_device(spec, "I/O", ports)
                wiring = msgspec.structs.replace(
                    wired(*devices),
                    aux_inputs=more.aux_inputs,
                    aux_outputs=more.aux_outputs,
                    local_rules=more.local_rules,
                )
                server.send(PolicySnapshot(policy(access_time_ms=access_time_ms), wiring))
                server.message(DoorStatus)
                yield Stage(site, inbox, server)
        finally:
            server.close()
            site.stop()
