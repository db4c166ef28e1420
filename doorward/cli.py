"""The command line: `doorward --help` explains every command.

Exit status: 0 done, 1 it could not be done (the message says what to do), 2 wrong usage.
"""

# ruff: noqa: PLC0415 - a command loads only what it needs, so that `doorward --help` answers at once

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorward import __version__

if TYPE_CHECKING:
    import ipaddress

    from doorward.acs.domain import Domain

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    if not options.verbose:
        for library in ("hypercorn", "tortoise", "websockets"):
            logging.getLogger(library).setLevel(logging.WARNING)
    run: Run = options.run
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="doorward", description="Physical access control with video. Each command has its own --help."
    )
    parser.add_argument("--version", action="version", version=f"doorward {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log details to standard error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run the server, its controller and its recorder"))
    _add_controller(
        commands.add_parser("controller", help="run a controller on a computer of its own, beside its doors")
    )
    _add_migrate(commands.add_parser("migrate", help="create or upgrade the database, and do nothing else"))
    _add_user(commands.add_parser("user", help="create users, and let back in who cannot sign in"))
    _add_audit(commands.add_parser("audit", help="verify the audit trail, or export it"))
    _add_recorder(commands.add_parser("recorder", help="record cameras; started by the server"))
    _add_camera(commands.add_parser("camera", help="find cameras on the network, and look at one"))
    _add_demo(commands.add_parser("demo", help="run a complete demo site with simulated hardware"))
    _add_simulate(commands.add_parser("simulate", help="play the hardware of the demo site, or act on it"))
    _add_simulator(commands.add_parser("simulator", help="play any site's hardware, with scenarios and faults"))
    _add_schema(commands.add_parser("schema", help="print the GraphQL schema"))
    return parser


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data directory")
    parser.add_argument(
        "--database",
        metavar="URL",
        help="postgres://user:password@host:5432/name; without it, SQLite inside the data directory",
    )


def _add_serve(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8080, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="serve HTTPS and HTTP/2 with it")
    parser.add_argument("--private-key", type=Path, metavar="PEM", help="the certificate's key")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="without --certificate, a host name or address by which browsers come; may be repeated",
    )
    parser.add_argument(
        "--plain-http",
        action="store_true",
        help="no HTTPS even outside of this machine: for a proxy in front that does it",
    )
    parser.add_argument(
        "--public-url",
        action="append",
        default=[],
        metavar="URL",
        help="where browsers find the dashboard, such as https://doors.example: behind a proxy, for passkeys and for "
        "signing in elsewhere; may be repeated, the main one first",
    )
    parser.add_argument(
        "--controllers-port", type=_port, metavar="PORT", help="take in controllers on other computers at this port"
    )
    parser.add_argument(
        "--controllers-host",
        default="0.0.0.0",  # noqa: S104 - they are on other computers; nobody gets in without a certificate
        metavar="ADDRESS",
        help="at this address (default: every one)",
    )
    parser.add_argument(
        "--controllers-name",
        action="append",
        default=[],
        metavar="NAME",
        help="a host name or address for the certificate shown there; may be repeated, and controllers need none",
    )
    parser.add_argument(
        "--peripherals-port", type=_port, help="listen there to readers and cameras on the network (default: do not)"
    )
    parser.add_argument(
        "--webhook-network",
        action="append",
        default=[],
        type=_network,
        metavar="CIDR",
        help="a network that is not public to which webhooks may be sent all the same; may be repeated",
    )
    parser.add_argument("--webhook-http", action="store_true", help="webhooks may go by HTTP, which anybody can read")
    parser.set_defaults(run=_serve)


def _network(text: str) -> "ipaddress.IPv4Network | ipaddress.IPv6Network":
    import ipaddress

    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: a network is written as 192.0.2.0/24") from error


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    from doorward.server.serve import run_server
    from doorward.server.settings import Settings

    if (options.certificate is None) != (options.private_key is None):
        return _fail("--certificate and --private-key go together.")
    settings = Settings(
        options.data,
        options.database,
        options.host,
        options.port,
        options.certificate,
        options.private_key,
        options.controllers_host,
        options.controllers_port,
        tuple(options.controllers_name),
        options.peripherals_port,
        tuple(options.name),
        options.plain_http,
        tuple(options.webhook_network),
        options.webhook_http,
        tuple(options.public_url),
    )
    return _run(run_server(settings))


def _add_controller(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", required=True, metavar="URL", help="wss://host:port, as `serve` announces it")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the controller's own data directory")
    parser.add_argument(
        "--enrol",
        metavar="CODE",
        help="the code that the server shows for this controller, needed once; - reads it from standard input",
    )
    parser.add_argument("--host", default="0.0.0.0", metavar="ADDRESS", help="where --peripherals-port is")  # noqa: S104
    parser.add_argument(
        "--peripherals-port", type=_port, help="listen there to readers and cameras on the network (default: do not)"
    )
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="what those readers are shown")
    parser.add_argument("--private-key", type=Path, metavar="PEM", help="the certificate's key")
    parser.set_defaults(run=_controller)


