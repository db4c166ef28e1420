"""Adding devices on OSDP buses: what all of them have in common, and modules that stand at no door."""

from dataclasses import dataclass, field

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.devices import DEFAULT_BAUD, DeviceRole
from doorward.acs.doors.models import Controller, Device, Door
from doorward.acs.doors.osdp_keys import key_context, key_for
from doorward.acs.doors.osdp_line import check_free, check_place, check_speed, on_line, place_name
from doorward.acs.doors.stored import lock_wiring
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.policy_part import PolicyPart


@dataclass(frozen=True, slots=True)
class OsdpPlace:
    """Where a device is reached. `key` has 16 bytes; None: it is derived, and the device must be given it."""

    port: str
    address: int
    key: bytes | None = field(default=None, repr=False)
    baud: int = DEFAULT_BAUD


async def add_osdp_device(
    work: Work,
    controller_id: str | None,
    place: OsdpPlace,
    role: DeviceRole,
    door_id: str | None = None,
    reader_id: str | None = None,
    name: str = "",
) -> Device:
    """Check the place and write the device. Its key is stored sealed."""
    port = check.text(place.port, "port", longest=255)
    check_place(port, place.address, place.baud)
    await lock_wiring(work)
    others = await on_line(work, controller_id, port)
    check_free(others, port, place.address)
    check_speed(others, port, place.baud)
    device_id = new_id()
    key = await key_for(work, device_id, 1, place.key)
    device = await Device.create(
        using_db=work.connection,
        id=device_id,
        name=name or place_name(port, place.address),
        controller_id=controller_id,
        role=role,
        door_id=door_id,
        reader_id=reader_id,
        port=port,
        baud=place.baud,
        address=place.address,
        sealed_key=work.domain.sealer.seal(key, key_context(device_id)),
        key_number=1,
    )
    work.changed(PolicyPart.DEVICE, device_id)
    door = await Door.get_or_none(id=door_id or "", using_db=work.connection)
    work.audit(
        EventType.DEVICE_CREATED,
        of=device,
        after={"role": role.value, "port": port, "address": place.address},
        door_id=door_id,
        door_name=door.name if door is not None else None,
        reader_id=reader_id,
    )
    return device


@operation(Permission.CONFIGURATION_WRITE)
async def create_osdp_module(work: Work, controller_id: str, name: str, place: OsdpPlace) -> Device:
    """Add a module of inputs and outputs that stands at no door; doors of its controller may be wired to it."""
    name = check.text(name, "name", longest=100)
    await check.exist(Controller, [controller_id], "controllerId", work.connection)
    return await add_osdp_device(work, controller_id, place, DeviceRole.DOOR_IO, name=name)
