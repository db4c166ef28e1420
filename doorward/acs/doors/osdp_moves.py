"""Moving an OSDP device to another address or speed over the wire (OSDP's COMSET).

A move is written down before it is tried. The new place waits beside the old one until
the device was heard there over its secure channel; until then the controller looks for it at both, so that nothing
that stops in between loses a device.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from doorward.acs.actor import Permission
from doorward.acs.devices import DEFAULT_BAUD
from doorward.acs.domain import Domain
from doorward.acs.doors.line import SOCKET_SCHEME
from doorward.acs.doors.models import Device
from doorward.acs.doors.osdp_edit import BUSY, put_place, snapshot
from doorward.acs.doors.osdp_keys import (
    LONGEST_WINDOW_S,
    SERVER,
    SHORTEST_WINDOW_S,
    USUAL_WINDOW_S,
    osdp_device,
    place_of,
)
from doorward.acs.doors.osdp_line import check_free, check_place, on_line
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.errors import Conflict, ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import JournalRecord, MoveOrder
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.requests.keyed import id_under_key

_MOVED = frozenset({EventType.READER_MOVED, EventType.DEVICE_MOVED})


@operation(Permission.CONFIGURATION_WRITE)
async def plan_move(
    work: Work, device_id: str, address: int, baud: int, window_s: float = USUAL_WINDOW_S
) -> tuple[str, MoveOrder]:
    """Write down where a device is to go, and that it is to be told. The controller to ask, and the order for it."""
    if not SHORTEST_WINDOW_S <= window_s <= LONGEST_WINDOW_S:
        raise ValidationFailed(f"A window lasts {SHORTEST_WINDOW_S:.0f} to {LONGEST_WINDOW_S:.0f} seconds.", "window")
    await lock_wiring(work)
    device = await osdp_device(work, device_id)
    if device.controller_id is None:
        raise ControllerOffline("The device has no controller.", "deviceId")
    if work.domain.orders.busy(device.id):
        raise Conflict(BUSY, "deviceId")
    await _check_move(work, device, address, baud)
    before = snapshot(device)
    device.next_address, device.next_baud = address, baud
    await device.save(using_db=work.connection, update_fields=["next_address", "next_baud"])
    order = MoveOrder(id_under_key(), device.id, address, baud, window_s)
    work.changed(PolicyPart.DEVICE, device.id)
    work.audit(
        EventType.DEVICE_MOVE_ORDERED,
        of=device,
        before=before,
        after=snapshot(device),
        **await place_of(work, device),
        correlation=order.id,
    )
    return device.controller_id, order


async def _check_move(work: Work, device: Device, address: int, baud: int) -> None:
    port = device.port or ""
    check_place(port, address, baud)
    if (address, baud) == (device.address, device.baud):
        raise ValidationFailed("The device is there already.", "address")
    others = await on_line(work, device.controller_id, port, but=device.id)
    check_free(others, port, address)
    if baud == (device.baud or DEFAULT_BAUD):
        return
    if others:
        raise Conflict(
            f"{others[0].name} is on {port} too. A device is given another speed only while it is alone on its line.",
            "baud",
        )
    if port.startswith(SOCKET_SCHEME):
        raise ValidationFailed(
            "A converter has its own speed, which Doorward cannot change. Set the device by its maker's way, "
            "then the converter, and then edit the device.",
            "baud",
        )


@operation(Permission.CONFIGURATION_WRITE)
async def drop_next_place(work: Work, device_id: str, only: tuple[int, int] | None = None) -> None:
    """Look for a device no more where it was to go (only if that is this address and baud rate)."""
    device = await osdp_device(work, device_id)
    if device.next_address is None or only not in (None, (device.next_address, device.next_baud)):
        return
    before = snapshot(device)
    device.next_address = device.next_baud = None
    await device.save(using_db=work.connection, update_fields=["next_address", "next_baud"])
    work.changed(PolicyPart.DEVICE, device.id)
    await _audit(work, EventType.DEVICE_MOVE_DROPPED, device, before)


@operation(Permission.CONFIGURATION_WRITE)
async def commit_place(work: Work, controller_id: str, device_id: str, address: int, baud: int) -> None:
    """The device was heard where it was to go: that is its place from now on."""
    device = await osdp_device(work, device_id)
    if (device.controller_id, device.next_address, device.next_baud) != (controller_id, address, baud):
        return
    before = snapshot(device)
    put_place(device, device.port or "", address, baud)
    columns = ["name", "address", "baud", "next_address", "next_baud"]
    await device.save(using_db=work.connection, update_fields=columns)
    work.changed(PolicyPart.DEVICE, device.id)
    await _audit(work, EventType.DEVICE_MOVE_COMMITTED, device, before)


async def commit_places(domain: Domain, controller_id: str, records: Iterable[JournalRecord]) -> None:
    """Heed what a controller's journal says of moves. Doing it again changes nothing."""
    for record in records:
        if record.type in _MOVED:
            told = record.data
            with suppress(NotFound):  # it was deleted meanwhile
                await commit_place(
                    domain, SERVER, controller_id, str(told["device"]), int(told["address"]), int(told["baud"])
                )


async def _audit(work: Work, kind: EventType, device: Device, before: dict[str, Any]) -> None:
    work.audit(kind, of=device, before=before, after=snapshot(device), **await place_of(work, device))
