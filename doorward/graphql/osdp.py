"""OSDP buses in the API: what is on them, and the maintenance of their devices."""

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from doorward.acs import messages
from doorward.acs.controllers.queries import ControllerState, page_controllers
from doorward.acs.devices import DEFAULT_BAUD
from doorward.acs.doors import maintenance, osdp_keys
from doorward.acs.doors.models import Controller as ControllerRow
from doorward.acs.doors.orders import OrderState
from doorward.acs.doors.osdp_devices import OsdpPlace, create_osdp_module
from doorward.acs.doors.osdp_moves import drop_next_place
from doorward.acs.errors import ControllerOffline, ValidationFailed
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.controllers import ControllerFilter
from doorward.graphql.enums import NameOrder, OrderStep
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import by_domain, in_context, listed


@strawberry.type(description="Replies that took at most so many milliseconds, and longer than the bound before.")
class LatencyBucket:
    """`up_to_ms` null: longer than every bound."""

    up_to_ms: int | None
    """The bound in milliseconds; null: longer than every bound."""
    replies: int
    """How many took so long."""


@strawberry.type(description="What passed between a bus and one device, since the controller began to drive them.")
class LineCounters:
    """See docs/reference/osdp.md."""

    commands: int
    """What the controller sent to the device."""
    replies: int
    """What the device answered in its turn."""
    naks: int
    """Commands that the device refused."""
    damaged: int = strawberry.field(description="Replies with a wrong CRC, or cut off.")
    unanswered: int
    """Commands that it did not answer in time."""
    repeated: int = strawberry.field(description="Commands sent again with the same sequence number.")
    out_of_turn: int = strawberry.field(description="Replies that answered nothing that was asked.")
    latency: list[LatencyBucket]
    """Its replies by how long they took, the quickest first."""

    @classmethod
    def of(cls, counters: messages.LineCounters) -> "LineCounters":
        """The counters as the API shows them."""
        bounds = (*messages.LATENCY_BOUNDS_MS, None)
        return cls(
            commands=counters.commands,
            replies=counters.replies,
            naks=counters.naks,
            damaged=counters.damaged,
            unanswered=counters.unanswered,
            repeated=counters.repeated,
            out_of_turn=counters.out_of_turn,
            latency=[
                LatencyBucket(up_to_ms=bound, replies=count)
                for bound, count in zip(bounds, counters.latency, strict=True)
            ],
        )


@strawberry.type(description="What a device says it can do, by OSDP's function codes.")
class DeviceCapability:
    """See the standard's PDCAP."""

    code: int
    """OSDP's function code: what it is about."""
    level: int
    """How much of it the device can do, as the standard has it for this code."""
    items: int
    """How many of them it has."""


@strawberry.type(description="Who a device says it is.")
class DeviceIdentity:
    """See the standard's PDID."""

    vendor: str
    """The vendor's code: three bytes in hexadecimal."""
    model: int
    """The vendor's number of the model."""
    version: int
    """The vendor's number of the version."""
    serial: str
    """The serial number in hexadecimal."""
    firmware: str
    """Major, minor and build."""


@strawberry.type(description="A device on its bus.")
class OsdpBusDevice:
    """As its controller sees it now."""

    device_id: strawberry.ID
    address: int
    """Its address on the bus, 0 to 126."""
    online: bool = strawberry.field(description="It answers over its secure channel.")
    online_since: datetime | None
    """Since when its secure channel is up; null: it is not."""
    install_mode: bool = strawberry.field(description="Anybody who reaches its wires could give it a key.")
    problem: str = strawberry.field(description="Why it is not online; empty when it is.")
    identity: DeviceIdentity | None
    """Who it says it is; null: it has not said so yet."""
    capabilities: list[DeviceCapability]
    """What it says it can do; empty before it has said so."""
    counters: LineCounters
    """What passed between it and the controller."""


@strawberry.type(description="A serial line, or a converter on the network, and the devices on it.")
class OsdpBus:
    """One port of a controller."""

    port: str
    """The serial port, or socket://host:port of a converter."""
    baud: int
    """Its speed, in baud."""
    devices: list[OsdpBusDevice]
    """The devices on it."""


@strawberry.type(description="The OSDP buses of one controller.")
class ControllerBuses:
    """`problem` says why there are none; empty when the controller answered."""

    controller_id: strawberry.ID
    controller_name: str
    problem: str
    """Why nothing is known of its buses; empty when it answered."""
    buses: list[OsdpBus]
    """Each of its lines that OSDP devices are on."""


@strawberry.type(description="Something that is done with a device for an operator.")
class DeviceOrder:
    """`done` of `total` bytes of a file or of a capture."""

    id: strawberry.ID
    device_id: strawberry.ID
    step: OrderStep
    """How far it came."""
    ended: bool
    """Whether nothing more will come of it."""
    detail: str
    """A sentence about the step; empty when there is nothing to say."""
    done: int
    """How many bytes were sent or captured."""
    total: int
    """Of how many; 0 where that is not known, or it has none."""

    @classmethod
    def of(cls, state: OrderState) -> "DeviceOrder":
        """The order as the API shows it."""
        news = state.progress
        return cls(
            id=strawberry.ID(news.id),
            device_id=strawberry.ID(state.order.device_id),
            step=news.step,
            ended=state.ended,
            detail=news.detail,
            done=news.done,
            total=news.total,
        )


