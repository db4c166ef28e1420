"""Answers WS-Discovery for a simulated device: to whoever asks its port directly, and to everybody if it is let."""

import asyncio
import socket
import struct
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from doorward.video.onvif.discovery import MULTICAST
from doorward.video.onvif.errors import BadAnswer
from doorward.video.onvif.message import Markup, element, envelope, joined
from doorward.video.onvif.node import parse
from doorward.video.onvif.simulator.device import SimulatedDevice
from doorward.video.onvif.simulator.device_service import scopes_of


@asynccontextmanager
async def announced(
    device: SimulatedDevice, uri: str, host: str = "127.0.0.1", port: int = 0, everybody: bool = False
) -> AsyncIterator[int]:
    """Answer probes while this is open; yields the UDP port.

    `uri` is what the device names as its address. `everybody`: also those who ask the multicast address, in the
    network of `host`; devices do that at port 3702.
    """
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Announcer(device, uri), sock=_socket(host, port, everybody)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


class _Announcer(asyncio.DatagramProtocol):
    def __init__(self, device: SimulatedDevice, uri: str) -> None:
        self._device = device
        self._uri = uri
        self._id = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, device.state.serial_number)}"
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = parse(data)
        except BadAnswer:
            return
        probe = message.at("Body", "Probe")
        if probe is None or self._transport is None:
            return
        kinds = [each.rpartition(":")[2] for each in probe.words("Types").split()]
        if not kinds or "NetworkVideoTransmitter" in kinds or "Device" in kinds:
            self._transport.sendto(self._matches(message.words("Header", "MessageID")), addr)

    def _matches(self, asked: str) -> bytes:
        header = joined(
            element("wsa04:MessageID", f"urn:uuid:{uuid.uuid4()}"),
            element("wsa04:RelatesTo", asked),
            element("wsa04:To", "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"),
            element("wsa04:Action", "http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches"),
        )
        match = element(
            "d:ProbeMatch",
            element("wsa04:EndpointReference", element("wsa04:Address", self._id)),
            element("d:Types", "dn:NetworkVideoTransmitter"),
            element("d:Scopes", " ".join(scopes_of(self._device))),
            element("d:XAddrs", self._uri),
            element("d:MetadataVersion", 1),
        )
        return envelope(header, Markup(element("d:ProbeMatches", match)))


def _socket(host: str, port: int, everybody: bool) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        listening.setblocking(False)
        if everybody:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            membership = struct.pack("=4s4s", socket.inet_aton(MULTICAST[0]), socket.inet_aton(host))
            listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        listening.bind(("" if everybody else host, port))
    except BaseException:
        listening.close()
        raise
    return listening
