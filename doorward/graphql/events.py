"""The event log in the API: pages, single events, and a subscription that replays from a cursor and then follows."""

from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Protocol

import strawberry
from strawberry.scalars import JSON

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.bookmarks import sees_bookmark
from doorward.acs.decision.reason import WORDS, Reason
from doorward.acs.domain import Domain
from doorward.acs.errors import ValidationFailed
from doorward.acs.events import models
from doorward.acs.events import models as events_rows
from doorward.acs.events import queries as log
from doorward.acs.events.catalogue import CATALOGUE, EventType
from doorward.acs.events.feed import Entry, entries_of
from doorward.acs.paging import Page, PageRequest
from doorward.acs.people.details import is_personal
from doorward.graphql.cameras import Bookmark
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import EventCategory, Severity, Side
from doorward.graphql.following import follow_events, shared
from doorward.graphql.paging import Edge, Node, decode_position, encode_cursor, listed
from doorward.graphql.people import photo_url

_SENTENCE_KEYS = ("reason", "detail", "problem")
_CARD_NUMBER_KEYS = frozenset({"bits", "facility", "number"})


@strawberry.type(description="One check that a decision made.")
class TraceStep:
    """A step of a decision, in order."""

    check: str
    """What was checked, as a stable name."""
    passed: bool
    """Whether the check let the decision go on."""
    detail: str
    """What it found, in short; may be empty."""


@strawberry.type(description="One thing that happened. Never changed; names and photo are those of the moment.")
class Event(Node):
    """An event of the log."""

    id: strawberry.ID
    at: datetime = strawberry.field(description="When it happened, by the clock of its source, UTC.")
    stored_at: datetime
    """When the server stored it; later than it happened where a controller was away."""
    source: str = strawberry.field(description="Who recorded it: controller, server or recorder.")
    category: EventCategory
    """What kind of thing it tells."""
    type: str
    """Dotted, lower case, stable; eventKinds lists all of them."""
    severity: Severity
    """How much it matters to the person on duty."""
    title: str = strawberry.field(description="The type in words.")
    reason: str | None
    """Why it came so: a stable code. Null: there is nothing to say."""
    reason_text: str | None
    """The reason in words, for the person who must act. Null: there is nothing to say."""
    door_id: strawberry.ID | None
    """The door that it is about. Null: none."""
    door_name: str | None
    """What it was called then. Null: it is about no door."""
    side: Side | None
    """The side of the door. Null: neither, or not known."""
    reader_id: strawberry.ID | None
    """The reader that it is about. Null: none."""
    cardholder_id: strawberry.ID | None
    """Whom it is about, if they were recognised. Null: nobody."""
    cardholder_name: str | None
    """What they were called then. Null: nobody was recognised."""
    photo_url: str | None
    """Their photo as it was then, to GET. Null: there is none, or without photo.view."""
    credential_id: strawberry.ID | None
    """What was shown, if it was recognised. Null: nothing."""
    camera_id: strawberry.ID | None
    """The camera that it is about. Null: none."""
    camera_name: str | None
    """What it was called then. Null: it is about no camera."""
    subject_name: str | None
    """What it is about by name, if that is none of these: an output, a rule, a device. Null: nothing."""
    user_id: strawberry.ID | None
    """Who did it by hand. Null: nobody who signs in."""
    user_name: str | None
    """What they were called then. Null: nobody who signs in."""
    correlation: str = strawberry.field(description="Everything that one badge set off shares it.")
    trace: list[TraceStep]
    """The checks of a decision, in order; empty for other events. explainDecision has them in words."""
    data: JSON
    """What only events of its type have. Without card_number.view and personal.view what needs these is left out."""
    bookmarks: list[Bookmark]
    """Recordings that show it, as far as the caller may see them."""


@strawberry.input(description="Which events; what is left out does not restrict.")
class EventFilter:
    """All conditions must hold; within a list, any."""

    categories: list[EventCategory] | None = None
    """Those of one of these; null or none: of any."""
    types: list[str] | None = None
    """Those of one of these types, as eventKinds lists them; null or none: of any."""
    severities: list[Severity] | None = None
    """Those of one of these; null or none: of any."""
    door_id: strawberry.ID | None = None
    """Those at this door."""
    cardholder_id: strawberry.ID | None = None
    """Those about this cardholder."""
    correlation: str | None = None
    """Those that share it: all that one badge or command set off."""


