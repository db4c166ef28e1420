"""Keeping track of who is where, from the events of people who entered."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from doorward.acs.events.catalogue import EventType
from doorward.acs.events.models import Event
from doorward.acs.messages import JournalRecord, PersonPresence, Presences
from doorward.acs.people.models import Cardholder
from doorward.acs.zones.models import Presence, Zone

_PART = 1_000


async def note_entries(connection: BaseDBAsyncClient, events: Sequence[Event]) -> None:
    """Presences after these events, in the transaction that stores them and holds the log's lock.

    An `access.entered` event says in `data["zone"]` where the cardholder is now (None: outside). One that is older
    than what is known changes nothing: controllers that were away deliver late. Nothing is noted of cardholders and
    zones that were deleted meanwhile.
    """
    latest: dict[str, Event] = {}
    for event in events:
        if event.type is EventType.ACCESS_ENTERED and event.cardholder_id:
            known = latest.get(event.cardholder_id)
            if known is None or event.at >= known.at:
                latest[event.cardholder_id] = event
    if not latest:
        return
    people = {row.id for row in await Cardholder.filter(id__in=list(latest)).only("id").using_db(connection)}
    named = [event.data["zone"] for event in latest.values() if event.data.get("zone")]
    zones = {row.id for row in await Zone.filter(id__in=named).only("id").using_db(connection)}
    for cardholder_id, event in latest.items():
        zone_id: str | None = event.data.get("zone")
        if cardholder_id in people and (zone_id is None or zone_id in zones):
            await place(connection, cardholder_id, zone_id, event.at, event.door_id, event.id)


async def known_presences() -> AsyncIterator[Presences]:
    """Where everybody is, in parts, for a controller that begins to listen."""
    last = 0
    while True:
        rows = await Presence.filter(id__gt=last).order_by("id").limit(_PART)
        if not rows:
            return
        last = rows[-1].id
        yield Presences(tuple(PersonPresence(row.cardholder_id, row.zone_id, row.since) for row in rows))


def entered(records: Iterable[JournalRecord]) -> Presences | None:
    """What these records tell of where people are now."""
    people = tuple(
        PersonPresence(record.cardholder_id, record.data.get("zone"), record.at)
        for record in records
        if record.type is EventType.ACCESS_ENTERED and record.cardholder_id is not None
    )
    return Presences(people) if people else None


async def place(
    connection: BaseDBAsyncClient,
    cardholder_id: str,
    zone_id: str | None,
    since: datetime,
    door_id: str | None = None,
    event_id: str | None = None,
) -> None:
    """The cardholder is in this zone (None: outside) since then, unless something newer is known."""
    known = await Presence.get_or_none(cardholder_id=cardholder_id, using_db=connection)
    if known is not None and known.since > since:
        return
    presence = known or Presence(cardholder_id=cardholder_id)
    presence.zone_id, presence.since = zone_id, since
    presence.door_id, presence.event_id = door_id, event_id
    await presence.save(using_db=connection)
