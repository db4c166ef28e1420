"""The command `doorward simulator`: its options, and messages for people."""

# ruff: noqa: PLC0415 - a command loads only what it needs, so that `doorward --help` answers at once

import argparse
import asyncio
import sys
from pathlib import Path


def add_simulator_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of `doorward simulator` and their options."""
    actions = parser.add_subparsers(dest="action", title="actions", required=True, metavar="ACTION")
    run = actions.add_parser("run", help="play a site, with a scenario or with lines typed at its console")
    check = actions.add_parser("check", help="say whether a site and a scenario can be played, and do nothing else")
    for action in (run, check):
        action.add_argument("--site", type=Path, required=True, metavar="FILE", help="the site's hardware, YAML")
        action.add_argument("--scenario", type=Path, metavar="FILE", help="what happens at it, YAML")
    run.add_argument("--ports", type=Path, required=True, metavar="DIR", help="where the serial ports are made")
    run.add_argument("--seed", type=int, metavar="N", help="for the dice of faults, instead of the scenario's")
    run.add_argument("--report", type=Path, metavar="FILE", help="what came of the scenario, as JSON")
    export = actions.add_parser("export", help="write the hardware that a server has configured as a site")
    export.add_argument("--data", type=Path, required=True, metavar="DIR", help="the server's data directory")
    export.add_argument(
        "--database",
        metavar="URL",
        help="postgres://user:password@host:5432/name; without it, SQLite inside the data directory",
    )
    export.add_argument("--controller", metavar="NAME", help="only its hardware; without it, that of all controllers")
    export.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the new file; its owner alone reads it"
    )
    export.add_argument("--with-keys", action="store_true", help="with the secure-channel keys, so that it can be run")


def run_simulator(options: argparse.Namespace) -> int:
    """Do it; 0 when it was done and every expectation met, otherwise 1."""
    from doorward.acs.errors import AcsError
    from doorward.acs.sealing import SealBroken
    from doorward.server.settings import ServerError
    from doorward.simulator.errors import SimulatorError

    try:
        match options.action:
            case "run":
                return _run(options)
            case "check":
                return _check(options)
        return _export(options)
    except (SimulatorError, ServerError, SealBroken) as error:
        return _fail(str(error))
    except AcsError as error:
        return _fail(error.message)


def _run(options: argparse.Namespace) -> int:
    from doorward.simulator.run import exit_status, run_console, run_scenario
    from doorward.simulator.site_file import read_site
    from doorward.simulator.site_names import SiteNames
    from doorward.simulator.timeline import read_timeline

    site = read_site(options.site)
    if options.scenario is None:
        if options.report is not None:
            return _fail("--report goes with --scenario: only a scenario has a report.")
        run_console(site, options.ports, options.seed or 0)
        return 0
    timeline = read_timeline(options.scenario, SiteNames(site))
    seed = timeline.scenario.seed if options.seed is None else options.seed
    return exit_status(run_scenario(site, timeline, options.ports, seed, options.report))


def _check(options: argparse.Namespace) -> int:
    from doorward.simulator.site_file import read_site
    from doorward.simulator.site_names import SiteNames
    from doorward.simulator.timeline import read_timeline

    site = read_site(options.site)
    sys.stdout.write(f"{site.name}: {len(site.devices)} devices, {len(site.doors)} doors.\n")
    keyless = [device.name for device in site.devices if device.key is None]
    if keyless:
        sys.stdout.write(f"Without a key, so in install mode and never online: {', '.join(keyless)}.\n")
    if options.scenario is not None:
        timeline = read_timeline(options.scenario, SiteNames(site))
        last_s = timeline.occurrences[-1].at_s
        sys.stdout.write(f"{timeline.scenario.name}: {len(timeline.occurrences)} steps in {last_s:g} s.\n")
    return 0


def _export(options: argparse.Namespace) -> int:
    from doorward.server.settings import Settings
    from doorward.simulator.export import export_site, save_site

    exported = asyncio.run(export_site(Settings(options.data, options.database), options.controller, options.with_keys))
    save_site(options.out, exported, options.with_keys)
    site = exported.site
    sys.stdout.write(f"{options.out}: {len(site.devices)} devices, {len(site.doors)} doors.\n")
    if not options.with_keys:
        sys.stdout.write("It has no keys; without them no controller reaches the devices. --with-keys adds them.\n")
    if exported.left_out:
        sys.stdout.write(
            f"{exported.left_out} devices are on no serial line and cannot be simulated; they are left out.\n"
        )
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"doorward: {message}\n")
    return 1
