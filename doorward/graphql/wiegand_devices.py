"""Wiegand readers behind serial converters, through the API."""

from datetime import timedelta
from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.devices import DeviceKind
from doorward.acs.doors import models, wiegand, wiegand_devices
from doorward.acs.doors.wiegand_rows import converter_of
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.device_filter import DeviceFilter, of_kind
from doorward.graphql.enums import KeypadMode, PlacedOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import each, listed

_FIELDS = tuple(wiegand_devices.ConverterChanges.__annotations__)
_MAY_BE_NULL = frozenset({"pin_facility"})


@strawberry.type(description="How a converter writes what its Wiegand readers send.")
class WiegandFraming:
    """See Framing of the domain."""

    name: str = strawberry.field(description="To choose it by.")
    title: str
    """What it is called on screen."""
    description: str
    """What it is, and by which converters it is used."""
    example: str = strawberry.field(description="What a card looks like on the line; control bytes as \\xNN, \\r, \\n.")
    channels: int = strawberry.field(description="How many readers one converter can have, numbered from 0.")
    card_bits: int | None = strawberry.field(description="The only number of bits it carries; null: 1 to 256.")
    loses: str = strawberry.field(description="What of a card it does not carry; empty: nothing.")
    checked: bool = strawberry.field(description="Whether it has a checksum.")
    feedback: bool = strawberry.field(description="Whether it can drive the reader's light and buzzer.")
    tamper: bool = strawberry.field(description="Whether it tells the reader's tamper input.")
    heartbeat: timedelta | None = strawberry.field(
        description="It says this often that it is there, and is offline without; null: online while its port is open."
    )

    @classmethod
    def of(cls, framing: wiegand.Framing) -> "WiegandFraming":
        """The framing as the API shows it."""
        return cls(
            name=framing.name,
            title=framing.title,
            description=framing.description,
            example=repr(framing.example)[2:-1],
            channels=framing.channels,
            card_bits=framing.card_bits,
            loses=framing.loses,
            checked=framing.checked,
            feedback=framing.feedback,
            tamper=framing.tamper,
            heartbeat=None if framing.heartbeat_s is None else timedelta(seconds=framing.heartbeat_s),
        )


@strawberry.type(description="A Wiegand reader on a channel of a serial converter.")
class WiegandDevice:
    """Where the reader is reached; its light and tamper settings are the reader's own."""

    id: strawberry.ID
    controller_id: strawberry.ID | None
    door_id: strawberry.ID | None
    reader_id: strawberry.ID | None
    port: str = strawberry.field(description="The converter's serial line.")
    baud: int
    """The speed of the line, 1200 to 230400 baud, the same for all on it."""
    framing: str
    """How the converter writes, one of wiegandFramings by its name; the same for all on the line."""
    channel: int
    """Which reader of the converter, from 0."""
    keypad: KeypadMode
    """How its keypad sends what is typed."""
    pin_facility: int | None = strawberry.field(description="The facility code of a buffered PIN.")
    pin_digits: int = strawberry.field(description="How many digits a buffered PIN has at least.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.Device) -> "WiegandDevice":
        """The device as the API shows it."""
        given = converter_of(row)
        return cls(
            version=row.version,
            id=strawberry.ID(row.id),
            controller_id=_id(row.controller_id),
            door_id=_id(row.door_id),
            reader_id=_id(row.reader_id),
            port=row.port or "",
            baud=given.baud,
            framing=given.framing,
            channel=given.channel,
            keypad=given.keypad,
            pin_facility=given.pin_facility,
            pin_digits=given.pin_digits,
        )


def _id(value: str | None) -> strawberry.ID | None:
    return strawberry.ID(value) if value is not None else None


@strawberry.input(description="What to set; a field left out stays as it is, or as new devices have it.")
class WiegandDeviceInput:
    """See WiegandDevice. A new device needs a port and a framing."""

    port: str | None = UNSET
    """The converter's serial line, as its controller opens it."""
    framing: str | None = UNSET
    channel: int | None = UNSET
    baud: int | None = UNSET
    keypad: KeypadMode | None = UNSET
    pin_facility: int | None = UNSET
    """The facility code of a buffered PIN, 0 to 255; no card may have it."""
    pin_digits: int | None = UNSET
    """How many digits a buffered PIN has at least, 1 to 5."""


@strawberry.type(description="The device as it now is, or why nothing was done.")
class WiegandDevicePayload:
    """Result of a mutation of a Wiegand device."""

    device: WiegandDevice | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type
class WiegandDeviceQuery:
    """Queries about Wiegand readers."""

    @strawberry.field(description="The framings to choose from. Permission: configuration.view.")
    def wiegand_framings(self, info: ApiInfo) -> list[WiegandFraming]:
        return [WiegandFraming.of(one) for one in wiegand_devices.list_framings(info.context.actor)]

    wiegand_devices = listed(
        WiegandDevice,
        of_kind(DeviceKind.WIEGAND),
        each(WiegandDevice.of),
        "Wiegand readers on converters, by controller, line and channel. Permission: configuration.view.",
        filter=DeviceFilter,
        order=PlacedOrder,
        search="name and line",
    )


@strawberry.type
class WiegandDeviceMutation:
    """Changes to Wiegand readers."""

    @mutation(description="Wire a Wiegand reader to a channel of a serial converter. Permission: configuration.write.")
    async def create_wiegand_device(
        self,
        info: ApiInfo,
        reader_id: Annotated[strawberry.ID, strawberry.argument(description="The reader that is wired to it.")],
        input: WiegandDeviceInput,
    ) -> WiegandDevicePayload:
        given = {"port": "", "framing": "", **sent(input, _FIELDS, may_be_null=_MAY_BE_NULL)}
        port = given.pop("port")
        domain, actor = info.context.domain, info.context.actor
        row = await wiegand_devices.create_wiegand_device(domain, actor, reader_id, port, wiegand.Converter(**given))
        return WiegandDevicePayload(device=WiegandDevice.of(row))

    @mutation(
        description="Change how a Wiegand reader is reached. Framing and baud rate change for every reader on the "
        "line. Permission: configuration.write."
    )
    async def update_wiegand_device(
        self, info: ApiInfo, id: strawberry.ID, input: WiegandDeviceInput, expected_version: int | None = None
    ) -> WiegandDevicePayload:
        changes = cast(wiegand_devices.ConverterChanges, sent(input, _FIELDS, may_be_null=_MAY_BE_NULL))
        domain, actor = info.context.domain, info.context.actor
        row = await wiegand_devices.update_wiegand_device(domain, actor, id, changes, expected_version)
        return WiegandDevicePayload(device=WiegandDevice.of(row))

    @mutation(
        description="Unwire a Wiegand reader from its converter; the reader stays. Permission: configuration.write."
    )
    async def delete_wiegand_device(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await wiegand_devices.delete_wiegand_device(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
