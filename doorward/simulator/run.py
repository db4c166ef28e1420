"""Running the simulator: a site on its ports, and a scenario or a console."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorward.hardware.simulators.site import SimulatedSite
from doorward.hardware.simulators.site_spec import SiteSpec
from doorward.simulator.console import Console
from doorward.simulator.errors import SimulatorError
from doorward.simulator.inbox import Inbox, Stop
from doorward.simulator.performance import Performance
from doorward.simulator.ports import ports_directory
from doorward.simulator.report import Outcome, Report, save_report
from doorward.simulator.timeline import Timeline

READY = "The site is ready"
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def say(line: str) -> None:
    """A line for the person who watches, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run_console(site: SiteSpec, ports: Path, seed: int) -> None:
    """Play a site until somebody stops it. Raises SimulatorError."""
    with (
        Inbox(sys.stdin.fileno() if sys.stdin else None) as inbox,
        _started(site, ports, seed, inbox) as (simulated, directory),
    ):
        say(f"{READY}: {len(site.devices)} devices in {directory}. Type help, or quit.")
        Console(simulated, say, time.monotonic).run(inbox)


def run_scenario(site: SiteSpec, timeline: Timeline, ports: Path, seed: int, report_to: Path | None) -> Report:
    """Play a scenario to its end. Raises SimulatorError."""
    with Inbox() as inbox, _started(site, ports, seed, inbox) as (simulated, directory):
        say(f"{READY}: {len(site.devices)} devices in {directory}.")
        report = Performance(simulated, timeline, seed, inbox, say).play()
    say(report.text())
    if report_to is not None:
        save_report(report_to, report)
    return report


def exit_status(report: Report) -> int:
    """0 when every expectation was met, otherwise 1."""
    return 0 if report.outcome is Outcome.PASSED else 1


@contextmanager
def _started(site: SiteSpec, ports: Path, seed: int, inbox: Inbox) -> Iterator[tuple[SimulatedSite, Path]]:
    before = {number: signal.signal(number, lambda *_: inbox.put(Stop())) for number in _STOPPING}
    try:
        with ports_directory(ports) as directory:
            simulated = SimulatedSite(site, directory, inbox.put, seed)
            try:
                simulated.start()
            except OSError as error:
                raise SimulatorError(
                    f"The simulated devices cannot be put in {directory}: {error}. Check what is there, its owner and "
                    "free space."
                ) from error
            try:
                yield simulated, directory
            finally:
                simulated.stop()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
