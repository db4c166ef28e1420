"""What an operator may have done with devices on OSDP buses: keys, captures, files. And looking at the buses."""

from collections.abc import Awaitable
from typing import Any

from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.doors.models import Device
from doorward.acs.doors.orders import OrderState
from doorward.acs.doors.osdp_keys import SERVER, USUAL_WINDOW_S, drop_next_key, osdp_device, place_of, plan_key
from doorward.acs.doors.osdp_moves import drop_next_place, plan_move
from doorward.acs.errors import AcsError, Conflict, ControllerOffline, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.messages import Bus, CaptureOrder, FileOrder, KeyOrder, KeyWay, MoveOrder, Order, OrderStop
from doorward.acs.operation import Work, operation
from doorward.acs.requests.keyed import AlreadyDone, free_key, id_under_key

LONGEST_CAPTURE_S = 600.0
USUAL_CAPTURE_S = 60.0
MOST_CAPTURED_BYTES = 1_048_576
MOST_FILE_BYTES = 1_048_576
FILE_WINDOW_S = 1_800.0


async def give_key(
    domain: Domain,
    actor: Actor,
    device_id: str,
    way: KeyWay,
    key: bytes | None = None,
    window_s: float = USUAL_WINDOW_S,
) -> OrderState:
    """Give a device a new key: derived, or the one given. Raises ControllerOffline, and then nothing is planned."""
    return await _begin(domain, plan_key(domain, actor, device_id, way, key, window_s))


async def capture(
    domain: Domain,
    actor: Actor,
    device_id: str,
    seconds: float = USUAL_CAPTURE_S,
    most_bytes: int = MOST_CAPTURED_BYTES,
) -> OrderState:
    """Capture what passes on the bus of a device."""
    return await _begin(domain, plan_capture(domain, actor, device_id, seconds, most_bytes))


async def send_file(domain: Domain, actor: Actor, device_id: str, file_type: int, data: bytes) -> OrderState:
    """Send a file, for example firmware, to a device."""
    return await _begin(domain, plan_file(domain, actor, device_id, file_type, data))


async def move(
    domain: Domain, actor: Actor, device_id: str, address: int, baud: int, window_s: float = USUAL_WINDOW_S
) -> OrderState:
    """Tell a device to go to another address and baud rate. Raises ControllerOffline, and then nothing is planned."""
    return await _begin(domain, plan_move(domain, actor, device_id, address, baud, window_s))


async def _begin(domain: Domain, plan: Awaitable[tuple[str, Order]]) -> OrderState:
    """Send what is planned. A repeat under the same key tells how the order stands."""
    try:
        controller_id, order = await plan
    except AlreadyDone as done:
        if (state := domain.orders.state(done.request.attempt)) is None:
            raise
        return state
    try:
        return domain.orders.begin(controller_id, order, domain.doors.send)
    except ControllerOffline:
        await _drop_plan(domain, order)
        await free_key()
        raise


async def _drop_plan(domain: Domain, order: Order) -> None:
    """The device was told nothing: what was planned for it counts no more."""
    match order:
        case KeyOrder():
            await drop_next_key(domain, SERVER, order.device_id, order.number)
        case MoveOrder():
            await drop_next_place(domain, SERVER, order.device_id, (order.address, order.baud))


async def stop_order(domain: Domain, actor: Actor, order_id: str) -> OrderState:
    """Stop an order that is under way; how it ended is told as of any."""
    state = order_state(domain, actor, order_id, Permission.CONFIGURATION_WRITE)
    if not state.ended:
        domain.doors.send(state.controller_id, OrderStop(order_id))
    return state


def order_state(
    domain: Domain, actor: Actor, order_id: str, permission: Permission = Permission.CONFIGURATION_VIEW
) -> OrderState:
    """How far an order came. Raises NotFound."""
    actor.require(permission)
    state = domain.orders.state(order_id)
    if state is None:
        raise NotFound("There is no such order since the server was started.", "id")
    return state


