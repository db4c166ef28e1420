"""The commands `doorward demo` and `doorward simulate`: their options, and messages for people."""

# ruff: noqa: PLC0415 - a command loads only what it needs, so that `doorward --help` answers at once

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorward.demo.acts import Act

DEFAULT_DATA = Path("demo-data")
DEFAULT_FACILITY = 17
_SIDES = ("A", "B")


def add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `doorward demo`."""
    _add_data(parser)
    parser.add_argument("--port", type=_port, default=8080, help="0 picks a free one (default: %(default)s)")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="postgres://user:password@host:5432/name; without it, SQLite inside the data directory",
    )
    parser.add_argument(
        "--admin-password", metavar="P", help="the password of the user admin; without it, one is generated"
    )
    parser.add_argument("--no-traffic", action="store_true", help="nobody comes unless you send them")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed is another day")


def add_simulate_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `doorward simulate`, and its actions with theirs."""
    actions = parser.add_subparsers(dest="action", title="actions", required=True, metavar="ACTION")
    run = actions.add_parser("run", help="play the hardware of a demo site, until stopped")
    run.add_argument("--no-traffic", action="store_true", help="nobody comes unless you send them")
    run.add_argument("--seed", type=int, default=0, metavar="N", help="another seed is another day")
    badge = actions.add_parser("badge", help="show a card at a reader, and walk through if it is let in")
    badge.add_argument("--side", type=str.upper, choices=_SIDES, default="A", help="default: %(default)s")
    shown = badge.add_mutually_exclusive_group(required=True)
    shown.add_argument("--card", type=int, metavar="N", help="the number of a 26-bit card")
    shown.add_argument("--bits", metavar="BITS", help="0s and 1s to send just as they are")
    badge.add_argument("--facility", type=int, default=DEFAULT_FACILITY, help="default: %(default)s")
    rex = actions.add_parser("rex", help="press the exit button, and leave")
    force = actions.add_parser("force", help="break the door open")
    hold = actions.add_parser("hold", help="keep the door open")
    hold.add_argument("--seconds", type=float, default=30.0, help="for how long (default: %(default)g)")
    unplug = actions.add_parser("unplug", help="pull a reader's cable, or those of every device of a door")
    replug = actions.add_parser("replug", help="put the cables back")
    for cable in (unplug, replug):
        cable.add_argument("--side", type=str.upper, choices=_SIDES, help="one reader only")
    traffic = actions.add_parser("traffic", help="let people come, or not")
    traffic.add_argument("state", choices=("on", "off"))
    traffic.add_argument("--seed", type=int, default=0, metavar="N", help="another seed is another day")
    for action in (badge, rex, force, hold, unplug, replug):
        action.add_argument("--door", required=True, metavar="NAME", help='for example "Main entrance"')
    for action in (run, badge, rex, force, hold, unplug, replug, traffic):
        _add_data(action)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=DEFAULT_DATA,
        metavar="DIR",
        help="the demo's directory (default: ./%(default)s)",
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def run_demo(options: argparse.Namespace) -> int:
    """Run the demo until it is told to stop; returns the exit status."""
    from doorward.acs.errors import AcsError
    from doorward.acs.sealing import SealBroken
    from doorward.demo.errors import DemoError
    from doorward.demo.run import DemoOptions, run_demo_site
    from doorward.server.settings import StartFailed

    wanted = DemoOptions(
        options.data,
        options.port,
        options.database,
        options.admin_password,
        not options.no_traffic,
        options.seed,
    )
    try:
        asyncio.run(run_demo_site(wanted))
    except (DemoError, AcsError, SealBroken, StartFailed, OSError) as error:
        return _fail(str(error))
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """Play the hardware, or act on it while it is played; returns the exit status."""
    from doorward.demo.errors import DemoError

    try:
        if options.action == "run":
            from doorward.demo.simulate import run_simulation

            run_simulation(options.data, None if options.no_traffic else options.seed)
        else:
            _act(options)
    except (DemoError, OSError) as error:
        return _fail(str(error))
    return 0


def _act(options: argparse.Namespace) -> None:
    from doorward.demo.control_client import send
    from doorward.demo.directory import DemoDirectory

    sys.stdout.write(f"{send(DemoDirectory.at(options.data), _act_of(options))}\n")


def _act_of(options: argparse.Namespace) -> "Act":
    from doorward.acs.decision.policy import Side
    from doorward.demo import acts

    match options.action:
        case "badge":
            return acts.Badge(options.door, Side(options.side), options.facility, options.card or 0, options.bits)
        case "rex":
            return acts.PressExit(options.door)
        case "force":
            return acts.Force(options.door)
        case "hold":
            return acts.Hold(options.door, options.seconds)
        case "unplug":
            return acts.Unplug(options.door, Side(options.side) if options.side else None)
        case "replug":
            return acts.Replug(options.door, Side(options.side) if options.side else None)
    return acts.Traffic(options.state == "on", options.seed)


def _fail(message: str) -> int:
    sys.stderr.write(f"doorward: {message}\n")
    return 1
