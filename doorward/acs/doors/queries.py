"""What may be asked about doors and readers."""

from collections import defaultdict
from collections.abc import Sequence

from doorward.acs.actor import Actor, Permission
from doorward.acs.devices import DeviceKind
from doorward.acs.doors.models import Device, Door, Reader
from doorward.acs.reach import PlaceKind


async def list_doors(actor: Actor, ids: Sequence[str] | None = None) -> list[Door]:
    """Every door within reach, or those of them that are named, by name."""
    rows = actor.reach(Permission.DOOR_VIEW).within(PlaceKind.DOOR, Door.all())
    return await (rows if ids is None else rows.filter(id__in=list(ids))).order_by("name")


async def doors_named(actor: Actor, ids: Sequence[str]) -> list[Door]:
    """The doors that access rules name, for who may see these rules; by name."""
    reach = actor.reach(Permission.DOOR_VIEW, Permission.CONFIGURATION_VIEW, Permission.ACCESS_ASSIGN)
    return await reach.within(PlaceKind.DOOR, Door.filter(id__in=list(ids))).order_by("name")


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