async def buses_of(domain: Domain, actor: Actor, controller_id: str) -> tuple[Bus, ...]:
    """The buses of a controller as they are now. Raises ControllerOffline."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await domain.orders.buses(controller_id, domain.doors.send)


async def finish_order(domain: Domain, state: OrderState) -> None:
    """Write down how an order ended. A key that was never sent is dropped, and so is a place."""
    await note_order_ended(domain, SERVER, state)
    if not state.device_told:
        try:
            await _drop_plan(domain, state.order)
        except AcsError:
            return  # the device is gone, and its keys with it


@operation(Permission.CONFIGURATION_WRITE)
async def plan_capture(work: Work, device_id: str, seconds: float, most_bytes: int) -> tuple[str, CaptureOrder]:
    """Write down that a bus is to be captured."""
    if not 1 <= seconds <= LONGEST_CAPTURE_S:
        raise ValidationFailed(f"A capture lasts 1 to {LONGEST_CAPTURE_S:.0f} seconds.", "seconds")
    if not 1_000 <= most_bytes <= MOST_CAPTURED_BYTES:
        raise ValidationFailed(f"A capture has 1000 to {MOST_CAPTURED_BYTES} bytes.", "mostBytes")
    order = CaptureOrder(id_under_key(), device_id, seconds, most_bytes)
    told = {"seconds": seconds, "most_bytes": most_bytes}
    return await _planned(work, order.id, device_id, EventType.BUS_CAPTURE_STARTED, told), order


@operation(Permission.CONFIGURATION_WRITE)
async def plan_file(work: Work, device_id: str, file_type: int, data: bytes) -> tuple[str, FileOrder]:
    """Write down that a file is to be sent to a device."""
    if not 0 <= file_type <= 255:
        raise ValidationFailed("A file type is 0 to 255; the vendor of the device says which.", "fileType")
    if not 1 <= len(data) <= MOST_FILE_BYTES:
        raise ValidationFailed(f"A file has 1 to {MOST_FILE_BYTES} bytes.", "data")
    order = FileOrder(id_under_key(), device_id, file_type, data, FILE_WINDOW_S)
    told = {"file_type": file_type, "bytes": len(data)}
    return await _planned(work, order.id, device_id, EventType.DEVICE_FILE_SENT, told), order


async def _planned(work: Work, order_id: str, device_id: str, kind: EventType, told: dict[str, Any]) -> str:
    """The controller of the device, when nothing else is being done with it."""
    device = await osdp_device(work, device_id)
    if device.controller_id is None:
        raise ControllerOffline("The device has no controller.", "deviceId")
    if work.domain.orders.busy(device.id):
        raise Conflict("Something is being done with this device already. Wait for its end, or stop it.", "deviceId")
    work.audit(kind, of=device, after=told, correlation=order_id, **await place_of(work, device))
    return device.controller_id


@operation(Permission.CONFIGURATION_WRITE)
async def download_capture(work: Work, order_id: str) -> bytes:
    """The pcap file of a capture that has ended; that somebody took it is written down."""
    state = work.domain.orders.state(order_id)
    if state is None or not state.captured:
        raise NotFound("There is no such capture any more.", "id")
    if not state.ended:
        raise Conflict("The capture goes on. Stop it, or wait for its end.", "id")
    device = await Device.get_or_none(id=state.order.device_id, using_db=work.connection)
    work.audit(EventType.BUS_CAPTURE_DOWNLOADED, of=device, after={"bytes": len(state.captured)}, correlation=order_id)
    return state.captured


@operation(Permission.CONFIGURATION_WRITE)
async def note_order_ended(work: Work, state: OrderState) -> None:
    """Write down how an order ended."""
    device = await Device.get_or_none(id=state.order.device_id, using_db=work.connection)
    told = {"device": state.order.device_id, "step": state.progress.step.value, "detail": state.progress.detail}
    work.audit(EventType.DEVICE_ORDER_ENDED, of=device, after=told, correlation=state.order.id)