@strawberry.type(description="The order as it now is, or why nothing was done.")
class DeviceOrderPayload:
    """Result of a maintenance mutation. Ask deviceOrder(id) how it goes on."""

    order: DeviceOrder | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="Whether it was done, or why not.")
class OsdpPayload:
    """Result of a mutation that shows nothing: keys are never told."""

    device_id: strawberry.ID | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="A capture, in base64, or why there is none.")
class CapturePayload:
    """A pcap file of link type 162 (USER15)."""

    pcap: str | None = None
    """A pcap file of link type 162, in base64. Null where there is none."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="A module of inputs and outputs that stands at no door; see OsdpDeviceInput.")
class OsdpModuleInput:
    """Doors of its controller may be wired to it."""

    controller_id: strawberry.ID
    """The controller that drives it."""
    name: str
    port: str
    """The serial line, as its controller opens it: /dev/ttyUSB0, or socket://host:port for a converter."""
    address: int
    """Its address on the bus: 0 to 126."""
    baud: int = DEFAULT_BAUD
    """9600, 19200, 38400, 57600, 115200 or 230400; all devices on a line have the same."""
    key: str | None = None
    """The key of its secure channel, 32 hexadecimal digits. Null: it is derived from the site's main key."""


@strawberry.input(description="A window in which a device gets a new key; without a key it is derived.")
class DeviceKeyInput:
    """The key has 32 hexadecimal digits."""

    device_id: strawberry.ID
    window: timedelta = timedelta(seconds=osdp_keys.USUAL_WINDOW_S)
    """How long to try, 5 to 600 seconds."""
    key: str | None = None
    """32 hexadecimal digits; null: one is derived from the main key."""


@strawberry.input(description="A window in which a device is told to go to another address and baud rate.")
class DeviceMoveInput:
    """Another baud rate only for a device that is alone on a serial port."""

    device_id: strawberry.ID
    address: int
    """Its new address, 0 to 126."""
    baud: int
    """Its new speed, in baud."""
    window: timedelta = timedelta(seconds=osdp_keys.USUAL_WINDOW_S)
    """How long to try, 5 to 600 seconds."""


@strawberry.input(description="A capture of the bus of a device.")
class BusCaptureInput:
    """Ends after so many seconds or bytes, whichever is first."""

    device_id: strawberry.ID
    """The device whose bus is captured."""
    seconds: float = maintenance.USUAL_CAPTURE_S
    """For how long at most: 1 to 600 seconds."""
    most_bytes: int = maintenance.MOST_CAPTURED_BYTES
    """How much at most: 1000 to 1048576 bytes."""


@strawberry.input(description="A file for a device, in base64: its firmware, for example.")
class DeviceFileInput:
    """The vendor of the device says which type (0-255) the file has."""

    device_id: strawberry.ID
    file_type: int
    """What kind of file it is, 0 to 255, as the maker of the device says."""
    data: str
    """The file in base64, at most 1 MiB."""


async def _buses_of(context: ApiContext, controllers: Sequence[ControllerState]) -> list[ControllerBuses]:
    return list(await asyncio.gather(*(_buses(context, controller.row) for controller in controllers)))


@strawberry.type
class OsdpQuery:
    """Queries about OSDP buses."""

    osdp_buses = listed(
        ControllerBuses,
        by_domain(page_controllers),
        in_context(_buses_of),
        "The OSDP buses of each controller as they are now, by the controller's name. Permission: configuration.view.",
        filter=ControllerFilter,
        order=NameOrder,
        search="controller's name",
    )

    @strawberry.field(description="How far an order came. Permission: configuration.view.")
    async def device_order(self, info: ApiInfo, id: strawberry.ID) -> DeviceOrder:
        return DeviceOrder.of(maintenance.order_state(info.context.domain, info.context.actor, id))


