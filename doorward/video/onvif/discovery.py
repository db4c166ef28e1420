"""Asks everybody on the network who is an ONVIF device: WS-Discovery (2005/04) over UDP, as ONVIF has it.

Answers are believed only about where they came from: a device is at the address that it answered from, whatever
others it names.
"""

import asyncio
import ipaddress
import socket
import struct
import uuid
from collections.abc import Collection, Sequence

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.errors import OnvifError
from doorward.video.onvif.found import Found
from doorward.video.onvif.message import element, envelope, joined
from doorward.video.onvif.node import Node, parse
from doorward.video.onvif.scopes import model_in, name_in

MULTICAST = ("239.255.255.250", 3702)
WAIT_S = 3.0
"""Devices wait up to half a second before they answer, and some are slow."""
REPEAT_S = 0.5
"""A probe is a datagram that may be lost: it is sent twice."""
MOST_FOUND = 1_000
_LARGEST_DATAGRAM = 16_384


async def discover(
    interfaces: Sequence[str] = ("",),
    to: Sequence[tuple[str, int]] = (MULTICAST,),
    wait_s: float = WAIT_S,
) -> tuple[Found, ...]:
    """The devices that answer, each once, by address. Cancelling it stops asking.

    `interfaces` are our own IPv4 addresses of the networks to ask; an empty one lets the system choose. Raises OSError
    for an address that is not ours.
    """
    loop = asyncio.get_running_loop()
    asking = _Asking()
    transports: list[asyncio.DatagramTransport] = []
    try:
        for interface in interfaces:
            transport, _ = await loop.create_datagram_endpoint(lambda: asking, sock=_socket(interface))
            transports.append(transport)
        for _ in range(2):
            for transport in transports:
                for each in to:
                    transport.sendto(asking.probe, each)
            await asyncio.sleep(REPEAT_S)
        await asyncio.sleep(max(0.0, wait_s - 2 * REPEAT_S))
    finally:
        for transport in transports:
            transport.close()
    return tuple(sorted(asking.found.values(), key=lambda each: _order(each.address.host)))


def read_matches(data: bytes, sender: str, asked: Collection[str]) -> tuple[Found, ...]:
    """The devices in an answer from this host to one of the messages that were asked. Raises BadAnswer."""
    message = parse(data)
    if message.words("Header", "RelatesTo") not in asked:
        return ()
    matches = message.all("Body", "ProbeMatches", "ProbeMatch")
    return tuple(found for each in matches if (found := _match(each, sender)) is not None)


class _Asking(asyncio.DatagramProtocol):
    """One search: the message, and who has answered it."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        message_id = f"uuid:{uuid.uuid4()}"
        self._asked = {message_id, f"urn:{message_id}"}
        self.probe = _probe(f"urn:{message_id}")

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) > _LARGEST_DATAGRAM or len(self.found) >= MOST_FOUND:
            return
        try:
            matches = read_matches(data, addr[0], self._asked)
        except OnvifError:
            return
        for each in matches:
            self.found.setdefault(str(each.address), each)

    def error_received(self, exc: Exception) -> None:
        """A network without a way to it is silent, as one without devices."""


def _probe(message_id: str) -> bytes:
    header = joined(
        element("wsa04:Action", "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"),
        element("wsa04:MessageID", message_id),
        element("wsa04:To", "urn:schemas-xmlsoap-org:ws:2005:04:discovery"),
    )
    return envelope(header, element("d:Probe", element("d:Types", "dn:NetworkVideoTransmitter")))


def _match(match: Node, sender: str) -> Found | None:
    # A device may name an address for each network and each version of IP: its own in this network, or the first.
    addresses: list[DeviceAddress] = []
    for each in match.words("XAddrs").split():
        try:
            addresses.append(DeviceAddress.parse(each))
        except OnvifError:
            continue
    if not addresses:
        return None
    named = next((each for each in addresses if each.host == sender), addresses[0])
    scopes = match.words("Scopes").split()
    at = DeviceAddress(named.scheme, sender, named.port, named.path)
    return Found(at, name_in(scopes), model_in(scopes), match.words("EndpointReference", "Address"))


def _socket(interface: str) -> socket.socket:
    asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        asking.setblocking(False)
        asking.bind((interface, 0))
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        if interface:
            asking.setsockopt(
                socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s", ipaddress.IPv4Address(interface).packed)
            )
    except BaseException:
        asking.close()
        raise
    return asking


def _order(host: str) -> tuple[int, str]:
    try:
        return int(ipaddress.ip_address(host)), host
    except ValueError:
        return 0, host
