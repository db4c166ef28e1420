"""What may be asked of the event log: pages by keyset, and the events after a cursor.

Audit events are for those who may see the audit; everybody else's log simply has none. The log of who may see some
places only has what happened there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, Permission
from doorward.acs.errors import ValidationFailed
from doorward.acs.events.catalogue import Category, EventType, Severity
from doorward.acs.events.models import Event
from doorward.acs.keyset import count
from doorward.acs.paging import Page, PageRequest, page_of
from doorward.acs.reach import Reach

_LONGEST_POSITION = 18


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events; what is None or empty does not restrict."""

    categories: tuple[Category, ...] = ()
    types: tuple[EventType, ...] = ()
    severities: tuple[Severity, ...] = ()
    door_id: str | None = None
    cardholder_id: str | None = None
    correlation: str | None = None
    ids: tuple[str, ...] | None = None


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
    if wanted.ids is not None:
        conditions.append(Q(id__in=wanted.ids))
    return Event.filter(*conditions)


def matches(actor: Actor, wanted: EventFilter, row: Event) -> bool:
    """Whether `events_between` would find this event for this actor."""
    reach = actor.reach_if_any(Permission.EVENT_VIEW)
    return (
        (reach.everything or _is_within(reach, row))
        and (row.category is not Category.AUDIT or Permission.AUDIT_VIEW in actor.permissions)
        and (not wanted.categories or row.category in wanted.categories)
        and (not wanted.types or row.type in wanted.types)
        and (not wanted.severities or row.severity in wanted.severities)
        and (wanted.door_id is None or row.door_id == wanted.door_id)
        and (wanted.cardholder_id is None or row.cardholder_id == wanted.cardholder_id)
        and (wanted.correlation is None or row.correlation == wanted.correlation)
    )


def _happened_within(reach: Reach) -> Q:
    """What is about a door within reach, or about no door and a zone or a camera within it.

    What has no place is for those who see everything.
    """
    elsewhere = Q(zone_id__in=sorted(reach.zones)) | Q(camera_id__in=sorted(reach.cameras))
    return Q(door_id__in=sorted(reach.doors)) | (Q(door_id__isnull=True) & elsewhere)


def _is_within(reach: Reach, row: Event) -> bool:
    """The same of an event that is there."""
    if row.door_id is not None:
        return row.door_id in reach.doors
    return row.zone_id in reach.zones or row.camera_id in reach.cameras


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


async def events_of_types(types: Iterable[EventType], *, after: int, before: int, limit: int) -> list[Event]:
    """At most `limit` events of these types strictly between two positions, ascending. Whoever asks may see them."""
    rows = Event.filter(type__in=list(types), position__gt=after, position__lt=before)
    return await rows.order_by("position").limit(limit)


async def page_events(actor: Actor, request: PageRequest, wanted: EventFilter) -> Page[Event]:
    """Events in the order they were stored; a cursor is the position, so that every reader of the log can go on."""
    if request.ids is not None:
        wanted = replace(wanted, ids=request.ids)
    found = await events_between(
        actor,
        wanted,
        after=position_of(request.after, "after"),
        before=position_of(request.before, "before"),
        limit=request.size + 1,
        newest=request.backward,
    )
    return page_of(request, found, lambda row: str(row.position), partial(count, _matching(actor, wanted)))


def position_of(cursor: str | None, path: str) -> int | None:
    """The position in a cursor. Raises ValidationFailed."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > _LONGEST_POSITION:
        raise ValidationFailed("This is not a cursor of the event log.", path)
    return int(cursor)


def visible_events(actor: Actor) -> QuerySet[Event]:
    """All that the actor may see."""
    return _matching(actor, EventFilter())


async def event_by_id(actor: Actor, event_id: str) -> Event | None:
    """One event."""
    return await _matching(actor, EventFilter()).get_or_none(id=event_id)


async def events_at(actor: Actor, positions: Collection[int]) -> list[Event]:
    """The events at these positions, as far as the actor may see them."""
    return await _matching(actor, EventFilter()).filter(position__in=list(positions)) if positions else []