class Viewpoint(Protocol):
    """Whatever shows events to somebody: a request, or a webhook."""

    @property
    def domain(self) -> Domain:
        """What they are events of."""

    @property
    def actor(self) -> Actor:
        """Who sees them."""


def wanted_events(given: EventFilter | None) -> log.EventFilter:
    """The filter as the log has it. Raises ValidationFailed."""
    if given is None:
        return log.EventFilter()
    try:
        types = tuple(EventType(name) for name in given.types or ())
    except ValueError as error:
        raise ValidationFailed(f"{error}; see the event catalogue.", "filter", "types") from error
    return log.EventFilter(
        tuple(given.categories or ()),
        types,
        tuple(given.severities or ()),
        given.door_id,
        given.cardholder_id,
        given.correlation,
    )


@strawberry.type(description="A type of events: what the log can hold.")
class EventKind:
    """A row of the catalogue."""

    type: str = strawberry.field(description="Dotted, lower case, stable.")
    category: EventCategory
    """What kind of thing such events tell."""
    severity: Severity
    """How much they matter to the person on duty."""
    title: str = strawberry.field(description="The type in words.")


def _reason_text(row: models.Event) -> str | None:
    """The code in words; without a code, the sentence that came with the event: of a device, a camera, an operator."""
    if row.reason is None:
        sentence = next((row.data[key] for key in _SENTENCE_KEYS if row.data.get(key)), None)
        return str(sentence) if sentence is not None else None
    try:
        return WORDS[Reason(row.reason)]
    except ValueError:
        return str(row.reason)


def _subject_name(data: Any) -> str | None:
    """The name of what has no columns: audit events have a subject, those of inputs and outputs their name."""
    if not isinstance(data, dict):
        return None
    subject = data.get("subject")
    name = subject.get("name") if isinstance(subject, dict) else data.get("name")
    return name if isinstance(name, str) and name else None


def _data(context: Viewpoint, data: Any) -> Any:
    """The event's data without card numbers and personal fields, for those who may not see them."""
    if not isinstance(data, dict):
        return data
    if Permission.CARD_NUMBER_VIEW not in context.actor.permissions:
        data = {key: value for key, value in data.items() if key not in _CARD_NUMBER_KEYS}
    if Permission.PERSONAL_VIEW not in context.actor.permissions:
        data = {key: _impersonal(value) if key in {"before", "after"} else value for key, value in data.items()}
    return data


def _impersonal(told: Any) -> Any:
    """What an audit event tells, without what is personal."""
    if not isinstance(told, dict):
        return told
    return {key: value for key, value in told.items() if not is_personal(key)}


def _id(value: str | None) -> strawberry.ID | None:
    return strawberry.ID(value) if value is not None else None


def _page(info: ApiInfo, request: PageRequest, **wanted: Any) -> Awaitable[Page[models.Event]]:
    return log.page_events(info.context.actor, request, wanted_events(EventFilter(**wanted)))


async def _shown(info: ApiInfo, rows: Sequence[models.Event]) -> list[Event]:
    return [edge.node for edge in await event_edges(info.context, rows)]


def _edge(context: Viewpoint, entry: Entry) -> Edge[Event]:
    row = entry.event
    seen = [each for each in entry.bookmarks if sees_bookmark(context.actor, each, context.domain.clock())]
    return Edge(
        cursor=encode_cursor(str(row.position)),
        node=Event(
            id=strawberry.ID(row.id),
            at=row.at,
            stored_at=row.stored_at,
            source=row.source,
            category=row.category,
            type=row.type.value,
            severity=row.severity,
            title=CATALOGUE[row.type].words,
            reason=row.reason,
            reason_text=_reason_text(row),
            door_id=_id(row.door_id),
            door_name=row.door_name,
            side=row.side,
            reader_id=_id(row.reader_id),
            cardholder_id=_id(row.cardholder_id),
            cardholder_name=row.cardholder_name,
            photo_url=photo_url(context.actor, row.photo_id),
            credential_id=_id(row.credential_id),
            camera_id=_id(row.camera_id),
            camera_name=row.camera_name,
            user_id=_id(row.user_id),
            user_name=row.user_name,
            correlation=row.correlation,
            trace=[TraceStep(check=check, passed=passed, detail=detail) for check, passed, detail in row.trace],
            subject_name=_subject_name(row.data),
            data=_data(context, row.data),
            bookmarks=[Bookmark.of(context.domain, bookmark) for bookmark in seen],
        ),
    )


