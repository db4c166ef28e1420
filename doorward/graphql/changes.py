"""Changes of entities in the API, as they happen: what was created, changed or deleted, what of it, and by whom."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from doorward.acs.actor import Actor, Permission
from doorward.acs.decision.policy import CredentialKind
from doorward.acs.errors import ValidationFailed
from doorward.acs.events import changes, models
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.changes import VIEWED_WITH, change_of, visible_types
from doorward.acs.events.feed import Entry
from doorward.acs.events.queries import events_of_types
from doorward.acs.people.details import is_personal
from doorward.graphql.context import ApiContext, ApiInfo
from doorward.graphql.enums import ChangeKind, EntityKind
from doorward.graphql.following import follow_log, shared
from doorward.graphql.paging import decode_position, encode_cursor

MOST_IDS = 1_000
_CARD_NUMBER = frozenset({"bits", "facility", "number"})


@strawberry.type(description="A field of an entity that changed.")
class ChangedField:
    """What it was and what it is. Secrets are never told, only that they changed."""

    name: str
    """What the API calls the field."""
    before: JSON | None
    """What it was; null when it was nothing, or is a secret."""
    after: JSON | None
    """What it is; null when it is nothing, or is a secret."""


@strawberry.type(description="An entity was created, changed or deleted.")
class EntityChange:
    """One change. Load the entity by its id to know all of it."""

    cursor: str
    at: datetime
    """When it was changed, by the clock of the server."""
    kind: EntityKind
    """What kind of thing it is."""
    change: ChangeKind
    """What became of it."""
    id: strawberry.ID | None = strawberry.field(description="Null: there is one of its kind, such as the site.")
    name: str | None
    """What it was called then. Null: it has no name."""
    changed_fields: list[str] = strawberry.field(description="The fields that changed, as the API names them.")
    fields: list[ChangedField] = strawberry.field(
        description="With what they were and are. Permission: audit.view; card numbers also need card_number.view, "
        "what is personal personal.view. Without it: empty."
    )
    event_id: strawberry.ID = strawberry.field(description="The audit event that tells it.")
    event_type: str
    """The type of that event: dotted, lower case, stable."""
    user_id: strawberry.ID | None
    """Who did it. Null: nobody who signs in, such as the server itself."""
    user_name: str | None
    """What they were called then."""


def _told(entry: Entry, actor: Actor) -> EntityChange:
    row = entry.event
    found = change_of(row)
    if found is None:
        raise RuntimeError("an event that tells of no entity was taken for one that does")
    hidden = frozenset() if Permission.CARD_NUMBER_VIEW in actor.permissions else _CARD_NUMBER
    personal = Permission.PERSONAL_VIEW in actor.permissions
    told = [one for one in found.fields if one.name not in hidden and (personal or not is_personal(one.name))]
    return EntityChange(
        cursor=encode_cursor(str(row.position)),
        at=row.at,
        kind=found.kind,
        change=found.change,
        id=strawberry.ID(found.id) if found.id is not None else None,
        name=found.name,
        changed_fields=[to_camel_case(one.name) for one in found.fields],
        fields=[
            ChangedField(
                name=to_camel_case(one.name), before=_visible(one.before, hidden), after=_visible(one.after, hidden)
            )
            for one in told
        ]
        if Permission.AUDIT_VIEW in actor.permissions
        else [],
        event_id=strawberry.ID(row.id),
        event_type=row.type.value,
        user_id=strawberry.ID(row.user_id) if row.user_id is not None else None,
        user_name=row.user_name,
    )


def _visible(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _visible(part, hidden) for key, part in value.items() if key not in hidden}
    return [_visible(part, hidden) for part in value] if isinstance(value, list) else value


@strawberry.type
class ChangeSubscription:
    """Changes of whatever is set up."""

    @strawberry.subscription(
        description="Every change of an entity after the cursor, without gap or repeat, then each as it is stored. "
        "Without a cursor: only what is new. Of these kinds and ids; without them, of all that the caller may look "
        "at. Permissions: configuration.view; camera.view, cardholder.view, door.view and user.write for what is "
        "looked at with these."
    )
    async def changes(
        self,
        info: ApiInfo,
        after: str | None = None,
        entities: Annotated[
            list[EntityKind] | None, strawberry.argument(description="Only changes of these kinds. Null: of all.")
        ] = None,
        ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description=f"Only changes of these, at most {MOST_IDS}. Null: of all."),
        ] = None,
    ) -> AsyncGenerator[EntityChange, None]:
        context = info.context
        kinds = frozenset(entities or ())
        wanted_ids = frozenset(map(str, ids)) if ids is not None else None
        if wanted_ids is not None and len(wanted_ids) > MOST_IDS:
            raise ValidationFailed(f"Ask for {MOST_IDS} ids at most.", "ids")
        _check(context.actor, kinds)

        async def replay(actor: Actor, position: int, before: int, limit: int) -> list[models.Event]:
            return await events_of_types(
                visible_types(actor.permissions, kinds), after=position, before=before, limit=limit
            )

        def wanted(actor: Actor, row: models.Event) -> bool:
            return row.type in visible_types(actor.permissions, kinds)

        entries = follow_log(context, decode_position(after), lambda actor: _check(actor, kinds), replay, wanted)
        async with aclosing(entries) as found:
            async for entry in found:
                told = _seen(context, entry, kinds)
                if told is not None and (wanted_ids is None or told.id in wanted_ids):
                    yield told


def _check(actor: Actor, kinds: frozenset[changes.EntityKind]) -> None:
    """Raise unless the actor may look at all these kinds, or, where none is named, at any."""
    for kind in kinds:
        actor.require(VIEWED_WITH[kind])
    if not visible_types(actor.permissions, kinds):
        actor.require(Permission.CONFIGURATION_VIEW)


def _seen(context: ApiContext, entry: Entry, kinds: frozenset[changes.EntityKind]) -> EntityChange | None:
    """The change, if its kind (which may be another than its event's type says) is wanted and may be looked at."""
    found = change_of(entry.event)
    if found is None or (kinds and found.kind not in kinds):
        return None
    if VIEWED_WITH[found.kind] not in context.actor.permissions:
        return None
    if Permission.PIN_MANAGE not in context.actor.permissions and _is_of_a_pin(entry.event, found):
        return None
    return shared(entry, context.actor, "change", lambda: _told(entry, context.actor))


def _is_of_a_pin(row: models.Event, found: changes.Change) -> bool:
    """Whether it tells that there is a PIN, or was."""
    if row.type is EventType.CREDENTIAL_PIN_CHANGED:
        return True
    return found.kind is EntityKind.CREDENTIAL and any(
        one.name == "kind" and CredentialKind.PIN.value in (one.before, one.after) for one in found.fields
    )
