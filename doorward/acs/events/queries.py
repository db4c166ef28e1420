"""What may be asked of the event log: pages by keyset, and the events after a cursor.

Audit events are for those who may see the audit; everybody else's log simply has none. The log of who may see some
places only has what happened there.
"""

from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.events.catalogue import Category, EventType, Severity
from doorward.acs.events.models import Event
from doorward.acs.reach import Reach

MAX_PAGE = 100


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events; what is None or empty does not restrict."""

    categories: tuple[Category, ...] = ()
    types: tuple[EventType, ...] = ()
    severities: tuple[Severity, ...] = ()
    door_id: str | None = None
    cardholder_id: str | None = None
    correlation: str | None = None


def _matching(actor: Actor, wanted: EventFilter) -> QuerySet[Event]:
    reach = actor.reach(Permission.EVENT_VIEW)
    conditions = [] if reach.everything else [_happened_within(reach)]
    if Permission.AUDIT_VIEW not in actor.permissions:
        conditions.append(~Q(category=Category.AUDIT))
    if wanted.categories:
        conditions.append(Q(category__in=wanted.categories))
    if wanted.types:
        conditions.append(Q(type__in=wanted.types))
    if wanted.severities:
        conditions.append(Q(severity__in=wanted.severities))
    for column in ("door_id", "cardholder_id", "correlation"):
        value = getattr(wanted, column)
        if value is not None:
            conditions.append(Q(**{column: value}))
    return Event.filter(*conditions)


def _happened_within(reach: Reach) -> Q:
    """What is about a door within reach, or about no door and a zone or a camera within it.

    What has no place is for those who see everything.
    """
    elsewhere = Q(zone_id__in=sorted(reach.zones)) | Q(camera_id__in=sorted(reach.cameras))
    return Q(door_id__in=sorted(reach.doors)) | (Q(door_id__isnull=True) & elsewhere)


async def newest_position() -> int:
    """The position of the last stored event; 0 when there is none."""
    newest = await Event.all().only("position").order_by("-position").first()
    return int(newest.position) if newest else 0


async def events_between(
    actor: Actor,
    wanted: EventFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int,
    newest: bool = False,
) -> list[Event]:
    """At most `limit` events strictly between two positions, ascending: the oldest of them, or the newest."""
    rows = _matching(actor, wanted)
    if after is not None:
        rows = rows.filter(position__gt=after)
    if before is not None:
        rows = rows.filter(position__lt=before)
    found = await rows.order_by("-position" if newest else "position").limit(limit)
    return found[::-1] if newest else found


async def event_by_id(actor: Actor, event_id: str) -> Event | None:
    """One event."""
    return await _matching(actor, EventFilter()).get_or_none(id=event_id)
