"""Controllers that come and go: what is written down of them, and of every door that they own."""

from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from doorward.acs.domain import Domain
from doorward.acs.doors.models import Controller, Door
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent, append, lock_log
from doorward.acs.identity import new_id


async def note_present(domain: Domain, controller_id: str, data: dict[str, Any]) -> None:
    """The controller is connected. Every door that was said to be out of reach is in reach again."""
    now = domain.clock()
    async with in_transaction("default") as connection:
        controller = await Controller.select_for_update().using_db(connection).get_or_none(id=controller_id)
        if controller is None:
            return
        was_absent = controller.absent_since is not None
        controller.last_contact_at, controller.absent_since = now, None
        await controller.save(using_db=connection, update_fields=["last_contact_at", "absent_since"])
        event = NewEvent(EventType.CONTROLLER_ONLINE, now, controller_id=controller_id, data=data)
        events = [event]
        if was_absent:
            events = await _with_doors(event, EventType.DOOR_REACHABLE)
        await lock_log(connection)
        await append(domain.sealer, connection, events, now)
    domain.bus.announce()


async def note_absent(domain: Domain, controller_id: str, reason: str) -> None:
    """The controller is not connected (any more), and so none of its doors can be reached. Said once."""
    now = domain.clock()
    async with in_transaction("default") as connection:
        controller = await Controller.select_for_update().using_db(connection).get_or_none(id=controller_id)
        if controller is None or controller.absent_since is not None:
            return
        controller.absent_since = now
        await controller.save(using_db=connection, update_fields=["absent_since"])
        data = {"cause": reason} if reason else {}
        event = NewEvent(EventType.CONTROLLER_OFFLINE, now, controller_id=controller_id, data=data)
        await lock_log(connection)
        await append(domain.sealer, connection, await _with_doors(event, EventType.DOOR_UNREACHABLE), now)
    domain.bus.announce()


async def note_contact(controller_id: str, at: datetime) -> None:
    """The controller was in contact at this time."""
    await Controller.filter(id=controller_id).update(last_contact_at=at)


async def missing(connected: frozenset[str]) -> list[str]:
    """Controllers that were once in contact, are not connected, and of which that was not said yet."""
    rows = Controller.filter(last_contact_at__isnull=False, absent_since=None).order_by("id")
    found = [str(row_id) for row_id in await rows.values_list("id", flat=True)]
    return [row_id for row_id in found if row_id not in connected]


async def note_applied_version(controller_id: str, version: int) -> None:
    """A controller says which policy it runs. It is nobody's change, so it has no actor and no audit event."""
    await Controller.filter(id=controller_id).update(applied_version=version)


async def owns(controller_id: str, door_id: str) -> bool:
    """Whether the door is this controller's."""
    return await Door.filter(id=door_id, controller_id=controller_id).exists()


async def _with_doors(event: NewEvent, door_event: EventType) -> list[NewEvent]:
    """The event, and one for each of the controller's doors, of one correlation."""
    correlation = new_id()
    doors = await Door.filter(controller_id=event.controller_id).order_by("name").values_list("id", "name")
    of_doors = [
        NewEvent(
            door_event,
            event.at,
            controller_id=event.controller_id,
            door_id=door_id,
            door_name=name,
            correlation=correlation,
            data=dict(event.data) if door_event is EventType.DOOR_UNREACHABLE else {},
        )
        for door_id, name in doors
    ]
    head = NewEvent(event.type, event.at, controller_id=event.controller_id, correlation=correlation, data=event.data)
    return [head, *of_doors]
