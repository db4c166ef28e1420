"""What may be asked about doors and readers."""

from collections import defaultdict
from collections.abc import Sequence

from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind
from doorward.acs.doors.models import Device, Door, Reader


async def list_doors(actor: Actor, ids: Sequence[str] | None = None) -> list[Door]:
    """Every door, or those named, by name."""
    actor.require(Permission.DOOR_VIEW)
    rows = Door.all() if ids is None else Door.filter(id__in=list(ids))
    return await rows.order_by("name")


async def readers_of(door_ids: Sequence[str]) -> dict[str, list[Reader]]:
    """The readers of doors that the caller was allowed to read; side A first."""
    found: dict[str, list[Reader]] = defaultdict(list)
    for reader in await Reader.filter(door_id__in=list(door_ids)).order_by("side"):
        found[reader.door_id].append(reader)
    return found


async def list_devices(actor: Actor, controller_id: str | None = None) -> list[Device]:
    """Every OSDP device, or a controller's, with its door and its reader, by where it is found."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = Device.filter(kind=DeviceKind.OSDP)
    rows = rows if controller_id is None else rows.filter(controller_id=controller_id)
    return await rows.prefetch_related("door", "reader").order_by("port", "address")


async def list_gpio_devices(actor: Actor) -> list[Device]:
    """Every GPIO device, by controller and chip."""
    actor.require(Permission.CONFIGURATION_VIEW)
    return await Device.filter(kind=DeviceKind.GPIO).order_by("controller_id", "port")


async def list_ip_devices(actor: Actor, controller_id: str | None = None) -> list[Device]:
    """Every reader or camera on the network, or a controller's, with its door and its reader, by name."""
    actor.require(Permission.CONFIGURATION_VIEW)
    rows = Device.filter(kind=DeviceKind.IP)
    rows = rows if controller_id is None else rows.filter(controller_id=controller_id)
    return await rows.prefetch_related("door", "reader").order_by("name", "id")
