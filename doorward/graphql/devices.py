"""OSDP devices in the API: readers, and what has a door's inputs and outputs."""

import secrets
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs.devices import DEFAULT_BAUD, DeviceKind
from doorward.acs.doors import models
from doorward.acs.doors.operations import NewDevice, create_device
from doorward.acs.doors.osdp_edit import OsdpChanges, update_osdp_device
from doorward.acs.doors.osdp_keys import KEY_BYTES
from doorward.acs.doors.readers import delete_device
from doorward.acs.errors import ValidationFailed
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.device_filter import DeviceFilter, of_kind
from doorward.graphql.enums import DeviceRole, PlacedOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import mutation
from doorward.graphql.paging import each, listed

_FIELDS = tuple(OsdpChanges.__annotations__)
_MAY_BE_NULL = frozenset({"reader_id"})


@strawberry.type(description="An OSDP device. Its key is not shown again.")
class OsdpDevice:
    """Where a device is found, and what it serves."""

    id: strawberry.ID
    name: str
    controller_id: strawberry.ID | None
    role: DeviceRole
    """What it was added as."""
    door_id: strawberry.ID | None
    door_name: str | None
    reader_id: strawberry.ID | None
    reader_name: str | None
    port: str = strawberry.field(description="The serial port, as its controller opens it.")
    address: int = strawberry.field(description="Its address on the line, 0 to 126.")
    baud: int
    """Its speed, in baud."""
    next_address: int | None = strawberry.field(
        description="Where it was told to go, or is to be, and was not heard yet; it is looked for there too. "
        "Null: it is to go nowhere."
    )
    next_baud: int | None
    """Its speed there, in baud; null: it is to go nowhere."""
    key_planned: bool = strawberry.field(
        description="A next key waits for it, or was sent and it was not heard with that yet."
    )
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.Device) -> "OsdpDevice":
        """The device, read with its door and its reader, as the API shows it."""
        return cls(
            version=row.version,
            id=strawberry.ID(row.id),
            name=row.name,
            controller_id=strawberry.ID(row.controller_id) if row.controller_id is not None else None,
            role=row.role,
            door_id=strawberry.ID(row.door_id) if row.door_id is not None else None,
            door_name=row.door.name if row.door is not None else None,
            reader_id=strawberry.ID(row.reader_id) if row.reader_id is not None else None,
            reader_name=row.reader.name if row.reader is not None else None,
            port=row.port or "",
            address=row.address or 0,
            baud=row.baud or DEFAULT_BAUD,
            next_address=row.next_address,
            next_baud=row.next_baud,
            key_planned=row.sealed_next_key is not None,
        )


@strawberry.input(description="An OSDP device of a reader, or with the inputs and outputs of a door.")
class OsdpDeviceInput:
    """The numbers of the output and the inputs count for a door's device; it wires what the door does not have yet."""

    door_id: strawberry.ID
    """The door that it stands at."""
    port: str
    """The serial line, as its controller opens it: /dev/ttyUSB0, or socket://host:port for a converter."""
    address: int
    """Its address on the bus: 0 to 126."""
    reader_id: strawberry.ID | None = strawberry.field(
        default=None, description="The reader that it is. Null: it has the door's inputs and outputs."
    )
    baud: int = 115_200
    """9600, 19200, 38400, 57600, 115200 or 230400; all devices on a line have the same."""
    key: str | None = strawberry.field(
        default=None, description="32 hexadecimal digits. Null: one is made, and the answer has it, this once."
    )
    derive_key: bool = strawberry.field(
        default=False,
        description="The key is derived from the site's main key, and the device gets it by provisionDevice. It is "
        "never shown.",
    )
    strike_output: int = 0
    """The number of the output that the lock is on; for a device with the door's inputs and outputs."""
    position_input: int = 0
    """The number of the input that the position sensor is on."""
    rex_input: int = 1
    """The number of the input that the exit device is on."""


@strawberry.input(description="What to change of an OSDP device; what is left out stays.")
class OsdpDeviceChangesInput:
    """Where it is, as somebody has set it: the device itself is told nothing. See moveDevice for that."""

    name: str | None = UNSET
    port: str | None = UNSET
    """The serial port or socket://host:port where it now is."""
    address: int | None = UNSET
    """Its address on the line, 0 to 126."""
    baud: int | None = strawberry.field(default=UNSET, description="Changes for all OSDP devices on its line.")
    reader_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The reader that it is. Null: it has inputs and outputs only."
    )


@strawberry.type(description="The device, or why nothing was done.")
class OsdpDevicePayload:
    """Result of createOsdpDevice and updateOsdpDevice."""

    device: OsdpDevice | None = None
    key: str | None = strawberry.field(default=None, description="The key that was made: 32 hexadecimal digits.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _key_of(given: OsdpDeviceInput) -> bytes | None:
    if given.derive_key:
        if given.key is not None:
            raise ValidationFailed("A derived key is not entered. Leave one of the two out.", "key")
        return None
    if given.key is None:
        return secrets.token_bytes(KEY_BYTES)
    try:
        key = bytes.fromhex(given.key)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValidationFailed(f"A secure-channel key has {2 * KEY_BYTES} hexadecimal digits.", "key")
    return key


@strawberry.type
class DeviceQuery:
    """Queries about OSDP devices."""

    osdp_devices = listed(
        OsdpDevice,
        of_kind(DeviceKind.OSDP),
        each(OsdpDevice.of),
        "OSDP devices, by port and address. Permission: configuration.view.",
        filter=DeviceFilter,
        order=PlacedOrder,
        search="name and port",
    )


@strawberry.type
class DeviceMutation:
    """Adding and deleting OSDP devices."""

    @mutation(description="Add an OSDP device. Permission: configuration.write.")
    async def create_osdp_device(self, info: ApiInfo, input: OsdpDeviceInput) -> OsdpDevicePayload:
        key = _key_of(input)
        given = NewDevice(
            DeviceRole.DOOR_IO if input.reader_id is None else DeviceRole.READER,
            input.door_id,
            input.port,
            input.address,
            key,
            input.baud,
            input.reader_id,
            input.strike_output,
            input.position_input,
            input.rex_input,
        )
        row = await create_device(info.context.domain, info.context.actor, given)
        await row.fetch_related("door", "reader")
        return OsdpDevicePayload(
            device=OsdpDevice.of(row), key=key.hex() if key is not None and input.key is None else None
        )

    @mutation(description="Say where an OSDP device is and which reader it is. Permission: configuration.write.")
    async def update_osdp_device(
        self, info: ApiInfo, id: strawberry.ID, input: OsdpDeviceChangesInput, expected_version: int | None = None
    ) -> OsdpDevicePayload:
        changes = cast(OsdpChanges, sent(input, _FIELDS, may_be_null=_MAY_BE_NULL))
        row = await update_osdp_device(info.context.domain, info.context.actor, id, changes, expected_version)
        await row.fetch_related("door", "reader")
        return OsdpDevicePayload(device=OsdpDevice.of(row))

    @mutation(
        description="Delete an OSDP device. Refused while a lock or an input of a door is on it. "
        "Permission: configuration.write."
    )
    async def delete_osdp_device(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_device(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