async def event_edges(context: Viewpoint, rows: Sequence[models.Event]) -> list[Edge[Event]]:
    """These events as somebody may see them."""
    return [_edge(context, entry) for entry in await entries_of(rows)]


def followed(context: ApiContext, entry: Entry) -> Edge[Event]:
    """An event as subscriptions send it: made once for all who may see the same."""
    return shared(entry, context.actor, "event", lambda: _edge(context, entry))


@strawberry.type(description="An alarm, or the end of one.")
class AlarmNews:
    """An event of severity ALARM, or one that ends such an alarm."""

    cursor: str
    event: Event
    """The alarm, or what ended one."""
    ends: list[str] = strawberry.field(
        description="The types of the alarms that are over with this event, at its door, reader, device or input. "
        "Empty: it is an alarm itself."
    )


ALARMS = tuple(kind for kind, declared in CATALOGUE.items() if declared.severity is Severity.ALARM)
ALARMS_AND_ENDS = tuple(
    dict.fromkeys([*ALARMS, *(end for kind in ALARMS if (end := CATALOGUE[kind].cleared_by) is not None)])
)


def _alarm(context: ApiContext, entry: Entry) -> AlarmNews:
    def make() -> AlarmNews:
        edge = followed(context, entry)
        ends = [kind.value for kind in ALARMS if CATALOGUE[kind].cleared_by is entry.event.type]
        return AlarmNews(cursor=edge.cursor, event=edge.node, ends=ends)

    return shared(entry, context.actor, "alarm", make)


@strawberry.type
class EventQuery:
    """Queries of the log."""

    events = listed(
        Event,
        _page,
        _shown,
        "Events in the order they were stored: the newest are the `last`. Permission: event.view; audit events also "
        "need audit.view.",
        filter=EventFilter,
        search=None,
        rows=events_rows.Event,
    )

    @strawberry.field(description="Every type of events, by type. Permission: event.view.")
    async def event_types(self, info: ApiInfo) -> list[EventKind]:
        info.context.actor.require(Permission.EVENT_VIEW)
        return [
            EventKind(type=kind.value, category=declared.category, severity=declared.severity, title=declared.words)
            for kind, declared in sorted(CATALOGUE.items())
        ]

    @strawberry.field(description="One event. Permission: event.view.")
    async def event(self, info: ApiInfo, id: strawberry.ID) -> Event | None:
        row = await log.event_by_id(info.context.actor, id)
        return (await event_edges(info.context, [row]))[0].node if row else None


@strawberry.type
class EventSubscription:
    """The log, live."""

    @strawberry.subscription(
        description="Every event after the cursor, without gap or repeat, then each as it is stored. "
        "Without a cursor: only what is new. Permission: event.view; audit events also need audit.view."
    )
    async def events(
        self, info: ApiInfo, after: str | None = None, filter: EventFilter | None = None
    ) -> AsyncGenerator[Edge[Event], None]:
        context = info.context
        async with aclosing(follow_events(context, decode_position(after), wanted_events(filter))) as entries:
            async for entry in entries:
                yield followed(context, entry)

    @strawberry.subscription(
        description="Every alarm after the cursor and every event that ends one, without gap or repeat, then each as "
        "it is stored. Without a cursor: only what is new. Permission: event.view."
    )
    async def alarms(
        self, info: ApiInfo, after: str | None = None, door_id: strawberry.ID | None = None
    ) -> AsyncGenerator[AlarmNews, None]:
        context = info.context
        wanted = log.EventFilter(types=ALARMS_AND_ENDS, door_id=door_id)
        async with aclosing(follow_events(context, decode_position(after), wanted)) as entries:
            async for entry in entries:
                yield _alarm(context, entry)
