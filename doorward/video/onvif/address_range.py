"""Ranges of addresses as people write them: `192.168.10.*`, `192.168.20-22.*`, `192.168.30.0-50`, with commas."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from doorward.video.onvif.errors import BadAddress

MOST_ADDRESSES = 65_536
MOST_PORTS = 32

_Part = tuple[int, int]


@dataclass(frozen=True, slots=True)
class AddressRange:
    """Each of the four groups from the first to the last, both in it."""

    groups: tuple[_Part, _Part, _Part, _Part]

    def __len__(self) -> int:
        return prod(last - first + 1 for first, last in self.groups)

    def __iter__(self) -> Iterator[str]:
        a, b, c, d = (range(first, last + 1) for first, last in self.groups)
        return (f"{one}.{two}.{three}.{four}" for one in a for two in b for three in c for four in d)


@dataclass(frozen=True, slots=True)
class _Span:
    """From one whole address to another."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[str]:
        return (str(ipaddress.IPv4Address(number)) for number in range(self.first, self.last + 1))


def parse_ranges(text: str) -> tuple[str, ...]:
    """Every IPv4 address that the text means, each once, in its order. At most 65,536 are searched at a time.

    Beside wildcards and dashes within a group, a range is written as `192.0.2.5-192.0.2.40` or `192.0.2.0/24`.
    Raises BadAddress.
    """
    ranges = [_range(part.strip()) for part in text.split(",")]
    if sum(map(len, ranges)) > MOST_ADDRESSES:
        raise BadAddress(f"That is more than {MOST_ADDRESSES:,} addresses. Search a smaller range.")
    return tuple(dict.fromkeys(address for each in ranges for address in each))


def parse_ports(text: str) -> tuple[int, ...]:
    """Every port of `80, 1080-1090`, each once. Raises BadAddress."""
    ports: list[int] = []
    for part in text.split(","):
        first, last = _bounds(part.strip(), 65_535, text)
        if first == 0 or last - first >= MOST_PORTS:
            raise BadAddress(f"{text!r} is no list of at most {MOST_PORTS} ports, such as 80, 1080-1090.")
        ports += range(first, last + 1)
    found = tuple(dict.fromkeys(ports))
    if len(found) > MOST_PORTS:
        raise BadAddress(f"Search at most {MOST_PORTS} ports at a time.")
    return found


def _range(text: str) -> AddressRange | _Span:
    groups = text.split(".")
    if "/" in text or len(groups) > 4:
        return _span(text)
    if len(groups) != 4:
        raise BadAddress(f"{text!r} is no range of addresses. Write it as 192.168.10.* or 192.168.20-22.1-50.")
    a, b, c, d = (_bounds(group, 255, text) for group in groups)
    return AddressRange((a, b, c, d))


def _span(text: str) -> _Span:
    first, dash, last = text.partition("-")
    try:
        if dash:
            span = _Span(int(ipaddress.IPv4Address(first.strip())), int(ipaddress.IPv4Address(last.strip())))
        else:
            network = ipaddress.IPv4Network(text, strict=False)
            span = _Span(int(network.network_address), int(network.broadcast_address))
    except ValueError as error:
        raise BadAddress(f"{text!r} is no range of addresses: {error}.") from error
    if span.last < span.first:
        raise BadAddress(f"{text!r} ends before it begins.")
    if span.last - span.first >= MOST_ADDRESSES:
        raise BadAddress(f"That is more than {MOST_ADDRESSES:,} addresses. Search a smaller range.")
    return span


def _bounds(group: str, most: int, whole: str) -> _Part:
    if group == "*" and most == 255:
        return 0, most
    found = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", group)
    if found is None:
        raise BadAddress(f"{whole!r}: {group!r} is neither a number, nor a range such as 20-22, nor *.")
    first = int(found[1])
    last = first if found[2] is None else int(found[2])
    if last < first or last > most:
        raise BadAddress(f"{whole!r}: {group!r} goes beyond {most}, or ends before it begins.")
    return first, last
