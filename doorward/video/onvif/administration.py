"""Looking after a device: its clock, its users, its network, starting it anew (ONVIF Core Specification, section 8)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from doorward.video.onvif.credentials import Credentials
from doorward.video.onvif.device import Device, Service
from doorward.video.onvif.message import element


class UserLevel(StrEnum):
    """What a user of a device may do."""

    ADMINISTRATOR = "Administrator"
    OPERATOR = "Operator"
    USER = "User"
    ANONYMOUS = "Anonymous"
    EXTENDED = "Extended"


@dataclass(frozen=True, slots=True)
class DeviceUser:
    """An account on the device."""

    name: str
    level: UserLevel


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A network interface of the device; `addresses` are of IPv4, as `192.0.2.7/24`."""

    token: str
    name: str
    mac: str
    enabled: bool
    from_dhcp: bool
    addresses: tuple[str, ...]


async def set_time(device: Device, now: datetime) -> None:
    """Set the device's clock, by hand and in UTC; its time zone stays as it is."""
    utc = now.astimezone(UTC)
    await device.call(
        Service.DEVICE,
        "SetSystemDateAndTime",
        element(
            "tds:SetSystemDateAndTime",
            element("tds:DateTimeType", "Manual"),
            element("tds:DaylightSavings", False),
            element(
                "tds:UTCDateTime",
                element(
                    "tt:Time",
                    element("tt:Hour", utc.hour),
                    element("tt:Minute", utc.minute),
                    element("tt:Second", utc.second),
                ),
                element(
                    "tt:Date", element("tt:Year", utc.year), element("tt:Month", utc.month), element("tt:Day", utc.day)
                ),
            ),
        ),
    )
    await device.connection.read_time()


async def reboot(device: Device) -> str:
    """Start the device anew; returns what it says about it. It is away for a minute or so."""
    return (await device.call(Service.DEVICE, "SystemReboot")).words("Message")


async def users(device: Device) -> tuple[DeviceUser, ...]:
    """The accounts on the device. A level that ONVIF does not know counts as extended."""
    answer = await device.call(Service.DEVICE, "GetUsers")
    return tuple(DeviceUser(each.words("Username"), _level(each.words("UserLevel"))) for each in answer.all("User"))


async def create_user(device: Device, credentials: Credentials, level: UserLevel) -> None:
    """Give somebody an account on the device."""
    await _write_user(device, "CreateUsers", credentials, level)


async def set_user(device: Device, credentials: Credentials, level: UserLevel) -> None:
    """Give an account another password or another level."""
    await _write_user(device, "SetUser", credentials, level)


async def delete_user(device: Device, name: str) -> None:
    """Take an account off the device."""
    await device.call(Service.DEVICE, "DeleteUsers", element("tds:DeleteUsers", element("tds:Username", name)))


async def network(device: Device) -> tuple[NetworkInterface, ...]:
    """The device's network interfaces."""
    answer = await device.call(Service.DEVICE, "GetNetworkInterfaces")
    found = []
    for each in answer.all("NetworkInterfaces"):
        settings = [*each.all("IPv4", "Config", "Manual"), *each.all("IPv4", "Config", "FromDHCP")]
        found.append(
            NetworkInterface(
                each.attributes.get("token", ""),
                each.words("Info", "Name"),
                each.words("Info", "HwAddress"),
                each.is_true("Enabled"),
                each.is_true("IPv4", "Config", "DHCP"),
                tuple(f"{one.words('Address')}/{one.words('PrefixLength')}" for one in settings),
            )
        )
    return tuple(found)


async def _write_user(device: Device, operation: str, credentials: Credentials, level: UserLevel) -> None:
    user = element(
        "tds:User",
        element("tt:Username", credentials.user),
        element("tt:Password", credentials.password),
        element("tt:UserLevel", level),
    )
    await device.call(Service.DEVICE, operation, element(f"tds:{operation}", user))


def _level(text: str) -> UserLevel:
    return next((level for level in UserLevel if level == text), UserLevel.EXTENDED)
