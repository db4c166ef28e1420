"""What a simulated device answers as a device: itself, its clock, its users."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from doorward.video.onvif.administration import UserLevel
from doorward.video.onvif.message import Markup, element, joined
from doorward.video.onvif.names import NAMESPACES
from doorward.video.onvif.node import Node
from doorward.video.onvif.simulator.fault import Refusal

if TYPE_CHECKING:
    from doorward.video.onvif.simulator.device import SimulatedDevice

_PATHS = {"tds": "device_service", "trt": "media", "tr2": "media2", "tptz": "ptz", "timg": "imaging", "tev": "events"}


def _time(device: "SimulatedDevice", _: Node) -> Markup:
    now = device.now()
    time = element(
        "tt:Time", element("tt:Hour", now.hour), element("tt:Minute", now.minute), element("tt:Second", now.second)
    )
    date = element("tt:Date", element("tt:Year", now.year), element("tt:Month", now.month), element("tt:Day", now.day))
    return element(
        "tds:GetSystemDateAndTimeResponse",
        element(
            "tds:SystemDateAndTime",
            element("tt:DateTimeType", "Manual"),
            element("tt:DaylightSavings", False),
            element("tt:TimeZone", element("tt:TZ", "UTC0")),
            element("tt:UTCDateTime", time, date),
        ),
    )


def _set_time(device: "SimulatedDevice", request: Node) -> Markup:
    moment = request.required("UTCDateTime")
    date, time = moment.required("Date"), moment.required("Time")
    parts = [date.whole("Year"), date.whole("Month"), date.whole("Day")]
    parts += [time.whole("Hour"), time.whole("Minute"), time.whole("Second")]
    try:
        device.set_clock(datetime(*(-1 if part is None else part for part in parts), tzinfo=UTC))  # type: ignore[arg-type,misc]
    except ValueError as error:
        raise Refusal("InvalidDateTime", "The time is invalid") from error
    return element("tds:SetSystemDateAndTimeResponse")


def _information(device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "tds:GetDeviceInformationResponse",
        element("tds:Manufacturer", "Doorward"),
        element("tds:Model", device.state.model),
        element("tds:FirmwareVersion", "1.0"),
        element("tds:SerialNumber", device.state.serial_number),
        element("tds:HardwareId", "simulated"),
    )


def scopes_of(device: "SimulatedDevice") -> list[str]:
    """What the device says of itself in discovery."""
    return [
        "onvif://www.onvif.org/type/video_encoder",
        "onvif://www.onvif.org/Profile/Streaming",
        f"onvif://www.onvif.org/name/{quote(device.state.name)}",
        f"onvif://www.onvif.org/hardware/{quote(device.state.model)}",
    ]


def _scopes(device: "SimulatedDevice", _: Node) -> Markup:
    return element(
        "tds:GetScopesResponse",
        *(
            element("tds:Scopes", element("tt:ScopeDef", "Configurable"), element("tt:ScopeItem", scope))
            for scope in scopes_of(device)
        ),
    )


def _services(device: "SimulatedDevice", _: Node) -> Markup:
    if not device.behaviour.get_services:
        raise Refusal("ActionNotSupported", "Optional action not implemented", 500)
    version = element("tds:Version", element("tt:Major", 2), element("tt:Minor", 60))
    return element(
        "tds:GetServicesResponse",
        *(
            element(
                "tds:Service",
                element("tds:Namespace", NAMESPACES[prefix]),
                element("tds:XAddr", device.uri(f"/onvif/{path}")),
                version,
            )
            for prefix, path in _PATHS.items()
            if prefix != "tr2" or device.behaviour.media2
        ),
    )


def _capabilities(device: "SimulatedDevice", _: Node) -> Markup:
    def at(path: str) -> Markup:
        return element("tt:XAddr", device.uri(f"/onvif/{path}"))

    return element(
        "tds:GetCapabilitiesResponse",
        element(
            "tds:Capabilities",
            element("tt:Device", at("device_service")),
            element(
                "tt:Events",
                at("events"),
                element("tt:WSSubscriptionPolicySupport", False),
                element("tt:WSPullPointSupport", True),
                element("tt:WSPausableSubscriptionManagerInterfaceSupport", False),
            ),
            element("tt:Imaging", at("imaging")),
            element("tt:Media", at("media"), element("tt:StreamingCapabilities", element("tt:RTP_RTSP_TCP", True))),
            element("tt:PTZ", at("ptz")),
        ),
    )


def _hostname(_device: "SimulatedDevice", _: Node) -> Markup:
    information = element("tds:HostnameInformation", element("tt:FromDHCP", False), element("tt:Name", "simulated"))
    return element("tds:GetHostnameResponse", information)


def _users(device: "SimulatedDevice", _: Node) -> Markup:
    users = (
        element("tds:User", element("tt:Username", name), element("tt:UserLevel", level))
        for name, (_, level) in device.state.users.items()
    )
    return element("tds:GetUsersResponse", *users)


def _create_users(device: "SimulatedDevice", request: Node) -> Markup:
    for user in request.all("User"):
        if user.words("Username") in device.state.users:
            raise Refusal("OperationProhibited", "Username already exists")
        _keep(device, user)
    return element("tds:CreateUsersResponse")


def _set_user(device: "SimulatedDevice", request: Node) -> Markup:
    for user in request.all("User"):
        _known(device, user.words("Username"))
        _keep(device, user)
    return element("tds:SetUserResponse")


def _delete_users(device: "SimulatedDevice", request: Node) -> Markup:
    for user in request.all("Username"):
        _known(device, user.text)
        del device.state.users[user.text]
    return element("tds:DeleteUsersResponse")


def _keep(device: "SimulatedDevice", user: Node) -> None:
    name, password = user.words("Username"), user.words("Password")
    device.state.users[name] = (password, UserLevel(user.words("UserLevel")))


def _known(device: "SimulatedDevice", name: str) -> None:
    if name not in device.state.users:
        raise Refusal("InvalidArgVal", "Username not recognized")


def _network(_device: "SimulatedDevice", _: Node) -> Markup:
    address = element("tt:Manual", element("tt:Address", "192.0.2.7"), element("tt:PrefixLength", 24))
    return element(
        "tds:GetNetworkInterfacesResponse",
        element(
            "tds:NetworkInterfaces",
            element("tt:Enabled", True),
            element("tt:Info", element("tt:Name", "eth0"), element("tt:HwAddress", "02:00:00:00:00:07")),
            element(
                "tt:IPv4",
                element("tt:Enabled", True),
                element("tt:Config", joined(address, element("tt:DHCP", False))),
            ),
            token="eth0",  # noqa: S106 - tokens are what ONVIF calls ids
        ),
    )


def _reboot(device: "SimulatedDevice", _: Node) -> Markup:
    device.state.reboots += 1
    return element("tds:SystemRebootResponse", element("tds:Message", "Back in a moment"))


OPERATIONS: dict[str, Callable[["SimulatedDevice", Node], Markup]] = {
    "GetSystemDateAndTime": _time,
    "SetSystemDateAndTime": _set_time,
    "GetDeviceInformation": _information,
    "GetScopes": _scopes,
    "GetServices": _services,
    "GetCapabilities": _capabilities,
    "GetHostname": _hostname,
    "GetUsers": _users,
    "CreateUsers": _create_users,
    "SetUser": _set_user,
    "DeleteUsers": _delete_users,
    "GetNetworkInterfaces": _network,
    "SystemReboot": _reboot,
}
