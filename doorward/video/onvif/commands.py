"""`doorward camera`: find cameras on the network, and look at one. Nothing is changed in them."""

# ruff: noqa: PLC0415 - what speaks HTTP loads only when a command runs, so that `doorward --help` answers at once

import argparse
from collections.abc import Callable

ReadPassword = Callable[[], str]


def add_camera_arguments(parser: argparse.ArgumentParser, read_password: ReadPassword) -> None:
    """The command's own actions; each sets `run`. `read_password` asks whoever started it."""
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    found = actions.add_parser("discover", help="list the ONVIF cameras on the network, or in a range of addresses")
    found.add_argument(
        "range",
        nargs="?",
        metavar="RANGE",
        help="such as 192.168.10.*, 192.168.20-22.*, 192.168.30.0-50 or 192.0.2.0/24, several with commas; "
        "without it, cameras are asked by multicast to name themselves",
    )
    found.add_argument("--ports", default="80", metavar="PORTS", help="for a RANGE, such as 80,8000-8010 (default: 80)")
    found.add_argument(
        "--interface",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="without a RANGE: ask in the network where this computer has this address; may be repeated",
    )
    found.add_argument("--wait", type=_seconds, default=3.0, help="seconds to wait for them (default: %(default)s)")
    found.set_defaults(run=lambda options: _discover(options, read_password))
    probe = actions.add_parser("probe", help="show one camera: what it is, its profiles, and where its streams are")
    probe.add_argument("address", metavar="ADDRESS", help="host, host:port, or http(s)://host:port")
    probe.set_defaults(run=lambda options: _probe(options, read_password))
    for action in (found, probe):
        action.add_argument(
            "--user", help="sign in as this user of the camera; the password is asked for, or read from standard input"
        )
        action.add_argument(
            "--any-certificate", action="store_true", help="for https: take cameras for who they say they are"
        )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 1 <= seconds <= 60:
        raise argparse.ArgumentTypeError("wait from 1 to 60 seconds")
    return seconds


def _discover(options: argparse.Namespace, read_password: ReadPassword) -> int:
    from doorward.video.onvif.listing import run_discover

    return run_discover(options, read_password)


def _probe(options: argparse.Namespace, read_password: ReadPassword) -> int:
    from doorward.video.onvif.listing import run_probe

    return run_probe(options, read_password)
