"""Readers, intercoms and cameras on the network in the API."""

from datetime import timedelta
from typing import Annotated

import strawberry
from strawberry import UNSET

from doorward.acs.devices import DeviceKind, Region
from doorward.acs.doors import models
from doorward.acs.doors.ip_devices import (
    IpDeviceSecrets,
    allow_unsigned_plates,
    create_ip_device,
    rotate_ip_device_key,
    show_ip_device_key,
    update_ip_device,
)
from doorward.acs.doors.ip_settings import IpChanges, IpSettings, kept_of
from doorward.acs.doors.readers import delete_device
from doorward.graphql.context import ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.device_filter import DeviceFilter, of_kind
from doorward.graphql.enums import NameOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import each, listed
from doorward.graphql.scalars import seconds_of


@strawberry.type(description="A part of a picture, in hundredths of its width and height.")
class PictureRegion:
    """A region as it is kept."""

    left: int
    """The left edge, 0 to 100."""
    top: int
    """The upper edge, 0 to 100."""
    right: int
    """The right edge, 0 to 100."""
    bottom: int
    """The lower edge, 0 to 100."""


@strawberry.input(description="A part of a picture, in hundredths of its width and height.")
class PictureRegionInput:
    """The whole picture unless said otherwise."""

    left: int = 0
    """The left edge, 0 to 100."""
    top: int = 0
    """The upper edge, 0 to 100."""
    right: int = 100
    """The right edge, 0 to 100."""
    bottom: int = 100
    """The lower edge, 0 to 100."""

    def region(self) -> Region:
        """As the domain has it."""
        return Region(self.left, self.top, self.right, self.bottom)


@strawberry.type(description="A reader, intercom or camera on the network. Its key is shown by showIpDeviceKey only.")
class IpDevice:
    """What it serves, and what is set on it."""

    id: strawberry.ID
    name: str
    door_id: strawberry.ID | None
    """The door that it stands at. Null: none."""
    door_name: str | None
    """What that door is called. Null: none."""
    reader_id: strawberry.ID | None
    """The reader that it is. Null: none."""
    reader_name: str | None
    """What that reader is called. Null: none."""
    path: str
    """The path at which it sends to its controller's port for peripherals."""
    has_stream: bool = strawberry.field(description="Whether QR codes are looked for in a stream.")
    region: PictureRegion
    """The part of the picture in which codes are looked for."""
    min_confidence: float
    """How sure a camera must be of a plate, 0 to 1; what it is less sure of is passed over."""
    unsigned_plates: bool = strawberry.field(description="Whether a secret is enough for plates, without a signature.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")

    @classmethod
    def of(cls, row: models.Device) -> "IpDevice":
        """The device, read with its door and its reader, as the API shows it."""
        kept = kept_of(row)
        region = kept.region
        return cls(
            version=row.version,
            id=strawberry.ID(row.id),
            name=row.name,
            door_id=strawberry.ID(row.door_id) if row.door_id is not None else None,
            door_name=row.door.name if row.door is not None else None,
            reader_id=strawberry.ID(row.reader_id) if row.reader_id is not None else None,
            reader_name=row.reader.name if row.reader is not None else None,
            path=f"/peripherals/{row.id}",
            has_stream=bool(kept.sealed_stream),
            region=PictureRegion(left=region.left, top=region.top, right=region.right, bottom=region.bottom),
            min_confidence=kept.min_confidence,
            unsigned_plates=bool(kept.sealed_push_secret),
        )


@strawberry.input(description="The device that a reader of type IP, BARCODE_CAMERA or PLATE_CAMERA is.")
class CreateIpDeviceInput(Keyed):
    """See IpDevice. Its key is made, and the answer has it."""

    reader_id: strawberry.ID
    """The reader that it is."""
    name: str
    stream_url: str = ""
    """A stream (RTSP, HTTP) in which to look for QR codes; empty: none."""
    region: PictureRegionInput | None = None
    """The part of the picture in which codes are looked for. Null: the whole picture."""
    min_confidence: float = 0.0