@strawberry.type
class OsdpMutation:
    """Maintenance of OSDP devices."""

    @mutation(description="Add a module of inputs and outputs that stands at no door. Permission: configuration.write.")
    async def create_osdp_module(self, info: ApiInfo, input: OsdpModuleInput) -> OsdpPayload:
        place = OsdpPlace(input.port, input.address, _key(input.key), input.baud)
        device = await create_osdp_module(
            info.context.domain, info.context.actor, input.controller_id, input.name, place
        )
        return OsdpPayload(device_id=strawberry.ID(device.id))

    @mutation(
        description="Set the main key that devices' keys are derived from (null: a random one). "
        "Permission: configuration.write."
    )
    async def set_osdp_main_key(
        self,
        info: ApiInfo,
        key: Annotated[
            str | None, strawberry.argument(description="32 hexadecimal digits. Null: a random one.")
        ] = None,
    ) -> OsdpPayload:
        given = _key(key) or secrets.token_bytes(osdp_keys.KEY_BYTES)
        await osdp_keys.set_main_key(info.context.domain, info.context.actor, given)
        return OsdpPayload()

    @mutation(
        description="Open a window in which the device, put in install mode by hand, gets its key. "
        "Permission: configuration.write."
    )
    async def provision_device(self, info: ApiInfo, input: DeviceKeyInput) -> DeviceOrderPayload:
        return await _give_key(info.context, input, messages.KeyWay.INSTALL_MODE)

    @mutation(description="Give the device a new key over its secure channel. Permission: configuration.write.")
    async def rotate_device_key(self, info: ApiInfo, input: DeviceKeyInput) -> DeviceOrderPayload:
        return await _give_key(info.context, input, messages.KeyWay.SECURE_CHANNEL)

    @mutation(
        description="Forget the key that a device was to get, so that only its present one counts. "
        "Permission: configuration.write."
    )
    async def drop_next_device_key(self, info: ApiInfo, device_id: strawberry.ID) -> OsdpPayload:
        await osdp_keys.drop_next_key(info.context.domain, info.context.actor, device_id)
        return OsdpPayload(device_id=device_id)

    @mutation(
        description="Tell a device over its secure channel to go to another address and baud rate (COMSET). "
        "Permission: configuration.write."
    )
    async def move_device(self, info: ApiInfo, input: DeviceMoveInput) -> DeviceOrderPayload:
        context = info.context
        return await _order(
            lambda: maintenance.move(
                context.domain, context.actor, input.device_id, input.address, input.baud, input.window.total_seconds()
            )
        )

    @mutation(description="Look for a device no more where it was to go. Permission: configuration.write.")
    async def drop_device_move(self, info: ApiInfo, device_id: strawberry.ID) -> OsdpPayload:
        await drop_next_place(info.context.domain, info.context.actor, device_id)
        return OsdpPayload(device_id=device_id)

    @mutation(description="Capture what passes on a bus. Permission: configuration.write.")
    async def capture_bus(self, info: ApiInfo, input: BusCaptureInput) -> DeviceOrderPayload:
        context = info.context
        return await _order(
            lambda: maintenance.capture(context.domain, context.actor, input.device_id, input.seconds, input.most_bytes)
        )

    @mutation(description="Take a capture that has ended; that is written down. Permission: configuration.write.")
    async def download_bus_capture(self, info: ApiInfo, id: strawberry.ID) -> CapturePayload:
        data = await maintenance.download_capture(info.context.domain, info.context.actor, id)
        return CapturePayload(pcap=base64.b64encode(data).decode())

    @mutation(description="Send a file to a device. Permission: configuration.write.")
    async def send_device_file(self, info: ApiInfo, input: DeviceFileInput) -> DeviceOrderPayload:
        context = info.context

        async def send() -> OrderState:
            data = _base64(input.data)
            return await maintenance.send_file(context.domain, context.actor, input.device_id, input.file_type, data)

        return await _order(send)

    @mutation(description="Stop an order that is under way. Permission: configuration.write.")
    async def stop_device_order(self, info: ApiInfo, id: strawberry.ID) -> DeviceOrderPayload:
        context = info.context
        return await _order(lambda: maintenance.stop_order(context.domain, context.actor, id))


async def _order(ask: Callable[[], Awaitable[OrderState]]) -> DeviceOrderPayload:
    return DeviceOrderPayload(order=DeviceOrder.of(await ask()))


async def _give_key(context: ApiContext, given: DeviceKeyInput, way: messages.KeyWay) -> DeviceOrderPayload:
    async def give() -> OrderState:
        return await maintenance.give_key(
            context.domain, context.actor, given.device_id, way, _key(given.key), given.window.total_seconds()
        )

    return await _order(give)


def _key(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ValidationFailed("A key has 32 hexadecimal digits.", "key") from None


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ValidationFailed("This is not base64.", "data") from None


async def _buses(context: ApiContext, controller: ControllerRow) -> ControllerBuses:
    problem, buses = "", list[OsdpBus]()
    try:
        found = await maintenance.buses_of(context.domain, context.actor, controller.id)
    except ControllerOffline as error:
        problem = error.message
    else:
        now = context.domain.clock()
        buses = [
            OsdpBus(port=bus.port, baud=bus.baud, devices=[_device(device, now) for device in bus.devices])
            for bus in found
        ]
    return ControllerBuses(
        controller_id=strawberry.ID(controller.id), controller_name=controller.name, problem=problem, buses=buses
    )


def _device(report: messages.DeviceReport, now: datetime) -> OsdpBusDevice:
    who = report.identity
    return OsdpBusDevice(
        device_id=strawberry.ID(report.device_id),
        address=report.address,
        online=report.online,
        online_since=now - timedelta(seconds=report.online_s) if report.online_s is not None else None,
        install_mode=report.install_mode,
        problem=report.problem,
        identity=(
            DeviceIdentity(
                vendor=who.vendor,
                model=who.model,
                version=who.version,
                serial=f"{who.serial:08x}",
                firmware=who.firmware,
            )
            if who is not None
            else None
        ),
        capabilities=[DeviceCapability(code=one.code, level=one.level, items=one.items) for one in report.capabilities],
        counters=LineCounters.of(report.counters),
    )
