"""What may be asked about doors, readers and zones."""

from collections import defaultdict
from collections.abc import Sequence

from doorward.acs.actor import Actor, Permission
from doorward.acs.doors.models import Door, Reader
from doorward.acs.zones.models import Zone


async def list_doors(actor: Actor, ids: Sequence[str] | None = None) -> list[Door]:
    """Every door, or those named, by name."""
    actor.require(Permission.DOOR_VIEW)
    rows = Door.all() if ids is None else Door.filter(id__in=list(ids))
    return await rows.order_by("name")


async def readers_of(door_ids: Sequence[str]) -> dict[str, list[Reader]]:
    """The readers, with the zones they lead into, of doors that the caller was allowed to read; side A first."""
    found: dict[str, list[Reader]] = defaultdict(list)
    readers = Reader.filter(door_id__in=list(door_ids)).prefetch_related("enters_zone")
    for reader in await readers.order_by("side"):
        found[reader.door_id].append(reader)
    return found


async def list_zones(actor: Actor) -> list[Zone]:
    """Every zone by name."""
    actor.require(Permission.DOOR_VIEW)
    return await Zone.all().order_by("name")