@strawberry.input(description="What to change; what is left out stays.")
class UpdateIpDeviceInput(Keyed):
    """See IpDevice. Null is as left out."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    stream_url: str | None = strawberry.field(default=UNSET, description='"": no stream any more.')
    region: PictureRegionInput | None = UNSET
    min_confidence: float | None = UNSET


@strawberry.type(description="The device, with what is secret where that was asked for; or why nothing was done.")
class IpDevicePayload:
    """Result of what is done to a device on the network."""

    device: IpDevice | None = None
    key: str | None = None
    """Its key, 64 hexadecimal digits. Null where it is not to be told."""
    push_secret: str | None = None
    """The secret for plates without a signature. Null where that is not allowed, or not to be told."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


async def _payload(made: IpDeviceSecrets) -> IpDevicePayload:
    await made.device.fetch_related("door", "reader")
    return IpDevicePayload(device=IpDevice.of(made.device), key=made.key, push_secret=made.push_secret or None)


@strawberry.type
class IpDeviceQuery:
    """Queries about devices on the network."""

    ip_devices = listed(
        IpDevice,
        of_kind(DeviceKind.IP),
        each(IpDevice.of),
        "Readers and cameras on the network, by name. Permission: configuration.view.",
        filter=DeviceFilter,
        order=NameOrder,
    )


@strawberry.type
class IpDeviceMutation:
    """Adding, changing and deleting devices on the network, and their keys."""

    @mutation(description="Add a reader or camera on the network. Permission: configuration.write.")
    async def create_ip_device(self, info: ApiInfo, input: CreateIpDeviceInput) -> IpDevicePayload:
        region = input.region.region() if input.region is not None else Region()
        given = IpSettings(input.name, input.stream_url, region, input.min_confidence)
        made = await create_ip_device(info.context.domain, info.context.actor, input.reader_id, given)
        return await _payload(made)

    @mutation(description="Change a reader or camera on the network. Permission: configuration.write.")
    async def update_ip_device(self, info: ApiInfo, input: UpdateIpDeviceInput) -> IpDevicePayload:
        given = sent(input, ("name", "stream_url", "region", "min_confidence"))
        if isinstance(region := given.get("region"), PictureRegionInput):
            given["region"] = region.region()
        changes: IpChanges = given  # type: ignore[assignment]
        row = await update_ip_device(info.context.domain, info.context.actor, input.id, changes, input.expected_version)
        await row.fetch_related("door", "reader")
        return IpDevicePayload(device=IpDevice.of(row))

    @mutation(
        description="Show the key of a device on the network again; it is audited. Permission: configuration.write."
    )
    async def show_ip_device_key(self, info: ApiInfo, id: strawberry.ID) -> IpDevicePayload:
        made = await show_ip_device_key(info.context.domain, info.context.actor, id)
        return await _payload(made)

    @mutation(
        description="A new key for a device on the network; the one before is good for `grace` longer. "
        "Permission: configuration.write."
    )
    async def rotate_ip_device_key(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        grace: Annotated[
            timedelta, strawberry.argument(description="How long the key before is good still, at most a week.")
        ] = timedelta(0),
        expected_version: int | None = None,
    ) -> IpDevicePayload:
        kept_s = seconds_of(grace, "grace")
        made = await rotate_ip_device_key(info.context.domain, info.context.actor, id, kept_s, expected_version)
        return await _payload(made)

    @mutation(
        description="Let a plate camera that cannot sign show a secret instead, a new one each time; or end that. "
        "Permission: configuration.write."
    )
    async def allow_unsigned_plates(
        self,
        info: ApiInfo,
        id: strawberry.ID,
        allowed: Annotated[bool, strawberry.argument(description="True: a secret is made. False: it counts no more.")],
        expected_version: int | None = None,
    ) -> IpDevicePayload:
        made = await allow_unsigned_plates(info.context.domain, info.context.actor, id, allowed, expected_version)
        await made.device.fetch_related("door", "reader")
        return IpDevicePayload(device=IpDevice.of(made.device), push_secret=made.push_secret or None)

    @mutation(description="Delete a reader or camera on the network. Permission: configuration.write.")
    async def delete_ip_device(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_device(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)
