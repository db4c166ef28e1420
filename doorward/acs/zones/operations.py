"""What may be done to zones."""

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.zones.models import Zone


@operation(Permission.CONFIGURATION_WRITE)
async def create_zone(work: Work, name: str) -> Zone:
    """A new zone."""
    name = check.text(name, "name", longest=100)
    await check.unique(Zone, work.connection, f"There is a zone called {name} already.", "name", name=name)
    zone = await Zone.create(using_db=work.connection, id=new_id(), name=name)
    work.audit(EventType.ZONE_CREATED, after={"id": zone.id, "name": name}, zone_id=zone.id)
    return zone
