"""One ONVIF device: its clock, what it is, and which services it has (ONVIF Core Specification, section 8)."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

from doorward.video.onvif.address import DeviceAddress
from doorward.video.onvif.connection import ANSWER_S, Connection
from doorward.video.onvif.credentials import Credentials
from doorward.video.onvif.errors import BadAnswer, DeviceFault, NotSupported
from doorward.video.onvif.message import Markup, element
from doorward.video.onvif.names import NAMESPACES
from doorward.video.onvif.node import Node
from doorward.video.onvif.scopes import name_in


class Service(StrEnum):
    """A part of ONVIF that a device may have, by the prefix of its namespace."""

    DEVICE = "tds"
    MEDIA = "trt"
    MEDIA2 = "tr2"
    PTZ = "tptz"
    IMAGING = "timg"
    EVENTS = "tev"


@dataclass(frozen=True, slots=True)
class DeviceInformation:
    """What the device says of itself. `name` is the one that somebody gave it, or empty."""

    manufacturer: str
    model: str
    firmware: str
    serial_number: str
    hardware_id: str
    name: str = ""


# Capabilities of ONVIF 1 and 2.0, by the services that they stand for.
_CAPABILITIES = {
    "Media": Service.MEDIA,
    "PTZ": Service.PTZ,
    "Imaging": Service.IMAGING,
    "Events": Service.EVENTS,
}


class Device:
    """A device between `connect` and `close`; `async with Device(...)` does both."""

    def __init__(
        self,
        address: DeviceAddress,
        credentials: Credentials | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.connection = Connection(address, credentials, tls, clock)
        self.services: Mapping[Service, str] = {Service.DEVICE: str(address)}

    @property
    def time_offset(self) -> timedelta:
        """How far the device's clock is ahead of ours; signed messages allow for it."""
        return self.connection.offset

    async def connect(self) -> None:
        """Learn the device's time, then its services. Raises OnvifError."""
        await self.connection.read_time()
        self.services = await self._find_services()

    async def close(self) -> None:
        """End every connection to the device."""
        await self.connection.close()

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def call(self, service: Service, operation: str, request: Markup | None = None) -> Node:
        """The answer to an operation of a service; `request` is its whole element where it has content."""
        if service not in self.services:
            raise NotSupported(f"The device has no ONVIF {service.name.lower()} service.")
        body = element(f"{service}:{operation}") if request is None else request
        action = f"{NAMESPACES[service]}/{operation}"
        return await self.connection.call(self.services[service], action, body, ANSWER_S)

    async def information(self) -> DeviceInformation:
        """Manufacturer, model, firmware, serial number, and the name that its scopes say."""
        answer = await self.call(Service.DEVICE, "GetDeviceInformation")
        return DeviceInformation(
            answer.words("Manufacturer"),
            answer.words("Model"),
            answer.words("FirmwareVersion"),
            answer.words("SerialNumber"),
            answer.words("HardwareId"),
            await self._name(),
        )

    async def _name(self) -> str:
        try:
            answer = await self.call(Service.DEVICE, "GetScopes")
        except (NotSupported, DeviceFault):
            return ""
        return name_in([scope.words("ScopeItem") for scope in answer.all("Scopes")])

    async def _find_services(self) -> Mapping[Service, str]:
        """By GetServices; a device older than ONVIF 2.1 has GetCapabilities alone."""
        found = {Service.DEVICE: self.services[Service.DEVICE]}
        request = element("tds:GetServices", element("tds:IncludeCapability", False))
        try:
            answer = await self.call(Service.DEVICE, "GetServices", request)
        except (NotSupported, DeviceFault, BadAnswer):
            return found | await self._by_capabilities()
        known = {NAMESPACES[service]: service for service in Service}
        for each in answer.all("Service"):
            service = known.get(each.words("Namespace"))
            if service is not None and service is not Service.DEVICE:
                found[service] = self.connection.address.service(each.words("XAddr"))
        return found

    async def _by_capabilities(self) -> dict[Service, str]:
        request = element("tds:GetCapabilities", element("tds:Category", "All"))
        answer = await self.call(Service.DEVICE, "GetCapabilities", request)
        found = {}
        for name, service in _CAPABILITIES.items():
            uri = answer.words("Capabilities", name, "XAddr")
            if uri:
                found[service] = self.connection.address.service(uri)
        return found
