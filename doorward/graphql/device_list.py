"""Devices of every kind in one list, through the API."""

import strawberry

from doorward.acs.devices import DeviceKind as Kind
from doorward.acs.doors import models as doors_rows
from doorward.acs.doors.device_list import DeviceWires, ListedDevice, page_all_devices
from doorward.acs.doors.gpio_devices import lines_of
from doorward.acs.local_io.models import AuxInput, AuxOutput
from doorward.acs.local_io.queries import auxiliary_of
from doorward.graphql.context import ApiInfo
from doorward.graphql.enums import DeviceKind, ListedOrder, ReaderType
from doorward.graphql.paging import Node, by_domain, listed


@strawberry.type(description="What is on a device: a door's locks and inputs, or an auxiliary input or output.")
class DeviceUse:
    """`door_id` null: it is auxiliary."""

    door_id: strawberry.ID | None
    """The door that is wired to it. Null: it is auxiliary."""
    name: str = strawberry.field(description="Of the door, or of the auxiliary input or output.")
    locks: int = strawberry.field(description="How many locks of the door, or auxiliary outputs.")
    inputs: int = strawberry.field(description="How many inputs of the door, or auxiliary inputs.")

    @classmethod
    def of_door(cls, wires: DeviceWires) -> "DeviceUse":
        """A door that is wired to the device."""
        return cls(door_id=strawberry.ID(wires.door_id), name=wires.door_name, locks=wires.locks, inputs=wires.inputs)

    @classmethod
    def of_auxiliary(cls, row: AuxInput | AuxOutput) -> "DeviceUse":
        """What belongs to no door."""
        is_output = isinstance(row, AuxOutput)
        return cls(door_id=None, name=row.name, locks=int(is_output), inputs=int(not is_output))


@strawberry.type(description="A device of any kind: where it is, what it is, and what is on it. No key is in it.")
class Device(Node):
    """Each kind has a type of its own with all that is set on it."""

    id: strawberry.ID
    kind: DeviceKind
    """How it is reached."""
    name: str
    controller_id: strawberry.ID | None
    """The controller that drives it. Null: none, as its door has none."""
    controller_name: str | None
    """What that controller is called. Null: none."""
    port: str
    """The serial line or the chip, as its controller opens it; empty on the network."""
    number: int | None
    """The address on an OSDP bus, or the channel of a converter. Null: it is reached in neither way."""
    door_id: strawberry.ID | None
    """The door that it stands at. Null: none."""
    door_name: str | None
    """What that door is called. Null: none."""
    reader_id: strawberry.ID | None
    """The reader that it is. Null: none."""
    reader_name: str | None
    """What that reader is called. Null: none."""
    reader_type: ReaderType | None
    """What kind of reader it is. Null: it is none."""
    has_wires: bool = strawberry.field(description="Whether locks and inputs can be wired to it.")
    input_count: int | None
    """How many inputs it has. Null: not known."""
    output_count: int | None
    """How many outputs it has. Null: not known."""
    online: bool | None
    """Whether it answers. Null: not known, as when its controller is not connected, or nothing is wired to it."""
    uses: list[DeviceUse]
    """What is wired to it or is it: by door, then what is auxiliary."""

    @classmethod
    def of(cls, listed: ListedDevice, auxiliary: list[DeviceUse]) -> "Device":
        """The device as the API shows it."""
        row = listed.row
        lines = lines_of(row) if row.kind is Kind.GPIO else None
        return cls(
            id=strawberry.ID(row.id),
            kind=row.kind,
            name=row.name,
            controller_id=_id(row.controller_id),
            controller_name=row.controller.name if row.controller is not None else None,
            port=row.port or "",
            number=row.address if row.kind in (Kind.OSDP, Kind.WIEGAND) else None,
            door_id=_id(row.door_id),
            door_name=row.door.name if row.door is not None else None,
            reader_id=_id(row.reader_id),
            reader_name=row.reader.name if row.reader is not None else None,
            reader_type=row.reader.type if row.reader is not None else None,
            has_wires=row.kind in (Kind.OSDP, Kind.GPIO),
            input_count=len(lines.inputs) if lines is not None else None,
            output_count=len(lines.outputs) if lines is not None else None,
            online=listed.online,
            uses=[*map(DeviceUse.of_door, listed.wires), *auxiliary],
        )


def _id(value: str | None) -> strawberry.ID | None:
    return strawberry.ID(value) if value is not None else None


@strawberry.input(description="Which devices; what is left out, or null, does not restrict.")
class DeviceListFilter:
    """See Device."""

    ids: list[strawberry.ID] | None = None
    """Those with these ids; at most 100."""
    controller_id: strawberry.ID | None = None
    """Those of this controller."""
    kind: DeviceKind | None = None
    """Those that are reached in this way."""
    door_id: strawberry.ID | None = None
    """Those that stand at this door."""
    online: bool | None = strawberry.field(
        default=None, description="Those that are known to be there now, or known not to be."
    )


async def _shown(info: ApiInfo, listed: list[ListedDevice]) -> list[Device]:
    auxiliary: dict[str, list[DeviceUse]] = {one.row.id: [] for one in listed}
    for row in await auxiliary_of(info.context.actor, list(auxiliary)):
        auxiliary[row.device_id].append(DeviceUse.of_auxiliary(row))
    return [Device.of(one, auxiliary[one.row.id]) for one in listed]


@strawberry.type
class DeviceListQuery:
    """Queries about devices of every kind."""

    devices = listed(
        Device,
        by_domain(page_all_devices),
        _shown,
        "Devices of any kind, by controller and place. Permission: configuration.view.",
        filter=DeviceListFilter,
        order=ListedOrder,
        search="name and port",
        rows=doors_rows.Device,
    )