def _controller(options: argparse.Namespace) -> int:
    from doorward.acs.sealing import SealBroken
    from doorward.hardware.drivers import drivers_with
    from doorward.hardware.errors import HardwareError
    from doorward.hardware.ip.listener import listening
    from doorward.hardware.remote.program import ControllerPlace, enrol_controller, run_controller

    place = ControllerPlace(options.server, options.data)

    async def enrol() -> None:
        code = sys.stdin.readline() if options.enrol == "-" else options.enrol
        sys.stdout.write(f"Enrolled as controller {await enrol_controller(place, code)}\n")

    if options.enrol is not None and (status := _run(enrol())):
        return status
    try:
        with listening(options.host, options.peripherals_port, options.certificate, options.private_key) as listener:
            run_controller(place, drivers_with(listener))
    except (HardwareError, SealBroken) as error:
        return _fail(str(error))
    return 0


def _add_migrate(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    parser.set_defaults(run=_migrate)


def _migrate(options: argparse.Namespace) -> int:
    from doorward.server.domain import open_domain
    from doorward.server.settings import Settings

    async def migrate() -> None:
        async with open_domain(Settings(options.data, options.database)):
            sys.stdout.write("The database is ready.\n")

    return _run(migrate())


def _add_user(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="create a user")
    _add_place(create)
    create.add_argument("--name", required=True)
    create.add_argument("--role", choices=["administrator", "operator", "viewer", "none"], required=True)
    create.set_defaults(run=_create_user)
    listed = actions.add_parser("list", help="who can sign in, and what keeps them from it")
    _add_place(listed)
    listed.set_defaults(run=_list_users)
    for name, words, run in (
        ("set-password", "give a user a new password; their sessions end", _set_password),
        ("reset-password", "the same, and they must change it when they next sign in", _reset_password),
        ("unlock", "let a user sign in at once who must wait after failures", _unlock_user),
        ("enable", "let a user sign in who was disabled", _enable_user),
        ("grant-administrator", "make a user an administrator, when nobody can any more", _grant_administrator),
        ("disable-totp", "take away the second factor of a user who has lost it; their sessions end", _disable_totp),
    ):
        action = actions.add_parser(name, help=words)
        _add_place(action)
        action.add_argument("--name", required=True)
        action.set_defaults(run=run)


def _add_audit(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="find audit events that were altered, removed or slipped in")
    _add_place(verify)
    verify.add_argument(
        "--expect", metavar="HEAD", help="a head that an earlier run printed: it must still be in the chain"
    )
    verify.set_defaults(run=_verify_audit)
    export = actions.add_parser("export", help="write audit events and their links as JSON lines to standard output")
    _add_place(export)
    export.add_argument("--since", metavar="TIME", help="only those from this time on (ISO 8601)")
    export.add_argument("--until", metavar="TIME", help="only those before this time")
    export.set_defaults(run=_export_audit)


def _verify_audit(options: argparse.Namespace) -> int:
    from doorward.server.audit import verify_trail
    from doorward.server.settings import Settings

    return _run(verify_trail(Settings(options.data, options.database), options.expect))


def _export_audit(options: argparse.Namespace) -> int:
    from doorward.server.audit import export_trail
    from doorward.server.settings import Settings

    return _run(export_trail(Settings(options.data, options.database), options.since, options.until))


def _password() -> str:
    """The password from the terminal, or the first line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")


def _with_domain(options: argparse.Namespace, do: "Callable[[Domain], Awaitable[str]]") -> int:
    """Run something on the open domain, and write what it returns."""
    from doorward.server.domain import open_domain
    from doorward.server.settings import Settings

    async def work() -> None:
        async with open_domain(Settings(options.data, options.database)) as domain:
            sys.stdout.write(f"{await do(domain)}\n")

    return _run(work())


def _create_user(options: argparse.Namespace) -> int:
    from doorward.acs.actor import COMMAND_LINE, Role
    from doorward.acs.users.operations import create_user

    async def create(domain: "Domain") -> str:
        await create_user(domain, COMMAND_LINE, options.name, _password(), Role(options.role))
        return f"{options.name} can sign in."

    return _with_domain(options, create)


def _list_users(options: argparse.Namespace) -> int:
    from doorward.acs.actor import COMMAND_LINE
    from doorward.acs.users.queries import list_users, state_words

    async def table(domain: "Domain") -> str:
        found = await list_users(domain, COMMAND_LINE)
        rows = [f"{each.user.name}\t{each.user.role.value}\t{state_words(each)}" for each in found]
        return "\n".join(rows) or "There are no users."

    return _with_domain(options, table)


def _set_password(options: argparse.Namespace, must_change: bool = False) -> int:
    from doorward.acs.actor import COMMAND_LINE
    from doorward.acs.users.operations import set_password

    async def change(domain: "Domain") -> str:
        await set_password(domain, COMMAND_LINE, options.name, _password(), must_change)
        return f"{options.name} has a new password."

    return _with_domain(options, change)


def _reset_password(options: argparse.Namespace) -> int:
    return _set_password(options, True)


def _unlock_user(options: argparse.Namespace) -> int:
    from doorward.acs.actor import COMMAND_LINE
    from doorward.acs.users.operations import unlock_user
    from doorward.acs.users.queries import user_called

    async def unlock(domain: "Domain") -> str:
        await unlock_user(domain, COMMAND_LINE, (await user_called(COMMAND_LINE, options.name)).id)
        return f"{options.name} need not wait to sign in."

    return _with_domain(options, unlock)


def _enable_user(options: argparse.Namespace) -> int:
    from doorward.acs.actor import COMMAND_LINE
    from doorward.acs.users.operations import update_user
    from doorward.acs.users.queries import user_called

    async def enable(domain: "Domain") -> str:
        user = await user_called(COMMAND_LINE, options.name)
        await update_user(domain, COMMAND_LINE, user.id, {"enabled": True})
        return f"{options.name} can sign in."

    return _with_domain(options, enable)


def _grant_administrator(options: argparse.Namespace) -> int:
    from doorward.acs.actor import COMMAND_LINE, Role
    from doorward.acs.users.operations import update_user
    from doorward.acs.users.queries import user_called

    async def grant(domain: "Domain") -> str:
        user = await user_called(COMMAND_LINE, options.name)
        await update_user(domain, COMMAND_LINE, user.id, {"role": Role.ADMINISTRATOR, "enabled": True})
        return f"{options.name} is an administrator."

    return _with_domain(options, grant)


def _disable_totp(options: argparse.Namespace) -> int:
    from doorward.acs.actor import COMMAND_LINE
    from doorward.acs.users.operations import remove_second_factor
    from doorward.acs.users.queries import user_called

    async def disable(domain: "Domain") -> str:
        await remove_second_factor(domain, COMMAND_LINE, (await user_called(COMMAND_LINE, options.name)).id)
        return f"{options.name} signs in with the password alone now."

    return _with_domain(options, disable)


def _add_recorder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, metavar="DIR", help="where recordings and their index are kept")
    parser.set_defaults(run=_recorder, parser=parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    check = commands.add_parser("check", help="find recordings that are missing, changed, or not in the index")
    check.add_argument(
        "--root", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="where the index of recordings is kept"
    )
    check.add_argument(
        "--repair",
        action="store_true",
        help="take in recordings that the index does not have, mark those that are missing; only while nothing records",
    )
    check.set_defaults(run=_check_recordings)


def _recorder(options: argparse.Namespace) -> int:
    from doorward.video.recorder import run_recorder

    return run_recorder(_root(options))


def _check_recordings(options: argparse.Namespace) -> int:
    from doorward.video.check_command import run_check

    return run_check(_root(options), repair=options.repair)


def _root(options: argparse.Namespace) -> Path:
    if options.root is None:
        options.parser.error("the following arguments are required: --root")
    root: Path = options.root
    return root


def _add_camera(parser: argparse.ArgumentParser) -> None:
    from doorward.video.onvif.commands import add_camera_arguments

    add_camera_arguments(parser, _password)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    from doorward.demo import add_demo_arguments, run_demo

    add_demo_arguments(parser)
    parser.set_defaults(run=run_demo)


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    from doorward.demo import add_simulate_arguments, run_simulate

    add_simulate_arguments(parser)
    parser.set_defaults(run=run_simulate)


def _add_simulator(parser: argparse.ArgumentParser) -> None:
    from doorward.simulator import add_simulator_arguments, run_simulator

    add_simulator_arguments(parser)
    parser.set_defaults(run=run_simulator)


def _add_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        type=Path,
        metavar="FILE",
        help="print what has changed since the schema in this file; exits with 1 if programs written for it may fail",
    )
    parser.set_defaults(run=_schema)


def _schema(arguments: argparse.Namespace) -> int:
    from doorward.graphql.compatibility import CannotCompare, compared
    from doorward.graphql.schema import print_schema

    if arguments.since is None:
        sys.stdout.write(print_schema())
        return 0
    try:
        text, compatible = compared(arguments.since.read_text(), print_schema(), __version__)
    except (OSError, UnicodeError, CannotCompare) as error:
        return _fail(f"{arguments.since} cannot be compared: {error}")
    sys.stdout.write(text)
    return 0 if compatible else 1


def _run(work: Coroutine[Any, Any, None]) -> int:
    """Run a command's coroutine; what a person can mend becomes a message and status 1."""
    from doorward.acs.errors import AcsError
    from doorward.acs.sealing import SealBroken
    from doorward.hardware.errors import HardwareError
    from doorward.server.settings import ServerError

    try:
        asyncio.run(work)
    except AcsError as error:
        return _fail(error.message)
    except (ServerError, SealBroken, HardwareError) as error:
        return _fail(str(error))
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"doorward: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
