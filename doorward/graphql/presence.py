"""Who is where, in the API, and what an operator may do about it."""

from collections.abc import Awaitable
from datetime import datetime

import strawberry

from doorward.acs.actor import Actor
from doorward.acs.paging import Page, PageRequest
from doorward.acs.zones import models
from doorward.acs.zones.presence_operations import (
    forgive_cardholder,
    forgive_everybody,
    forgive_zone,
    set_presence,
)
from doorward.acs.zones.queries import page_occupants, where_is
from doorward.graphql.context import ApiInfo
from doorward.graphql.doors import ZoneName
from doorward.graphql.errors import OperationError
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import by_actor, each, listed


@strawberry.type(description="Where a cardholder was last seen to go.")
class Presence:
    """A cardholder, the zone they entered, and when."""

    cardholder_id: strawberry.ID
    cardholder_name: str
    zone: ZoneName | None = strawberry.field(description="Null: outside.")
    since: datetime
    """When they went there."""
    door_id: strawberry.ID | None = strawberry.field(description="Null when an operator said so.")

    @classmethod
    def of(cls, row: models.Presence) -> "Presence":
        """The presence in a row that was read with its cardholder and zone."""
        return cls(
            cardholder_id=strawberry.ID(row.cardholder_id),
            cardholder_name=row.cardholder.display_name,
            zone=ZoneName(id=strawberry.ID(row.zone.id), name=row.zone.name) if row.zone else None,
            since=row.since,
            door_id=strawberry.ID(row.door_id) if row.door_id else None,
        )


@strawberry.input(description="Whom to forgive, and why.")
class ForgiveCardholderInput(Keyed):
    """The reason is written to the audit."""

    cardholder_id: strawberry.ID
    """Whose whereabouts no longer count."""
    reason: str = ""
    """Written to the audit."""


@strawberry.input(description="In which zone to forgive everybody, and why.")
class ForgiveZoneInput(Keyed):
    """The reason is written to the audit."""

    zone_id: strawberry.ID
    """The zone."""
    reason: str = ""
    """Written to the audit."""


@strawberry.input(description="Why to forgive everybody everywhere.")
class ForgiveEverybodyInput(Keyed):
    """The reason is written to the audit."""

    reason: str = ""
    """Written to the audit."""


@strawberry.input(description="Where a cardholder is, and how that is known.")
class SetPresenceInput(Keyed):
    """The reason is written to the audit."""

    cardholder_id: strawberry.ID
    zone_id: strawberry.ID | None = strawberry.field(description="Null: outside.")
    reason: str
    """How that is known; it is written to the audit."""


@strawberry.type(description="Nothing, or why nothing was done.")
class ForgivePayload:
    """Result of forgiving."""

    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="Where the cardholder now is, or why nothing was done.")
class PresencePayload:
    """Result of a correction."""

    presence: Presence | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _occupants(actor: Actor, request: PageRequest, zone_id: str) -> Awaitable[Page[models.Presence]]:
    return page_occupants(actor, zone_id, request)


@strawberry.type
class PresenceQuery:
    """Queries about who is where."""

    occupants = listed(
        Presence,
        by_actor(_occupants),
        each(Presence.of),
        "The people in a zone and in those inside it, by name. Permission: cardholder.view.",
        given={"zone_id": strawberry.ID},
    )

    @strawberry.field(
        description="Where a cardholder was last seen to go; null when nothing is known. Permission: cardholder.view."
    )
    async def where_is(self, info: ApiInfo, cardholder_id: strawberry.ID) -> Presence | None:
        row = await where_is(info.context.actor, cardholder_id)
        return Presence.of(row) if row else None


@strawberry.type
class PresenceMutation:
    """Forgiving, and correcting who is where."""

    @mutation(description="Where this cardholder was no longer counts for anti-passback. Permission: door.command.")
    async def forgive_cardholder(self, info: ApiInfo, input: ForgiveCardholderInput) -> ForgivePayload:
        await forgive_cardholder(info.context.domain, info.context.actor, input.cardholder_id, input.reason)
        return ForgivePayload()

    @mutation(description="Who is in this zone no longer counts for its anti-passback. Permission: door.command.")
    async def forgive_zone(self, info: ApiInfo, input: ForgiveZoneInput) -> ForgivePayload:
        await forgive_zone(info.context.domain, info.context.actor, input.zone_id, input.reason)
        return ForgivePayload()

    @mutation(description="Where anybody is no longer counts for anti-passback in any zone. Permission: door.command.")
    async def forgive_everybody(self, info: ApiInfo, input: ForgiveEverybodyInput) -> ForgivePayload:
        await forgive_everybody(info.context.domain, info.context.actor, input.reason)
        return ForgivePayload()

    @mutation(
        description="Say by hand where a cardholder is, for the record of who is where. Permission: door.command."
    )
    async def set_presence(self, info: ApiInfo, input: SetPresenceInput) -> PresencePayload:
        context = info.context
        await set_presence(context.domain, context.actor, input.cardholder_id, input.zone_id, input.reason)
        row = await where_is(context.actor, input.cardholder_id)
        return PresencePayload(presence=Presence.of(row) if row else None)
