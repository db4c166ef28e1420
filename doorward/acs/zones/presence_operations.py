"""What an operator may do about who is where: forgive anti-passback, and correct a presence by hand."""

from doorward.acs import check
from doorward.acs.actor import Permission
from doorward.acs.errors import NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import lock_log
from doorward.acs.messages import PersonPresence, Presences
from doorward.acs.operation import Work, operation
from doorward.acs.people.models import Cardholder
from doorward.acs.policy_part import PolicyPart
from doorward.acs.reach import PlaceKind
from doorward.acs.zones.models import Presence, Zone

MAX_REASON = 500


@operation(Permission.DOOR_COMMAND)
async def forgive_cardholder(work: Work, cardholder_id: str, reason: str) -> None:
    """Where this cardholder was until now no longer counts for anti-passback."""
    cardholder = await _cardholder(work, cardholder_id)
    reason = check.text(reason, "reason", longest=MAX_REASON, empty=True)
    await Cardholder.filter(id=cardholder.id).using_db(work.connection).update(forgiven_at=work.now)
    work.changed(PolicyPart.CARDHOLDER, cardholder.id)
    work.audit(
        EventType.PASSBACK_FORGIVEN,
        after={"whom": "cardholder", "reason": reason},
        cardholder_id=cardholder.id,
        cardholder_name=cardholder.display_name,
        photo_id=cardholder.photo_id,
    )


@operation(Permission.DOOR_COMMAND, placed=True)
async def forgive_zone(work: Work, zone_id: str, reason: str) -> None:
    """Everybody's presence in this zone until now no longer counts for its anti-passback."""
    zone = await Zone.select_for_update().using_db(work.connection).get_or_none(id=zone_id)
    if zone is None or not work.reach().has(PlaceKind.ZONE, zone_id):
        raise NotFound("There is no such zone.", "zoneId")
    reason = check.text(reason, "reason", longest=MAX_REASON, empty=True)
    await Zone.filter(id=zone.id).using_db(work.connection).update(forgiven_at=work.now)
    work.changed(PolicyPart.ZONE, zone.id)
    work.audit(
        EventType.PASSBACK_FORGIVEN,
        of=zone,
        after={"whom": "zone", "zone": zone.name, "reason": reason},
        zone_id=zone.id,
    )


@operation(Permission.DOOR_COMMAND)
async def forgive_everybody(work: Work, reason: str) -> None:
    """Everybody's presence in every zone until now no longer counts for anti-passback."""
    reason = check.text(reason, "reason", longest=MAX_REASON, empty=True)
    zones = await Zone.all().order_by("id").select_for_update().using_db(work.connection)
    await Zone.all().using_db(work.connection).update(forgiven_at=work.now)
    if zones:
        work.changed(PolicyPart.ZONE, *(zone.id for zone in zones))
    work.audit(EventType.PASSBACK_FORGIVEN, after={"whom": "everybody", "reason": reason})


@operation(Permission.DOOR_COMMAND)
async def set_presence(work: Work, cardholder_id: str, zone_id: str | None, reason: str) -> Presence:
    """Say by hand where a cardholder is (None: outside). It needs a reason. Connected controllers go by it at once."""
    cardholder = await _cardholder(work, cardholder_id)
    reason = check.text(reason, "reason", longest=MAX_REASON)
    if zone_id is not None and not await Zone.exists(id=zone_id, using_db=work.connection):
        raise NotFound("There is no such zone.", "zoneId")
    # Entries are noted under the log's lock, too.
    await lock_log(work.connection)
    known = await Presence.filter(cardholder_id=cardholder.id).using_db(work.connection).select_related("zone").first()
    if known is not None and known.since > work.now:
        raise ValidationFailed("A door reports them at a later time than this server's clock. Check the clocks.")
    before = {"zone": known.zone.name if known is not None and known.zone else None}
    presence = known or Presence(cardholder_id=cardholder.id)
    presence.zone_id, presence.since, presence.door_id, presence.event_id = zone_id, work.now, None, None
    await presence.save(using_db=work.connection)
    zone = await Zone.get(id=zone_id, using_db=work.connection) if zone_id else None
    news = Presences((PersonPresence(cardholder.id, zone_id, work.now),), by_hand=True)
    work.after.append(lambda: work.domain.doors.broadcast(news))
    work.audit(
        EventType.PRESENCE_SET,
        before=before,
        after={"zone": zone.name if zone else None, "reason": reason},
        cardholder_id=cardholder.id,
        cardholder_name=cardholder.display_name,
        photo_id=cardholder.photo_id,
        zone_id=zone_id,
    )
    return presence


async def _cardholder(work: Work, cardholder_id: str) -> Cardholder:
    cardholder = await Cardholder.get_or_none(id=cardholder_id, using_db=work.connection)
    if cardholder is None:
        raise NotFound("There is no such cardholder.", "cardholderId")
    return cardholder
