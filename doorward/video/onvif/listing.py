"""What `doorward camera` writes: a table of what was found, or everything about one device."""

import argparse
import asyncio
import ipaddress
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.address_range import parse_ports, parse_ranges
from doorward.video.onvif.certificates import any_certificate
from doorward.video.onvif.credentials import Credentials
from doorward.video.onvif.discovery import discover
from doorward.video.onvif.errors import BadAddress
from doorward.video.onvif.found import Found
from doorward.video.onvif.search import search
from doorward.video.onvif.survey import DeviceStatus, Survey, survey, survey_all

ReadPassword = Callable[[], str]
_HEADINGS = ("NAME", "MODEL", "ADDRESS", "PROFILES", "CODEC", "WHAT TO DO")


def run_discover(options: argparse.Namespace, read_password: ReadPassword) -> int:
    """`doorward camera discover`; returns the exit status."""
    _quiet()
    try:
        hosts = None if options.range is None else parse_ranges(options.range)
        ports = parse_ports(options.ports)
        interfaces = [str(ipaddress.IPv4Address(each)) for each in options.interface]
    except (BadAddress, ValueError) as error:
        return _fail(str(error))
    credentials = _credentials(options, read_password)

    async def work() -> tuple[Survey, ...]:
        if hosts is None:
            found = await discover(interfaces or [""], wait_s=options.wait)
        else:
            found = tuple(await _search(hosts, ports))
        return await survey_all(found, credentials, any_certificate() if options.any_certificate else None)

    try:
        surveys = asyncio.run(work())
    except OSError as error:
        return _fail(f"This computer cannot ask there: {error}. Check --interface and the network.")
    if not surveys:
        return _fail(_NOBODY if hosts is None else "No ONVIF camera answers there. Check the range, and --ports.")
    sys.stdout.write(_columns([_HEADINGS, *map(_row, surveys)]))
    return 0


_NOBODY = (
    "No ONVIF camera answers. Cameras in other networks do not hear this: give a range of addresses. "
    "Some makers switch ONVIF off: switch it on in the camera."
)


async def _search(hosts: Sequence[str], ports: Sequence[int]) -> list[Found]:
    found = []
    shows = sys.stderr.isatty()
    async with aclosing(search(hosts, ports)) as going:
        async for progress in going:
            if progress.found is not None:
                found.append(progress.found)
            if shows:
                sys.stderr.write(f"\r{progress.asked} of {progress.of} asked, {len(found)} found")
    if shows:
        sys.stderr.write("\n")
    return sorted(found, key=lambda each: (ipaddress.ip_address(each.address.host), each.address.port))


def run_probe(options: argparse.Namespace, read_password: ReadPassword) -> int:
    """`doorward camera probe`; returns the exit status: 1 also for a camera that cannot be used as it is."""
    _quiet()
    try:
        address = DeviceAddress.parse(options.address)
    except BadAddress as error:
        return _fail(str(error))
    tls = any_certificate() if options.any_certificate else None
    seen = asyncio.run(survey(Found(address), _credentials(options, read_password), tls))
    if seen.information is None:
        return _fail(_advice(seen))
    lines = [
        ("Name", seen.name),
        ("Model", seen.model),
        ("Firmware", seen.information.firmware),
        ("Serial number", seen.information.serial_number),
        ("Clock", f"{seen.clock_ahead.total_seconds():+.1f} s from this computer's"),
        ("To do", seen.advice or "nothing: it can be used"),
    ]
    sys.stdout.write("".join(f"{label:<14} {value}\n" for label, value in lines))
    rows = [("PROFILE", "CODEC", "SIZE", "FPS", "TURNS", "STREAM")]
    for profile, stream in zip(seen.profiles, seen.streams, strict=True):
        encoder = profile.encoder
        size, fps = ("", "") if encoder is None else (f"{encoder.width}x{encoder.height}", f"{encoder.fps or 0:g}")
        codec = "" if encoder is None else encoder.codec.value
        rows.append((profile.name or profile.token, codec, size, fps, "yes" if profile.ptz else "no", stream))
    sys.stdout.write("\n" + _columns(rows))
    return 0 if seen.status is DeviceStatus.READY else 1


def _credentials(options: argparse.Namespace, read_password: ReadPassword) -> Credentials | None:
    return None if options.user is None else Credentials(options.user, read_password())


def _row(seen: Survey) -> tuple[str, ...]:
    codecs = dict.fromkeys(each.encoder.codec.value for each in seen.profiles if each.encoder is not None)
    profiles = ", ".join(each.name or each.token for each in seen.profiles)
    return seen.name, seen.model, str(seen.found.address), profiles, ", ".join(codecs), _advice(seen)


def _advice(seen: Survey) -> str:
    if seen.status is DeviceStatus.PASSWORD_NEEDED:
        return "Give a user of it with --user."
    if seen.status is DeviceStatus.CERTIFICATE_NOT_TRUSTED:
        return "This computer does not trust its certificate: trust its issuer, or give --any-certificate."
    return seen.advice


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows in columns as wide as what is in them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _quiet() -> None:
    # Every request would be a line between those of the table.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _fail(words: str) -> int:
    sys.stderr.write(f"{words}\n")
    return 1
