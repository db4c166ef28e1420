"""The event log in the API: pages, single events, and a subscription that replays from a cursor and then follows."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from doorward.acs.actor import Permission
from doorward.acs.cameras.queries import bookmarks_of_events
from doorward.acs.decision.reason import WORDS, Reason
from doorward.acs.errors import ValidationFailed
from doorward.acs.events import models
from doorward.acs.events import queries as log
from doorward.acs.events.catalogue import CATALOGUE, EventType
from doorward.acs.paging import PageRequest, page_of
from doorward.acs.people.details import PERSONAL_KEYS
from doorward.graphql.cameras import Bookmark
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.doors import SESSION_CHECK_S
from doorward.graphql.enums import EventCategory, Severity, Side
from doorward.graphql.paging import Connection, Edge, decode_position, encode_cursor, page_info
from doorward.graphql.people import photo_url

REPLAY_BATCH = 100
_SENTENCE_KEYS = ("reason", "detail", "problem")
_CARD_NUMBER_KEYS = frozenset({"bits", "facility", "number"})


@strawberry.type(description="One check that a decision made.")
class TraceStep:
    """A step of a decision, in order."""

    check: str
    passed: bool
    detail: str


@strawberry.type(description="One thing that happened. Never changed; names and photo are those of the moment.")
class Event:
    """An event of the log."""

    id: strawberry.ID
    at: datetime = strawberry.field(description="When it happened, by the clock of its source, UTC.")
    stored_at: datetime
    source: str = strawberry.field(description="controller, server or recorder.")
    category: EventCategory
    type: str = strawberry.field(description="Dotted, lower case, stable; see the event catalogue.")
    severity: Severity
    title: str = strawberry.field(description="The type in words.")
    reason: str | None = strawberry.field(description="A stable code.")
    reason_text: str | None = strawberry.field(description="The reason in words, for the person who must act.")
    door_id: strawberry.ID | None
    door_name: str | None
    side: Side | None
    reader_id: strawberry.ID | None
    cardholder_id: strawberry.ID | None
    cardholder_name: str | None
    photo_url: str | None
    credential_id: strawberry.ID | None
    camera_id: strawberry.ID | None
    camera_name: str | None
    subject_name: str | None = strawberry.field(
        description="What it is about by name, if that is none of these: an output, a rule, a device."
    )
    user_id: strawberry.ID | None
    user_name: str | None
    correlation: str = strawberry.field(description="Everything that one badge set off shares it.")
    trace: list[TraceStep]
    data: JSON
    bookmarks: list[Bookmark]


@strawberry.input(description="Which events; what is left out does not restrict.")
class EventFilter:
    """All conditions must hold; within a list, any."""

    categories: list[EventCategory] | None = None
    types: list[str] | None = None
    severities: list[Severity] | None = None
    door_id: strawberry.ID | None = None
    cardholder_id: strawberry.ID | None = None
    correlation: str | None = None


def _wanted(given: EventFilter | None) -> log.EventFilter:
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


def _data(context: ApiContext, data: Any) -> Any:
    """The event's data without card numbers and personal fields, for those who may not see them."""
    if not isinstance(data, dict):
        return data
    if Permission.CARD_NUMBER_VIEW not in context.actor.permissions:
        data = {key: value for key, value in data.items() if key not in _CARD_NUMBER_KEYS}
    if Permission.PERSONAL_VIEW not in context.actor.permissions:
        data = {key: _impersonal(value) if key in {"before", "after"} else value for key, value in data.items()}
    return data


def _impersonal(told: Any) -> Any:
    """What an audit event tells, without what is personal; which custom fields are is not known of the past."""
    if not isinstance(told, dict):
        return told
    return {
        key: value for key, value in told.items() if key not in PERSONAL_KEYS and not key.startswith("custom_fields")
    }


def _id(value: str | None) -> strawberry.ID | None:
    return strawberry.ID(value) if value is not None else None


async def _edges(context: ApiContext, rows: Sequence[models.Event]) -> list[Edge[Event]]:
    bookmarks = await bookmarks_of_events(context.domain, context.actor, [row.id for row in rows])
    return [
        Edge(
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
                bookmarks=[Bookmark.of(context.domain, bookmark) for bookmark in bookmarks.get(row.id, [])],
            ),
        )
        for row in rows
    ]


@strawberry.type
class EventQuery:
    """Queries of the log."""

    @strawberry.field(
        description="Events in the order they were stored: first or last (1-100) is required. "
        "Permission: event.view; audit events also need audit.view."
    )
    async def events(
        self,
        info: ApiInfo,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: EventFilter | None = None,
    ) -> Connection[Event]:
        request = PageRequest(first, after, last, before)
        found = await log.events_between(
            info.context.actor,
            _wanted(filter),
            after=decode_position(after),
            before=decode_position(before, "before"),
            limit=request.size + 1,
            newest=request.backward,
        )
        page = page_of(request, found)
        edges = await _edges(info.context, page.rows)
        return Connection(
            edges=edges, page_info=page_info(edges, has_previous=page.has_previous, has_next=page.has_next)
        )

    @strawberry.field(description="One event. Permission: event.view.")
    async def event(self, info: ApiInfo, id: strawberry.ID) -> Event | None:
        row = await log.event_by_id(info.context.actor, id)
        return (await _edges(info.context, [row]))[0].node if row else None


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
        bus = context.domain.bus
        wanted = _wanted(filter)
        position = decode_position(after)
        if position is None:
            context.actor.reach(Permission.EVENT_VIEW)
            position = await log.newest_position()
        while True:
            seen = bus.announced
            rows = await log.events_between(context.actor, wanted, after=position, limit=REPLAY_BATCH)
            for edge, row in zip(await _edges(context, rows), rows, strict=True):
                yield edge
                position = row.position
            if len(rows) < REPLAY_BATCH:
                await _news_or_session_due(context, seen)
            await context.refresh_actor()


async def _news_or_session_due(context: ApiContext, seen: int) -> None:
    """Wait until the log has grown, but look at the session every few seconds all the same."""
    try:
        await asyncio.wait_for(context.domain.bus.wait(seen), SESSION_CHECK_S)
    except TimeoutError:
        return
