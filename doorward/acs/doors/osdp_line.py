"""Who is on a serial line: one driver, one speed, and an address each."""

from doorward.acs.devices import DEFAULT_BAUD, DeviceKind
from doorward.acs.doors.line import check_line
from doorward.acs.doors.models import Device
from doorward.acs.errors import Conflict, ValidationFailed
from doorward.acs.operation import Work

OSDP_MAX_ADDRESS = 0x7E
OSDP_BAUDS = frozenset({9_600, 19_200, 38_400, 57_600, 115_200, 230_400})


_PORT_IN_NAME = 80


def place_name(port: str, address: int) -> str:
    """What a device is called that nobody has given a name."""
    return f"{port[:_PORT_IN_NAME]} address {address}"


async def on_line(work: Work, controller_id: str | None, port: str, but: str = "") -> list[Device]:
    """The devices of a controller on this line, without the one with the id `but`."""
    rows = Device.filter(controller_id=controller_id, port=port).exclude(id=but)
    return await rows.using_db(work.connection).order_by("address", "id")


def check_place(port: str, address: int, baud: int) -> None:
    """A place by itself. Raises ValidationFailed."""
    check_line(port)
    if not 0 <= address <= OSDP_MAX_ADDRESS:
        raise ValidationFailed(f"An OSDP address is 0 to {OSDP_MAX_ADDRESS}.", "address")
    if baud not in OSDP_BAUDS:
        raise ValidationFailed(f"OSDP runs at one of {sorted(OSDP_BAUDS)} baud.", "baud")


def check_free(others: list[Device], port: str, address: int) -> None:
    """Only OSDP devices are on the line, none of them at this address or about to go there. Raises Conflict."""
    for other in others:
        if other.kind is not DeviceKind.OSDP:
            raise Conflict(
                f"{port} is the line of {other.name}, which is no OSDP device. "
                "Choose another port, or delete that device first.",
                "port",
            )
        if other.address == address:
            raise Conflict(f"{other.name} has address {address} on {port}. Give this device another.", "address")
        if other.next_address == address:
            raise Conflict(
                f"{other.name} is being moved to address {address} on {port}. Give this device another.", "address"
            )


def check_speed(others: list[Device], port: str, baud: int) -> None:
    """All on the line run at this speed. Raises Conflict."""
    for other in others:
        if (other.baud or DEFAULT_BAUD) != baud:
            raise Conflict(
                f"{port} runs at {other.baud or DEFAULT_BAUD} baud for {other.name}. A line has one speed.",
                "baud",
            )
